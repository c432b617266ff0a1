-- Records: events for other systems, the audit for inspectors, and work that is done later.

-- One change for other systems to follow, committed with the change itself.
create table event (
  sequence bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  id uuid not null,
  type text not null,
  subject text not null,
  occurred_at timestamptz not null,
  plan_id uuid,
  agency_id uuid,
  data jsonb not null,
  noun text not null,
  row_id uuid not null,
  created_at timestamptz not null,
  constraint pk_event primary key (sequence),
  constraint uq_event_id unique (id),
  constraint fk_event_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_event_agency_id foreign key (agency_id) references agency (id) on delete restrict
);
create index ix_event_plan_id on event (plan_id);
create index ix_event_transaction_id_sequence on event (transaction_id, sequence);

-- The last event, in the feed's order, that was deleted for its age; at most one row.
create table event_floor (
  id integer not null,
  transaction_id xid8 not null,
  sequence bigint not null,
  constraint pk_event_floor primary key (id),
  constraint ck_event_floor_one_row check (id = 1)
);

-- Who did what to which row, for whom; it holds no secret and no draft's words.
create table audit_entry (
  id uuid not null,
  created_at timestamptz not null,
  occurred_at timestamptz not null,
  client_id uuid,
  agency_id uuid,
  action text not null,
  noun text not null,
  row_id uuid not null,
  request_id text,
  detail jsonb not null,
  constraint pk_audit_entry primary key (id),
  constraint fk_audit_entry_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_audit_entry_agency_id
    foreign key (agency_id) references agency (id) on delete restrict
);
create index ix_audit_entry_agency_id on audit_entry (agency_id);
create index ix_audit_entry_client_id on audit_entry (client_id);
create index ix_audit_entry_noun_row_id on audit_entry (noun, row_id);
create index ix_audit_entry_occurred_at_id on audit_entry (occurred_at, id);

-- Work that was promised with status 202, in whose name, and its outcome.
create table operation (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  kind text not null,
  status varchar(32) not null,
  client_id uuid not null,
  agency_id uuid not null,
  roles text[] not null,
  request_id text,
  parameters jsonb not null,
  done integer not null,
  total integer,
  result jsonb,
  problem jsonb,
  attempts integer not null,
  leased_until timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  constraint pk_operation primary key (id),
  constraint fk_operation_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_operation_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_operation_attempts_range check (attempts between 0 and 3),
  constraint ck_operation_finished_at_set
    check ((status in ('succeeded', 'failed')) = (finished_at is not null)),
  constraint ck_operation_kind_form check (kind ~ '^[a-z_]{1,40}$'),
  constraint ck_operation_leased_while_running
    check ((status = 'running') = (leased_until is not null)),
  constraint ck_operation_problem_set check ((status = 'failed') = (problem is not null)),
  constraint ck_operation_progress_range check (done >= 0 and done <= total),
  constraint ck_operation_result_set check ((status = 'succeeded') = (result is not null)),
  constraint ck_operation_status check (status in ('pending', 'running', 'succeeded', 'failed'))
);
create index ix_operation_agency_id on operation (agency_id);
create index ix_operation_client_id on operation (client_id);
create index ix_operation_id_unfinished on operation (id) where status in ('pending', 'running');

-- The bytes that an operation works on, kept until it has ended.
create table operation_file (
  operation_id uuid not null,
  content bytea not null,
  constraint pk_operation_file primary key (operation_id),
  constraint fk_operation_file_operation_id
    foreign key (operation_id) references operation (id) on delete restrict
);
