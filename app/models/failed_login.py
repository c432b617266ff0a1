"""Failed logins, counted for all processes."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class FailedLogin(SQLModel, table=True):
    """The failures that came from one source, as the moment up to which they are counted (GCRA).

    A source is a digest: of an address, or of an address and the client that was named. Unlogged:
    after a crash everybody may fail anew.
    """

    __tablename__ = "failed_login"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    source: bytes = Field(primary_key=True)
    counted_until: datetime
