"""an accepted submission can be filed again"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHECKS = {
    "accepted_has_attempt": "status <> 'accepted' or accepted_attempt is not null",
    "accepted_attempt_stands": "accepted_attempt is null or status in ('accepted', 'submitted')",
}


def upgrade() -> None:
    op.add_column("submission", sa.Column("accepted_attempt", sa.Integer()))
    op.execute("update submission set accepted_attempt = attempts where status = 'accepted'")
    for name, condition in CHECKS.items():
        check = f"constraint ck_submission_{name}"
        op.execute(f"alter table submission add {check} check ({condition}) not valid")
        op.execute(f"alter table submission validate {check}")


def downgrade() -> None:
    # What waits as a correction is not accepted any more; what was accepted before stays as it was.
    op.drop_column("submission", "accepted_attempt")
