"""Indicators of a task: defining, changing and ending them, setting aims, and reporting values."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.authority import Power, may, require
from app.domain.plans.plans import require_issued
from app.domain.records import Subject, record
from app.domain.regimes.periods import months_of
from app.domain.submissions.review import AssignmentClosedError
from app.errors import ConflictError, Fault, InvalidError, Text, TrackerError
from app.models import (
    Assignment,
    AssignmentStatus,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    Plan,
    PlanStatus,
    Task,
)
from app.queries.evaluation import indicators as queries

# Values may be reported after the work is done, but not once the assignment is nobody's any more.
MEASURED = (
    AssignmentStatus.NOT_STARTED,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.AWAITING_CONFIRMATION,
    AssignmentStatus.COMPLETED,
)


MEANING = ("name", "unit")


class IndicatorEndedError(TrackerError):
    """The indicator is measured no more."""

    status = HTTPStatus.CONFLICT
    code = "indicator_ended"
    title = Text("Chỉ tiêu đã kết thúc", "The indicator has ended")


class IndicatorAim(NamedTuple):
    """The aim of an indicator over the whole plan or in a period; a value of None ends the aim."""

    period: str | None
    value: Decimal | None


class ReportedValue(NamedTuple):
    """The value that an agency reports for a period."""

    period: str
    value: Decimal
    note: str | None


def subject(indicator: Indicator, plan: Plan) -> Subject:
    """The indicator as the subject of records."""
    return Subject("indicator", indicator.id, plan.id, plan.owner_id)


def allowed_actions(principal: Principal, indicator: Indicator, plan: Plan) -> list[str]:
    """The actions that the caller may take on the indicator now."""
    if indicator.ended_on is not None or plan.status == PlanStatus.CLOSED:
        return []
    return ["change", "end"] if may(principal, Power.DEFINE_INDICATORS, plan) else []


async def define_indicator(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    task: Task,
    fields: Mapping[str, Any],
    *,
    at: datetime,
) -> Indicator:
    """Define an indicator of a task, with its aims."""
    _require_definer(principal, plan)
    given = dict(fields)
    targets = given.pop("targets")
    indicator = Indicator(plan_id=plan.id, task_id=task.id, **given)
    session.add(indicator)
    await session.flush()
    await _aim(session, principal, indicator, targets, at=at)
    record(session, principal, "defined", subject(indicator, plan), at=at)
    return indicator


async def change_indicator(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    indicator: Indicator,
    changes: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Change an indicator or its aims; earlier aims stay on record.

    Raises `ConflictError` for another name or unit once a value was reported, so that reported
    values keep their meaning.
    """
    _require_definer(principal, plan)
    _require_open(indicator)
    given = dict(changes)
    targets = given.pop("targets", ())
    renamed = any(given.get(n, getattr(indicator, n)) != getattr(indicator, n) for n in MEANING)
    if renamed and await queries.has_values(session, indicator.id):
        raise ConflictError(
            Text(
                "Đã có số liệu nên không đổi tên, đơn vị; hãy kết thúc và thêm chỉ tiêu mới.",
                "Values were reported, so name and unit stay; end it and define another one.",
            )
        )
    for name, value in given.items():
        setattr(indicator, name, value)
    indicator.updated_at = at
    await session.flush()
    await _aim(session, principal, indicator, targets, at=at)
    fields = sorted(changes)
    record(session, principal, "changed", subject(indicator, plan), at=at, fields=fields)


def end_indicator(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    indicator: Indicator,
    *,
    reason: str,
    at: datetime,
) -> None:
    """End an indicator; the values that were reported stay."""
    _require_definer(principal, plan)
    _require_open(indicator)
    indicator.ended_on, indicator.end_reason = local_day(at), reason
    record(session, principal, "ended", subject(indicator, plan), at=at)


