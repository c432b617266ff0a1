-- Plans: official plans, their task groups and tasks, and how they relate to each other.

-- An official plan. Its number and its date may be null only while it is a draft.
create table plan (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  title text not null,
  number text,
  issued_on date,
  starts_on date,
  ends_on date,
  owner_id uuid not null,
  issuer_id uuid,
  coordinator_id uuid,
  legal_bases text[] not null,
  note text,
  status varchar(32) not null,
  issued_at timestamptz,
  closed_at timestamptz,
  coordinator_since date,
  version integer not null default 1,
  constraint pk_plan primary key (id),
  constraint fk_plan_owner_id foreign key (owner_id) references agency (id) on delete restrict,
  constraint fk_plan_issuer_id foreign key (issuer_id) references agency (id) on delete restrict,
  constraint fk_plan_coordinator_id
    foreign key (coordinator_id) references agency (id) on delete restrict,
  constraint ck_plan_closed_at_set check ((status = 'closed') = (closed_at is not null)),
  constraint ck_plan_issued_is_complete
    check (status = 'draft' or num_nulls(number, issued_on, starts_on, ends_on, issuer_id,
      issued_at) = 0),
  constraint ck_plan_issued_is_coordinated
    check (status = 'draft' or num_nonnulls(coordinator_id, coordinator_since) > 0),
  constraint ck_plan_life check (starts_on <= ends_on),
  constraint ck_plan_status check (status in ('draft', 'issued', 'closed'))
);
create index ix_plan_coordinator_id on plan (coordinator_id);
create index ix_plan_issued_on_id on plan (coalesce(issued_on, 'infinity'::date), id);
create index ix_plan_number on plan (number);
create index ix_plan_owner_id on plan (owner_id);
create unique index uq_plan_issuer_id_number_year
  on plan (issuer_id, number, extract(year from issued_on));

-- The agency that coordinates a plan between two days. Written by the trigger
-- `keep_plan_coordinator` alone.
create table plan_coordinator (
  id uuid not null default gen_random_uuid(),
  plan_id uuid not null,
  agency_id uuid not null,
  valid_from date,
  valid_until date,
  constraint pk_plan_coordinator primary key (id),
  constraint ex_plan_coordinator_one_a_day
    exclude using gist (plan_id with =, daterange(valid_from, valid_until) with &&),
  constraint fk_plan_coordinator_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_plan_coordinator_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_plan_coordinator_valid_period check (valid_from < valid_until)
);

-- An agency asked to direct and supervise a plan; it reads and remarks, it owes nothing.
create table plan_overseer (
  id uuid not null,
  created_at timestamptz not null,
  plan_id uuid not null,
  agency_id uuid not null,
  constraint pk_plan_overseer primary key (id),
  constraint uq_plan_overseer_plan_id_agency_id unique (plan_id, agency_id),
  constraint fk_plan_overseer_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_plan_overseer_agency_id
    foreign key (agency_id) references agency (id) on delete restrict
);
create index ix_plan_overseer_agency_id on plan_overseer (agency_id);

-- A plan follows, amends, replaces or implements another one. The other plan, where it is not in
-- the system, is named by its number and day, verbatim.
create table plan_relation (
  id uuid not null,
  created_at timestamptz not null,
  plan_id uuid not null,
  relation varchar(32) not null,
  other_plan_id uuid,
  reference text,
  constraint pk_plan_relation primary key (id),
  constraint uq_plan_relation_plan_id_relation_other_plan_id
    unique (plan_id, relation, other_plan_id),
  constraint uq_plan_relation_plan_id_reference unique (plan_id, relation, reference),
  constraint fk_plan_relation_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_plan_relation_other_plan_id
    foreign key (other_plan_id) references plan (id) on delete restrict,
  constraint ck_plan_relation_one_other check (num_nonnulls(other_plan_id, reference) = 1),
  constraint ck_plan_relation_relation
    check (relation in ('follows', 'amends', 'replaces', 'implements')),
  constraint ck_plan_relation_two_plans check (other_plan_id <> plan_id)
);
create index ix_plan_relation_other_plan_id_relation on plan_relation (other_plan_id, relation);

