"""Succession items as a body gives them, their agencies, and the faults that they can have."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.acts import Act
from app.domain.references import agencies_named
from app.errors import ConflictError, Fault, InvalidError, Text
from app.models import Agency, Succession, SuccessionKind
from app.official_words import day_words
from app.queries.registry.agencies import agency_names
from app.queries.registry.agency_views import exists_on


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
    """An item with its agencies, their names of the day before, and its place in the body."""

    place: str
    predecessor: Agency
    successor: Agency | None
    scope: str | None
    predecessor_name: str
    successor_name: str | None

    @property
    def successor_id(self) -> uuid.UUID | None:
        return None if self.successor is None else self.successor.id


async def find_pairs(act: Act, given: NewSuccession) -> list[SuccessionPair]:
    """The items with their agencies; raises `InvalidError` with all unknown ones."""
    refs = [(f"#/items/{n}/predecessor", item.predecessor) for n, item in enumerate(given.items)]
    refs += [
        (f"#/items/{n}/successor", item.successor)
        for n, item in enumerate(given.items)
        if item.successor is not None
    ]
    found = dict(
        zip((place for place, _ in refs), await agencies_named(act.session, refs), strict=True)
    )
    day = given.effective_on - timedelta(days=1)
    labels = await agency_names(act.session, {one.id for one in found.values()}, day=day)
    names = {place: labels[agency.id].name for place, agency in found.items()}
    return [
        SuccessionPair(
            f"#/items/{n}",
            found[f"#/items/{n}/predecessor"],
            found.get(f"#/items/{n}/successor"),
            item.scope,
            names[f"#/items/{n}/predecessor"],
            names.get(f"#/items/{n}/successor"),
        )
        for n, item in enumerate(given.items)
    ]


def require_sound(given: NewSuccession, pairs: Sequence[SuccessionPair]) -> None:
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
        raise InvalidError(faults=faults)


def _predecessor_faults(given: NewSuccession, pair: SuccessionPair) -> Iterator[Fault]:
    agency, name, day = pair.predecessor, pair.predecessor_name, given.effective_on
    if agency.valid_from is not None and agency.valid_from >= day:
        yield _fault(
            pair,
            "predecessor",
            "does_not_exist_then",
            f"{name} chưa tồn tại trước ngày {day_words(day)}.",
            f"{name} does not exist before {day}.",
        )
    ended = agency.valid_until
    if ended is not None and (ended != day if given.predecessors_end else ended <= day):
        yield _fault(
            pair,
            "predecessor",
            "ended_on_another_day",
            f"{name} kết thúc ngày {day_words(ended)}, không phải {day_words(day)}.",
            f"{name} ends on {ended}, not on {day}.",
        )


def _successor_faults(
    given: NewSuccession, pair: SuccessionPair, ending: set[uuid.UUID]
) -> Iterator[Fault]:
    agency, name, day = pair.successor, pair.successor_name, given.effective_on
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
            f"{name} cũng kết thúc trong lần kế thừa này nên không tiếp nhận được.",
            f"{name} ends by the same succession, so it can't take over.",
        )
    elif agency is not None and not exists_on(agency, day):
        yield _fault(
            pair,
            "successor",
            "does_not_exist_then",
            f"{name} không tồn tại vào ngày {day_words(day)}.",
            f"{name} does not exist on {day}.",
        )


def require_new(
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
                f"Kế thừa của {pair.predecessor_name} đã có hiệu lực; hãy đính chính (corrects).",
                f"That of {pair.predecessor_name} has taken effect; correct it (corrects).",
            )
            faults.append(_fault(pair, "predecessor", "already_succeeded", *words))
    if faults:
        raise ConflictError(faults=faults)


def _fault(pair: SuccessionPair, field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(f"{pair.place}/{field}", code, Text(vi, en))
