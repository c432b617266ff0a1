from collections.abc import Sequence
from datetime import date

from app.queries.assignments.responsibilities import Responsibility
from app.schemas.responsibilities import ResponsibilityOut


def responsibilities_out(rows: Sequence[Responsibility], *, day: date) -> list[ResponsibilityOut]:
    """Assignments of a task with their agencies of *day*, and the chains that led there."""
    return [ResponsibilityOut.of(row, as_of=day) for row in rows]
