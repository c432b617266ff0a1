"""Recording successions: from a day on, some agencies take the place of others."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from app.clock import local_day
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.domain.handovers.succession_items import (
    NewSuccession,
    SuccessionPair,
    find_pairs,
    require_new,
    require_sound,
)
from app.domain.handovers.transfer import HandoverChange, HandoverOutcome
from app.domain.handovers.undo import take_back
from app.domain.records import Subject
from app.domain.registry import agencies
from app.errors import Fault, Text, TrackerError, invalid_at
from app.models import Agency, HandoverSubject, Succession
from app.official_words import day_words
from app.queries.handovers import successions as queries
from app.queries.handovers.carried import closed_after_the_end, remaining_assignments
from app.queries.locks import lock_handovers
from app.queries.registry.agencies import labels_on

NAMED = 20
"""The number of assignments that a refusal names at most."""


class ClosedAfterError(TrackerError):
    """An agency completed assignments after the day on which the succession ends it."""

    status = HTTPStatus.CONFLICT
    code = "closed_after_effective_day"
    title = Text("Có việc hoàn thành sau ngày kế thừa", "Completed after the effective day")


@dataclass(frozen=True, slots=True)
class RecordedSuccession:
    """The successions that were made, and the handovers that followed by the day `settled_on`."""

    rows: list[Succession]
    changes: list[HandoverChange]
    settled_on: date


async def record_succession(
    act: Act, given: NewSuccession, *, day: date | None = None
) -> RecordedSuccession:
    """Record successions and settle at once all that is due by *day* (default: today).

    All or nothing. A preview gives a day that has not come, and rolls back.
    """
    session, today = act.session, local_day(act.at)
    await lock_handovers(session)
    wrong = await _wrong(act, given)
    pairs = await find_pairs(act, given)
    ids = {pair.predecessor.id for pair in pairs} | {row.predecessor_id for row in wrong}
    standing = [
        row
        for row in await queries.list_successions(session, agency_ids=ids, in_force=True)
        if row.predecessor_id in ids and row not in wrong
    ]
    reopened = await _reopen(act, given, wrong, pairs, standing)
    require_sound(given, pairs)
    require_new(given, pairs, standing, today)
    changes = await _take_back(act, wrong, pairs, standing, reopened)
    await _end_predecessors(act, given, pairs)
    rows = [_row(given, pair) for pair in pairs]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        _note(act, row, "recorded")
    await _require_open(act, ids)
    changes += await settle(act, day=day, agency_ids=ids)
    changes += [
        HandoverChange(
            HandoverOutcome.STAYS,
            HandoverSubject.ASSIGNMENT,
            assignment.plan_id,
            agency_id,
            agency_id,
            assignment,
        )
        for agency_id, assignment in await remaining_assignments(session, ids)
    ]
    return RecordedSuccession(rows, list(_each_once(changes)), day or today)


def _each_once(changes: Sequence[HandoverChange]) -> Iterator[HandoverChange]:
    """One change for each assignment: along a chain, from the first agency to the last."""
    last: dict[uuid.UUID, HandoverChange] = {}
    for change in changes:
        if change.assignment is None:
            yield change
        else:
            first = last.get(change.assignment.id)
            last[change.assignment.id] = change._replace(from_id=first.from_id) if first else change
    yield from last.values()


async def _wrong(act: Act, given: NewSuccession) -> list[Succession]:
    """The successions to correct; raises `InvalidError` for one that is no longer in force."""
    found = []
    for n, succession_id in enumerate(dict.fromkeys(given.corrects)):
        row = await act.session.get(Succession, succession_id)
        if row is None or row.corrected_at is not None:
            text = Text(
                "Không có kế thừa này, hoặc đã được đính chính.",
                "There is no such succession, or it was corrected already.",
            )
            raise invalid_at(f"#/corrects/{n}", "not_in_force", text)
        found.append(row)
    if not found and not given.items:
        text = Text("Phải nêu ít nhất một cơ quan được kế thừa.", "At least one item is needed.")
        raise invalid_at("#/items", "missing", text)
    return found


async def _reopen(
    act: Act,
    given: NewSuccession,
    wrong: Sequence[Succession],
    pairs: Sequence[SuccessionPair],
    standing: Sequence[Succession],
) -> set[uuid.UUID]:
    """Give back their lives to predecessors whose end no succession explains any more."""
    reopened = set()
    for row in wrong:
        agency = await act.session.get_one(Agency, row.predecessor_id)
        remains = any(
            (other.predecessor_id, other.effective_on) == (agency.id, row.effective_on)
            for other in standing
        )
        again = given.effective_on == row.effective_on and any(
            pair.predecessor.id == agency.id for pair in pairs
        )
        if agency.valid_until == row.effective_on and not remains and not again:
            agency.valid_until = None
            agency.updated_at = act.at
            reopened.add(agency.id)
            note = agencies.subject(agency)
            act.note("changed", note, valid_until=None)
    return reopened


async def _take_back(
    act: Act,
    wrong: Sequence[Succession],
    pairs: Sequence[SuccessionPair],
    standing: Sequence[Succession],
    reopened: set[uuid.UUID],
) -> list[HandoverChange]:
    if not wrong:
        return []
    remaining = {pair.successor.id for pair in pairs if pair.successor is not None}
    remaining |= {row.successor_id for row in standing if row.successor_id is not None}
    former = {row.successor_id for row in wrong if row.successor_id is not None} - remaining
    for row in wrong:
        row.corrected_at = act.at
        _note(act, row, "corrected")
    await act.session.flush()
    return await take_back(
        act,
        agency_ids={row.predecessor_id for row in wrong},
        succession_ids={row.id for row in wrong},
        successor_ids=former,
        everything=reopened,
    )


async def _end_predecessors(
    act: Act, given: NewSuccession, pairs: Sequence[SuccessionPair]
) -> None:
    if not given.predecessors_end:
        return
    for agency in {pair.predecessor.id: pair.predecessor for pair in pairs}.values():
        if agency.valid_until is None:
            await agencies.end(act.session, agency, given.effective_on)
            agency.updated_at = act.at
            act.note(
                "changed",
                agencies.subject(agency),
                valid_until=given.effective_on.isoformat(),
            )


async def _require_open(act: Act, agency_ids: set[uuid.UUID]) -> None:
    """Raise `ClosedAfterError` if an agency completed something on a day on which it had ended."""
    found = await closed_after_the_end(act.session, agency_ids, limit=NAMED)
    names = await labels_on(act.session, {(agency_id, day) for agency_id, _, _, day in found})
    faults = tuple(
        Fault(
            "#/effective_on",
            ClosedAfterError.code,
            Text(
                f"{names[agency_id, day].name} hoàn thành nhiệm vụ {ordinal} ({occurrence}) ngày"
                f" {day_words(day)}.",
                f"{names[agency_id, day].name} completed task {ordinal} ({occurrence}) on {day}.",
            ),
        )
        for agency_id, ordinal, occurrence, day in found
    )
    if faults:
        raise ClosedAfterError(faults=faults)


def _row(given: NewSuccession, pair: SuccessionPair) -> Succession:
    return Succession(
        predecessor_id=pair.predecessor.id,
        successor_id=pair.successor_id,
        effective_on=given.effective_on,
        kind=given.kind,
        scope=pair.scope,
        basis=given.basis,
        certainty=given.certainty,
    )


def _note(act: Act, row: Succession, action: str) -> None:
    act.note(
        action,
        Subject("succession", row.id, agency_id=row.predecessor_id),
        effective_on=row.effective_on.isoformat(),
        kind=row.kind,
    )
