"""Rows of the agencies' file against the registry."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.registry.agencies import subject
from app.domain.registry.importing.files import AgencyLine
from app.domain.registry.importing.state import ImportState, RowCounts
from app.domain.registry.lifetimes import Validity, is_within, life_of_agency
from app.errors import Text
from app.models import Agency, AgencyAlias, AgencyName
from app.official_words import day_words

PLAIN = ("kind", "valid_from", "valid_until", "certainty", "unit_code")


def stage(state: ImportState, lines: Sequence[AgencyLine]) -> RowCounts:
    """Make the agencies of a file, or correct those with the same code; names stay as they are."""
    # All of them first: a row may name a parent that comes after it.
    created = {line.code for line in lines if line.code not in state.agencies}
    for line in lines:
        if line.code in created:
            _create(state, line)
    changed = sum(_correct(state, line, line.code in created) for line in lines)
    _check_identifiers(state, lines)
    for line in lines:
        _check_ancestors(state, line)
    return RowCounts(len(created), changed, len(lines) - len(created) - changed)


def check_lives(state: ImportState, lines: Sequence[AgencyLine]) -> None:
    """Add a fault for each agency that ends before its names or memberships do."""
    memberships = defaultdict(list)
    for member in state.members:
        if member.id not in state.member_places:
            memberships[member.agency_id].append(Validity(member.valid_from, member.valid_until))
    for line in lines:
        agency = state.agencies[line.code]
        life = life_of_agency(agency)
        if life.valid_from and life.valid_until and life.valid_from >= life.valid_until:
            text = Text(
                f"Ngày kết thúc phải sau ngày bắt đầu ({day_words(life.valid_from)}).",
                f"valid_until must be after valid_from ({life.valid_from}).",
            )
            state.fault(line.place, "empty_period", text, column="valid_until")
            continue
        names = [Validity(name.valid_from, None) for name in state.names[agency.id]]
        if not all(is_within(life, part) for part in [*names, *memberships[agency.id]]):
            text = Text(
                f"{line.code} có tên gọi hoặc thời gian là thành viên nằm ngoài thời gian đó.",
                f"{line.code} has a name or a membership outside these days.",
            )
            state.fault(line.place, "outside_the_agencys_life", text)


def _create(state: ImportState, line: AgencyLine) -> None:
    agency = Agency(code=line.code, kind=line.kind)
    name = AgencyName(agency_id=agency.id, name=line.name, short_name=line.short_name)
    state.agencies[line.code] = agency
    state.names[agency.id].append(name)
    state.new += [agency, name]
    state.note("created", subject(agency), code=agency.code)


def _correct(state: ImportState, line: AgencyLine, is_new: bool) -> bool:
    """Set an agency's fields to those of the row; answers whether a stored agency was changed."""
    agency = state.agencies[line.code]
    changed: dict[str, Any] = {}
    for name in PLAIN:
        value = getattr(line, name)
        if value is not None and value != getattr(agency, name):
            changed[name] = value.isoformat() if isinstance(value, date) else value
            setattr(agency, name, value)
    changed |= _correct_name(state, agency, line)
    changed |= _correct_links(state, agency, line)
    new = [alias for alias in line.aliases if alias not in state.aliases[agency.id]]
    if new:
        changed["aliases"] = new
        state.aliases[agency.id].update(new)
        state.new += [AgencyAlias(agency_id=agency.id, alias=alias) for alias in new]
    if is_new or not changed:
        return False
    state.changed.append(agency)
    state.note("changed", subject(agency), **changed)
    return True


def _correct_name(state: ImportState, agency: Agency, line: AgencyLine) -> dict[str, str]:
    name = next((row for row in state.names[agency.id] if row.name == line.name), None)
    if name is None:
        text = Text(
            f"{agency.code} chưa từng mang tên này; hãy đổi tên bằng PATCH"
            f" /v1/agencies/{agency.code} (`rename`), có ngày bắt đầu.",
            f"{agency.code} never had this name; rename it with PATCH"
            f" /v1/agencies/{agency.code} (rename), with the day from which it holds.",
        )
        state.fault(line.place, "another_name", text, column="name")
    elif line.short_name is not None and line.short_name != name.short_name:
        name.short_name = line.short_name
        return {"short_name": line.short_name}
    return {}


def _correct_links(state: ImportState, agency: Agency, line: AgencyLine) -> dict[str, str]:
    changed = {}
    if line.identifier is not None and line.identifier != agency.identifier:
        changed["identifier"] = line.identifier
        state.identifiers[line.code] = line.identifier
        agency.identifier_source = line.identifier_source
    if line.parent is not None:
        parent = state.agency(line.parent, line.place, "parent")
        if parent is not None and parent.id != agency.parent_id:
            changed["parent"] = line.parent
            state.parents[line.code] = parent
    return changed


def _check_identifiers(state: ImportState, lines: Sequence[AgencyLine]) -> None:
    """Add a fault for each code or identifier that would refer to two agencies."""
    owners = defaultdict(set)
    for agency in state.agencies.values():
        owners[agency.code].add(agency.code)
        identifier = state.identifiers.get(agency.code, agency.identifier)
        if identifier is not None:
            owners[identifier].add(agency.code)
    for line in lines:
        for column, ref in (("code", line.code), ("identifier", line.identifier)):
            others = owners[ref] - {line.code} if ref is not None else set()
            if others:
                text = Text(
                    f"{ref} đang chỉ cơ quan {', '.join(sorted(others))}.",
                    f"{ref} refers to {', '.join(sorted(others))}.",
                )
                state.fault(line.place, "already_exists", text, column=column)


def _check_ancestors(state: ImportState, line: AgencyLine) -> None:
    """Add a fault if an agency would be above itself."""
    if line.code not in state.parents:
        return
    by_id = state.agencies_by_id()
    seen: set[str] = set()
    above: Agency | None = state.agencies[line.code]
    while above is not None and above.code not in seen:
        seen.add(above.code)
        above = state.parents.get(above.code) or (
            by_id[above.parent_id] if above.parent_id is not None else None
        )
    if above is not None:
        text = Text(
            f"{line.code} thuộc chính nó, qua {line.parent}.",
            f"{line.code} is above itself, by way of {line.parent}.",
        )
        state.fault(line.place, "circle", text, column="parent")
