"""Reporting the values of indicators, and measuring them against their aims."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.evaluation.indicators import require_fine, require_open
from app.domain.evaluation.measured_periods import span_in
from app.domain.plans.plans import require_issued
from app.domain.records import Subject
from app.domain.submissions.states import AssignmentClosedError
from app.errors import InvalidError, Text, invalid_at
from app.models import Assignment, AssignmentStatus, Indicator, IndicatorValue, Plan
from app.queries.evaluation import indicators as queries

# Values may be reported after the work is done, but not once the assignment is nobody's any more.
MEASURED = (
    AssignmentStatus.NOT_STARTED,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.AWAITING_CONFIRMATION,
    AssignmentStatus.COMPLETED,
)


class ReportedValue(NamedTuple):
    """The value that an agency reports for a period."""

    period: str
    value: Decimal
    note: str | None


async def report_value(
    act: PersonalAct,
    plan: Plan,
    indicator: Indicator,
    assignment: Assignment,
    *,
    reached: ReportedValue,
) -> IndicatorValue:
    """Report the value of a period; another value corrects it, the same value changes nothing."""
    session = act.session
    require(act.principal, Power.REPORT, plan, concerned=(assignment.agency_id,))
    today, span = local_day(act.at), await span_in(session, plan, reached.period)
    stood = await queries.last_value(session, indicator.id, assignment.id, reached.period)
    if stood is not None and (stood.value, stood.note) == (reached.value, reached.note):
        return stood
    require_issued(plan)
    require_open(indicator)
    _require_measured(assignment)
    if span is None:
        raise no_such_period("{period}")
    _require_begun(span.first, today)
    require_fine("#/value", reached.value, indicator.decimals)
    row = IndicatorValue(
        indicator_id=indicator.id,
        assignment_id=assignment.id,
        first_day=span.first,
        last_day=span.last,
        number=stood.number + 1 if stood else 1,
        filed_at=act.at,
        filed_on=today,
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
        **reached._asdict(),
    )
    session.add(row)
    await session.flush()
    act.note(
        "value_reported",
        Subject("indicator", indicator.id, plan.id, act.principal.agency_id),
        assignment_id=str(assignment.id),
        period=row.period,
        number=row.number,
    )
    return row


def achievement(
    total: Decimal, target: Decimal | None, decimals: int | None = None
) -> dict[str, Any]:
    """The total against its target, both written with so many *decimals*; no percentage of a target
    that is not above zero."""
    percent = None
    if target is not None and target > 0:
        # Sums of many values have more digits than Python's decimals have by default.
        with localcontext(prec=60):
            percent = exact((100 * total / target).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return {
        "numerator": exact(total, decimals),
        "base": None if target is None else exact(target, decimals),
        "percent": percent,
    }


def exact(value: Decimal, decimals: int | None = None) -> str:
    """A decimal as text with all its digits, never with an exponent; with zeros up to so many
    *decimals*."""
    return format(value, "f" if decimals is None or _finer(value, decimals) else f".{decimals}f")


def _finer(value: Decimal, decimals: int) -> bool:
    """True if rounding to the decimals would lose digits: the value is older than the present
    number of decimals."""
    with localcontext(prec=60):
        return value != round(value, decimals)


def _require_measured(assignment: Assignment) -> None:
    if assignment.awaits_handover or assignment.status not in MEASURED:
        raise AssignmentClosedError(
            Text(
                "Nhiệm vụ tạm dừng, thu hồi, đã nhập hoặc chờ bàn giao nên không nhận số liệu.",
                "The assignment is suspended, called off, merged or awaits a handover.",
            )
        )


def no_such_period(pointer: str) -> InvalidError:
    """A week, or a window of one's own, that no regime of the plan has."""
    text = Text(
        "Chế độ báo cáo của kế hoạch không có kỳ này.", "The plan's regime has no such period."
    )
    return invalid_at(pointer, "no_such_period", text)


def _require_begun(first_day: date, today: date) -> None:
    if first_day > today:
        text = Text("Kỳ này chưa bắt đầu.", "The period has not begun yet.")
        raise invalid_at("{period}", "period_not_begun", text)
