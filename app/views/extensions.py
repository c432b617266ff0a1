from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.assignments import extensions as domain
from app.models import Assignment, Task
from app.queries.assignments.extensions import ExtensionCase
from app.schemas.extensions import ExtensionOut
from app.schemas.handovers import HandedOut
from app.views.labels import agency_labels, plan_label, task_label


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
        ExtensionOut(
            id=row.id,
            number=row.number,
            plan=plan_label(plan),
            assignment=handed_out(assignment, task),
            agency=labels[assignment.agency_id],
            old_deadline_on=row.old_deadline_on,
            wanted_deadline_on=row.wanted_deadline_on,
            reason=row.reason,
            basis=row.basis,
            asked_at=row.asked_at,
            asked_on=row.asked_on,
            asked_by=labels[row.agency_id],
            state=row.state,
            granted_deadline_on=row.granted_deadline_on,
            decided_at=row.decided_at,
            decided_by=labels.optional(row.decided_for_id),
            decision_reason=row.decision_reason,
            decision_basis=row.decision_basis,
            updated_at=row.updated_at,
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


def handed_out(assignment: Assignment, task: Task) -> HandedOut:
    """The assignment that an extension or a handover is about."""
    return HandedOut(
        id=assignment.id,
        task=task_label(task),
        role=assignment.role,
        occurrence=assignment.occurrence,
    )
