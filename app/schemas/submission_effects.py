import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.common import Out
from app.schemas.plans import AgencyLabelOut


class SubmissionEffectOut(Out):
    """One submission that comes to be owed, is owed no more, or has another day due."""

    change: Literal["comes", "goes", "moves"]
    assignment_id: uuid.UUID
    agency: AgencyLabelOut
    task_ordinal: str
    period: str
    due_on: date
    due_on_before: date | None


class SubmissionEffectsOut(Out):
    """The effect of a change on the submissions that agencies owe."""

    comes: int
    goes: int
    moves: int
    items: list[SubmissionEffectOut] = Field(
        description="Nhiều nhất 200, hạn sớm trước / at most 200, the earliest due first"
    )
