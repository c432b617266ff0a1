"""Official identifiers of agencies (mã định danh)."""

import re

from app.queries.registry import agencies as queries

# QĐ 20/2020/QĐ-TTg.
IDENTIFIER = re.compile(r"(?=.{1,35}$)[A-Y][0-9]{2}(\.[0-9A-Z]+)*")


def checked_identifier(given: str) -> str:
    """The identifier in today's form (QĐ 20/2020/QĐ-TTg); raises `ValueError` for no identifier."""
    identifier = queries.today_form(given)
    if IDENTIFIER.fullmatch(identifier) is None:
        raise ValueError(given)
    return identifier
