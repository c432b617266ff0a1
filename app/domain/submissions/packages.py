"""A filed submission as an edXML package, for its agency's clerk to number, sign and send."""

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.edxml.package import (
    REPORT,
    Attachment,
    DocumentType,
    EdxmlDocument,
    Organ,
    Steering,
    Trace,
)
from app.errors import NotFoundError, Text
from app.models import Agency, Outcome, SubmissionAttempt, SubmissionStatus
from app.official_words import day_words, period_words, plan_words
from app.queries.documents.documents import find_attempt
from app.queries.registry.agencies import agency_names
from app.queries.submissions.submissions import SubmissionCase, latest_attempts

OUTCOMES = {
    Outcome.NOT_STARTED: "chưa thực hiện",
    Outcome.IN_PROGRESS: "đang thực hiện",
    Outcome.COMPLETED: "đã hoàn thành",
    Outcome.NOT_APPLICABLE: "không thuộc phạm vi thực hiện",
}
SECTIONS = {
    "results": "Kết quả thực hiện",
    "difficulties": "Khó khăn, vướng mắc",
    "proposals": "Đề xuất, kiến nghị",
    "not_applicable_reason": "Lý do không thực hiện",
}


async def package_of(session: AsyncSession, case: SubmissionCase) -> EdxmlDocument:
    """The attempt that stands as a package; raises `NotFoundError` while none stands.

    It bears the number and the day of the report's own document, where the report names one; else
    the agency's clerk gives it a number. The document id names the attempt, so that a status
    message about the document finds it.
    """
    attempt = await _standing_attempt(session, case)
    if attempt is None or case.submission.status == SubmissionStatus.EXPECTED:
        raise NotFoundError(
            Text("Báo cáo này chưa được nộp.", "This report was not filed, or was withdrawn.")
        )
    day, plan, agency_id = attempt.received_on, case.plan, case.assignment.agency_id
    # The coordinator's own report goes to the plan's issuer, who reviews it.
    reader_id = plan.issuer_id if plan.coordinator_id == agency_id else plan.coordinator_id
    sender = await organ_of_agency(session, agency_id, day)
    receiver = await organ_of_agency(session, reader_id or plan.owner_id, day)
    own = attempt.content.get("document")
    number, notation = code_of(own["number"]) if own else ("", "")
    return EdxmlDocument(
        sender=sender,
        recipients=(receiver,),
        document_id=f"{sender.organ_id},{day:%Y/%m/%d},{case.submission.id}/{attempt.number}",
        subject=_subject(case),
        code_number=number,
        code_notation=notation,
        promulgated_on=date.fromisoformat(own["issued_on"]) if own else day,
        type=DocumentType(2, REPORT, "Báo cáo"),
        steering=Steering.REPORT_ON_DIRECTIVE,
        task_codes=(str(case.assignment.id),),
        traces=(Trace(sender.organ_id, attempt.submitted_at.replace(microsecond=0)),),
        business_reason="Văn bản điện tử mới",
        attachments=(_file(case, attempt, sender, receiver),),
    )


async def _standing_attempt(
    session: AsyncSession, case: SubmissionCase
) -> SubmissionAttempt | None:
    """The accepted attempt, though an update of it was sent back or withdrawn; else the latest
    attempt."""
    number = case.submission.accepted_attempt
    if case.submission.status != SubmissionStatus.ACCEPTED or number is None:
        return (await latest_attempts(session, [case.submission.id])).get(case.submission.id)
    return await find_attempt(session, case.submission.id, number)


def code_of(number: str) -> tuple[str, str]:
    """The number of a document and its notation: 412 and BC-SNgV of “412/BC-SNgV”."""
    first, _, notation = number.partition("/")
    return first.strip(), notation.strip()


async def organ_of_agency(session: AsyncSession, agency_id: uuid.UUID, day: date) -> Organ:
    """An agency by its identifier, or by its local code while the registry knows none."""
    agency = await session.get_one(Agency, agency_id)
    names = await agency_names(session, {agency_id}, day=day)
    return Organ(agency.identifier or agency.code, name=names[agency_id].name)


def _subject(case: SubmissionCase) -> str:
    plan = plan_words(case.plan.number, case.plan.issued_on, case.plan.title)
    period, task = period_words(case.submission.period), f"{case.task.ordinal} {case.task.title}"
    return f"Báo cáo {period} về nhiệm vụ {task}, {plan}"[:2000]


def _file(
    case: SubmissionCase, attempt: SubmissionAttempt, sender: Organ, receiver: Organ
) -> Attachment:
    """The attempt's texts as a plain file that a clerk can paste into the agency's form."""
    content = attempt.content
    lines = [
        sender.name,
        f"Kính gửi: {receiver.name}",
        "",
        _subject(case),
        f"Ngày nộp: {day_words(attempt.received_on)} (lần nộp {attempt.number})",
        f"Tiến độ: {OUTCOMES[Outcome(content['outcome'])]}, {content['percent']}%",
    ]
    for name, heading in SECTIONS.items():
        if content[name]:
            lines += ["", f"{heading}:", content[name]]
    if content.get("answers"):
        lines += ["", "Trả lời câu hỏi:"]
        lines += [f"- {one['question']}: {one['text']}" for one in content["answers"]]
    if content["evidence"]:
        lines += ["", "Văn bản kèm theo:"]
        for one in content["evidence"]:
            issued_on = date.fromisoformat(one["issued_on"])
            lines.append(f"- {one['number']} ngày {day_words(issued_on)}")
    name = f"bao-cao-{case.task.ordinal}-{case.submission.period}.txt".replace("/", "-")
    return Attachment(name, "text/plain", "\r\n".join([*lines, ""]).encode())
