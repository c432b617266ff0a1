"""Periods with days: each lasts at least a day and lies within the life of its agency."""

from datetime import date
from typing import NamedTuple

from app.errors import Text, invalid_at
from app.models import Agency
from app.official_words import day_words


class Validity(NamedTuple):
    """A period from a day (inclusive) to a day (exclusive); None is open on that side."""

    valid_from: date | None
    valid_until: date | None


def life_of_agency(agency: Agency) -> Validity:
    """The days that the agency exists."""
    return Validity(agency.valid_from, agency.valid_until)


def require_a_day(period: Validity, *, field: str = "valid_until") -> None:
    """Raise `InvalidError` at *field* unless the period lasts at least a day."""
    begins, ends = period
    if begins is not None and ends is not None and begins >= ends:
        raise invalid_at(
            f"#/{field}",
            "empty_period",
            Text(
                f"Ngày kết thúc phải sau ngày bắt đầu ({day_words(begins)}); chính ngày kết thúc"
                " không tính.",
                f"valid_until must be after valid_from ({begins}); that day itself is not counted.",
            ),
        )


def is_within(life: Validity, period: Validity) -> bool:
    """True if *period* lies within *life*; an open side ends with the life."""
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
    """Raise `InvalidError` at *field* unless the period lies within the agency's life."""
    if not is_within(life_of_agency(agency), period):
        raise invalid_at(f"#/{field}", "outside_the_agencys_life", outside_life(agency))


def outside_life(agency: Agency) -> Text:
    """The refusal of a period outside the agency's life: it names the agency's days."""
    begins, ends = agency.valid_from or "…", agency.valid_until or "…"
    return Text(
        f"{agency.code} chỉ tồn tại từ {day_words(agency.valid_from)} đến trước"
        f" {day_words(agency.valid_until)}.",
        f"{agency.code} exists only from {begins} to before {ends}.",
    )
