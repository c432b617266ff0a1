"""The fields of a regime: those that were sent, over those of a preset, over the decree's."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.periods import DEFAULT, RegimeRules, own_firsts
from app.domain.regimes.plan_periods import load_calendar
from app.domain.regimes.presets import PRESETS
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import DataWindow, DueKind, Frequency, ReportingRegime

RULE_FIELDS = frozenset(RegimeRules.__slots__)
OWN_DAYS = (Frequency.WEEK, Frequency.OWN)
COMMON_YEAR = 2023
"""A year without 29 February: own windows begin on days of every year."""


def default_regime(plan_id: uuid.UUID, effective_from: date) -> ReportingRegime:
    """The regime of a plan that sets none: yearly by NĐ 09/2019, coordinating agencies too."""
    fields = fields_of({"effective_from": effective_from})
    return ReportingRegime(plan_id=plan_id, is_default=True, **fields)


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a regime; raises `InvalidError` with every fault of their combination."""
    preset = given.get("preset")
    fields: dict[str, Any] = {
        **{name: getattr(DEFAULT, name) for name in RULE_FIELDS},
        "window_starts": [],
        "coordinating_agencies_report": True,
        **(PRESETS[preset].fields if preset is not None else {}),
        **given,
    }
    if fields["frequency"] in OWN_DAYS and "data_window" not in given:
        fields["data_window"] = DataWindow.OWN
    faults = tuple(_faults(fields))
    if faults:
        raise InvalidError(faults=faults)
    return fields


def rules_in(fields: Mapping[str, Any]) -> RegimeRules:
    """The rules among the fields of a regime."""
    rules = {name: fields[name] for name in RULE_FIELDS}
    return RegimeRules(**rules | {"window_starts": tuple(fields["window_starts"])})


async def require_countable(session: AsyncSession, fields: Mapping[str, Any]) -> None:
    """Raise `InvalidError` for a regime that counts working days and begins in a year without days.

    A year is known to the calendar once it has a day in it.
    """
    rules, year = rules_in(fields), fields["effective_from"].year
    if rules.counts_working_days and year not in (await load_calendar(session)).years:
        text = Text(
            f"Lịch làm việc chưa có năm {year}; hãy nhập trước.",
            f"The calendar does not know {year} yet; enter it first.",
        )
        raise invalid_at("#/effective_from", "calendar_year_unknown", text)


def _faults(fields: Mapping[str, Any]) -> Iterator[Fault]:
    frequency = fields["frequency"]
    if (frequency in OWN_DAYS) != (fields["data_window"] == DataWindow.OWN):
        text = Text(
            "Chỉ kỳ tuần và kỳ riêng mới có ngày chốt số liệu riêng.",
            "Weeks and own windows alone have the data window own.",
        )
        yield Fault("#/data_window", "not_of_the_frequency", text)
    elif frequency == Frequency.WEEK and fields["due_kind"] == DueKind.FIXED_DAY:
        text = Text(
            "Kỳ tuần không có hạn gửi là ngày cố định trong tháng; hãy tính theo ngày làm việc.",
            "A week has no fixed day of the month; use working_days_after.",
        )
        yield Fault("#/due_kind", "week_has_no_fixed_day", text)
    elif (frequency == Frequency.OWN) != bool(fields["window_starts"]):
        text = Text(
            "Kỳ riêng, và chỉ kỳ riêng, phải nêu các ngày bắt đầu.",
            "window_starts are given for the frequency own, and for no other.",
        )
        yield Fault("#/window_starts", "not_of_the_frequency", text)
    elif frequency == Frequency.OWN and not _is_one_year(rules_in(fields)):
        text = Text(
            "Phải là các ngày khác nhau trong một năm, theo thứ tự, viết tháng trước như 01-15;"
            " không có ngày 29/02.",
            "They must be different days MM-DD in the order of one year; 02-29 is none.",
        )
        yield Fault("#/window_starts", "not_a_year", text)


def _is_one_year(rules: RegimeRules) -> bool:
    try:
        firsts = own_firsts(rules, COMMON_YEAR)
    except ValueError:
        return False
    return firsts[-1] == firsts[0].replace(year=firsts[0].year + 1)


def rules_of_preset(preset: str) -> dict[str, Any]:
    """The rules of a preset by name: those that it sets, and the decree's where it sets none."""
    fields = fields_of({"preset": preset, "effective_from": date(COMMON_YEAR, 1, 1)})
    return {name: fields[name] for name in RegimeRules.__slots__}
