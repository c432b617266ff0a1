"""Collectives and their members: an explicit list with dates, which a person confirms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.acts import Act, PersonalAct
from app.domain.records import Subject
from app.domain.registry.lifetimes import Validity, require_a_day, require_within_life
from app.errors import ConflictError, Text
from app.models import Agency, Collective, CollectiveAlias, CollectiveMember
from app.queries.registry import collectives as queries


class NotEnumerableError(ConflictError):
    """A class that nobody can list: it is recorded in plans, and nobody owes for it."""

    code = "collective_not_enumerable"
    title = Text("Nhóm không xác định được thành viên", "The collective has no list of members")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCollective:
    """The fields of a collective that is entered."""

    code: str
    name: str
    is_enumerable: bool
    aliases: Sequence[str] = ()


def subject(collective: Collective) -> Subject:
    """The collective as the subject of records."""
    return Subject("collective", collective.id)


async def create(act: Act, given: NewCollective) -> Collective:
    """Enter a collective, as yet without members."""
    session = act.session
    collective = Collective(code=given.code, name=given.name, is_enumerable=given.is_enumerable)
    session.add(collective)
    await session.flush()
    for alias in dict.fromkeys(given.aliases):
        session.add(CollectiveAlias(collective_id=collective.id, alias=alias))
    act.note("created", subject(collective), code=collective.code)
    await session.flush()
    return collective


async def change(act: PersonalAct, collective: Collective, changes: Mapping[str, Any]) -> None:
    """Correct the fields of a collective that *changes* names; equal values are no change.

    Raises `NotEnumerableError` where one with members would become one without a list.
    """
    changed = {
        name: changes[name]
        for name in ("name", "is_enumerable")
        if name in changes and changes[name] != getattr(collective, name)
    }
    if changed.get("is_enumerable") is False and await queries.has_members(act.session, collective):
        raise NotEnumerableError(
            Text(
                f"Nhóm “{collective.name}” đã có thành viên nên không thể thành nhóm không đếm"
                " được.",
                f"“{collective.name}” has members, so it can't become one without a list.",
            )
        )
    for name, value in changed.items():
        setattr(collective, name, value)
    if "aliases" in changes and await set_aliases(act.session, collective, changes["aliases"]):
        changed["aliases"] = changes["aliases"]
    if changed:
        collective.updated_at = act.at
        act.note("changed", subject(collective), **changed)


async def set_aliases(session: AsyncSession, collective: Collective, wanted: Sequence[str]) -> bool:
    """Replace the other wordings of a collective; answers whether that changed anything."""
    stored = (await queries.list_aliases(session, [collective.id]))[collective.id]
    removed = [alias for alias in stored if alias not in wanted]
    if removed:
        await queries.delete_aliases(session, collective.id, removed)
    new = [alias for alias in dict.fromkeys(wanted) if alias not in stored]
    for alias in new:
        session.add(CollectiveAlias(collective_id=collective.id, alias=alias))
    return bool(removed or new)


async def add_member(
    act: PersonalAct, collective: Collective, agency: Agency, period: Validity
) -> CollectiveMember:
    """Let an agency belong to a collective for a time, which lies within the agency's own life."""
    require_enumerable(collective)
    require_a_day(period)
    require_within_life(agency, period, field="agency")
    member = CollectiveMember(
        collective_id=collective.id,
        agency_id=agency.id,
        valid_from=period.valid_from,
        valid_until=period.valid_until,
    )
    act.session.add(member)
    record_member(act, "member_added", member, agency=agency.code)
    await act.session.flush()
    return member


async def end_member(
    act: PersonalAct, member: CollectiveMember, agency: Agency, *, valid_until: date
) -> None:
    """Set the first day on which the agency no longer belongs to the collective."""
    require_a_day(Validity(member.valid_from, valid_until))
    require_within_life(agency, Validity(member.valid_from, valid_until), field="valid_until")
    if member.valid_until != valid_until:
        member.valid_until = valid_until
        record_member(act, "member_ended", member, agency=agency.code)
        await act.session.flush()


def require_enumerable(collective: Collective) -> None:
    """Raise `NotEnumerableError` for a collective that has no list of members."""
    if not collective.is_enumerable:
        raise NotEnumerableError(not_enumerable(collective))


def not_enumerable(collective: Collective) -> Text:
    """The sentence for a collective that can't have members."""
    return Text(
        f"Nhóm “{collective.name}” không đếm được nên không có danh sách thành viên.",
        f"“{collective.name}” can't be counted, so it has no list of members.",
    )


def record_member(act: Act, action: str, member: CollectiveMember, *, agency: str) -> None:
    """Record a change of membership, as a matter of the collective and of the agency."""
    begins, ends = member.valid_from, member.valid_until
    act.note(
        action,
        Subject("collective", member.collective_id, agency_id=member.agency_id),
        member_id=str(member.id),
        agency=agency,
        valid_from=begins and begins.isoformat(),
        valid_until=ends and ends.isoformat(),
    )
