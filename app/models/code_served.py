"""The table of the oldest code that the schema serves."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class CodeServed(SQLModel, table=True):
    """The oldest code that works with this schema, by its `SCHEMA_REVISION`: the one row.

    A migration that the code before it does not work with raises it. Such code is not ready, and
    its worker and commands refuse to begin.
    """

    __tablename__ = "code_served"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    since: str = Field(sa_type=sa.Text)
