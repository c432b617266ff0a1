"""Rows of the files of collectives, members and successions against the registry."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.records import Subject
from app.domain.registry import agencies, collectives
from app.domain.registry.importing.files import CollectiveLine, MemberLine, SuccessionLine
from app.domain.registry.importing.state import ImportState, RowCounts
from app.domain.registry.lifetimes import Validity, is_within, life_of_agency, outside_life
from app.errors import Text
from app.models import Agency, Collective, CollectiveAlias, CollectiveMember, Succession
from app.official_words import day_words


def stage_collectives(state: ImportState, lines: Sequence[CollectiveLine]) -> RowCounts:
    """Make collectives, or correct those of the same code."""
    created = changed = 0
    for line in lines:
        if line.code not in state.collectives:
            created += 1
            collective = Collective(
                code=line.code, name=line.name, is_enumerable=line.is_enumerable
            )
            state.collectives[line.code] = collective
            state.new.append(collective)
            state.note("created", collectives.subject(collective), code=line.code)
            _add_wordings(state, collective, line)
        else:
            changed += _correct_collective(state, state.collectives[line.code], line)
    return RowCounts(created, changed, len(lines) - created - changed)


def _correct_collective(state: ImportState, collective: Collective, line: CollectiveLine) -> bool:
    changed: dict[str, Any] = {}
    for name in ("name", "is_enumerable"):
        if getattr(line, name) != getattr(collective, name):
            changed[name] = getattr(line, name)
            setattr(collective, name, changed[name])
    if new := _add_wordings(state, collective, line):
        changed["aliases"] = new
    if changed.get("is_enumerable") is False and any(
        member.collective_id == collective.id for member in state.members
    ):
        text = Text(
            f"Nhóm {line.code} đã có thành viên nên không thể thành nhóm không đếm được.",
            f"{line.code} has members, so it can't become one without a list.",
        )
        state.fault(line.place, "collective_not_enumerable", text, column="enumerable")
    if changed:
        state.changed.append(collective)
        state.note("changed", collectives.subject(collective), **changed)
    return bool(changed)


def _add_wordings(state: ImportState, collective: Collective, line: CollectiveLine) -> list[str]:
    new = [alias for alias in line.aliases if alias not in state.aliases[collective.id]]
    state.aliases[collective.id].update(new)
    state.new += [CollectiveAlias(collective_id=collective.id, alias=alias) for alias in new]
    return new


def stage_members(state: ImportState, lines: Sequence[MemberLine]) -> RowCounts:
    """Make the memberships of a file; of one with the same first day, the end is corrected."""
    known = {(row.collective_id, row.agency_id, row.valid_from): row for row in state.members}
    created = changed = 0
    for line in lines:
        collective = state.collective(line.collective, line.place)
        agency = state.agency(line.agency, line.place, "agency")
        if collective is None or agency is None:
            continue
        member = known.get((collective.id, agency.id, line.valid_from))
        if member is None:
            created += 1
            member = _join(state, collective, agency, line)
        elif line.valid_until is not None and line.valid_until != member.valid_until:
            changed += 1
            member.valid_until = line.valid_until
            _note_member(state, "member_ended", agency, member)
        state.member_places[member.id] = line.place
        _check_member(state, agency, member)
    _check_once_a_day(state)
    return RowCounts(created, changed, len(lines) - created - changed)


def _join(
    state: ImportState, collective: Collective, agency: Agency, line: MemberLine
) -> CollectiveMember:
    member = CollectiveMember(
        collective_id=collective.id,
        agency_id=agency.id,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
    )
    if not collective.is_enumerable:
        text = collectives.not_enumerable(collective)
        state.fault(line.place, "collective_not_enumerable", text, column="collective")
    state.members.append(member)
    state.new.append(member)
    _note_member(state, "member_added", agency, member)
    return member


def _note_member(state: ImportState, action: str, agency: Agency, member: CollectiveMember) -> None:
    state.note(
        action,
        Subject("collective", member.collective_id, agency_id=member.agency_id),
        member_id=str(member.id),
        agency=agency.code,
        valid_from=_day(member.valid_from),
        valid_until=_day(member.valid_until),
    )


def _check_member(state: ImportState, agency: Agency, member: CollectiveMember) -> None:
    place = state.member_places[member.id]
    period = Validity(member.valid_from, member.valid_until)
    if period.valid_from and period.valid_until and period.valid_from >= period.valid_until:
        text = Text("Ngày kết thúc phải sau ngày bắt đầu.", "valid_until must be after valid_from.")
        state.fault(place, "empty_period", text, column="valid_until")
    elif not is_within(life_of_agency(agency), period):
        state.fault(place, "outside_the_agencys_life", outside_life(agency), column="agency")


def _check_once_a_day(state: ImportState) -> None:
    """Add a fault where an agency would be in a collective twice on a day."""
    memberships = defaultdict(list)
    for member in state.members:
        memberships[member.collective_id, member.agency_id].append(member)
    for rows in memberships.values():
        rows.sort(key=lambda row: row.valid_from or date.min)
        longest = rows[0]
        for row in rows[1:]:
            if _end(longest) > (row.valid_from or date.min):
                _refuse_overlap(state, longest, row)
            longest = max(longest, row, key=_end)


def _end(member: CollectiveMember) -> date:
    return member.valid_until or date.max


def _refuse_overlap(state: ImportState, before: CollectiveMember, after: CollectiveMember) -> None:
    place = state.member_places.get(after.id) or state.member_places.get(before.id)
    if place is None:
        return
    begins, ends = before.valid_from or "…", before.valid_until or "…"
    text = Text(
        f"Cơ quan đã là thành viên của nhóm từ {day_words(before.valid_from)} đến trước"
        f" {day_words(before.valid_until)}.",
        f"The agency is a member of the collective from {begins} to before {ends}.",
    )
    state.fault(place, "already_exists", text)


def stage_successions(state: ImportState, lines: Sequence[SuccessionLine]) -> RowCounts:
    """Make the successions of a file; one with the same agencies and day is corrected."""
    known = {
        (row.predecessor_id, row.successor_id, row.effective_on): row for row in state.successions
    }
    created = changed = 0
    for line in lines:
        predecessor = state.agency(line.predecessor, line.place, "predecessor")
        successor = line.successor and state.agency(line.successor, line.place, "successor")
        if predecessor is None or (line.successor is not None and not successor):
            continue
        successor_id = successor.id if isinstance(successor, Agency) else None
        row = known.get((predecessor.id, successor_id, line.effective_on))
        if row is None:
            created += 1
            row = Succession(
                predecessor_id=predecessor.id,
                successor_id=successor_id,
                effective_on=line.effective_on,
                kind=line.kind,
                scope=line.scope,
                basis=line.basis,
                certainty=line.certainty,
            )
            state.new.append(row)
            _note_succession(state, "succession_entered", predecessor, line)
        elif _correct_succession(row, line):
            changed += 1
            _note_succession(state, "succession_changed", predecessor, line)
    return RowCounts(created, changed, len(lines) - created - changed)


def _correct_succession(row: Succession, line: SuccessionLine) -> bool:
    is_changed = False
    for name in ("kind", "scope", "basis", "certainty"):
        value = getattr(line, name)
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            is_changed = True
    return is_changed


def _note_succession(
    state: ImportState, action: str, predecessor: Agency, line: SuccessionLine
) -> None:
    """Record a succession as a matter of its predecessor."""
    state.note(
        action,
        agencies.subject(predecessor),
        successor=line.successor,
        effective_on=_day(line.effective_on),
        kind=line.kind,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
