"""parts of a split are taken over

A part of an assignment that was split counted as newly given. It began with the whole, and its
agency took it over. The sums are laid out anew afterwards; until then figures are counted from the
rows.
"""

from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

FUNCTION = "begin_assignment_state"
OF_PARTS = """
  from assignment a
  join (select assignment_id, min(since) as first from assignment_state group by assignment_id) own
    on own.assignment_id = a.id
  join (select assignment_id, min(starts_on) as starts_on from assignment_state
         group by assignment_id) whole
    on whole.assignment_id = a.split_from_id
 where s.assignment_id = a.id
"""


def upgrade() -> None:
    run_file(op.get_bind(), function_file(FUNCTION, revision))
    _fill("starts_on = whole.starts_on, taken_over_on = coalesce(s.taken_over_on, own.first)")


def downgrade() -> None:
    run_file(op.get_bind(), function_file(FUNCTION, "0038"))
    _fill(
        "starts_on = greatest(a.starts_on, own.first),"
        " taken_over_on = nullif(s.taken_over_on, own.first)"
    )


def _fill(values: str) -> None:
    """Rewrite the states of all parts, of which the sums know nothing until they are laid out."""
    op.execute("lock table figure_change in access exclusive mode")
    op.execute("delete from figure_basis")
    op.execute("alter table assignment_state disable trigger log_figure_update")
    op.execute(f"update assignment_state s set {values} {OF_PARTS}")  # noqa: S608 - constants
    op.execute("alter table assignment_state enable trigger log_figure_update")
