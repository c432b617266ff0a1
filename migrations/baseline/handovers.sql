-- Handovers: what agencies that ended leave to their successors.

-- From `effective_on` an agency that ended hands over one thing: an assignment, the coordination
-- of a plan, or a plan. Where successions name several candidates, a person decides to whom.
create table handover (
  id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  subject varchar(32) not null,
  plan_id uuid not null,
  assignment_id uuid,
  from_agency_id uuid not null,
  effective_on date not null,
  state varchar(32) not null,
  to_agency_id uuid,
  succession_id uuid,
  decided_at timestamptz,
  decided_by_id uuid,
  decided_for_id uuid,
  reason text,
  basis text,
  constraint pk_handover primary key (id),
  constraint fk_handover_plan_id foreign key (plan_id) references plan (id) on delete restrict,
  constraint fk_handover_assignment_id
    foreign key (assignment_id) references assignment (id) on delete restrict,
  constraint fk_handover_from_agency_id
    foreign key (from_agency_id) references agency (id) on delete restrict,
  constraint fk_handover_to_agency_id
    foreign key (to_agency_id) references agency (id) on delete restrict,
  constraint fk_handover_succession_id
    foreign key (succession_id) references succession (id) on delete restrict,
  constraint fk_handover_decided_by_id
    foreign key (decided_by_id) references client (id) on delete restrict,
  constraint fk_handover_decided_for_id
    foreign key (decided_for_id) references agency (id) on delete restrict,
  constraint ck_handover_assignment_named
    check ((subject = 'assignment') = (assignment_id is not null)),
  constraint ck_handover_decided_is_complete
    check (state <> 'decided' or num_nulls(to_agency_id, decided_at) = 0
      and num_nonnulls(succession_id, decided_by_id) = 1),
  constraint ck_handover_decision_signed
    check (num_nulls(decided_by_id, decided_for_id, reason) in (0, 3)),
  constraint ck_handover_pending_is_open
    check (state <> 'pending' or num_nonnulls(to_agency_id, decided_at) = 0),
  constraint ck_handover_state check (state in ('pending', 'decided', 'superseded')),
  constraint ck_handover_subject check (subject in ('assignment', 'coordination', 'ownership'))
);
create index ix_handover_assignment_id on handover (assignment_id);
create index ix_handover_from_agency_id_id on handover (from_agency_id, id);
create index ix_handover_plan_id_id on handover (plan_id, id);
create index ix_handover_state_id on handover (state, id);
create index ix_handover_succession_id on handover (succession_id);
create unique index uq_handover_assignment_id_pending
  on handover (assignment_id) where state = 'pending' and assignment_id is not null;
create unique index uq_handover_plan_id_subject_pending
  on handover (plan_id, subject) where state = 'pending' and assignment_id is null;
