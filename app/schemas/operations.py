import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.problems import Problem
from app.models import OperationStatus
from app.schemas.common import Out, UpdatedSince
from app.schemas.filters import SEVERAL, Filters


class ProgressOut(Out):
    """The progress of the work; `total` is null while it is not known."""

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


class OperationFilters(Filters):
    """The parameters that narrow the list of operations."""

    status: Annotated[str | None, Pattern(some_of(OperationStatus)), SEVERAL] = None
    kind: Annotated[
        str | None, Query(pattern="^[a-z_]{1,40}$", description="Chỉ loại việc này / of this kind")
    ] = None
    updated_since: UpdatedSince = None
