"""The answers to requests about many rows: a verdict on each row, in the order sent."""

from pydantic import Field

from app.http.problems import Problem
from app.schemas.common import Out


class VerdictOut(Out):
    """The verdict on one row; `problem` where it was rejected."""

    index: int = Field(description="Thứ tự của dòng, từ 0 / the row's place, from 0")
    problem: Problem | None


class ManyOut(Out):
    """The verdict on every row; `applied` is false when nothing was stored."""

    applied: bool
