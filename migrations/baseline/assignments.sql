-- Assignments: what each agency owes, on each day, by when; and the requests to move deadlines.

-- The plan's own words for who does a task: an agency, a collective, or text not understood.
create table assignee (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  task_id uuid not null,
  role varchar(32) not null,
  position integer not null,
  source_text text not null,
  agency_id uuid,
  collective_id uuid,
  is_related_only boolean not null,
  suggestions jsonb not null,
  note_vi text,
  note_en text,
  named_on date,
  ended_on date,
  amendment_id uuid,
  constraint pk_assignee primary key (id),
  constraint uq_assignee_task_id_role_position
    unique (task_id, role, position) deferrable initially deferred,
  constraint fk_assignee_task_id foreign key (task_id) references task (id) on delete restrict,
  constraint fk_assignee_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_assignee_collective_id
    foreign key (collective_id) references collective (id) on delete restrict,
  constraint fk_assignee_amendment_id
    foreign key (amendment_id) references amendment (id) on delete restrict,
  constraint ck_assignee_named_period check (named_on <= ended_on),
  constraint ck_assignee_one_meaning check (num_nonnulls(agency_id, collective_id) <= 1),
  constraint ck_assignee_role check (role in ('lead', 'coordinating'))
);
create index ix_assignee_agency_id on assignee (agency_id);
create index ix_assignee_collective_id on assignee (collective_id);

-- What one agency owes for one task in one occurrence (a year, or 'once').
create table assignment (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  task_id uuid not null,
  agency_id uuid not null,
  assignee_id uuid not null,
  role varchar(32) not null,
  occurrence text not null,
  starts_on date not null,
  deadline_on date,
  original_deadline_on date,
  status varchar(32) not null,
  reported_on date,
  completed_on date,
  changed_on date not null,
  assigned_on date,
  awaits_handover boolean not null default false,
  merged_into_id uuid,
  refusal varchar(32),
  constraint pk_assignment primary key (id),
  constraint fk_assignment_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_assignment_task_id_plan_id
    foreign key (task_id, plan_id) references task (id, plan_id) on delete restrict,
  constraint fk_assignment_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_assignment_assignee_id
    foreign key (assignee_id) references assignee (id) on delete restrict,
  constraint fk_assignment_merged_into_id
    foreign key (merged_into_id) references assignment (id) on delete restrict,
  constraint ck_assignment_completed_on_set
    check ((status = 'completed') = (completed_on is not null)),
  constraint ck_assignment_merged_into_set
    check ((status = 'merged') = (merged_into_id is not null)),
  constraint ck_assignment_refusal check (refusal in ('pending', 'rejected')),
  constraint ck_assignment_reported_on_set
    check (status <> 'awaiting_confirmation' or reported_on is not null),
  constraint ck_assignment_role check (role in ('lead', 'coordinating')),
  constraint ck_assignment_status
    check (status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed',
      'not_applicable', 'suspended', 'revoked', 'merged')),
  constraint ck_assignment_waiting_is_unfinished
    check (not awaits_handover or status in ('not_started', 'in_progress',
      'awaiting_confirmation', 'suspended'))
);
create index ix_assignment_agency_id_id on assignment (agency_id, id);
create index ix_assignment_assignee_id on assignment (assignee_id);
create index ix_assignment_deadline_on_at_work
  on assignment (deadline_on, plan_id) where status in ('not_started', 'in_progress');
create index ix_assignment_deadline_on_id
  on assignment (coalesce(deadline_on, 'infinity'::date), id);
create index ix_assignment_merged_into_id on assignment (merged_into_id);
create index ix_assignment_plan_id_id on assignment (plan_id, id);
create index ix_assignment_refusal_pending on assignment (id) where refusal = 'pending';
create index ix_assignment_updated_at_id on assignment (updated_at, id);
create unique index uq_assignment_task_id_agency_id_occurrence
  on assignment (task_id, agency_id, occurrence)
  where status not in ('merged', 'revoked', 'not_applicable');

-- What held of an assignment from `since` (inclusive) to `until` (exclusive; null: it holds).
-- Written by the triggers `begin_assignment_state` and `keep_assignment_state` alone.
create table assignment_state (
  assignment_id uuid not null,
  since date not null,
  until date,
  plan_id uuid not null,
  task_id uuid not null,
  agency_id uuid not null,
  role varchar(32) not null,
  occurrence text not null,
  deadline_on date,
  original_deadline_on date,
  status varchar(32) not null,
  reported_on date,
  completed_on date,
  awaits_handover boolean not null default false,
  constraint pk_assignment_state primary key (assignment_id, since),
  constraint fk_assignment_state_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint ck_assignment_state_role check (role in ('lead', 'coordinating')),
  constraint ck_assignment_state_span check (since < until),
  constraint ck_assignment_state_status
    check (status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed',
      'not_applicable', 'suspended', 'revoked', 'merged'))
);
create index ix_assignment_state_agency_id_until on assignment_state (agency_id, until);
create index ix_assignment_state_plan_id_since on assignment_state (plan_id, since);
create index ix_assignment_state_workload
  on assignment_state (agency_id, workload_rank(status), coalesce(deadline_on, 'infinity'::date),
    plan_id, assignment_id)
  where until is null;
create unique index uq_assignment_state_assignment_id_current
  on assignment_state (assignment_id) where until is null;

