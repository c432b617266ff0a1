from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.assignments import extensions as domain
from app.queries.assignments.extensions import ExtensionCase
from app.schemas.extensions import ExtensionOut
from app.schemas.handovers import HandedOut
from app.views.labels import agency_labels


async def extensions_out(
    session: AsyncSession, principal: Principal, cases: Sequence[ExtensionCase]
) -> list[ExtensionOut]:
    """Extensions with their assignments, and what the caller may do with each."""
    await session.flush()
    labels = await agency_labels(
        session,
        (case.assignment.agency_id for case in cases),
        (case.extension.agency_id for case in cases),
        (case.extension.decided_for_id for case in cases),
    )
    return [
        ExtensionOut.of(
            row,
            plan=plan,
            assignment=HandedOut.of(assignment, task=task),
            agency=labels[assignment.agency_id],
            asked_by=labels[row.agency_id],
            decided_by=labels.optional(row.decided_for_id),
            allowed_actions=domain.allowed_actions(
                principal, ExtensionCase(row, assignment, task, plan)
            ),
        )
        for row, assignment, task, plan in cases
    ]


async def extension_out(
    session: AsyncSession, principal: Principal, case: ExtensionCase
) -> ExtensionOut:
    """One extension, and what the caller may do with it."""
    return (await extensions_out(session, principal, [case]))[0]
