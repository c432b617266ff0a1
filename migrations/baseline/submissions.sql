-- Submissions: what agencies file, and what is decided on it.

-- One text that was written once and counts for several assignments (lồng ghép).
create table narrative (
  id uuid not null,
  created_at timestamptz not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_narrative primary key (id),
  constraint fk_narrative_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_narrative_client_id
    foreign key (client_id) references client (id) on delete restrict
);

-- One agency's report on one assignment for one period; a row from the day it is expected.
create table submission (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  assignment_id uuid not null,
  period text not null,
  data_from date not null,
  data_to date not null,
  due_on date not null,
  status varchar(32) not null,
  draft jsonb,
  attempts integer not null,
  submitted_on date,
  waived_reason text,
  drafted_by_id uuid,
  waived_on date,
  expected_on date not null,
  report_request_id uuid,
  draft_narrative_id uuid,
  draft_sources uuid[],
  is_superseded boolean not null default false,
  constraint pk_submission primary key (id),
  constraint uq_submission_assignment_id_period unique (assignment_id, period),
  constraint fk_submission_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_submission_drafted_by_id
    foreign key (drafted_by_id) references agency (id) on delete restrict,
  constraint fk_submission_report_request_id
    foreign key (report_request_id) references report_request (id) on delete restrict,
  constraint fk_submission_draft_narrative_id
    foreign key (draft_narrative_id) references narrative (id) on delete restrict,
  constraint ck_submission_data_window check (data_from <= data_to),
  constraint ck_submission_draft_has_content check (status <> 'draft' or draft is not null),
  constraint ck_submission_filed_has_attempt
    check (status not in ('submitted', 'accepted', 'returned') or (attempts > 0
      and submitted_on is not null)),
  constraint ck_submission_period_form
    check (period ~ '^([0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|9M|W(0[1-9]|[1-4][0-9]|5[0-3])|K(0[1-9]|[1-9][0-9])))?|adhoc-[a-z0-9-]{1,48})$'),
  constraint ck_submission_status
    check (status in ('expected', 'draft', 'submitted', 'returned', 'accepted', 'waived')),
  constraint ck_submission_superseded_is_waived check (status = 'waived' or not is_superseded),
  constraint ck_submission_waived_has_day check ((status = 'waived') = (waived_on is not null)),
  constraint ck_submission_waived_has_reason
    check ((status = 'waived') = (waived_reason is not null))
);
create index ix_submission_draft_narrative_id
  on submission (draft_narrative_id) where draft_narrative_id is not null;
create index ix_submission_due_on_id on submission (due_on, id);
create index ix_submission_report_request_id
  on submission (report_request_id) where report_request_id is not null;
create index ix_submission_status_due_on on submission (status, due_on);
create index ix_submission_updated_at_id on submission (updated_at, id);

-- One filing of a submission, numbered from 1.
create table submission_attempt (
  id uuid not null,
  created_at timestamptz not null,
  submission_id uuid not null,
  number integer not null,
  content jsonb not null,
  submitted_at timestamptz not null,
  submitted_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  narrative_id uuid,
  sources uuid[],
  constraint pk_submission_attempt primary key (id),
  constraint uq_submission_attempt_submission_id_number unique (submission_id, number),
  constraint fk_submission_attempt_submission_id
    foreign key (submission_id) references submission (id) on delete restrict,
  constraint fk_submission_attempt_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_submission_attempt_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_submission_attempt_narrative_id
    foreign key (narrative_id) references narrative (id) on delete restrict
);
create index ix_submission_attempt_evidence
  on submission_attempt using gin ((content -> 'evidence'));
create index ix_submission_attempt_narrative_id
  on submission_attempt (narrative_id) where narrative_id is not null;

-- The one decision on an attempt: by the coordinator, or by its own agency, which withdraws it.
create table submission_review (
  id uuid not null,
  created_at timestamptz not null,
  attempt_id uuid not null,
  decision varchar(32) not null,
  reason text,
  decided_at timestamptz not null,
  decided_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_submission_review primary key (id),
  constraint uq_submission_review_attempt_id unique (attempt_id),
  constraint fk_submission_review_attempt_id
    foreign key (attempt_id) references submission_attempt (id) on delete restrict,
  constraint fk_submission_review_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_submission_review_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_submission_review_decision
    check (decision in ('accepted', 'returned', 'withdrawn')),
  constraint ck_submission_review_returned_has_reason
    check (decision <> 'returned' or reason is not null)
);

-- From `moved_on` (inclusive) a submission counts with another assignment, into which its own
-- was merged.
create table submission_move (
  sequence bigint generated always as identity,
  submission_id uuid not null,
  moved_on date not null,
  from_assignment_id uuid not null,
  to_assignment_id uuid not null,
  constraint pk_submission_move primary key (sequence),
  constraint fk_submission_move_submission_id
    foreign key (submission_id) references submission (id) on delete restrict,
  constraint fk_submission_move_from_assignment_id
    foreign key (from_assignment_id) references assignment (id) on delete restrict,
  constraint fk_submission_move_to_assignment_id
    foreign key (to_assignment_id) references assignment (id) on delete restrict
);
create index ix_submission_move_from_assignment_id on submission_move (from_assignment_id);
create index ix_submission_move_submission_id_moved_on
  on submission_move (submission_id, moved_on);

-- A waiver that ended: no submission was asked for from `waived_on` (inclusive) to `ended_on`
-- (exclusive).
create table submission_waiver (
  id uuid not null,
  created_at timestamptz not null,
  submission_id uuid not null,
  waived_on date not null,
  ended_on date not null,
  reason text not null,
  constraint pk_submission_waiver primary key (id),
  constraint uq_submission_waiver_submission_id_waived_on unique (submission_id, waived_on),
  constraint fk_submission_waiver_submission_id
    foreign key (submission_id) references submission (id) on delete restrict,
  constraint ck_submission_waiver_span check (waived_on < ended_on)
);
