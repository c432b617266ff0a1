"""agencies hand over to their successors"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


STATUSES = (
    "'not_started', 'in_progress', 'awaiting_confirmation', 'completed', 'not_applicable',"
    " 'suspended', 'revoked'"
)
COMPLETE = "number, issued_on, starts_on, ends_on, issuer_id"

KEEP_ASSIGNMENT_STATE = """
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
declare
  held assignment_state;
  day date := coalesce(new.assigned_on, new.changed_on);
begin
  if tg_op = 'UPDATE' then
    if old.status = 'merged' and new.status = 'merged' then
      return null;
    end if;
    -- Who answers for it may be recorded long after the day from which it holds: the days since
    -- then are told anew, those before it stay as they are.
    if (old.agency_id, old.role, old.awaits_handover, old.merged_into_id)
       is distinct from (new.agency_id, new.role, new.awaits_handover, new.merged_into_id) then
      select * into held from assignment_state
       where assignment_id = new.id and since < day
         and (until is null or until > day);
      if found then
        update assignment_state set until = day
         where assignment_id = new.id and since = held.since;
        held.since := day;
        insert into assignment_state select held.*;
      end if;
      if new.status = 'merged' then
        delete from assignment_state where assignment_id = new.id and since >= day;
        return null;
      end if;
      update assignment_state
         set agency_id = case when new.agency_id = old.agency_id then agency_id
                              else new.agency_id end,
             role = case when new.role = old.role then role else new.role end,
             awaits_handover = new.awaits_handover
       where assignment_id = new.id and since >= day;
    end if;
    if (old.deadline_on, old.original_deadline_on, old.status, old.reported_on, old.completed_on)
       is not distinct from
       (new.deadline_on, new.original_deadline_on, new.status, new.reported_on, new.completed_on)
       then
      return null;
    end if;
    -- Several changes on one day leave the day's last.
    delete from assignment_state
     where assignment_id = new.id and until is null and since = new.changed_on;
    update assignment_state set until = new.changed_on
     where assignment_id = new.id and until is null;
  end if;
  insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, awaits_handover, reported_on,
      completed_on)
  values (new.id, new.changed_on, new.plan_id, new.task_id, new.agency_id, new.role,
      new.occurrence, new.deadline_on, new.original_deadline_on, new.status, new.awaits_handover,
      new.reported_on, new.completed_on);
  return null;
end $$
"""

KEEP_ASSIGNMENT_STATE_BEFORE = """
create or replace function keep_assignment_state() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if (old.agency_id, old.role, old.deadline_on, old.original_deadline_on, old.status,
        old.reported_on, old.completed_on)
       is not distinct from
       (new.agency_id, new.role, new.deadline_on, new.original_deadline_on, new.status,
        new.reported_on, new.completed_on) then
      return null;
    end if;
    -- Several changes on one day leave the day's last.
    delete from assignment_state
     where assignment_id = new.id and until is null and since = new.changed_on;
    update assignment_state set until = new.changed_on
     where assignment_id = new.id and until is null;
  end if;
  insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, reported_on, completed_on)
  values (new.id, new.changed_on, new.plan_id, new.task_id, new.agency_id, new.role,
      new.occurrence, new.deadline_on, new.original_deadline_on, new.status, new.reported_on,
      new.completed_on);
  return null;
end $$
"""

KEEP_PLAN_COORDINATOR = """
create or replace function keep_plan_coordinator() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.coordinator_id, old.coordinator_since)
     is not distinct from (new.coordinator_id, new.coordinator_since) then
    return null;
  end if;
  delete from plan_coordinator
   where plan_id = new.id
     and (new.coordinator_since is null or valid_from >= new.coordinator_since);
  update plan_coordinator set valid_until = new.coordinator_since
   where plan_id = new.id and (valid_until is null or valid_until > new.coordinator_since);
  if new.coordinator_id is not null then
    insert into plan_coordinator (plan_id, agency_id, valid_from)
    values (new.id, new.coordinator_id, new.coordinator_since);
  end if;
  return null;
