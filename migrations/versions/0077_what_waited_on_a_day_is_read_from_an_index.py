"""what waited on a day is read from an index

Reports of a province that waited on a past day were fetched from the table one by one, those in
another role as well, to find the oldest of each agency.
"""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("drop index ix_reporting_span_reviewed")
    op.execute(
        "create index ix_reporting_span_reviewed on reporting_span"
        " using gist (role, daterange(since, until))"
        " include (since, until, report_id, plan_id, agency_id, period, plan_closed,"
        " review, review_since) where review_since is not null"
    )


def downgrade() -> None:
    op.execute("drop index ix_reporting_span_reviewed")
    op.execute(
        "create index ix_reporting_span_reviewed on reporting_span"
        " using gist (daterange(since, until)) where review_since is not null"
    )
