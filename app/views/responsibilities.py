from collections.abc import Sequence
from datetime import date

from app.queries.assignments.responsibilities import AssignmentBasis, Responsibility, Tenure
from app.schemas.responsibilities import (
    BasisOut,
    HoldingOut,
    MergedAssignmentOut,
    ResponsibilityOut,
)
from app.views.labels import agency_label


def responsibilities_out(rows: Sequence[Responsibility], *, day: date) -> list[ResponsibilityOut]:
    """Assignments of a task with their agencies of *day*, and the chains that led there."""
    return [
        ResponsibilityOut(
            assignment_id=row.assignment_id,
            role=row.role,
            occurrence=row.occurrence,
            source_text=row.source_text,
            as_of=day,
            agency=agency_label(row.agency),
            awaits_handover=row.awaits_handover,
            merged_into_id=row.merged_into_id,
            chain=[_holding_out(holding) for holding in row.chain],
            merged=[
                MergedAssignmentOut(
                    assignment_id=merged.assignment_id,
                    chain=[_holding_out(holding) for holding in merged.chain],
                )
                for merged in row.merged
            ],
        )
        for row in rows
    ]


def _holding_out(holding: Tenure) -> HoldingOut:
    return HoldingOut(
        agency=agency_label(holding.agency),
        role=holding.role,
        since=holding.since,
        until=holding.until,
        awaits_handover=holding.awaits_handover,
        basis=None if holding.basis is None else _basis_out(holding.basis),
    )


def _basis_out(basis: AssignmentBasis) -> BasisOut:
    return BasisOut(
        kind=basis.kind,
        document=basis.document,
        effective_on=basis.effective_on,
        scope=basis.scope,
        reason=basis.reason,
    )
