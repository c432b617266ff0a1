"""The sample's plan while agencies change: the successions of 2025, and the decisions on them.

The mergers are those of successions.csv; the decisions are made up, as their numbers say.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.cli.sample_cast import morning
from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.assignments import expand, substitutions
from app.domain.handovers import decide
from app.domain.handovers.decide import HandoverDecision
from app.domain.handovers.settle import settle
from app.models import HandoverState, HandoverSubject, Plan
from app.queries.handovers.handovers import page_of_handovers
from app.queries.lists import PageRequest
from app.queries.registry.agencies import get_agency

FindPrincipal = Callable[[str], Awaitable[Principal]]
"""A client of the sample by its name, as the caller of a verb."""


@dataclass(frozen=True, slots=True)
class SampleDecision:
    """One decision of the story: all that an agency left in the plan goes to that successor."""

    agency: str
    successor: str
    reason: str


MARCH = SampleDecision("STTTT", "SVHTTDL", "Nhiệm vụ thông tin đối ngoại chuyển về Sở VH,TT&DL.")
# The commune at the seat of the district bears its name. Of the city, of the towns and of Sở
# LĐ-TB&XH nobody can say who follows: what they left waits, to be decided by whoever tries it.
JULY = tuple(
    SampleDecision(f"UBND-H-{name}", f"UBND-X-{name}", "Xã đặt tại trung tâm huyện cũ tiếp nhận.")
    for name in (
        "HUONGSON", "DUCTHO", "VUQUANG", "NGHIXUAN", "CANLOC", "HUONGKHE", "THACHHA", "CAMXUYEN",
        "KYANH",
    )
)  # fmt: skip
COORDINATION = "Sở VH,TT&DL tiếp nhận lĩnh vực thông tin đối ngoại nên theo dõi kế hoạch."
INSTEAD = substitutions.NewSubstitution(
    collective="UBND-CAP-HUYEN",
    stand_in_collective="UBND-CAP-XA",
    stand_in_agencies=(),
    from_day=date(2025, 7, 1),
    reason="Không còn cấp huyện; từ kỳ sau UBND các xã, phường thực hiện.",
    basis="1665/NQ-UBTVQH15",
)


async def play_changes(
    session: AsyncSession, plan: Plan, find_principal: FindPrincipal, *, until: datetime
) -> None:
    """Play the service's own acts in 2025 and since, and people's decisions."""
    issuer, coordinator = (
        await find_principal("sample-issuer"),
        await find_principal("sample-coordinator"),
    )
    await pass_day(session, plan, morning(date(2025, 1, 1)))
    await pass_day(session, plan, morning(date(2025, 3, 1)))
    await decide_coordination(session, plan, issuer, at=morning(date(2025, 3, 3)))
    await decide_assignments(session, plan, coordinator, MARCH, at=morning(date(2025, 3, 10)))
    await settle(Act(session, None, morning(date(2025, 4, 1))))
    await settle(Act(session, None, morning(date(2025, 7, 1))))
    for given in JULY:
        await decide_assignments(session, plan, coordinator, given, at=morning(date(2025, 7, 10)))
    await substitutions.decide_substitution(
        PersonalAct(session, coordinator, morning(date(2025, 7, 15))), plan, INSTEAD
    )
    for year in range(2026, local_day(until).year + 1):
        await pass_day(session, plan, morning(date(year, 1, 1)))


async def pass_day(session: AsyncSession, plan: Plan, at: datetime) -> None:
    """Do a day's work of the worker: hand over the assignments of ended agencies, and make those
    that become known."""
    act = Act(session, None, at)
    await settle(act)
    await expand.expand_plan(act, plan)


async def decide_coordination(
    session: AsyncSession, plan: Plan, issuer: Principal, *, at: datetime
) -> None:
    """Decide who follows the plan up from 1 March 2025 on, since its department was split."""
    waiting = {
        "state": [HandoverState.PENDING],
        "subject": [HandoverSubject.COORDINATION],
        "plan": plan.id,
    }
    [case], _ = await page_of_handovers(session, PageRequest(waiting, "id", None, 1))
    to = await get_agency(session, "SVHTTDL")
    decision = HandoverDecision([to], COORDINATION, "MAU-02/QĐ-MAU")
    await decide.decide(PersonalAct(session, issuer, at), case, decision)


async def decide_assignments(
    session: AsyncSession,
    plan: Plan,
    coordinator: Principal,
    given: SampleDecision,
    *,
    at: datetime,
) -> None:
    """Give all that an agency left in the plan to one of its successors."""
    agency, successor = [await get_agency(session, c) for c in (given.agency, given.successor)]
    decision = HandoverDecision([successor], given.reason, "MAU-03/QĐ-MAU")
    await decide.decide_all(PersonalAct(session, coordinator, at), plan, agency, decision)
