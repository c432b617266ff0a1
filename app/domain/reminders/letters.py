"""The text of a reminder: an e-mail to a person, and a công văn for the clerk to number and send.

Its parts are those of an official letter (NĐ 30/2020/NĐ-CP, Phụ lục I): addressee, subject,
request, and "./." at the end. Days left and days overdue are counted from the day of sending.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import PROVINCE
from app.documents.edxml.package import (
    LETTER,
    Attachment,
    DocumentType,
    EdxmlDocument,
    Steering,
    Trace,
)
from app.documents.word.letter import DOCX, Letter, LetterPart, LetterProse, SignatureBlock
from app.domain.letterheads import sender_of, written
from app.domain.submissions.packages import organ_of_agency
from app.models import Agency, FocalPoint, ItemKind, Plan, Receiver, Reminder
from app.official_words import ROLE_WORDS, day_words, period_words, plan_words
from app.queries.assignments.focal_points import focal_point_on
from app.queries.registry.agencies import AgencyLabel, agency_names
from app.queries.reminders.reminders import ReminderLine

MOST_LINES = 200
"""Lines beyond so many are counted, not listed: nobody reads them in a letter."""
RECEIVERS = {
    Receiver.CLIENTS: "",
    Receiver.FOCAL: " (đầu mối)",
    Receiver.HEAD: " (lãnh đạo phụ trách)",
    Receiver.OFFICE: " (Văn phòng)",
}
CLOSING_OVERDUE = (
    "Đề nghị Quý cơ quan khẩn trương thực hiện và báo cáo kết quả theo quy định; trường hợp có khó"
    " khăn, vướng mắc, đề nghị nêu rõ trong báo cáo."
)
CLOSING_AHEAD = (
    "Đề nghị Quý cơ quan quan tâm thực hiện, báo cáo đúng hạn; trường hợp có khó khăn, vướng mắc,"
    " đề nghị nêu rõ trong báo cáo."
)
THANKS = "Trân trọng./."


class MailText(NamedTuple):
    """The subject and the text of an e-mail."""

    subject: str
    text: str


async def mail_text(
    session: AsyncSession,
    reminders: Sequence[Reminder],
    lines: Sequence[ReminderLine],
    *,
    day: date,
) -> MailText:
    """One e-mail for all *reminders* to one receiver on *day*; the newest of them comes first."""
    first = reminders[0]
    labels = await _labels(session, first, lines, day)
    counted = _counted(Counter(line.item.kind for line in lines))
    text = [
        f"Kính gửi: {labels[first.agency_id].name}{RECEIVERS[first.receiver]}",
        "",
        *_opening(first, lines, counted, day),
        "",
        *_listed(first, lines, labels, day=day),
        *[line for one in reminders for line in _by_hand(one)],
        "",
        *_closing(lines, day),
        "",
        *await _sender_lines(session, first, lines, labels, day),
        "",
    ]
    verb = "Đôn đốc" if _has_overdue(lines, day) else "Nhắc việc"
    return MailText(f"{verb}: {counted} ({day_words(day)})", "\n".join(text))


async def package_of(
    session: AsyncSession, reminder: Reminder, lines: Sequence[ReminderLine]
) -> EdxmlDocument:
    """The reminder as a công văn to the agency, from the agency that sends it (by rule: the plan's
    coordinator).

    It carries the letter as text and as Word, to be numbered and signed. Its document id is made
    up, since the clerk gives it its number. It answers no task: a reply names the codes that its
    files list.
    """
    day, plan = reminder.on_day, lines[0].plan
    sender_id = reminder.by_agency_id or plan.coordinator_id or plan.owner_id
    sender = await organ_of_agency(session, sender_id, day)
    receiver = await organ_of_agency(session, reminder.agency_id, day)
    labels = await _labels(session, reminder, lines, day)
    verb = "đôn đốc" if _has_overdue(lines, day) else "nhắc việc"
    subject = f"V/v {verb} thực hiện {_plan_words(plan, labels)}"[:500]
    said = await _said(session, reminder, lines, labels, day)
    text = [sender.name, f"Kính gửi: {receiver.name}", "", subject, "", *said]
    signs = await sender_of(session, await session.get_one(Agency, sender_id), plan, day)
    letter = Letter(
        letterhead=signs.letterhead(f"      /{signs.code}", None),
        type_name="",
        subject=subject,
        addressee=receiver.name,
        body=_body(said),
        signature=SignatureBlock(signs.signs_as),
        recipients=("Như trên;", "Lưu: VT."),
    )
    due = [line.item.due_on for line in lines if line.item.due_on and line.item.due_on >= day]
    sent_at = reminder.created_at.astimezone(PROVINCE).replace(microsecond=0)
    return EdxmlDocument(
        sender=sender,
        recipients=(receiver,),
        document_id=f"{sender.organ_id},{day:%Y/%m/%d},{reminder.id}",
        subject=subject,
        promulgated_on=day,
        type=DocumentType(2, LETTER, "Công văn"),
        due_on=min(due, default=None),
        steering=Steering.DIRECTIVE,
        traces=(Trace(sender.organ_id, sent_at),),
        business_reason="Văn bản điện tử mới",
        attachments=(
            Attachment("don-doc.txt", "text/plain", "\r\n".join(text).encode()),
            Attachment("don-doc.docx", DOCX, await written(letter)),
        ),
    )


async def _said(
    session: AsyncSession,
    reminder: Reminder,
    lines: Sequence[ReminderLine],
    labels: Mapping[uuid.UUID, AgencyLabel],
    day: date,
) -> list[str]:
    """The lines of a reminder's letter below its subject."""
    counted = _counted(
        {
            ItemKind.ASSIGNMENT: reminder.assignments,
            ItemKind.SUBMISSION: reminder.submissions,
            ItemKind.AGENCY_REPORT: reminder.agency_reports,
            ItemKind.FOCAL_POINT: reminder.missing,
        }
    )
    return [
        *_opening(reminder, lines, counted, day),
        "",
        *_listed(reminder, lines, labels, day=day, with_codes=True),
        *_by_hand(reminder),
        "",
        *_closing(lines, day),
        "",
        *await _sender_lines(session, reminder, lines, labels, day),
        "",
    ]


