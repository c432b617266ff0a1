import uuid

from app.models.base import Row, link


class Narrative(Row, table=True):
    """One report that was written once and counts for several assignments (lồng ghép).

    Each attempt keeps its whole content, as it may be decided on alone; this says that those
    which point here are one text.
    """

    __tablename__ = "narrative"

    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