end $$
"""

# What was merged, or came to stand beside what was called off, goes back to who had it before.
TAKE_BACK = """
with last as (
  select distinct on (assignment_id) assignment_id, agency_id, status
    from assignment_state order by assignment_id, since desc
), first as (
  select distinct on (assignment_id) assignment_id, agency_id
    from assignment_state order by assignment_id, since
)
update assignment a
   set agency_id = case when a.status = 'merged' then last.agency_id else first.agency_id end,
       status = case when a.status = 'merged' then 'suspended' else a.status end,
       merged_into_id = null
  from last, first
 where last.assignment_id = a.id and first.assignment_id = a.id
   and (a.status = 'merged' or exists (
     select from assignment b
      where b.task_id = a.task_id and b.agency_id = a.agency_id and b.occurrence = a.occurrence
        and b.id <> a.id and b.status in ('revoked', 'not_applicable')))
"""


def fence(statuses: str) -> None:
    for table in ("assignment", "assignment_state"):
        op.drop_constraint(op.f(f"ck_{table}_status"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_status"), table, f"status in ({statuses})")


def upgrade() -> None:
    op.create_table(
        "plan_coordinator",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("plan_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            using="gist",
            name="ex_plan_coordinator_one_a_day",
        ),
        sa.CheckConstraint(
            "valid_from < valid_until", name=op.f("ck_plan_coordinator_valid_period")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_plan_coordinator_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_coordinator_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_coordinator")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "assignment",
                "coordination",
                "ownership",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("from_agency_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "decided",
                "superseded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("to_agency_id", sa.Uuid(), nullable=True),
        sa.Column("succession_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_for_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(subject = 'assignment') = (assignment_id is not null)",
            name=op.f("ck_handover_assignment_named"),
        ),
        sa.CheckConstraint(
            "state <> 'decided' or num_nulls(to_agency_id, decided_at) = 0 and num_nonnulls(succession_id, decided_by_id) = 1",
            name=op.f("ck_handover_decided_is_complete"),
        ),
        sa.CheckConstraint(
            "state <> 'pending' or num_nonnulls(to_agency_id, decided_at) = 0",
            name=op.f("ck_handover_pending_is_open"),
        ),
        sa.CheckConstraint(
            "num_nulls(decided_by_id, decided_for_id, reason) in (0, 3)",
            name=op.f("ck_handover_decision_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_handover_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["client.id"],
            name=op.f("fk_handover_decided_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_for_id"],
            ["agency.id"],
            name=op.f("fk_handover_decided_for_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"],
            ["agency.id"],
            name=op.f("fk_handover_from_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_handover_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["succession_id"],
            ["succession.id"],
            name=op.f("fk_handover_succession_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"],
            ["agency.id"],
            name=op.f("fk_handover_to_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_assignment_id"), "handover", ["assignment_id"], unique=False)
    op.create_index(
        "ix_handover_from_agency_id_id", "handover", ["from_agency_id", "id"], unique=False
    )
    op.create_index("ix_handover_plan_id_id", "handover", ["plan_id", "id"], unique=False)
    op.create_index("ix_handover_state_id", "handover", ["state", "id"], unique=False)
    op.create_index(op.f("ix_handover_succession_id"), "handover", ["succession_id"], unique=False)
    op.create_index(
        "uq_handover_assignment_id_pending",
        "handover",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending' and assignment_id is not null"),
    )
    op.create_index(
        "uq_handover_plan_id_subject_pending",
        "handover",
        ["plan_id", "subject"],
        unique=True,
        postgresql_where=sa.text("state = 'pending' and assignment_id is null"),
    )
    op.add_column("assignment", sa.Column("assigned_on", sa.Date(), nullable=True))
    op.add_column(
        "assignment",
        sa.Column("awaits_handover", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("assignment", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.drop_constraint(
        op.f("uq_assignment_task_id_agency_id_occurrence"), "assignment", type_="unique"
    )
    op.create_index(
        "uq_assignment_task_id_agency_id_occurrence",
        "assignment",
        ["task_id", "agency_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("status not in ('merged', 'revoked', 'not_applicable')"),
    )
    op.create_index(
        op.f("ix_assignment_merged_into_id"), "assignment", ["merged_into_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_assignment_merged_into_id"),
        "assignment",
        "assignment",
        ["merged_into_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.add_column(
        "assignment_state",
        sa.Column("awaits_handover", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("plan", sa.Column("coordinator_since", sa.Date(), nullable=True))
    op.add_column("submission", sa.Column("drafted_by_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_submission_drafted_by_id"),
        "submission",
        "agency",
        ["drafted_by_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.add_column(
        "succession", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_constraint(
        op.f("uq_succession_predecessor_id_successor_id_effective_on"), "succession", type_="unique"
    )
    op.create_index(
        "uq_succession_in_force",
        "succession",
        ["predecessor_id", "successor_id", "effective_on"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("corrected_at is null"),
    )
    fence(f"{STATUSES}, 'merged'")
    op.create_check_constraint(
        op.f("ck_assignment_merged_into_set"),
        "assignment",
        "(status = 'merged') = (merged_into_id is not null)",
    )
    op.create_check_constraint(
        op.f("ck_assignment_waiting_is_unfinished"),
        "assignment",
        "not awaits_handover or status in"
        " ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended')",
    )
    op.drop_constraint(op.f("ck_plan_issued_is_complete"), "plan", type_="check")
    op.create_check_constraint(
        op.f("ck_plan_issued_is_complete"),
        "plan",
        f"status = 'draft' or num_nulls({COMPLETE}, issued_at) = 0",
    )
    op.create_check_constraint(
        op.f("ck_plan_issued_is_coordinated"),
        "plan",
        "status = 'draft' or num_nonnulls(coordinator_id, coordinator_since) > 0",
    )
    op.execute(
        "update submission set drafted_by_id = assignment.agency_id from assignment"
        " where assignment.id = submission.assignment_id and draft is not null"
    )
    op.execute(
        "insert into plan_coordinator (plan_id, agency_id)"
        " select id, coordinator_id from plan where coordinator_id is not null"
    )
    op.execute(KEEP_ASSIGNMENT_STATE)
    op.execute(KEEP_PLAN_COORDINATOR)
    op.execute(
        "create trigger keep_plan_coordinator after insert or update on plan"
        " for each row execute function keep_plan_coordinator()"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_plan_coordinator on plan")
    op.execute("drop function keep_plan_coordinator()")
    op.execute("alter table assignment disable trigger keep_assignment_state")
    op.drop_constraint(op.f("ck_assignment_waiting_is_unfinished"), "assignment", type_="check")
    op.drop_constraint(op.f("ck_assignment_merged_into_set"), "assignment", type_="check")
    op.execute(TAKE_BACK)
    fence(STATUSES)
    op.execute("alter table assignment enable trigger keep_assignment_state")
    op.execute(KEEP_ASSIGNMENT_STATE_BEFORE)
    op.execute(
        "update plan set coordinator_id = owner_id where coordinator_id is null and status <> 'draft'"
    )
    op.drop_constraint(op.f("ck_plan_issued_is_coordinated"), "plan", type_="check")
    op.drop_constraint(op.f("ck_plan_issued_is_complete"), "plan", type_="check")
    op.create_check_constraint(
        op.f("ck_plan_issued_is_complete"),
        "plan",
        f"status = 'draft' or num_nulls({COMPLETE}, coordinator_id, issued_at) = 0",
    )
    op.drop_table("handover")
    op.execute("delete from succession where corrected_at is not null")
    op.drop_index(
        "uq_succession_in_force",
        table_name="succession",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("corrected_at is null"),
    )
    op.create_unique_constraint(
        op.f("uq_succession_predecessor_id_successor_id_effective_on"),
        "succession",
        ["predecessor_id", "successor_id", "effective_on"],
        postgresql_nulls_not_distinct=True,
    )
    op.drop_column("succession", "corrected_at")
    op.drop_constraint(op.f("fk_submission_drafted_by_id"), "submission", type_="foreignkey")
    op.drop_column("submission", "drafted_by_id")
    op.drop_column("plan", "coordinator_since")
    op.drop_column("assignment_state", "awaits_handover")
    op.drop_constraint(op.f("fk_assignment_merged_into_id"), "assignment", type_="foreignkey")
    op.drop_index(op.f("ix_assignment_merged_into_id"), table_name="assignment")
    op.drop_index(
        "uq_assignment_task_id_agency_id_occurrence",
        table_name="assignment",
        postgresql_where=sa.text("status not in ('merged', 'revoked', 'not_applicable')"),
    )
    op.create_unique_constraint(
        op.f("uq_assignment_task_id_agency_id_occurrence"),
        "assignment",
        ["task_id", "agency_id", "occurrence"],
    )
    op.drop_column("assignment", "merged_into_id")
    op.drop_column("assignment", "awaits_handover")
    op.drop_column("assignment", "assigned_on")
    op.drop_table("plan_coordinator")
