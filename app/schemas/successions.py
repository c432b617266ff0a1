import uuid
from datetime import date

from app.models import SuccessionKind
from app.schemas.common import Out
from app.schemas.plans import AgencyLabelOut


class SuccessionOut(Out):
    """From `effective_on` the successor carries what the predecessor carried, within the scope."""

    id: uuid.UUID
    predecessor: AgencyLabelOut
    successor: AgencyLabelOut | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None
