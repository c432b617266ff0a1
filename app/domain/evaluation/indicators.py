"""Indicators of a task: defining, changing and ending them, setting aims, and reporting values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, require
from app.domain.plans.plans import require_issued
from app.domain.records import Subject
from app.errors import ConflictError, Fault, InvalidError, Text, invalid_at
from app.models import Indicator, IndicatorTarget, Plan, PlanStatus, Task
from app.official_words import day_words
from app.queries.evaluation import indicators as queries

MEANING = ("name", "unit")


class IndicatorEndedError(ConflictError):
    """The indicator is measured no more."""

    code = "indicator_ended"
    title = Text("Chỉ tiêu đã kết thúc", "The indicator has ended")

    def __init__(self, ended_on: date) -> None:
        super().__init__(
            Text(
                f"Chỉ tiêu đã kết thúc ngày {day_words(ended_on)}.",
                f"The indicator ended on {ended_on}.",
            )
        )


class IndicatorAim(NamedTuple):
    """The aim of an indicator over the whole plan or in a period; a value of None ends the aim."""

    period: str | None
    value: Decimal | None


def subject(indicator: Indicator, plan: Plan) -> Subject:
    """The indicator as the subject of records."""
    return Subject("indicator", indicator.id, plan.id, plan.owner_id)


def allowed_actions(principal: Principal, indicator: Indicator, plan: Plan) -> list[str]:
    """The actions that the caller may take on the indicator now."""
    if indicator.ended_on is not None or plan.status == PlanStatus.CLOSED:
        return []
    return ["change", "end"] if may(principal, Power.DEFINE_INDICATORS, plan) else []


async def define_indicator(
    act: PersonalAct, plan: Plan, task: Task, fields: Mapping[str, Any]
) -> Indicator:
    """Define an indicator of a task, with its aims."""
    _require_definer(act.principal, plan)
    given = dict(fields)
    targets = given.pop("targets")
    indicator = Indicator(plan_id=plan.id, task_id=task.id, **given)
    act.session.add(indicator)
    await act.session.flush()
    await _aim(act, indicator, targets)
    act.note("defined", subject(indicator, plan))
    return indicator


async def change_indicator(
    act: PersonalAct, plan: Plan, indicator: Indicator, changes: Mapping[str, Any]
) -> None:
    """Change an indicator or its aims; earlier aims stay on record.

    Raises `ConflictError` for another name or unit once a value was reported, so that reported
    values keep their meaning.
    """
    _require_definer(act.principal, plan)
    require_open(indicator)
    given = dict(changes)
    targets = given.pop("targets", ())
    await _require_same_meaning(act, indicator, given)
    for name, value in given.items():
        setattr(indicator, name, value)
    indicator.updated_at = act.at
    await act.session.flush()
    await _aim(act, indicator, targets)
    fields = sorted(changes)
    act.note("changed", subject(indicator, plan), fields=fields)


async def _require_same_meaning(
    act: PersonalAct, indicator: Indicator, given: Mapping[str, Any]
) -> None:
    renamed = any(given.get(n, getattr(indicator, n)) != getattr(indicator, n) for n in MEANING)
    decimals = given.get("decimals", indicator.decimals)
    before = indicator.decimals
    is_coarser = decimals is not None and (before is None or decimals < before)
    if (renamed or is_coarser) and await queries.has_values(act.session, indicator.id):
        raise ConflictError(
            Text(
                "Đã có số liệu nên không đổi tên, đơn vị, không bớt chữ số thập phân; hãy kết thúc"
                " và thêm chỉ tiêu mới.",
                "Values were reported, so name and unit stay, and decimals are not fewer; end it"
                " and define another one.",
            )
        )


def end_indicator(act: PersonalAct, plan: Plan, indicator: Indicator, *, reason: str) -> None:
    """End an indicator; the values that were reported stay."""
    _require_definer(act.principal, plan)
    require_open(indicator)
    indicator.ended_on, indicator.end_reason = local_day(act.at), reason
    act.note("ended", subject(indicator, plan))


def require_fine(pointer: str, value: Decimal | None, decimals: int | None) -> None:
    """Raise `InvalidError` for a value with more decimals than its indicator is measured with."""
    if value is None or decimals is None or value == round(value, decimals):
        return
    text = Text(
        f"Chỉ tiêu này lấy {decimals} chữ số thập phân."
        if decimals
        else "Chỉ tiêu này chỉ nhận số nguyên.",
        f"This indicator is measured with {decimals} decimals.",
    )
    raise invalid_at(pointer, "too_fine", text)


async def _aim(act: PersonalAct, indicator: Indicator, targets: Sequence[IndicatorAim]) -> None:
    """Store the aims that differ from those that hold, each as the next number of its period."""
    session = act.session
    periods = [target.period for target in targets]
    twice = [n for n, period in enumerate(periods) if period in periods[:n]]
    if twice:
        text = Text("Mỗi kỳ chỉ một mục tiêu.", "One target a period.")
        raise InvalidError(
            faults=[Fault(f"#/targets/{n}/period", "repeated_period", text) for n in twice]
        )
    found = await queries.targets_of(session, [indicator.id])
    standing = {row.period: row for row in found[indicator.id]}
    for n, target in enumerate(targets):
        require_fine(f"#/targets/{n}/value", target.value, indicator.decimals)
        last = standing.get(target.period)
        if target.value == (last.value if last else None):
            continue
        session.add(
            IndicatorTarget(
                indicator_id=indicator.id,
                period=target.period,
                value=target.value,
                number=last.number + 1 if last else 1,
                set_on=local_day(act.at),
                agency_id=act.principal.agency_id,
                client_id=act.principal.client_id,
            )
        )
    await session.flush()


def _require_definer(principal: Principal, plan: Plan) -> None:
    if plan.status == PlanStatus.CLOSED:
        require_issued(plan)
    require(principal, Power.DEFINE_INDICATORS, plan)


def require_open(indicator: Indicator) -> None:
    """Raise `IndicatorEndedError` for an indicator that has ended."""
    if indicator.ended_on is not None:
        raise IndicatorEndedError(indicator.ended_on)
