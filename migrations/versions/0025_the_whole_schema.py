"""The whole schema

This migration makes an empty database what 25 migrations made of it until release 0.2.0. To get to
know the schema, read `migrations/baseline/` in the order of AREAS below: what stands in an area
refers only to the areas before it. What the database does by itself is in `migrations/sql/`.
"""

import re
from pathlib import Path

from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0025"
down_revision = None
branch_labels = None
depends_on = None

AREAS = (
    "registry",
    "access",
    "plans",
    "amendments",
    "assignments",
    "handovers",
    "regimes",
    "submissions",
    "documents",
    "reminders",
    "evaluation",
    "figures",
    "records",
    "webhooks",
)
FILES = [Path(__file__).parents[1] / "baseline" / f"{area}.sql" for area in AREAS]
# An index is made of this function, so it comes before the tables.
INDEX_FUNCTION = "workload_rank"
TRIGGER_FUNCTIONS = (
    "begin_assignment_state",
    "keep_assignment_state",
    "keep_plan_coordinator",
    "supersede_extensions",
    "log_figure_change",
    "refuse_change",
    "keep_amendment",
    "keep_amendment_item",
)


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("create extension if not exists btree_gist")
    run_file(connection, function_file(INDEX_FUNCTION, revision))
    for file in FILES:
        run_file(connection, file)
    for name in TRIGGER_FUNCTIONS:
        run_file(connection, function_file(name, revision))


def downgrade() -> None:
    for file in reversed(FILES):
        tables = re.findall(r"^create (?:unlogged )?table (\w+)", file.read_text(), re.MULTILINE)
        op.execute(f"drop table {', '.join(reversed(tables))}")
    for name in (*TRIGGER_FUNCTIONS, INDEX_FUNCTION):
        op.execute(f"drop function {name}")
    op.execute("drop extension btree_gist")