-- One reading of a plan's file: what was understood of every row, as it was answered.
create table plan_import (
  id uuid not null,
  created_at timestamptz not null,
  plan_id uuid not null,
  file_name text not null,
  media_type text not null,
  sha256 text not null,
  size integer not null,
  reading jsonb not null,
  constraint pk_plan_import primary key (id),
  constraint fk_plan_import_plan_id foreign key (plan_id) references plan (id) on delete restrict
);
create index ix_plan_import_plan_id on plan_import (plan_id);

-- A heading of the plan's table; its position is the plan's.
create table task_group (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  position integer not null,
  ordinal text not null,
  title text not null,
  source_cells jsonb not null,
  constraint pk_task_group primary key (id),
  constraint uq_task_group_id_plan_id unique (id, plan_id),
  constraint uq_task_group_plan_id_position
    unique (plan_id, position) deferrable initially deferred,
  constraint fk_task_group_plan_id foreign key (plan_id) references plan (id) on delete restrict
);

-- A numbered task of a plan, with the plan's own words beside what was understood.
create table task (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  task_group_id uuid,
  position integer not null,
  ordinal text not null,
  title text not null,
  expected_result text,
  note text,
  time_frame_text text not null,
  time_frame_kind varchar(32) not null,
  time_frame_starts_on date,
  time_frame_ends_on date,
  due_month integer,
  due_day integer,
  source_cells jsonb not null,
  version integer not null default 1,
  in_force_on date,
  dropped_on date,
  constraint pk_task primary key (id),
  constraint uq_task_id_plan_id unique (id, plan_id),
  constraint uq_task_plan_id_position unique (plan_id, position) deferrable initially deferred,
  constraint fk_task_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_task_task_group_id_plan_id
    foreign key (task_group_id, plan_id) references task_group (id, plan_id) on delete restrict,
  constraint ck_task_due_day_range check (due_day between 1 and 31),
  constraint ck_task_due_month_and_day check (num_nulls(due_month, due_day) <> 1),
  constraint ck_task_due_month_range check (due_month between 1 and 12),
  constraint ck_task_time_frame_kind
    check (time_frame_kind in ('year', 'year_range', 'until_year', 'annual', 'half_year',
      'quarter', 'month', 'date', 'continuous', 'relative', 'conditional', 'multiple', 'unknown')),
  constraint ck_task_time_frame_span check (time_frame_starts_on <= time_frame_ends_on)
);
create index ix_task_task_group_id on task (task_group_id);

-- From `from_day` another collective, or named agencies, stand for one that a plan names.
create table collective_substitution (
  id uuid not null,
  created_at timestamptz not null,
  plan_id uuid not null,
  collective_id uuid not null,
  stand_in_id uuid,
  from_day date not null,
  reason text not null,
  basis text,
  decided_at timestamptz not null,
  decided_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_collective_substitution primary key (id),
  constraint fk_collective_substitution_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_collective_substitution_collective_id
    foreign key (collective_id) references collective (id) on delete restrict,
  constraint fk_collective_substitution_stand_in_id
    foreign key (stand_in_id) references collective (id) on delete restrict,
  constraint fk_collective_substitution_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_collective_substitution_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_collective_substitution_two_collectives check (stand_in_id <> collective_id)
);
create index ix_collective_substitution_plan_id_from_day
  on collective_substitution (plan_id, from_day);

-- One of the agencies that stand for the collective, where no other collective does.
create table collective_substitution_agency (
  id uuid not null,
  created_at timestamptz not null,
  substitution_id uuid not null,
  agency_id uuid not null,
  constraint pk_collective_substitution_agency primary key (id),
  constraint uq_collective_substitution_agency_substitution_id_agency_id
    unique (substitution_id, agency_id),
  constraint fk_collective_substitution_agency_substitution_id
    foreign key (substitution_id) references collective_substitution (id) on delete restrict,
  constraint fk_collective_substitution_agency_agency_id
    foreign key (agency_id) references agency (id) on delete restrict
);
create index ix_collective_substitution_agency_agency_id
  on collective_substitution_agency (agency_id);
