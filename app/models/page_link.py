import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, link, text_enum


class LinkedPage(enum.StrEnum):
    """The page that a link opens."""

    BOARD = "board"
    IMPORT = "import"
    BOARDS = "boards"


class PageLink(ChangingRow, table=True):
    """A signed address that opens a page of one plan, or that of all plans, to whoever has it,
    until it ends or is revoked. The row has the values that are signed; the address itself is
    stored nowhere."""

    __tablename__ = "page_link"
    __table_args__ = (
        sa.CheckConstraint(
            "num_nonnulls(revoked_at, revoked_reason) in (0, 2)", name="revoked_with_reason"
        ),
        sa.CheckConstraint("(page = 'boards') = (plan_id is null)", name="of_all_plans"),
    )

    plan_id: uuid.UUID | None = link("plan", default=None, index=True)
    page: LinkedPage = Field(sa_type=text_enum(LinkedPage, "page"))
    purpose: str = Field(sa_type=sa.Text)
    """The receiver of the link, in the words of its maker."""
    opens_report: bool = False
    """True if the link also opens the files of the plan's last signed report."""
    expires_at: datetime
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    revoked_at: datetime | None = None
    revoked_reason: str | None = Field(default=None, sa_type=sa.Text)
