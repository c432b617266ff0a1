import uuid
from datetime import date

from app.models import Outcome
from app.schemas.common import Out


class AcceptedReportOut(Out):
    """The accepted submission of the latest period: how far its assignment is known to be, today.

    Only what the caller may read; a later one that was not accepted yet says nothing.
    """

    id: uuid.UUID
    period: str
    attempt: int
    received_on: date
    outcome: Outcome
    percent: int
    results: str
