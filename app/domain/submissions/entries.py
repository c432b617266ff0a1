"""Entering reports for other agencies that came on paper or by the document system.

A report made by an agency before its work went to a successor counts from the day on which it was
received, as if it had been entered then.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.domain.acts import PersonalAct
from app.domain.handovers.reclaim import reclaimed
from app.domain.submissions.push import PushVerdict, SubmissionPush, push_submissions
from app.queries.handovers.reclaims import AssignmentOwnedOn, moved_since
from app.queries.submissions.case_rows import AssignmentReference
from app.queries.submissions.cases import find_assignments


async def enter_submissions(
    act: PersonalAct, entries: Sequence[SubmissionPush], *, atomic: bool, dry_run: bool
) -> tuple[list[PushVerdict], bool]:
    """Enter submissions by the rules of `push_submissions`; answers the verdicts and whether they
    are stored.

    Those whose assignments have moved on since are entered first: their agency has them again
    meanwhile.
    """
    moved = await _moved(act, entries)
    if not moved:
        return await _pushed(act, entries, atomic=atomic, dry_run=dry_run)
    early = [one._replace(assignment=moved[n]) for n, one in enumerate(entries) if n in moved]
    later = [one for n, one in enumerate(entries) if n not in moved]
    days = [
        AssignmentOwnedOn(moved[n], one.agency_id, one.received_on)
        for n, one in enumerate(entries)
        if n in moved and one.received_on
    ]
    async with act.session.begin_nested() as whole:
        async with reclaimed(act, days):
            first, _ = await _pushed(act, early, atomic=False, dry_run=dry_run)
        second, _ = await _pushed(act, later, atomic=False, dry_run=dry_run)
        found, others = iter(first), iter(second)
        verdicts = [next(found) if n in moved else next(others) for n in range(len(entries))]
        is_stored = not (dry_run or (atomic and any(one.error for one in verdicts)))
        if not is_stored:
            await whole.rollback()
    return verdicts, is_stored


async def _pushed(
    act: PersonalAct, entries: Sequence[SubmissionPush], *, atomic: bool, dry_run: bool
) -> tuple[list[PushVerdict], bool]:
    if not entries:
        return [], False
    return await push_submissions(act, entries, atomic=atomic, dry_run=dry_run)


async def _moved(act: PersonalAct, entries: Sequence[SubmissionPush]) -> Mapping[int, UUID]:
    """The assignments, by the place of their entry, that another agency has now, or nobody."""
    named = [
        (n, one.assignment, one.received_on)
        for n, one in enumerate(entries)
        if isinstance(one.assignment, AssignmentReference) and one.received_on is not None
    ]
    found = await find_assignments(
        act.session, [reference for _, reference, _ in named], days=[day for *_, day in named]
    )
    ids = {n: one.assignment for n, one in enumerate(entries) if isinstance(one.assignment, UUID)}
    ids |= {n: those[0] for (n, *_), those in zip(named, found, strict=True) if len(those) == 1}
    held = {
        n: AssignmentOwnedOn(ids[n], one.agency_id, one.received_on)
        for n, one in enumerate(entries)
        if n in ids and one.received_on is not None
    }
    moved = set(await moved_since(act.session, list(held.values())))
    return {n: one.assignment_id for n, one in held.items() if one in moved}
