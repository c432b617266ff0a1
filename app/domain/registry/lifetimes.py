"""What is dated: it lasts at least a day, and keeps to the life of what it belongs to."""

from datetime import date
from typing import NamedTuple

from app.errors import Text, invalid_at
from app.models import Agency


class Validity(NamedTuple):
    """From a day (inclusive) to a day (exclusive); null is open on that side."""

    valid_from: date | None
    valid_until: date | None


def life_of_agency(agency: Agency) -> Validity:
    """The days that the agency exists."""
    return Validity(agency.valid_from, agency.valid_until)


def require_a_day(period: Validity, *, field: str = "valid_until") -> None:
    """What is dated lasts at least a day."""
    begins, ends = period
    if begins is not None and ends is not None and begins >= ends:
        raise invalid_at(
            f"#/{field}",
            "empty_period",
            Text(
                f"valid_until phải sau valid_from ({begins}); chính ngày đó không tính.",
                f"valid_until must be after valid_from ({begins}); that day itself is not counted.",
            ),
        )


def is_within(life: Validity, period: Validity) -> bool:
    """Whether *period* keeps to *life*; where it is open it ends and begins with it."""
    begins, ends = period
    if life.valid_from is not None and (
        (begins is not None and begins < life.valid_from)
        or (ends is not None and ends <= life.valid_from)
    ):
        return False
    return life.valid_until is None or not (
        (begins is not None and begins >= life.valid_until)
        or (ends is not None and ends > life.valid_until)
    )


def require_within_life(agency: Agency, period: Validity, *, field: str) -> None:
    """What belongs to an agency is dated within the days that the agency exists."""
    if not is_within(life_of_agency(agency), period):
        raise invalid_at(f"#/{field}", "outside_the_agencys_life", outside_life(agency))


def outside_life(agency: Agency) -> Text:
    """The days that the agency exists, for who dated something outside them."""
    begins, ends = agency.valid_from or "…", agency.valid_until or "…"
    return Text(
        f"{agency.code} chỉ tồn tại từ {begins} đến trước {ends}.",
        f"{agency.code} exists only from {begins} to before {ends}.",
    )