def _body(lines: Sequence[str]) -> list[LetterPart]:
    """The lines of the text as the body of a letter, which ends with thanks."""
    said = [line for line in lines if line and line != THANKS]
    # The end of a letter is written by what writes letters.
    return [LetterProse("\n".join(said)), LetterProse(THANKS.removesuffix("./."))]


async def _labels(
    session: AsyncSession, reminder: Reminder, lines: Sequence[ReminderLine], day: date
) -> Mapping[uuid.UUID, AgencyLabel]:
    ids = {line.owing_id for line in lines}
    ids |= {one for line in lines for one in (line.plan.issuer_id, line.plan.coordinator_id) if one}
    ids |= {one for one in (reminder.agency_id, reminder.by_agency_id) if one}
    return await agency_names(session, ids, day=day)


def _has_overdue(lines: Sequence[ReminderLine], day: date) -> bool:
    """True if a line is overdue; a line before its deadline is only brought to mind."""
    return any(_is_overdue(line, day) for line in lines)


def _is_overdue(line: ReminderLine, day: date) -> bool:
    return line.item.due_on is not None and line.item.due_on < day


def _closing(lines: Sequence[ReminderLine], day: date) -> tuple[str, str, str]:
    return CLOSING_OVERDUE if _has_overdue(lines, day) else CLOSING_AHEAD, "", THANKS


def _plan_words(plan: Plan, labels: Mapping[uuid.UUID, AgencyLabel]) -> str:
    issuer = f" của {labels[plan.issuer_id].name}" if plan.issuer_id else ""
    return plan_words(plan.number, plan.issued_on, plan.title) + issuer


async def _sender_lines(
    session: AsyncSession,
    reminder: Reminder,
    lines: Sequence[ReminderLine],
    labels: Mapping[uuid.UUID, AgencyLabel],
    day: date,
) -> list[str]:
    """The lines that name the agency that reminds, and its focal point for each plan."""
    said: list[str] = []
    for plan in {line.plan.id: line.plan for line in lines}.values():
        sender = reminder.by_agency_id or plan.coordinator_id
        if sender is None:
            continue
        contact = await focal_point_on(session, plan.id, sender, day=day)
        reach = "" if contact is None else f"; đầu mối liên hệ: {_contact_words(contact)}"
        line = f"Cơ quan gửi: {labels[sender].name}{reach}."
        if line not in said:
            said.append(line)
    return said


def _contact_words(contact: FocalPoint) -> str:
    parts = (contact.name, contact.position, contact.phone, contact.email)
    return ", ".join(part for part in parts if part)


