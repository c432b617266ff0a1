"""The registry of agencies: they begin, are renamed and end on a day; no name is rewritten."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.vietnamese import fold
from app.domain.acts import Act, PersonalAct
from app.domain.handovers.settle import settle
from app.domain.handovers.undo import take_back
from app.domain.records import Subject
from app.domain.registry.identifiers import checked_identifier
from app.domain.registry.lifetimes import Validity, is_within, require_a_day, require_within_life
from app.errors import ConflictError, Fault, InvalidError, Text, invalid_at
from app.models import Agency, AgencyAlias, AgencyKind, AgencyName
from app.official_words import day_words
from app.queries.handovers.successions import list_successions
from app.queries.registry import agencies as queries
from app.queries.registry import collectives as collective_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgency:
    """The fields of an agency that is entered; `parent` is a ref of another one."""

    code: str
    name: str
    kind: AgencyKind
    short_name: str | None = None
    identifier: str | None = None
    parent: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    aliases: Sequence[str] = ()
    unit_code: str | None = None
    certainty: str | None = None


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that an agency bears from a day (inclusive) on."""

    name: str
    short_name: str | None
    from_day: date


def subject(agency: Agency) -> Subject:
    """The agency as the subject of records."""
    return Subject("agency", agency.id, agency_id=agency.id)


async def create(act: Act, given: NewAgency) -> Agency:
    """Enter an agency; its first name holds until another one begins.

    Raises `ConflictError` if its code or identifier refers to an agency already.
    """
    session = act.session
    require_a_day(Validity(given.valid_from, given.valid_until))
    await _require_free(session, given.code, field="code")
    agency = Agency(
        code=given.code,
        kind=given.kind,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        unit_code=given.unit_code,
        certainty=given.certainty,
    )
    if given.identifier is not None:
        await _identify(session, agency, given.identifier)
    if given.parent is not None:
        agency.parent_id = await _parent_id(session, agency, given.parent)
    session.add(agency)
    # Tables without a relationship are not inserted in the order of their foreign keys.
    await session.flush()
    session.add(AgencyName(agency_id=agency.id, name=given.name, short_name=given.short_name))
    for alias in dict.fromkeys(given.aliases):
        session.add(AgencyAlias(agency_id=agency.id, alias=alias))
    act.note("created", subject(agency), code=agency.code)
    await session.flush()
    return agency


async def change(act: PersonalAct, agency: Agency, changes: Mapping[str, Any]) -> None:
    """Correct the fields of an agency that *changes* names; equal values are no change."""
    session = act.session
    changed = await _change_links(session, agency, changes)
    for name in ("kind", "unit_code"):
        if name in changes and changes[name] != getattr(agency, name):
            changed[name] = changes[name]
            setattr(agency, name, changes[name])
    if "aliases" in changes and await set_aliases(session, agency, changes["aliases"]):
        changed["aliases"] = changes["aliases"]
    ends = "valid_until" in changes and changes["valid_until"] != agency.valid_until
    if ends:
        await _require_no_succession(session, agency)
        await end(session, agency, changes["valid_until"])
        changed["valid_until"] = agency.valid_until and agency.valid_until.isoformat()
    if changed:
        agency.updated_at = act.at
        act.note("changed", subject(agency), **changed)
    if ends:
        await take_back(act, agency_ids={agency.id}, everything={agency.id})
        await settle(act, agency_ids={agency.id})


async def _require_no_succession(session: AsyncSession, agency: Agency) -> None:
    """Raise `ConflictError` if the agency was succeeded at its end: that is corrected instead."""
    rows = await list_successions(session, agency_ids={agency.id}, in_force=True)
    if any(
        row.predecessor_id == agency.id and row.effective_on == agency.valid_until for row in rows
    ):
        text = Text(
            f"Cơ quan đã được kế thừa từ ngày {day_words(agency.valid_until)}; hãy đính chính"
            " kế thừa.",
            f"The agency is succeeded from {agency.valid_until} on; correct the succession.",
        )
        raise ConflictError(faults=[Fault("#/valid_until", "already_succeeded", text)])


async def _change_links(
    session: AsyncSession, agency: Agency, changes: Mapping[str, Any]
) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if "identifier" in changes and await _reidentify(session, agency, changes["identifier"]):
        changed["identifier"] = agency.identifier
    if "parent" in changes:
        parent_id = await _parent_id(session, agency, changes["parent"])
        if parent_id != agency.parent_id:
            agency.parent_id = parent_id
            changed["parent"] = changes["parent"]
    return changed


async def rename(act: PersonalAct, agency: Agency, new: NewName) -> None:
    """Give an agency a new name from a day on; the one before ends that day and stays on record.

    Raises `InvalidError` for a day that is not after the first day of the last name.
    """
    session = act.session
    last = (await queries.list_names(session, [agency.id]))[agency.id][-1]
    _require_another_name(last, new)
    require_within_life(agency, Validity(new.from_day, None), field="rename/from")
    if last.valid_until is None or last.valid_until > new.from_day:
        last.valid_until = new.from_day
        # The old name must have ended before the database sees the new one.
        await session.flush()
    session.add(
        AgencyName(
            agency_id=agency.id, name=new.name, short_name=new.short_name, valid_from=new.from_day
        )
    )
    agency.updated_at = act.at
    act.note("renamed", subject(agency), name=new.name, valid_from=new.from_day.isoformat())


