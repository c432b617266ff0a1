import hashlib
from typing import Any

from app.domain.plans.reading_apart import Understood
from app.models import PlanImport
from app.schemas.plan_imports import PlanImportOut, PlanReadingOut

# The members that an import lacks if it is older than the reading of a plan's text and the counting
# of its rows.
_NOT_COUNTED: dict[str, Any] = {"body": None, "file_rows": None, "left_out": []}


def plan_import_out(row: PlanImport) -> PlanImportOut:
    """One reading of a file as it was stored."""
    reading = _NOT_COUNTED | row.reading
    return PlanImportOut.of(row, reading=PlanReadingOut.model_validate(reading))


def dry_run_out(understood: Understood, content: bytes, *, file_name: str) -> PlanImportOut:
    """The reading of a file that was not stored: it has neither an id nor a plan."""
    return PlanImportOut(
        id=None,
        plan_id=None,
        file_name=file_name,
        media_type=understood.media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        created_at=None,
        reading=PlanReadingOut.model_validate(understood.reading),
    )
