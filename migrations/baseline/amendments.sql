-- Amendments: the changes of issued plans.

-- An issued plan reads differently from `effective_on`; `number` is the version that it makes.
create table amendment (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  number integer,
  kind varchar(32) not null,
  state varchar(32) not null,
  basis text,
  effective_on date,
  reason text not null,
  agency_id uuid not null,
  client_id uuid not null,
  issued_at timestamptz,
  issued_on date,
  applied_at timestamptz,
  constraint pk_amendment primary key (id),
  constraint uq_amendment_plan_id_number unique (plan_id, number),
  constraint fk_amendment_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_amendment_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_amendment_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_amendment_applied_is_issued check (applied_at is null or state = 'issued'),
  constraint ck_amendment_basis_named
    check (state <> 'issued' or kind = 'correction' or basis is not null),
  constraint ck_amendment_forward_only check (issued_on <= effective_on),
  constraint ck_amendment_issued_is_complete
    check ((state = 'issued') = (number is not null) and num_nulls(number, issued_at,
      issued_on) in (0, 3) and (state <> 'issued' or effective_on is not null)),
  constraint ck_amendment_kind check (kind in ('amendment', 'correction')),
  constraint ck_amendment_number_above_first check (number > 1),
  constraint ck_amendment_state check (state in ('draft', 'issued', 'withdrawn'))
);
create index ix_amendment_effective_on_waiting
  on amendment (effective_on) where state = 'issued' and applied_at is null;
create index ix_amendment_plan_id_id on amendment (plan_id, id);

-- One change of an amendment: the task before and after; null: it is added, or ends.
create table amendment_item (
  id uuid not null,
  created_at timestamptz not null,
  amendment_id uuid not null,
  position integer not null,
  change varchar(32) not null,
  task_id uuid,
  task_version integer,
  before jsonb,
  after jsonb,
  constraint pk_amendment_item primary key (id),
  constraint uq_amendment_item_amendment_id_position unique (amendment_id, position),
  constraint fk_amendment_item_amendment_id
    foreign key (amendment_id) references amendment (id) on delete restrict,
  constraint fk_amendment_item_task_id
    foreign key (task_id) references task (id) on delete restrict,
  constraint ck_amendment_item_change
    check (change in ('add', 'change', 'drop', 'reassign', 'resolve')),
  constraint ck_amendment_item_task_named
    check (change = 'add' or num_nulls(task_id, task_version) = 0),
  constraint ck_amendment_item_words_of_change
    check ((change = 'add') = (before is null) and (change = 'drop') = (after is null))
);
create index ix_amendment_item_task_id on amendment_item (task_id);
