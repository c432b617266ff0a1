import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from app.http.problems import Problem
from app.models import OperationStatus
from app.schemas.common import Out


class ProgressOut(Out):
    """How far the work has come; `total` is null while that is not known."""

    done: int
    total: int | None


class OperationOut(Out):
    """Long work: ask again until it has succeeded or failed."""

    id: uuid.UUID
    kind: str = Field(description="Việc gì, ví dụ plan_import / what kind of work")
    status: OperationStatus
    progress: ProgressOut
    result: dict[str, Any] | None = Field(
        description="Khi succeeded: đã làm ra gì, ở đâu / what came of it, and where"
    )
    problem: Problem | None = Field(description="Khi failed: vì sao / why it could not be done")
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
