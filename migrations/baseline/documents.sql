-- Documents of other systems, and the ids under which other systems know our rows.

-- A document that another system sent, as it was received.
create table document (
  id uuid not null,
  created_at timestamptz not null,
  kind varchar(32) not null,
  sender_id uuid not null,
  sender_organ_id text not null,
  sender_identifier text,
  document_id text,
  number text,
  promulgated_on date,
  type_number integer,
  type_name text,
  subject text,
  due_on date,
  business varchar(32) not null,
  business_reason text,
  attachments jsonb not null,
  task_codes integer not null,
  problems jsonb not null,
  plan_import_id uuid,
  attempt_id uuid,
  status_code text,
  status_description text,
  status_at timestamptz,
  sha256 text not null,
  size integer not null,
  envelope bytea not null,
  has_signature boolean not null,
  received_at timestamptz not null,
  client_id uuid not null,
  constraint pk_document primary key (id),
  constraint uq_document_sender_id_sha256 unique (sender_id, sha256),
  constraint fk_document_sender_id
    foreign key (sender_id) references agency (id) on delete restrict,
  constraint fk_document_plan_import_id
    foreign key (plan_import_id) references plan_import (id) on delete restrict,
  constraint fk_document_attempt_id
    foreign key (attempt_id) references submission_attempt (id) on delete restrict,
  constraint fk_document_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_document_business check (business in ('new', 'recall', 'update', 'replace')),
  constraint ck_document_document_is_complete
    check (kind = 'status' or num_nulls(document_id, subject) = 0 and num_nonnulls(status_code,
      attempt_id) = 0),
  constraint ck_document_kind check (kind in ('plan', 'result', 'status', 'other')),
  constraint ck_document_only_plans_imported check (kind = 'plan' or plan_import_id is null),
  constraint ck_document_sha256_form check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint ck_document_status_is_complete
    check (kind <> 'status' or num_nulls(status_code, attempt_id) = 0)
);
create index ix_document_attempt_id on document (attempt_id);
create index ix_document_number on document (number);
create index ix_document_plan_import_id on document (plan_import_id);
create unique index uq_document_sender_id_document_id_new
  on document (sender_id, document_id) where business = 'new';

-- A document that answers an assignment, by the task code that its sender wrote.
create table document_evidence (
  id uuid not null,
  created_at timestamptz not null,
  document_id uuid not null,
  assignment_id uuid not null,
  task_code text not null,
  constraint pk_document_evidence primary key (id),
  constraint uq_document_evidence_document_id_assignment_id unique (document_id, assignment_id),
  constraint fk_document_evidence_document_id
    foreign key (document_id) references document (id) on delete restrict,
  constraint fk_document_evidence_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict
);
create index ix_document_evidence_assignment_id on document_evidence (assignment_id);

-- An earlier document that a later one of the same sender recalls, updates or replaces.
create table document_effect (
  id uuid not null,
  created_at timestamptz not null,
  document_id uuid not null,
  earlier_id uuid not null,
  constraint pk_document_effect primary key (id),
  constraint uq_document_effect_document_id_earlier_id unique (document_id, earlier_id),
  constraint fk_document_effect_document_id
    foreign key (document_id) references document (id) on delete restrict,
  constraint fk_document_effect_earlier_id
    foreign key (earlier_id) references document (id) on delete restrict,
  constraint ck_document_effect_two_documents check (document_id <> earlier_id)
);
create index ix_document_effect_earlier_id on document_effect (earlier_id);

-- The id under which another system knows a plan, a task, an assignment or a submission.
create table external_ref (
  id uuid not null,
  created_at timestamptz not null,
  plan_id uuid,
  task_id uuid,
  assignment_id uuid,
  submission_id uuid,
  system text not null,
  external_id text not null,
  constraint pk_external_ref primary key (id),
  constraint fk_external_ref_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_external_ref_task_id foreign key (task_id) references task (id) on delete restrict,
  constraint fk_external_ref_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_external_ref_submission_id
    foreign key (submission_id) references submission (id) on delete restrict,
  constraint ck_external_ref_external_id_length check (length(external_id) between 1 and 200),
  constraint ck_external_ref_one_row
    check (num_nonnulls(plan_id, task_id, assignment_id, submission_id) = 1),
  constraint ck_external_ref_system_form check (system ~ '^[a-z0-9][a-z0-9._-]{0,63}$')
);
create index ix_external_ref_external_id on external_ref (external_id);
create unique index uq_external_ref_assignment
  on external_ref (system, external_id) where assignment_id is not null;
create unique index uq_external_ref_assignment_system
  on external_ref (assignment_id, system) where assignment_id is not null;
create unique index uq_external_ref_plan
  on external_ref (system, external_id) where plan_id is not null;
create unique index uq_external_ref_plan_system
  on external_ref (plan_id, system) where plan_id is not null;
create unique index uq_external_ref_submission
  on external_ref (system, external_id) where submission_id is not null;
create unique index uq_external_ref_submission_system
  on external_ref (submission_id, system) where submission_id is not null;
create unique index uq_external_ref_task
  on external_ref (system, external_id) where task_id is not null;
create unique index uq_external_ref_task_system
  on external_ref (task_id, system) where task_id is not null;
