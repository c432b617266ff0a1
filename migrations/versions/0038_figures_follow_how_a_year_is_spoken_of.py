"""figures follow how a year is spoken of

A state says when its assignment begins to count, from which day its agency has it, and whether its
plan is closed. Coordinating assignments end with their task, open ones with their plan. The sums
are laid out anew afterwards, by the worker or by `tiendo figures rebuild`; until then figures are
counted from the rows.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

STATUSES = (
    "not_started",
    "in_progress",
    "awaiting_confirmation",
    "completed",
    "not_applicable",
    "suspended",
    "revoked",
)
NEW_STATUSES = ("ended_with_task", "carried_over", "unfinished_at_close")
GONE = ("merged", "split")
STATUS_COLUMNS = (
    ("assignment", "status"),
    ("assignment_state", "status"),
    ("assignment_action", "from_status"),
    ("assignment_action", "to_status"),
)
FUNCTIONS = {
    "begin_assignment_state": "0026",
    "keep_assignment_state": "0026",
    "log_figure_change": "0028",
    "supersede_extensions": "0037",
}
KINDS = ("on_time", "late", "completed_no_deadline")
NUMBERS_BEFORE = (
    *STATUSES,
    "awaiting_handover",
    *(
        f"{deadline}_{kind}"
        for deadline in ("current", "original")
        for kind in (*KINDS, "overdue", "long_overdue", "due_soon", "no_deadline")
    ),
)
NUMBERS = (
    *STATUSES,
    *NEW_STATUSES,
    "awaiting_handover",
    "upcoming",
    *(
        f"{deadline}_{kind}"
        for deadline in ("current", "original")
        for kind in (
            *KINDS,
            "overdue_7",
            "overdue_30",
            "overdue_365",
            "overdue_longer",
            "due_soon",
            "no_deadline",
            "reported_late",
            "reported_no_deadline",
        )
    ),
    "given",
    "taken_over",
    "fallen_due",
)
FILL_STATES = """
update assignment_state s
   set starts_on = greatest(a.starts_on, run.first), taken_over_on = run.taken_over_on
  from (
    select assignment_id, since, first,
      max(taken_over_on) over (partition by assignment_id order by since) as taken_over_on
    from (
      select assignment_id, since, min(since) over (partition by assignment_id) as first,
        case when (agency_id, role) <> lag((agency_id, role)) over states then since end
          as taken_over_on
      from assignment_state window states as (partition by assignment_id order by since)
    ) change
  ) run
  join assignment a on a.id = run.assignment_id
 where s.assignment_id = run.assignment_id and s.since = run.since
"""
END_WITH_TASK = """
update assignment c
   set status = 'ended_with_task', awaits_handover = false,
       assigned_on = case when c.awaits_handover then done.day else c.assigned_on end,
       changed_on = greatest(c.changed_on, done.day)
  from (
    select task_id, occurrence, max(changed_on) as day from assignment
     where role = 'lead' and status not in ('merged', 'split', 'revoked', 'not_applicable')
     group by task_id, occurrence having bool_and(status = 'completed')
  ) done
  join plan on true
 where c.task_id = done.task_id and c.occurrence = done.occurrence and c.plan_id = plan.id
   and plan.status = 'issued' and c.role = 'coordinating'
   and c.status in ('not_started', 'in_progress', 'suspended')
"""
END_WITH_PLAN = """
update assignment a
   set plan_closed = true, awaits_handover = false,
       assigned_on = case when a.awaits_handover then closed.day else a.assigned_on end,
       status = case when a.status in
         ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended')
         then 'unfinished_at_close' else a.status end,
       changed_on = greatest(a.changed_on, closed.day)
  from (select id, (closed_at at time zone 'Asia/Ho_Chi_Minh')::date as day
          from plan where status = 'closed') closed
 where a.plan_id = closed.id and a.status <> 'merged'
"""
SUPERSEDE = """
update handover h set state = 'superseded'
  from assignment a
 where a.id = h.assignment_id and h.state = 'pending'
   and a.status in ('ended_with_task', 'unfinished_at_close')
"""
WAIVE = """
update submission u
   set status = 'waived', waived_on = a.changed_on, draft = null, drafted_by_id = null,
       draft_narrative_id = null, draft_sources = null,
       waived_reason = case when a.plan_closed
         then 'Kế hoạch đã kết thúc theo dõi.'
         else 'Nhiệm vụ đã kết thúc.' end
  from assignment a
 where a.id = u.assignment_id and u.status in ('expected', 'draft', 'returned')
   and (a.plan_closed or a.status = 'ended_with_task' and u.due_on >= a.changed_on)