def _counted(numbers: Mapping[ItemKind, int]) -> str:
    """The numbers of items in words: tasks, reports of both kinds, and other things that the agency
    lacks."""
    parts = [
        (numbers[ItemKind.ASSIGNMENT], "nhiệm vụ"),
        (numbers[ItemKind.SUBMISSION] + numbers[ItemKind.AGENCY_REPORT], "báo cáo"),
        (numbers[ItemKind.FOCAL_POINT] + numbers.get(ItemKind.ACTION_PLAN, 0), "nội dung khác"),
    ]
    return ", ".join(f"{number:02} {what}" for number, what in parts if number)


def _opening(
    reminder: Reminder, lines: Sequence[ReminderLine], counted: str, day: date
) -> list[str]:
    whose = "các cơ quan" if reminder.receiver == Receiver.OFFICE else "Quý cơ quan"
    dated = [line for line in lines if line.item.due_on is not None]
    lacks = any(line.item.kind in (ItemKind.FOCAL_POINT, ItemKind.ACTION_PLAN) for line in lines)
    kinds = {"quá hạn" if _is_overdue(line, day) else "sắp đến hạn" for line in dated}
    due = " hoặc ".join(sorted(kinds, reverse=True)) or ("chưa có" if lacks else "chưa hoàn thành")
    return [f"Đến ngày {day_words(day)}, {whose} còn {counted} {due}:"]


def _listed(
    reminder: Reminder,
    lines: Sequence[ReminderLine],
    labels: Mapping[uuid.UUID, AgencyLabel],
    *,
    day: date,
    with_codes: bool = False,
) -> list[str]:
    listed: list[str] = []
    plan_id = None
    for number, line in enumerate(lines[:MOST_LINES], start=1):
        if line.plan.id != plan_id:
            plan_id = line.plan.id
            listed.append(f"{_plan_words(line.plan, labels)}:")
        owner = labels[line.owing_id].name
        of = f" của {owner}" if reminder.receiver == Receiver.OFFICE else ""
        code = f" [mã {line.assignment.id}]" if with_codes and line.assignment else ""
        listed.append(f"{number}. {_subject(line, of)}{_days(line, day)}{code}")
    if len(lines) > MOST_LINES:
        listed.append(f"… và {len(lines) - MOST_LINES} việc khác.")
    return listed


def _subject(line: ReminderLine, of: str) -> str:
    """The subject of an item up to the words about its due day; *of* names the agency where others
    read the letter."""
    period = _report_words(line)
    if line.task is None or line.assignment is None:
        return {
            ItemKind.AGENCY_REPORT: f"{period}{of}; ",
            ItemKind.FOCAL_POINT: f"Chưa cử đầu mối thực hiện kế hoạch{of}",
            ItemKind.ACTION_PLAN: f"Chưa gửi kế hoạch thực hiện của cơ quan{of}",
        }[line.item.kind]
    what = f"{period} về nhiệm vụ" if period else "Nhiệm vụ"
    title = " ".join(line.task.title.split())
    return f"{what} {line.task.ordinal}{of} ({ROLE_WORDS[line.assignment.role]}): {title}; "


def _report_words(line: ReminderLine) -> str:
    """The report that an item is about, by its period or by the document that asks for it."""
    if line.request is not None:
        asked = f"số {line.request.number} ngày {day_words(line.request.issued_on)}"
        return f"Báo cáo theo yêu cầu tại Văn bản {asked}"
    return "" if line.period is None else f"Báo cáo {period_words(line.period)}"


def _days(line: ReminderLine, day: date) -> str:
    if line.item.kind in (ItemKind.FOCAL_POINT, ItemKind.ACTION_PLAN):
        return "."
    due_on = line.item.due_on
    if due_on is None:
        return "không có thời hạn."
    left = (due_on - day).days
    due = f"hạn {day_words(due_on)}"
    if left == 0:
        return f"{due}, là hôm nay."
    return f"{due}, còn {left} ngày." if left > 0 else f"{due}, quá hạn {-left} ngày."


def _by_hand(reminder: Reminder) -> list[str]:
    """The reason and the basis that a person gives; nothing in a reminder by rule."""
    if reminder.reason is None:
        return []
    return ["", f"Lý do: {reminder.reason}", f"Căn cứ: {reminder.basis}."]
