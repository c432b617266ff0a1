"""Rows that a body names by reference: found, or refused at their place in the body."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Fault, InvalidError, NotFoundError, invalid_at
from app.models import Agency, Assignment, Collective, Plan
from app.queries.assignments import assignments
from app.queries.plans import plans
from app.queries.registry import agencies, collectives


async def agency_named(session: AsyncSession, ref: str, *, pointer: str) -> Agency:
    """The agency that a body names at *pointer*; raises `InvalidError`, not 404, if unknown."""
    found = await agencies_named(session, [(pointer, ref)])
    return found[0]


async def agencies_named(session: AsyncSession, refs: Sequence[tuple[str, str]]) -> list[Agency]:
    """The agencies that a body names, by pointer; raises `InvalidError` with all unknown ones."""
    found: list[Agency] = []
    faults: list[Fault] = []
    for pointer, ref in refs:
        try:
            found.append(await agencies.get_agency(session, ref))
        except NotFoundError as error:
            faults.append(Fault(pointer, "unknown_agency", error.detail))
    if faults:
        raise InvalidError(faults=faults)
    return found


async def collective_named(session: AsyncSession, ref: str, *, pointer: str) -> Collective:
    """The collective that a body names at *pointer*; raises `InvalidError` if unknown."""
    try:
        return await collectives.get_collective(session, ref)
    except NotFoundError as error:
        fault = Fault(pointer, "unknown_collective", error.detail)
        raise InvalidError(faults=[fault]) from error


async def plan_named(
    session: AsyncSession, principal: Principal, plan_id: UUID, *, pointer: str, lock: bool = False
) -> Plan:
    """The plan that a body names at *pointer*; raises `InvalidError` if it is not visible."""
    read = plans.get_plan_for_update if lock else plans.get_plan
    try:
        return await read(session, principal, plan_id)
    except NotFoundError as error:
        raise invalid_at(pointer, "unknown_plan", error.detail) from error


async def assignment_named(
    session: AsyncSession, principal: Principal, assignment_id: UUID, *, pointer: str
) -> Assignment:
    """The assignment that a body names at *pointer*; raises `InvalidError` if unknown."""
    try:
        return await assignments.get_assignment(session, principal, assignment_id)
    except NotFoundError as error:
        fault = Fault(pointer, "unknown_assignment", error.detail)
        raise InvalidError(faults=[fault]) from error


async def meaning_of(
    session: AsyncSession, *, agency: str | None, collective: str | None
) -> dict[str, UUID | None]:
    """The columns of an assignee whose words a person resolves; neither given: not resolved."""
    agency_id = collective_id = None
    if agency is not None:
        agency_id = (await agency_named(session, agency, pointer="#/agency")).id
    if collective is not None:
        found = await collective_named(session, collective, pointer="#/collective")
        collective_id = found.id
    return {"agency_id": agency_id, "collective_id": collective_id}