"""


def upgrade() -> None:
    _statuses((*STATUSES, *NEW_STATUSES, *GONE))
    _plan_actions(("corrected", "closed", "reopened"))
    op.add_column("assignment", _flag("plan_closed"))
    op.add_column("assignment_state", _flag("plan_closed"))
    for name in ("starts_on", "taken_over_on"):
        op.add_column("assignment_state", sa.Column(name, sa.Date()))
    op.execute("alter table assignment_state disable trigger log_figure_update")
    op.execute(FILL_STATES)
    op.execute("alter table assignment_state enable trigger log_figure_update")
    op.alter_column("assignment_state", "starts_on", nullable=False)
    _begin_sums_anew(NUMBERS, by_closed=True)
    op.add_column("figure_change", sa.Column("plan_closed", sa.Boolean(), nullable=False))
    op.add_column("figure_change", sa.Column("starts_on", sa.Date(), nullable=False))
    op.add_column("figure_change", sa.Column("taken_over_on", sa.Date()))
    for name in FUNCTIONS:
        run_file(op.get_bind(), function_file(name, revision))
    for statement in (END_WITH_TASK, END_WITH_PLAN, SUPERSEDE, WAIVE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("alter table plan_action disable trigger refuse_change")
    op.execute("delete from plan_action where action = 'closed'")
    op.execute("alter table plan_action enable trigger refuse_change")
    # The history says in the old words what it said in the new ones, day by day.
    op.execute("alter table assignment disable trigger keep_assignment_state")
    for table in ("assignment", "assignment_state"):
        status: sa.ColumnClause[str] = sa.column("status")
        rows = sa.table(table, status)
        op.execute(rows.update().where(status.in_(NEW_STATUSES)).values(status="in_progress"))
    op.execute("alter table assignment enable trigger keep_assignment_state")
    _begin_sums_anew(NUMBERS_BEFORE, by_closed=False)
    for name, before in FUNCTIONS.items():
        run_file(op.get_bind(), function_file(name, before))
    for name in ("plan_closed", "starts_on", "taken_over_on"):
        op.drop_column("figure_change", name)
        op.drop_column("assignment_state", name)
    op.drop_column("assignment", "plan_closed")
    _plan_actions(("corrected", "reopened"))
    _statuses((*STATUSES, *GONE))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _statuses(values: tuple[str, ...]) -> None:
    for table, column in STATUS_COLUMNS:
        name = f"ck_{table}_{column}"
        op.execute(f"alter table {table} drop constraint {name}")
        op.execute(
            f"alter table {table} add constraint {name} check ({column} in ({_listed(values)}))"
            " not valid"
        )
        op.execute(f"alter table {table} validate constraint {name}")


def _plan_actions(values: tuple[str, ...]) -> None:
    op.execute("alter table plan_action drop constraint ck_plan_action_action")
    op.execute(
        "alter table plan_action add constraint ck_plan_action_action"
        f" check (action in ({_listed(values)}))"
    )


def _begin_sums_anew(numbers: tuple[str, ...], *, by_closed: bool) -> None:
    """Make the tables of sums anew, without rows; nobody adds to the log meanwhile."""
    op.execute("lock table figure_change in access exclusive mode")
    op.execute("delete from figure_basis")
    op.execute("truncate figure_change")
    keys: dict[str, list[sa.Column[Any]]] = {
        "figure": [
            sa.Column("agency_id", sa.Uuid(), nullable=False),
            sa.Column("occurrence", sa.Text(), nullable=False),
            sa.Column("role", sa.String(length=32), nullable=False),
            *([sa.Column("plan_closed", sa.Boolean(), nullable=False)] if by_closed else []),
        ],
        "plan_figure": [
            sa.Column("plan_id", sa.Uuid(), nullable=False),
            sa.Column("role", sa.String(length=32), nullable=False),
        ],
    }
    for table, columns in keys.items():
        op.drop_table(table)
        op.create_table(
            table,
            *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
            *columns,
            sa.Column("since", sa.Date(), nullable=False),
            sa.CheckConstraint("role in ('lead', 'coordinating')", name=op.f(f"ck_{table}_role")),
            sa.PrimaryKeyConstraint(
                *(column.name for column in columns), "since", name=op.f(f"pk_{table}")
            ),
        )
