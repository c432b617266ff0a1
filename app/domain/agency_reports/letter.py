"""An agency's report as the letter that it signs, and as the edXML package that carries it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.edxml.package import (
    REPORT,
    Attachment,
    DocumentType,
    EdxmlDocument,
    Steering,
    Trace,
)
from app.documents.word.letter import (
    DOCX,
    Letter,
    LetterHeading,
    LetterProse,
    LetterTable,
    SignatureBlock,
)
from app.domain.agency_reports.write import SECTIONS
from app.domain.letterheads import sender_of, written
from app.domain.submissions.packages import OUTCOMES, code_of, organ_of_agency
from app.domain.submissions.states import S
from app.errors import NotFoundError, Text
from app.models import (
    Agency,
    AgencyReport,
    AgencyReportAttempt,
    Outcome,
    Plan,
)
from app.official_words import ROLE_WORDS, ROMAN, UNIT_SPACE, period_words, plan_words
from app.queries.agency_reports.parts import FiledPart, filed_parts
from app.queries.agency_reports.reports import AgencyReportCase, find_attempt
from app.queries.registry.agencies import name_on

HEADINGS = {
    "situation": "Đặc điểm tình hình",
    "results": "Kết quả thực hiện",
    "shortcomings": "Tồn tại, hạn chế",
    "causes": "Nguyên nhân",
    "difficulties": "Khó khăn, vướng mắc",
    "proposals": "Đề xuất, kiến nghị",
    "next_period": "Phương hướng, nhiệm vụ kỳ tới",
}
TABLE_HEAD = ("TT", "Nhiệm vụ", "Vai trò", "Tiến độ", "Kết quả thực hiện")
TABLE_WIDTHS = (1.0, 5.0, 2.0, 2.5, 6.0)


async def letter_of(session: AsyncSession, case: AgencyReportCase) -> bytes:
    """The attempt that stands as a Word file; raises `NotFoundError` while none does."""
    attempt = await _standing(session, case.report)
    return await _written(session, case, attempt)


async def package_of(session: AsyncSession, case: AgencyReportCase) -> EdxmlDocument:
    """The attempt that stands as a package with its letter; raises `NotFoundError` while none does.

    It bears the number and the day of the report's own document.
    """
    attempt = await _standing(session, case.report)
    report, plan = case.report, case.plan
    document = attempt.content["document"]
    day = date.fromisoformat(document["issued_on"])
    sender = await organ_of_agency(session, report.agency_id, day)
    receiver = await organ_of_agency(session, _reader_id(plan, report), day)
    number, notation = code_of(document["number"])
    parts = await filed_parts(session, attempt.id)
    return EdxmlDocument(
        sender=sender,
        recipients=(receiver,),
        document_id=f"{sender.organ_id},{day:%Y/%m/%d},{report.id}/{attempt.number}",
        subject=_subject(report, plan),
        code_number=number,
        code_notation=notation,
        promulgated_on=day,
        type=DocumentType(2, REPORT, "Báo cáo"),
        steering=Steering.REPORT_ON_DIRECTIVE,
        task_codes=tuple(str(part.assignment_id) for part in parts),
        traces=(Trace(sender.organ_id, attempt.submitted_at.replace(microsecond=0)),),
        business_reason="Văn bản điện tử mới",
        attachments=(
            Attachment(
                f"bao-cao-{report.period}.docx", DOCX, await _written(session, case, attempt)
            ),
        ),
    )


async def _standing(session: AsyncSession, report: AgencyReport) -> AgencyReportAttempt:
    """The attempt that was accepted last, or else the latest one, which waits for a decision.
    Raises `NotFoundError` where none is filed."""
    found = await find_attempt(session, report, report.accepted_attempt or report.attempts)
    if found is None or report.status == S.EXPECTED:
        raise NotFoundError(
            Text("Báo cáo này chưa được nộp.", "This report was not filed, or was withdrawn.")
        )
    return found


async def _written(
    session: AsyncSession, case: AgencyReportCase, attempt: AgencyReportAttempt
) -> bytes:
    return await written(await _letter(session, case, attempt))


async def _letter(
    session: AsyncSession, case: AgencyReportCase, attempt: AgencyReportAttempt
) -> Letter:
    report, plan, content = case.report, case.plan, attempt.content
    document = content["document"]
    day = date.fromisoformat(document["issued_on"])
    agency = await session.get_one(Agency, attempt.agency_id)
    sender = await sender_of(session, agency, plan, day)
    addressee = await name_on(session, _reader_id(plan, report), day=day)
    parts = await filed_parts(session, attempt.id)
    return Letter(
        letterhead=sender.letterhead(document["number"], day),
        type_name="Báo cáo",
        subject=_about(report, plan),
        addressee=addressee,
        body=_body(content, parts),
        signature=SignatureBlock(sender.signs_as),
        recipients=("Như trên;", "Lưu: VT."),
    )


def _reader_id(plan: Plan, report: AgencyReport) -> UUID:
    """The id of the agency that receives the report: the plan's coordinator, or the issuer where
    the report is the coordinator's own."""
    own = plan.coordinator_id == report.agency_id
    return (plan.issuer_id if own else plan.coordinator_id) or plan.owner_id


def _about(report: AgencyReport, plan: Plan) -> str:
    cited = plan_words(plan.number, plan.issued_on, plan.title)
    words = f"Kết quả {period_words(report.period)} thực hiện {cited}"
    return words[:2000]


def _subject(report: AgencyReport, plan: Plan) -> str:
    about = _about(report, plan)
    return f"Báo cáo {about[0].lower()}{about[1:]}"[:2000]


def _body(
    content: Mapping[str, Any], parts: Sequence[FiledPart]
) -> list[LetterHeading | LetterProse | LetterTable]:
    """The headings that have words, in their order, the results with a row for each task."""
    body: list[LetterHeading | LetterProse | LetterTable] = []
    named = [name for name in SECTIONS if content[name].strip() or (name == "results" and parts)]
    for numeral, name in zip(ROMAN, named, strict=False):
        body.append(LetterHeading(f"{numeral}. {HEADINGS[name].upper()}"))
        body.append(LetterProse(content[name]))
        if name == "results" and parts:
            rows = [_row(number, part) for number, part in enumerate(parts, 1)]
            body.append(LetterTable(TABLE_HEAD, TABLE_WIDTHS, rows))
    if content["answers"]:
        body.append(LetterHeading(f"{ROMAN[len(named)]}. TRẢ LỜI YÊU CẦU BÁO CÁO"))
        body += [LetterProse(f"{one['question']}. {one['text']}") for one in content["answers"]]
    body.append(
        LetterProse("Trên đây là báo cáo kết quả thực hiện, kính gửi Quý cơ quan tổng hợp.")
    )
    return body


def _row(number: int, part: FiledPart) -> tuple[str, ...]:
    content = part.content
    outcome = OUTCOMES[Outcome(content["outcome"])]
    return (
        str(number),
        f"{part.task_ordinal}. {part.task_title}",
        ROLE_WORDS[part.role].capitalize(),
        f"{outcome[0].upper()}{outcome[1:]}, {content['percent']}{UNIT_SPACE}%",
        content["results"] or content["not_applicable_reason"] or "",
    )
