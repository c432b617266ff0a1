"""Which agencies stand for the parties of a plan on a day, along the chains of successions."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, PlanParty, PlanPartyRole, SuccessionKind
from app.queries.plans.plan_facts import CoordinatorTerm, PlanFacts, facts_of, parties_of
from tests.support.factories import make_agency, make_succession
from tests.support.factories_plans import make_plan

SPLIT, MERGED = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
async def agencies(session: AsyncSession) -> dict[str, Agency]:
    """A was split among C and B, of which B went into D; F was abolished; G gave a part to E."""
    ends = {"A": SPLIT, "B": MERGED, "F": SPLIT}
    made = {
        code: await make_agency(session, code=code, valid_until=ends.get(code))
        for code in "ABCDEFG"
    }
    for predecessor, successor, day, more in (
        ("A", "C", SPLIT, {}),
        ("A", "B", SPLIT, {}),
        ("B", "D", MERGED, {}),
        ("F", "G", SPLIT, {"corrected_at": datetime(2025, 2, 1, tzinfo=UTC)}),
        ("G", "E", SPLIT, {"kind": SuccessionKind.SPLIT, "scope": "một phần"}),
    ):
        await make_succession(session, made[predecessor], made[successor], effective_on=day, **more)
    await make_succession(session, made["F"], None, effective_on=SPLIT)
    return made


@pytest.mark.parametrize(
    ("day", "overseers"),
    [
        (date(2024, 12, 31), "AGDF"),
        (SPLIT, "BCGDF"),
        (date(2025, 12, 31), "BCGDF"),
        (MERGED, "DCGF"),
    ],
)
async def test_all_at_the_ends_of_successions_stand_where_the_plan_names_their_predecessor(
    session: AsyncSession, agencies: dict[str, Agency], day: date, overseers: str
) -> None:
    plan, other = [await make_plan(session, agencies["G"]) for _ in range(2)]
    for code in "AGDF":
        await name(session, plan.id, PlanPartyRole.OVERSEER, agencies[code])
    await name(session, plan.id, PlanPartyRole.RECIPIENT, agencies["A"])
    await name(session, other.id, PlanPartyRole.RECIPIENT, agencies["C"])

    found = await parties_of(session, [plan.id, other.id], day=day)

    codes = {agency.id: code for code, agency in agencies.items()}
    read = {
        (plan_id, role): "".join(codes[one] for one in some)
        for plan_id, roles in found.items()
        for role, some in roles.items()
    }
    assert read == {
        (plan.id, PlanPartyRole.OVERSEER): overseers,
        (plan.id, PlanPartyRole.RECIPIENT): overseers.partition("G")[0],
        (other.id, PlanPartyRole.OVERSEER): "",
        (other.id, PlanPartyRole.RECIPIENT): "C",
    }


async def test_a_plan_to_which_nothing_else_belongs_has_its_coordinator(
    session: AsyncSession,
) -> None:
    owner = await make_agency(session)
    plan = await make_plan(session, owner)

    assert await facts_of(session, [plan.id]) == {
        plan.id: PlanFacts([CoordinatorTerm(owner.id, None, None)], [], [])
    }
    assert not await facts_of(session, [])
    assert not await parties_of(session, [], day=SPLIT)


async def name(
    session: AsyncSession, plan_id: uuid.UUID, role: PlanPartyRole, agency: Agency
) -> None:
    """Let the plan name the agency, after all that it has named."""
    session.add(PlanParty(plan_id=plan_id, role=role, agency_id=agency.id))
    await session.commit()