-- One decision on an assignment (refuse, suspend, revoke …), numbered from 1 for each.
create table assignment_action (
  id uuid not null,
  created_at timestamptz not null,
  assignment_id uuid not null,
  number integer not null,
  action varchar(32) not null,
  from_status varchar(32) not null,
  to_status varchar(32) not null,
  reason text,
  basis text,
  done_at timestamptz not null,
  done_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  constraint pk_assignment_action primary key (id),
  constraint uq_assignment_action_assignment_id_number unique (assignment_id, number),
  constraint fk_assignment_action_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_assignment_action_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_assignment_action_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint ck_assignment_action_action
    check (action in ('suspended', 'resumed', 'revoked', 'refused', 'refusal_accepted',
      'refusal_rejected', 'reopened')),
  constraint ck_assignment_action_from_status
    check (from_status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed',
      'not_applicable', 'suspended', 'revoked', 'merged')),
  constraint ck_assignment_action_has_basis
    check (action not in ('suspended', 'revoked', 'reopened') or basis is not null),
  constraint ck_assignment_action_has_reason
    check (action in ('resumed', 'refusal_accepted') or reason is not null),
  constraint ck_assignment_action_to_status
    check (to_status in ('not_started', 'in_progress', 'awaiting_confirmation', 'completed',
      'not_applicable', 'suspended', 'revoked', 'merged'))
);

-- A request of an agency for more time, numbered from 1 for each assignment; and its decision.
create table extension (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  assignment_id uuid not null,
  number integer not null,
  old_deadline_on date not null,
  wanted_deadline_on date not null,
  reason text not null,
  basis text not null,
  asked_at timestamptz not null,
  asked_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  state varchar(32) not null,
  granted_deadline_on date,
  decided_at timestamptz,
  decided_by_id uuid,
  decided_for_id uuid,
  decision_reason text,
  decision_basis text,
  constraint pk_extension primary key (id),
  constraint uq_extension_assignment_id_number unique (assignment_id, number),
  constraint fk_extension_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_extension_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_extension_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_extension_decided_by_id
    foreign key (decided_by_id) references client (id) on delete restrict,
  constraint fk_extension_decided_for_id
    foreign key (decided_for_id) references agency (id) on delete restrict,
  constraint ck_extension_approved_is_complete
    check ((state = 'approved') = (granted_deadline_on is not null) and (state <> 'approved'
      or decision_basis is not null)),
  constraint ck_extension_asks_for_more check (wanted_deadline_on > old_deadline_on),
  constraint ck_extension_decision_signed
    check (case when state in ('pending', 'superseded') then num_nonnulls(decided_by_id,
      decided_for_id) = 0 else num_nulls(decided_by_id, decided_for_id) = 0 end),
  constraint ck_extension_grants_no_more
    check (granted_deadline_on = wanted_deadline_on or granted_deadline_on < wanted_deadline_on
      and decision_reason is not null),
  constraint ck_extension_pending_is_open check ((state = 'pending') = (decided_at is null)),
  constraint ck_extension_refused_has_reason
    check (state <> 'refused' or decision_reason is not null),
  constraint ck_extension_state
    check (state in ('pending', 'approved', 'refused', 'withdrawn', 'superseded'))
);
create index ix_extension_agency_id_id on extension (agency_id, id);
create index ix_extension_state_id on extension (state, id);
create unique index uq_extension_assignment_id_pending
  on extension (assignment_id) where state = 'pending';

-- One move of an assignment's deadline, numbered from 1, with the document that moves it.
create table deadline_change (
  id uuid not null,
  created_at timestamptz not null,
  assignment_id uuid not null,
  number integer not null,
  old_deadline_on date,
  new_deadline_on date,
  reason text,
  basis text,
  extension_id uuid,
  moved_at timestamptz not null,
  moved_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  amendment_id uuid,
  constraint pk_deadline_change primary key (id),
  constraint uq_deadline_change_assignment_id_number unique (assignment_id, number),
  constraint uq_deadline_change_extension_id unique (extension_id),
  constraint fk_deadline_change_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_deadline_change_extension_id
    foreign key (extension_id) references extension (id) on delete restrict,
  constraint fk_deadline_change_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_deadline_change_client_id
    foreign key (client_id) references client (id) on delete restrict,
  constraint fk_deadline_change_amendment_id
    foreign key (amendment_id) references amendment (id) on delete restrict,
  constraint ck_deadline_change_decided_is_complete
    check (amendment_id is not null or num_nulls(new_deadline_on, basis) = 0),
  constraint ck_deadline_change_is_change check (old_deadline_on is distinct from new_deadline_on),
  constraint ck_deadline_change_less_time_has_reason
    check (old_deadline_on is null or old_deadline_on < new_deadline_on or reason is not null)
);

-- The deadline given to a whole task in one occurrence; assignments made later get it as well.
create table task_deadline (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  task_id uuid not null,
  occurrence text not null,
  deadline_on date not null,
  reason text,
  basis text not null,
  moved_on date not null,
  agency_id uuid not null,
  client_id uuid not null,
  superseded_at timestamptz,
  constraint pk_task_deadline primary key (id),
  constraint fk_task_deadline_task_id
    foreign key (task_id) references task (id) on delete restrict,
  constraint fk_task_deadline_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_task_deadline_client_id
    foreign key (client_id) references client (id) on delete restrict
);
create unique index uq_task_deadline_task_id_occurrence_current
  on task_deadline (task_id, occurrence) where superseded_at is null;
