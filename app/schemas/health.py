from datetime import datetime
from typing import Literal

from app.schemas.common import Out


class HealthOut(Out):
    """The process serves."""

    status: Literal["ok"]


class ReadinessOut(Out):
    """The parts that the service needs, and the state of each."""

    status: Literal["ready", "not_ready"]
    database: Literal["ok", "read_only", "unreachable"]
    clock: Literal["right", "wrong"]
    schema_revision: str | None
    expected_revision: str
    worker_seen_at: datetime | None