def _require_another_name(last: AgencyName, new: NewName) -> None:
    if last.valid_from is not None and new.from_day <= last.valid_from:
        raise invalid_at(
            "#/rename/from",
            "name_in_the_past",
            Text(
                f"Phải sau ngày {day_words(last.valid_from)}, ngày tên gọi cuối cùng bắt đầu.",
                f"Must be after {last.valid_from}, the day the last name began.",
            ),
        )
    if (last.name, last.short_name) == (new.name, new.short_name):
        raise invalid_at(
            "#/rename/name",
            "same_name",
            Text("Cơ quan đang mang tên này.", "The agency has this name already."),
        )


async def end(session: AsyncSession, agency: Agency, valid_until: date | None) -> None:
    """Set the first day on which the agency no longer exists; None: no end.

    Raises `InvalidError` if a name or a membership lies after that day.
    """
    life = Validity(agency.valid_from, valid_until)
    require_a_day(life)
    names = (await queries.list_names(session, [agency.id]))[agency.id]
    memberships = await collective_queries.list_memberships_of(session, agency.id)
    beyond = [
        Text(f"tên gọi “{name.name}”", f"the name “{name.name}”")
        for name in names
        if not is_within(life, Validity(name.valid_from, None))
    ] + [
        Text(f"thành viên của nhóm “{collective.name}”", f"membership of “{collective.name}”")
        for member, collective in memberships
        if not is_within(life, Validity(member.valid_from, member.valid_until))
    ]
    if beyond:
        raise InvalidError(
            Text(
                f"Có dữ liệu sau ngày {day_words(valid_until)}; hãy sửa trước.",
                f"There are entries after {valid_until}; put them right first.",
            ),
            tuple(Fault("#/valid_until", "outside_the_agencys_life", text) for text in beyond),
        )
    agency.valid_until = valid_until


async def set_aliases(session: AsyncSession, agency: Agency, wanted: Sequence[str]) -> bool:
    """Replace the other spellings of an agency; answers whether that changed anything."""
    stored = (await queries.list_aliases(session, [agency.id]))[agency.id]
    removed = [alias for alias in stored if alias not in wanted]
    if removed:
        await queries.delete_aliases(session, agency.id, removed)
    new = [alias for alias in dict.fromkeys(wanted) if alias not in stored]
    for alias in new:
        session.add(AgencyAlias(agency_id=agency.id, alias=alias))
    return bool(removed or new)


async def search(session: AsyncSession, agencies: Sequence[Agency], words: str) -> list[Agency]:
    """The agencies whose code, identifier or any name contains *words*, marks and case aside."""
    ids = [agency.id for agency in agencies]
    names = await queries.list_names(session, ids)
    aliases = await queries.list_aliases(session, ids)
    wanted = fold(words)

    def spellings(agency: Agency) -> list[str | None]:
        dated = [text for name in names[agency.id] for text in (name.name, name.short_name)]
        return [agency.code, agency.identifier, *dated, *aliases[agency.id]]

    return [
        agency
        for agency in agencies
        if any(wanted in fold(text) for text in spellings(agency) if text is not None)
    ]


async def _identify(session: AsyncSession, agency: Agency, given: str) -> None:
    try:
        agency.identifier = checked_identifier(given)
    except ValueError:
        raise invalid_at(
            "#/identifier",
            "identifier_form",
            Text(
                "Mã định danh có dạng H27.01 (QĐ 20/2020/QĐ-TTg) hoặc 000.00.01.H27 (trước đó).",
                "An identifier is like H27.01 (QĐ 20/2020/QĐ-TTg), or 000.00.01.H27 (before it).",
            ),
        ) from None
    agency.identifier_source = given
    await _require_free(session, agency.identifier, field="identifier", own=agency.id)


async def _reidentify(session: AsyncSession, agency: Agency, given: str | None) -> bool:
    before = agency.identifier
    if given is None:
        agency.identifier = agency.identifier_source = None
    else:
        await _identify(session, agency, given)
    return agency.identifier != before


async def _require_free(
    session: AsyncSession, ref: str, *, field: str, own: uuid.UUID | None = None
) -> None:
    """Raise `ConflictError` if *ref* is a code or an identifier of another agency."""
    with session.no_autoflush:
        other = await queries.find_agency(session, ref)
    if other is not None and other.id != own:
        name = await queries.name_on(session, other.id, day=date.max)
        text = Text(f"{ref} đang chỉ {name}.", f"{ref} refers to {name}.")
        raise ConflictError(faults=[Fault(f"#/{field}", "already_exists", text)])


async def _parent_id(session: AsyncSession, agency: Agency, ref: str | None) -> uuid.UUID | None:
    if ref is None:
        return None
    with session.no_autoflush:
        parent = await queries.find_agency(session, ref)
        if parent is None:
            raise invalid_at("#/parent", "unknown_agency", queries.no_such_agency(ref))
        above: Agency | None = parent
        while above is not None:
            if above.id == agency.id:
                name = await queries.name_on(session, parent.id, day=date.max)
                text = Text(f"{name} thuộc chính cơ quan này.", f"{name} is under this one.")
                raise invalid_at("#/parent", "circle", text)
            above = await session.get(Agency, above.parent_id) if above.parent_id else None
    return parent.id
