"""a regime says what a filing must have"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    wants = sa.Column[list[str]](
        "wants",
        ARRAY(sa.Text),
        nullable=False,
        server_default="{completion_text,completion_document}",
    )
    op.add_column("reporting_regime", wants)


def downgrade() -> None:
    op.drop_column("reporting_regime", "wants")