async def report_value(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    indicator: Indicator,
    assignment: Assignment,
    *,
    reached: ReportedValue,
    at: datetime,
) -> IndicatorValue:
    """Report the value of a period; another value corrects it, the same value changes nothing."""
    require(principal, Power.REPORT, plan, concerned=(assignment.agency_id,))
    today, (first, last) = local_day(at), months_of(reached.period)
    stood = await queries.last_value(session, indicator.id, assignment.id, reached.period)
    if stood is not None and (stood.value, stood.note) == (reached.value, reached.note):
        return stood
    require_issued(plan)
    _require_open(indicator)
    _require_measured(assignment)
    _require_begun(first, today)
    row = IndicatorValue(
        indicator_id=indicator.id,
        assignment_id=assignment.id,
        first_month=first,
        last_month=last,
        number=stood.number + 1 if stood else 1,
        filed_at=at,
        filed_on=today,
        agency_id=principal.agency_id,
        client_id=principal.client_id,
        **reached._asdict(),
    )
    session.add(row)
    await session.flush()
    record(
        session,
        principal,
        "value_reported",
        Subject("indicator", indicator.id, plan.id, principal.agency_id),
        at=at,
        assignment_id=str(assignment.id),
        period=row.period,
        number=row.number,
    )
    return row


async def _aim(
    session: AsyncSession,
    principal: Principal,
    indicator: Indicator,
    targets: Sequence[IndicatorAim],
    *,
    at: datetime,
) -> None:
    """Store the aims that differ from those that hold, each as the next number of its period."""
    periods = [target.period for target in targets]
    twice = [n for n, period in enumerate(periods) if period in periods[:n]]
    if twice:
        text = Text("Mỗi kỳ chỉ một mục tiêu.", "One target a period.")
        raise InvalidError(
            text, tuple(Fault(f"#/targets/{n}/period", "repeated_period", text) for n in twice)
        )
    found = await queries.targets_of(session, [indicator.id])
    standing = {row.period: row for row in found[indicator.id]}
    for target in targets:
        last = standing.get(target.period)
        if target.value == (last.value if last else None):
            continue
        session.add(
            IndicatorTarget(
                indicator_id=indicator.id,
                period=target.period,
                value=target.value,
                number=last.number + 1 if last else 1,
                set_on=local_day(at),
                agency_id=principal.agency_id,
                client_id=principal.client_id,
            )
        )
    await session.flush()


def achievement(total: Decimal, target: Decimal | None) -> dict[str, Any]:
    """The total against its target; no percentage of a target that is not above zero."""
    percent = None
    if target is not None and target > 0:
        # Sums of many values have more digits than Python's decimals have by default.
        with localcontext(prec=60):
            percent = exact((100 * total / target).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return {"numerator": exact(total), "base": target and exact(target), "percent": percent}


def exact(value: Decimal) -> str:
    """A decimal as text with all its digits, never with an exponent."""
    return format(value, "f")


def _require_definer(principal: Principal, plan: Plan) -> None:
    if plan.status == PlanStatus.CLOSED:
        require_issued(plan)
    require(principal, Power.DEFINE_INDICATORS, plan)


def _require_open(indicator: Indicator) -> None:
    if indicator.ended_on is not None:
        raise IndicatorEndedError(
            Text(
                f"Chỉ tiêu đã kết thúc ngày {indicator.ended_on}.",
                f"The indicator ended on {indicator.ended_on}.",
            )
        )


def _require_measured(assignment: Assignment) -> None:
    if assignment.awaits_handover or assignment.status not in MEASURED:
        raise AssignmentClosedError(
            Text(
                "Nhiệm vụ tạm dừng, thu hồi, đã nhập hoặc chờ bàn giao nên không nhận số liệu.",
                "The assignment is suspended, called off, merged or awaits a handover.",
            )
        )


def _require_begun(first_month: int, today: date) -> None:
    if first_month > today.year * 12 + today.month - 1:
        text = Text("Kỳ này chưa bắt đầu.", "The period has not begun yet.")
        raise InvalidError(text, (Fault("{period}", "period_not_begun", text),))
