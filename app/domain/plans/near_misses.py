"""Names that a plan's words come near to, as they are stored; apart from the reading of files, of
which a serving process does none."""

from typing import Any

from app.documents.agency_names import Mention


def suggestions_of(mention: Mention) -> list[dict[str, Any]]:
    """The near misses of a mention, as they are stored with its assignee."""
    return [
        {"code": s.code, "name": s.name, "score": round(s.score, 1)} for s in mention.suggestions
    ]
