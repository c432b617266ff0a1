"""The letterhead and the signature of an agency of a plan (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.word.letter import Letter, Letterhead
from app.models import Agency, AgencyKind, Plan
from app.queries.registry.agencies import agency_names
from app.threads import in_thread

COMMITTEE = "Ủy ban nhân dân"
COMMITTEES = (
    AgencyKind.PROVINCIAL_COMMITTEE,
    AgencyKind.DISTRICT_COMMITTEE,
    AgencyKind.COMMUNE_COMMITTEE,
)
UNIT = re.compile(f"^{COMMITTEE} (tỉnh|thành phố|thị xã|huyện|xã|phường|đặc khu) ")
HEADS = dict.fromkeys(COMMITTEES, ("TM. Ủy ban nhân dân", "Chủ tịch")) | {
    AgencyKind.DEPARTMENT: ("Giám đốc",)
}


@dataclass(frozen=True, slots=True)
class Sender:
    """An agency by its code, and in the lines of its letterhead; its superior, if it names one;
    where it writes; by whose authority and in which position its head signs."""

    code: str
    superior: str | None
    lines: Sequence[str]
    place: str
    signs_as: Sequence[str]

    def letterhead(self, number: str, day: date | None) -> Letterhead:
        """The letterhead of a letter with this number, of this day."""
        return Letterhead(self.superior, self.lines, number, self.place, day)


async def sender_of(session: AsyncSession, agency: Agency, plan: Plan, day: date) -> Sender:
    """The sender's lines of an agency that writes of a plan on *day*, by the names of that day.

    A department of which the registry names no superior is one of the committee that issued the
    plan. A committee names none, and writes from its own place.
    """
    wanted = {agency.id, agency.parent_id, plan.issuer_id} - {None}
    found = await agency_names(session, {one for one in wanted if one is not None}, day=day)
    name = found[agency.id].name
    parent = found[agency.parent_id].name if agency.parent_id else None
    issuer = found[plan.issuer_id].name if plan.issuer_id else None
    signs_as = HEADS.get(agency.kind, ("Thủ trưởng cơ quan",))
    if agency.kind in COMMITTEES:
        lines = [name]
        if name.startswith(COMMITTEE):
            lines = [COMMITTEE, name.removeprefix(COMMITTEE).strip()]
        return Sender(agency.code, None, lines, _place(name), signs_as)
    superior = parent or (issuer if agency.kind == AgencyKind.DEPARTMENT else None)
    shown = superior and superior.replace(COMMITTEE, "UBND", 1)
    return Sender(agency.code, shown, [name], _place(issuer or parent or ""), signs_as)


def _place(committee: str) -> str:
    """The place whose committee this is; none of another body."""
    return UNIT.sub("", committee) if committee.startswith(COMMITTEE) else ""


async def written(letter: Letter) -> bytes:
    """A letter as a Word file, without pictures; written in a thread, beside other requests."""
    return await in_thread(_write, letter)


def _write(letter: Letter) -> bytes:
    from app.documents.word.writer import write_letter  # noqa: PLC0415 - loaded when first needed

    return write_letter(letter)
