"""places in the feed outlast a cluster

A place in the feed was the number of a transaction, which begins again in another cluster: after
pg_restore the events from before lay ahead of all new ones, and followers waited at places that did
not come.
"""

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

# Where places lie ahead of the counter, they come from a cluster before this one.
BEGIN = """
insert into event_cluster (number, identifier, begun_at)
select case when exists (select from event where transaction_id >= place.ahead)
              or exists (select from event_floor where transaction_id >= place.ahead)
              or exists (select from webhook_queue where after_transaction_id > place.ahead)
            then 1 else 0 end,
       this_cluster(), now()
  from (select pg_snapshot_xmax(pg_current_snapshot()) as ahead) place
"""


def upgrade() -> None:
    op.create_table(
        "event_cluster",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_event_cluster")),
    )
    run_file(op.get_bind(), function_file("event_position", revision))
    op.execute(BEGIN)
    _default("event_position(pg_current_xact_id())")


def downgrade() -> None:
    _default("pg_current_xact_id()")
    op.execute("drop function event_position(xid8)")
    op.execute("drop function this_cluster()")
    op.drop_table("event_cluster")


def _default(expression: str) -> None:
    op.execute(f"alter table event alter column transaction_id set default {expression}")
