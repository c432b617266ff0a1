-- Evaluation: indicators, ratings of agencies, remarks of supervisors.

-- How the effect of a task is measured: a name and a unit of the plan's own choosing.
create table indicator (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  task_id uuid not null,
  name text not null,
  unit text not null,
  higher_is_better boolean,
  ended_on date,
  end_reason text,
  constraint pk_indicator primary key (id),
  constraint fk_indicator_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_indicator_task_id_plan_id
    foreign key (task_id, plan_id) references task (id, plan_id) on delete restrict,
  constraint ck_indicator_ended_has_reason check ((ended_on is null) = (end_reason is null))
);
create index ix_indicator_plan_id on indicator (plan_id);
create unique index uq_indicator_task_id_name
  on indicator (task_id, lower(name)) where ended_on is null;

-- The aim over the whole plan (no period) or in a period; the latest row holds.
create table indicator_target (
  id uuid not null,
  created_at timestamptz not null,
  indicator_id uuid not null,
  period text,
  number integer not null,
  value numeric,
  set_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_indicator_target primary key (id),
  constraint uq_indicator_target_indicator_id_period_number
    unique nulls not distinct (indicator_id, period, number),
  constraint fk_indicator_target_indicator_id
    foreign key (indicator_id) references indicator (id) on delete restrict,
  constraint fk_indicator_target_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_indicator_target_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_indicator_target_period_form
    check (period ~ '^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$'),
  constraint ck_indicator_target_value_exact check (abs(value) < 1e15 and scale(value) <= 6)
);

-- What an agency reached in a period, numbered from 1; a correction is the next number.
create table indicator_value (
  id uuid not null,
  created_at timestamptz not null,
  indicator_id uuid not null,
  assignment_id uuid not null,
  period text not null,
  first_month integer not null,
  last_month integer not null,
  number integer not null,
  value numeric not null,
  note text,
  filed_at timestamptz not null,
  filed_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_indicator_value primary key (id),
  constraint uq_indicator_value_indicator_id_assignment_id_period_number
    unique (indicator_id, assignment_id, period, number),
  constraint fk_indicator_value_indicator_id
    foreign key (indicator_id) references indicator (id) on delete restrict,
  constraint fk_indicator_value_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_indicator_value_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_indicator_value_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_indicator_value_months check (first_month <= last_month),
  constraint ck_indicator_value_period_form
    check (period ~ '^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$'),
  constraint ck_indicator_value_value_exact check (abs(value) < 1e15 and scale(value) <= 6)
);
create index ix_indicator_value_agency_id on indicator_value (agency_id);
create index ix_indicator_value_assignment_id on indicator_value (assignment_id);

-- How the coordinator rates what an agency did in a plan in a year.
create table rating (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  agency_id uuid not null,
  year integer not null,
  versions integer not null,
  constraint pk_rating primary key (id),
  constraint uq_rating_plan_id_agency_id_year unique (plan_id, agency_id, year),
  constraint fk_rating_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_rating_agency_id foreign key (agency_id) references agency (id) on delete restrict,
  constraint ck_rating_versions_count check (versions > 0)
);
create index ix_rating_agency_id on rating (agency_id);
create index ix_rating_plan_id_id on rating (plan_id, id);

-- One judgment of a rating, numbered from 1; a correction says why it was made.
create table rating_version (
  id uuid not null,
  created_at timestamptz not null,
  rating_id uuid not null,
  number integer not null,
  grade varchar(32) not null,
  remark text not null,
  reason text,
  given_at timestamptz not null,
  given_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_rating_version primary key (id),
  constraint uq_rating_version_rating_id_number unique (rating_id, number),
  constraint fk_rating_version_rating_id
    foreign key (rating_id) references rating (id) on delete restrict,
  constraint fk_rating_version_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_rating_version_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_rating_version_correction_has_reason check (number = 1 or reason is not null),
  constraint ck_rating_version_grade
    check (grade in ('excellent', 'good', 'completed', 'not_completed'))
);

-- What a supervisor says of a plan, a task, an assignment or a submission; it changes none.
create table remark (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  task_id uuid,
  assignment_id uuid,
  submission_id uuid,
  agency_id uuid,
  text text not null,
  basis text,
  made_at timestamptz not null,
  author_id uuid not null,
  client_id uuid not null,
  answer text,
  answered_at timestamptz,
  answered_for_id uuid,
  answered_by_id uuid,
  withdrawn_at timestamptz,
  withdrawn_reason text,
  constraint pk_remark primary key (id),
  constraint fk_remark_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_remark_task_id foreign key (task_id) references task (id) on delete restrict,
  constraint fk_remark_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_remark_submission_id
    foreign key (submission_id) references submission (id) on delete restrict,
  constraint fk_remark_agency_id foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_remark_author_id foreign key (author_id) references agency (id) on delete restrict,
  constraint fk_remark_client_id foreign key (client_id) references client (id) on delete restrict,
  constraint fk_remark_answered_for_id
    foreign key (answered_for_id) references agency (id) on delete restrict,
  constraint fk_remark_answered_by_id
    foreign key (answered_by_id) references client (id) on delete restrict,
  constraint ck_remark_answer_signed
    check (num_nulls(answer, answered_at, answered_for_id, answered_by_id) in (0, 4)),
  constraint ck_remark_one_subject
    check (num_nonnulls(task_id, assignment_id, submission_id) <= 1),
  constraint ck_remark_withdrawn_has_reason
    check ((withdrawn_at is null) = (withdrawn_reason is null))
);
create index ix_remark_agency_id_id on remark (agency_id, id);
create index ix_remark_assignment_id on remark (assignment_id);
create index ix_remark_author_id_id on remark (author_id, id);
create index ix_remark_plan_id_id on remark (plan_id, id);
create index ix_remark_submission_id on remark (submission_id);
create index ix_remark_task_id on remark (task_id);
