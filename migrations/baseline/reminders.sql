-- Reminders: who hears of what is due, and what was sent.

-- The person or desk that an agency names for a plan or for one assignment of it (đầu mối).
create table focal_point (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  agency_id uuid not null,
  plan_id uuid not null,
  assignment_id uuid,
  level varchar(32) not null,
  name text not null,
  position text,
  email text,
  phone text,
  valid_from date not null,
  valid_until date,
  corrected_at timestamptz,
  constraint pk_focal_point primary key (id),
  constraint ex_focal_point_one_a_day
    exclude using gist (agency_id with =, coalesce(assignment_id, plan_id) with =, level with =,
      daterange(valid_from, valid_until) with &&) where (corrected_at is null),
  constraint fk_focal_point_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_focal_point_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_focal_point_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint ck_focal_point_can_be_reached check (num_nonnulls(email, phone) > 0),
  constraint ck_focal_point_level check (level in ('focal', 'head', 'office')),
  constraint ck_focal_point_office_is_for_a_plan
    check (level <> 'office' or assignment_id is null),
  constraint ck_focal_point_valid_period check (valid_from < valid_until)
);
create index ix_focal_point_agency_id on focal_point (agency_id);
create index ix_focal_point_assignment_id on focal_point (assignment_id);
create index ix_focal_point_plan_id_agency_id on focal_point (plan_id, agency_id);

-- When a plan's agencies are reminded, in calendar days from the day something is due.
create table reminder_rule (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  plan_id uuid not null,
  days integer[] not null,
  every_days integer,
  head_from integer,
  office_from integer,
  constraint pk_reminder_rule primary key (id),
  constraint uq_reminder_rule_plan_id unique (plan_id),
  constraint fk_reminder_rule_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint ck_reminder_rule_days_are_few check (cardinality(days) <= 20),
  constraint ck_reminder_rule_every_days_range check (every_days between 1 and 366)
);

-- A day of the province for which all reminders that the rules ask for were made.
create table reminder_day (
  on_day date not null,
  done_at timestamptz not null,
  constraint pk_reminder_day primary key (on_day)
);

-- One reminder (đôn đốc) of one receiver on one day, of everything that is due.
create table reminder (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  on_day date not null,
  trigger varchar(32) not null,
  agency_id uuid not null,
  receiver varchar(32) not null,
  receiver_key text not null,
  focal_point_id uuid,
  plan_id uuid,
  by_agency_id uuid,
  by_client_id uuid,
  reason text,
  basis text,
  number integer,
  assignments integer not null,
  submissions integer not null,
  mail_state varchar(32),
  mail_fault varchar(32),
  tries integer not null,
  next_try_at timestamptz,
  sent_at timestamptz,
  constraint pk_reminder primary key (id),
  constraint fk_reminder_agency_id
    foreign key (agency_id) references agency (id) on delete restrict,
  constraint fk_reminder_focal_point_id
    foreign key (focal_point_id) references focal_point (id) on delete restrict,
  constraint fk_reminder_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_reminder_by_agency_id
    foreign key (by_agency_id) references agency (id) on delete restrict,
  constraint fk_reminder_by_client_id
    foreign key (by_client_id) references client (id) on delete restrict,
  constraint ck_reminder_by_a_person_with_a_reason
    check (num_nonnulls(plan_id, by_agency_id, by_client_id, reason, basis, number) = case trigger
      when 'person' then 6 else 0 end),
  constraint ck_reminder_mail_fault
    check (mail_fault in ('not_connected', 'tls_failed', 'timeout', 'not_authenticated',
      'deferred', 'rejected', 'broken_answer')),
  constraint ck_reminder_mail_goes_to_a_person
    check ((mail_state is null) = (focal_point_id is null)),
  constraint ck_reminder_mail_state
    check (mail_state in ('not_configured', 'no_address', 'queued', 'sent', 'failed',
      'cancelled')),
  constraint ck_reminder_next_try check ((mail_state = 'queued') = (next_try_at is not null)),
  constraint ck_reminder_receiver check (receiver in ('clients', 'focal', 'head', 'office')),
  constraint ck_reminder_sent_at_set check ((mail_state = 'sent') = (sent_at is not null)),
  constraint ck_reminder_trigger check (trigger in ('rule', 'person'))
);
create index ix_reminder_agency_id_on_day_id on reminder (agency_id, on_day, id);
create index ix_reminder_next_try_at on reminder (next_try_at) where mail_state = 'queued';
create index ix_reminder_on_day_id on reminder (on_day, id);
create index ix_reminder_plan_id on reminder (plan_id);
create unique index uq_reminder_on_day_agency_id_receiver_key_by_hand
  on reminder (on_day, agency_id, plan_id, receiver_key) where trigger = 'person';
create unique index uq_reminder_on_day_agency_id_receiver_key_by_rule
  on reminder (on_day, agency_id, receiver_key) where trigger = 'rule';

-- What a reminder names: an assignment or a submission on it, with the day it is due.
create table reminder_item (
  reminder_id uuid not null,
  number integer not null,
  plan_id uuid not null,
  assignment_id uuid not null,
  submission_id uuid,
  due_on date,
  step integer,
  constraint pk_reminder_item primary key (reminder_id, number),
  constraint fk_reminder_item_reminder_id
    foreign key (reminder_id) references reminder (id) on delete restrict,
  constraint fk_reminder_item_plan_id
    foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_reminder_item_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_reminder_item_submission_id
    foreign key (submission_id) references submission (id) on delete restrict
);
create index ix_reminder_item_assignment_id_submission_id
  on reminder_item (assignment_id, submission_id);
create index ix_reminder_item_plan_id_reminder_id on reminder_item (plan_id, reminder_id);
