"""drafts stand apart

What an agency drafts was part of the row that others read: its status, its tag and its moment of
change told them that somebody was writing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.models.sql_files import function_file, run_file

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

FUNCTIONS = ("drafts_of", "follow_submission", "follow_agency_report")
DROPPED = (
    "trigger end_submission_draft on submission",
    "trigger carry_submission_drafts on assignment",
    "trigger end_agency_report_draft on agency_report",
    "trigger carry_agency_report_draft on agency_report",
    "function end_submission_draft",
    "function carry_submission_drafts",
    "function end_agency_report_draft",
    "function carry_agency_report_draft",
    "function drafts_of",
    "function report_drafts_of",
)


def upgrade() -> None:
    _make_tables()
    op.execute(
        "insert into submission_draft (submission_id, agency_id, content, drafted_by_id,"
        " narrative_id, sources, updated_at)"
        " select u.id, a.agency_id, u.draft, coalesce(u.drafted_by_id, a.agency_id),"
        " u.draft_narrative_id, u.draft_sources, u.updated_at"
        " from submission u join assignment a on a.id = u.assignment_id where u.draft is not null"
    )
    op.execute(
        "insert into agency_report_draft (agency_report_id, agency_id, content, updated_at)"
        " select id, agency_id, draft, updated_at from agency_report where draft is not null"
    )
    for table in ("submission", "agency_report"):
        op.drop_constraint(op.f(f"ck_{table}_draft_has_content"), table)
        op.execute(f"update {table} set status = 'expected' where status = 'draft'")  # noqa: S608 - ours
        op.create_check_constraint("draft_stands_apart", table, "status <> 'draft'")
        op.drop_column(table, "draft")
    op.drop_index("ix_submission_draft_narrative_id", table_name="submission", if_exists=True)
    for column in ("drafted_by_id", "draft_narrative_id", "draft_sources"):
        op.drop_column("submission", column)
    op.create_index(
        "ix_submission_draft_narrative_id",
        "submission_draft",
        ["narrative_id"],
        postgresql_where=sa.text("narrative_id is not null"),
    )
    for name in FUNCTIONS:
        run_file(op.get_bind(), function_file(name, revision))


def _make_tables() -> None:
    op.create_table(
        "submission_draft",
        _link("submission_id", "submission", primary_key=True),
        _link("agency_id", "agency"),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        _link("drafted_by_id", "agency"),
        _link("narrative_id", "narrative", nullable=True),
        sa.Column("sources", postgresql.ARRAY(sa.Uuid())),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_submission_draft_agency_id", "submission_draft", ["agency_id"])
    op.create_table(
        "agency_report_draft",
        _link("agency_report_id", "agency_report", primary_key=True),
        _link("agency_id", "agency"),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_agency_report_draft_agency_id", "agency_report_draft", ["agency_id"])


def downgrade() -> None:
    for dropped in DROPPED:
        op.execute(f"drop {dropped}")
    op.execute("select set_config('tiendo.agencies', '*', true)")
    op.drop_index("ix_submission_draft_narrative_id", table_name="submission_draft")
    for table in ("submission", "agency_report"):
        op.add_column(table, sa.Column("draft", postgresql.JSONB()))
        op.drop_constraint(op.f(f"ck_{table}_draft_stands_apart"), table)
        op.create_check_constraint(
            "draft_has_content", table, "status <> 'draft' or draft is not null"
        )
    op.add_column("submission", _link("drafted_by_id", "agency", nullable=True))
    op.add_column("submission", _link("draft_narrative_id", "narrative", nullable=True))
    op.add_column("submission", sa.Column("draft_sources", postgresql.ARRAY(sa.Uuid())))
    op.create_index(
        "ix_submission_draft_narrative_id",
        "submission",
        ["draft_narrative_id"],
        postgresql_where=sa.text("draft_narrative_id is not null"),
    )
    op.execute(
        "update submission u set draft = d.content, drafted_by_id = d.drafted_by_id,"
        " draft_narrative_id = d.narrative_id, draft_sources = d.sources,"
        " status = case u.status when 'expected' then 'draft' else u.status end"
        " from submission_draft d where d.submission_id = u.id"
    )
    op.execute(
        "update agency_report r set draft = d.content,"
        " status = case r.status when 'expected' then 'draft' else r.status end"
        " from agency_report_draft d where d.agency_report_id = r.id"
    )
    op.drop_table("submission_draft")
    op.drop_table("agency_report_draft")


def _link(name: str, table: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
    return sa.Column(name, sa.Uuid(), key, **{"nullable": False, **options})
