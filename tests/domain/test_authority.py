"""The table of authority: who stands how to a plan, and that nobody judges their own."""

import itertools
from typing import NamedTuple
from uuid import UUID

import pytest

from app.auth.principal import Principal, Role
from app.domain.authority import (
    OF_THE_COORDINATOR,
    REFUSALS,
    WHO_MAY,
    Power,
    Standing,
    may,
    may_judge,
)
from app.models import PlanStatus
from app.models.base import new_id


class Parties(NamedTuple):
    status: PlanStatus
    owner_id: UUID
    issuer_id: UUID | None
    coordinator_id: UUID | None


OWNER, ISSUER, COORDINATOR, CONCERNED, OVERSEER, OTHER = AGENCIES = [new_id() for _ in range(6)]
PLAN = Parties(PlanStatus.ISSUED, OWNER, ISSUER, COORDINATOR)
EXAMPLE = {
    # A power that only this standing gives.
    Standing.OWNER: Power.KEEP_PLAN,
    Standing.ISSUER: Power.AMEND,
    Standing.COORDINATOR: Power.REVIEW,
    Standing.REPORTER: Power.REPORT,
}
HOLDERS = {
    Standing.OWNER: {(Role.ISSUER, OWNER)},
    Standing.ISSUER: {(Role.ISSUER, OWNER), (Role.ISSUER, ISSUER)},
    Standing.COORDINATOR: {(Role.COORDINATOR, COORDINATOR)},
    Standing.REPORTER: {(Role.REPORTER, CONCERNED)},
    Standing.ADMINISTRATOR: {(Role.ADMINISTRATOR, agency) for agency in AGENCIES},
}


def acting(role: Role, agency_id: UUID) -> Principal:
    return Principal(new_id(), agency_id, frozenset({role}))


def holders(power: Power, plan: Parties = PLAN) -> set[tuple[Role, UUID]]:
    return {
        (role, agency)
        for role, agency in itertools.product(Role, AGENCIES)
        if may(acting(role, agency), power, plan, concerned=(CONCERNED,), overseers=(OVERSEER,))
    }


@pytest.mark.parametrize("standing", EXAMPLE)
def test_a_standing_is_a_role_for_an_agency_with_its_part(standing: Standing) -> None:
    assert WHO_MAY[EXAMPLE[standing]] == {standing}

    assert holders(EXAMPLE[standing]) == HOLDERS[standing]


def test_an_officer_speaks_for_the_agency_that_an_action_plan_is_of() -> None:
    assert holders(Power.REGISTER_ACTION_PLAN) == {
        (Role.COORDINATOR, COORDINATOR),
        (Role.REPORTER, CONCERNED),
        (Role.ISSUER, CONCERNED),
    }


def test_handovers_are_decided_where_the_plan_is_led_or_the_registry_kept() -> None:
    leads = HOLDERS[Standing.ISSUER] | HOLDERS[Standing.ADMINISTRATOR]

    assert holders(Power.HAND_OVER_OWNERSHIP) == holders(Power.HAND_OVER_COORDINATION) == leads
    assert holders(Power.HAND_OVER_ASSIGNMENT) == leads | HOLDERS[Standing.COORDINATOR]


def test_supervisors_and_overseers_remark() -> None:
    supervisors = {(Role.SUPERVISOR, agency) for agency in AGENCIES}

    assert holders(Power.REMARK) == supervisors | {(role, OVERSEER) for role in Role}


def test_a_draft_is_coordinated_by_nobody() -> None:
    draft = PLAN._replace(status=PlanStatus.DRAFT)

    assert holders(Power.SET_REGIME, draft) == HOLDERS[Standing.OWNER]
    assert holders(Power.SET_REGIME) == HOLDERS[Standing.OWNER] | HOLDERS[Standing.COORDINATOR]


@pytest.mark.parametrize("power", [Power.REVIEW, Power.RATE])
def test_nobody_judges_their_own_and_the_issuer_judges_the_coordinator(power: Power) -> None:
    def judges(*concerned: UUID) -> set[tuple[Role, UUID]]:
        return {
            (role, agency)
            for role, agency in itertools.product(Role, AGENCIES)
            if may_judge(acting(role, agency), power, PLAN, concerned=concerned)
        }

    assert judges(CONCERNED) == {(Role.COORDINATOR, COORDINATOR)}
    assert judges(COORDINATOR) == {(Role.ISSUER, OWNER), (Role.ISSUER, ISSUER)}
    # A report that the coordinator filed and another agency owes since is judged as the
    # coordinator's.
    assert judges(CONCERNED, COORDINATOR) == judges(COORDINATOR)
    assert judges(COORDINATOR, ISSUER) == {(Role.ISSUER, OWNER)}


def test_every_power_is_somebodys_and_has_its_refusal() -> None:
    assert set(WHO_MAY) == set(REFUSALS) == set(Power)
    assert set(OF_THE_COORDINATOR) == {Power.REVIEW, Power.RATE}
    assert all(WHO_MAY.values())
