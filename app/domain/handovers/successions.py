"""Recording successions: from a day on, some agencies carry what others carried."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from app.clock import local_day
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.domain.handovers.transfer import HandoverChange, HandoverOutcome
from app.domain.handovers.undo import take_back
from app.domain.records import Subject, record
from app.domain.references import agencies_named
from app.domain.registry import agencies
from app.errors import ConflictError, Fault, InvalidError, Text, TrackerError
from app.models import Agency, HandoverSubject, Succession, SuccessionKind
from app.queries.handovers import handovers as handover_queries
from app.queries.handovers import successions as queries
from app.queries.locks import lock_handovers
from app.queries.registry.agency_views import exists_on

NAMED = 20
"""The number of assignments that a refusal names at most."""


class ClosedAfterError(TrackerError):
    """An agency completed assignments after the day on which the succession ends it."""

    status = HTTPStatus.CONFLICT
    code = "closed_after_effective_day"
    title = Text("Có việc hoàn thành sau ngày kế thừa", "Completed after the effective day")


@dataclass(frozen=True, slots=True)
class SuccessionItem:
    """One agency takes over from another, within a scope; no successor: it is abolished."""

    predecessor: str
    successor: str | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class NewSuccession:
    """Successions that are recorded together; agencies are given by reference.

    `corrects` are wrong successions, which these replace; without items they are only taken back.
    """

    kind: SuccessionKind
    effective_on: date
    items: Sequence[SuccessionItem]
    basis: str | None = None
    certainty: str | None = None
    corrects: Sequence[uuid.UUID] = ()
    predecessors_end: bool = True


@dataclass(frozen=True, slots=True)
class SuccessionPair:
    """An item with its agencies, and its place in the body."""

    place: str
    predecessor: Agency
    successor: Agency | None
    scope: str | None

    @property
    def successor_id(self) -> uuid.UUID | None:
        return None if self.successor is None else self.successor.id


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
    pairs = await _pairs(act, given)
    ids = {pair.predecessor.id for pair in pairs} | {row.predecessor_id for row in wrong}
    standing = [
        row
        for row in await queries.list_successions(session, agency_ids=ids, in_force=True)
        if row.predecessor_id in ids and row not in wrong
    ]
    reopened = await _reopen(act, given, wrong, pairs, standing)
    _require_sound(given, pairs)
    _require_new(given, pairs, standing, today)
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
        for agency_id, assignment in await handover_queries.remaining_assignments(session, ids)
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
            raise InvalidError(text, (Fault(f"#/corrects/{n}", "not_in_force", text),))
        found.append(row)
    if not found and not given.items:
        text = Text("Cần ít nhất một dòng items.", "At least one item is needed.")
        raise InvalidError(text, (Fault("#/items", "missing", text),))
    return found


async def _pairs(act: Act, given: NewSuccession) -> list[SuccessionPair]:
    refs = [(f"#/items/{n}/predecessor", item.predecessor) for n, item in enumerate(given.items)]
    refs += [
        (f"#/items/{n}/successor", item.successor)
        for n, item in enumerate(given.items)
        if item.successor is not None
    ]
    found = dict(
        zip((place for place, _ in refs), await agencies_named(act.session, refs), strict=True)
    )
    return [
        SuccessionPair(
            f"#/items/{n}",
            found[f"#/items/{n}/predecessor"],
            found.get(f"#/items/{n}/successor"),
            item.scope,
        )
        for n, item in enumerate(given.items)
    ]


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
            record(act.session, act.principal, "changed", note, at=act.at, valid_until=None)
    return reopened


def _require_sound(given: NewSuccession, pairs: Sequence[SuccessionPair]) -> None:
    """Raise `InvalidError` with all faults that the items have by themselves."""
    ending = {pair.predecessor.id for pair in pairs} if given.predecessors_end else set()
    named = Counter((pair.predecessor.id, pair.successor_id) for pair in pairs)
    faults = [
        fault
        for pair in pairs
        for fault in (
            *_predecessor_faults(given, pair),
            *_successor_faults(given, pair, ending),
            *(
                [_fault(pair, "predecessor", "repeated_row", "Dòng này bị lặp.", "It is repeated.")]
                if named[pair.predecessor.id, pair.successor_id] > 1
                else ()
            ),
        )
    ]
    if faults:
        raise InvalidError(faults[0].detail, tuple(faults))


def _predecessor_faults(given: NewSuccession, pair: SuccessionPair) -> Iterator[Fault]:
    agency, day = pair.predecessor, given.effective_on
    if agency.valid_from is not None and agency.valid_from >= day:
        yield _fault(
            pair,
            "predecessor",
            "does_not_exist_then",
            f"{agency.code} chưa tồn tại trước ngày {day}.",
            f"{agency.code} does not exist before {day}.",
        )
    ended = agency.valid_until
    if ended is not None and (ended != day if given.predecessors_end else ended <= day):
        yield _fault(
            pair,
            "predecessor",
            "ended_on_another_day",
            f"{agency.code} kết thúc ngày {ended}, không phải {day}.",
            f"{agency.code} ends on {ended}, not on {day}.",
        )


def _successor_faults(
    given: NewSuccession, pair: SuccessionPair, ending: set[uuid.UUID]
) -> Iterator[Fault]:
    agency, day = pair.successor, given.effective_on
    if (agency is None) != (given.kind == SuccessionKind.ABOLITION):
        yield _fault(
            pair,
            "successor",
            "successor_unless_abolished",
            "Chỉ để trống, và phải để trống, khi kind là abolition.",
            "Empty if, and only if, the kind is abolition.",
        )
    elif agency is not None and agency.id in ending:
        yield _fault(
            pair,
            "successor",
            "circle",
            f"{agency.code} cũng kết thúc trong lần kế thừa này nên không tiếp nhận được.",
            f"{agency.code} ends by the same succession, so it can't take over.",
        )
    elif agency is not None and not exists_on(agency, day):
        yield _fault(
            pair,
            "successor",
            "does_not_exist_then",
            f"{agency.code} không tồn tại vào ngày {day}.",
            f"{agency.code} does not exist on {day}.",
        )


def _require_new(
    given: NewSuccession,
    pairs: Sequence[SuccessionPair],
    standing: Sequence[Succession],
    today: date,
) -> None:
    """Raise `ConflictError` for a succession that is recorded, or of one that has taken effect."""
    known = {
        (row.predecessor_id, row.successor_id): row
        for row in standing
        if row.effective_on == given.effective_on
    }
    settled = {row.predecessor_id for row in known.values() if row.effective_on <= today}
    faults = []
    for pair in pairs:
        row = known.get((pair.predecessor.id, pair.successor_id))
        if row is not None:
            words = f"Đã ghi nhận: {row.id}.", f"It is recorded already: {row.id}."
            faults.append(_fault(pair, "predecessor", "already_exists", *words))
        elif pair.predecessor.id in settled and given.predecessors_end:
            words = (
                f"Kế thừa của {pair.predecessor.code} đã có hiệu lực; hãy đính chính (corrects).",
                f"That of {pair.predecessor.code} has taken effect; correct it (corrects).",
            )
            faults.append(_fault(pair, "predecessor", "already_succeeded", *words))
    if faults:
        raise ConflictError(faults[0].detail, tuple(faults))


async def _take_back(
    act: Act,
    wrong: Sequence[Succession],
    pairs: Sequence[SuccessionPair],
    standing: Sequence[Succession],
    reopened: set[uuid.UUID],
) -> list[HandoverChange]:
    if not wrong:
        return []
    kept = {pair.successor.id for pair in pairs if pair.successor is not None}
    kept |= {row.successor_id for row in standing if row.successor_id is not None}
    gone = {row.successor_id for row in wrong if row.successor_id is not None} - kept
    for row in wrong:
        row.corrected_at = act.at
        _note(act, row, "corrected")
    await act.session.flush()
    return await take_back(
        act,
        agency_ids={row.predecessor_id for row in wrong},
        succession_ids={row.id for row in wrong},
        successor_ids=gone,
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
            record(
                act.session,
                act.principal,
                "changed",
                agencies.subject(agency),
                at=act.at,
                valid_until=given.effective_on.isoformat(),
            )


async def _require_open(act: Act, agency_ids: set[uuid.UUID]) -> None:
    """Raise `ClosedAfterError` if an agency completed something on a day on which it had ended."""
    found = await handover_queries.closed_after_the_end(act.session, agency_ids, limit=NAMED)
    faults = tuple(
        Fault(
            "#/effective_on",
            ClosedAfterError.code,
            Text(
                f"{code} hoàn thành nhiệm vụ {ordinal} ({occurrence}) ngày {day}.",
                f"{code} completed task {ordinal} ({occurrence}) on {day}.",
            ),
        )
        for code, ordinal, occurrence, day in found
    )
    if faults:
        raise ClosedAfterError(faults[0].detail, faults)


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
    record(
        act.session,
        act.principal,
        action,
        Subject("succession", row.id, agency_id=row.predecessor_id),
        at=act.at,
        effective_on=row.effective_on.isoformat(),
        kind=row.kind,
    )


def _fault(pair: SuccessionPair, field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(f"{pair.place}/{field}", code, Text(vi, en))
