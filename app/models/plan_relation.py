import enum
import uuid

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import Row, link, text_enum


class RelationKind(enum.StrEnum):
    """The kinds of relation of a plan to another one."""

    FOLLOWS = "follows"
    AMENDS = "amends"
    REPLACES = "replaces"
    IMPLEMENTS = "implements"


class PlanRelation(Row, table=True):
    """A relation of a plan to another one in the system, or to one by its number and day verbatim.

    It ends nothing by itself: a replaced plan is closed by its owner.
    """

    __tablename__ = "plan_relation"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "relation", "other_plan_id"),
        sa.UniqueConstraint(
            "plan_id", "relation", "reference", name="uq_plan_relation_plan_id_reference"
        ),
        sa.CheckConstraint("num_nonnulls(other_plan_id, reference) = 1", name="one_other"),
        sa.CheckConstraint("other_plan_id <> plan_id", name="two_plans"),
        sa.Index("ix_plan_relation_other_plan_id_relation", "other_plan_id", "relation"),
    )

    plan_id: uuid.UUID = link("plan")
    relation: RelationKind = Field(sa_type=text_enum(RelationKind, "relation"))
    other_plan_id: uuid.UUID | None = link("plan", default=None)
    reference: str | None = Field(default=None, sa_type=sa.Text)
