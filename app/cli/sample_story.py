"""The story of the sample: a plan issued in 2024, its first year with a few agencies, and the years
since agencies were merged.

Everything goes through the same verbs as over HTTP, each at its moment in the story; the rows are
those that these verbs make.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import app.sample
from app.auth.principal import Principal, Role
from app.cli import sample_follow_up as follow_up
from app.cli import sample_words as words
from app.cli.sample_cast import Cast, morning
from app.cli.sample_changes import play_changes
from app.cli.sample_life import YEARS, YearOfSubmissions, file_year
from app.clock import local_day, utc_now
from app.config import Settings
from app.documents.files.csv_files import SourceFile
from app.domain.access import clients
from app.domain.acts import Act, PersonalAct
from app.domain.plans import imports, issue, plans
from app.domain.regimes import regimes
from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.public_holidays import holidays_of_years
from app.domain.registry.importing.files import RegistryFiles, read_registry
from app.domain.submissions import push, review
from app.http.openapi.document import SAMPLE_PLAN_ID
from app.models import Plan
from app.models.base import new_id
from app.queries import sample as queries
from app.queries.access.clients import find_client, get_client
from app.queries.registry import agencies
from app.queries.submissions.submissions import get_submission

FILES = Path(app.sample.__file__).parent
PLAN_FILE = FILES / "ke-hoach-thong-tin-doi-ngoai.docx"
NUMBER = "MAU-01/KH-MAU"
NOTE = (
    "Dữ liệu mẫu: số, ngày ban hành và các báo cáo không phải của văn bản chính thức."
    " / Sample data: the number, the date and the reports are not those of the official document."
)
# The plan itself sets no day: its report is merged into the yearly one.
REGIME = {
    "preset": "decree_09_year",
    "effective_from": date(2024, 1, 1),
    "name": "Báo cáo năm kết quả thực hiện kế hoạch thông tin đối ngoại",
    "content": "Kết quả, khó khăn, kiến nghị; số liệu và văn bản chứng minh.",
    "reporters": "Các sở, ban, ngành, đơn vị cấp tỉnh và UBND cấp huyện",
    "receiver": "STTTT",
    "channels": ["system", "edoc_axis"],
}
CLIENTS: tuple[tuple[str, str, Role], ...] = (
    ("sample-administrator", "VPUB", Role.ADMINISTRATOR),
    ("sample-issuer", "UBND-TINH", Role.ISSUER),
    ("sample-coordinator", "SVHTTDL", Role.COORDINATOR),
    ("sample-reporter-sngv", "SNGV", Role.REPORTER),
    ("sample-reporter-sct", "SCT", Role.REPORTER),
    ("sample-reporter-cat", "CAT", Role.REPORTER),
    ("sample-reporter-svhttdl", "SVHTTDL", Role.REPORTER),
    ("sample-supervisor", "MTTQ", Role.SUPERVISOR),
    ("sample-reader", "VPUB", Role.READER),
)


SYSTEM = "sample-documents"
FIRST_YEAR = 2024
FIRST_COORDINATOR = "STTTT"
"""The agency that coordinated the plan until 28/02/2025; the same system acts for its successor
since."""


@dataclass(frozen=True, slots=True)
class SampleSubmission:
    """One submission of the story: an agency files it on a task of 2024, and it is decided on."""

    agency: str
    task: str
    filed: datetime
    outcome: str
    percent: int
    results: str
    decided: datetime | None
    returned_for: str | None = None


SUBMISSIONS = (
    SampleSubmission("SNGV", "3.3", morning(date(2024, 12, 9)), "in_progress", 20,
         "Đã tham mưu kế hoạch thực hiện Chiến lược Ngoại giao văn hóa giai đoạn 2024-2030.",
         morning(date(2024, 12, 16))),
    SampleSubmission("SNGV", "5.3", morning(date(2024, 12, 9)), "completed", 100,
         "Đã phối hợp gửi tài liệu giới thiệu tỉnh tới các cơ quan đại diện ở nước ngoài.",
         morning(date(2024, 12, 23))),
    SampleSubmission("SNGV", "1.1", morning(date(2024, 7, 15)), "completed", 100,
         "Đã tổ chức hội nghị quán triệt Nghị quyết số 47/NQ-CP.", morning(date(2024, 7, 22))),
    SampleSubmission("SCT", "3.1", morning(date(2024, 12, 18)), "completed", 100,
         "Đã hướng dẫn doanh nghiệp tham gia Chương trình thương hiệu quốc gia.",
         morning(date(2024, 12, 27))),
    SampleSubmission("SCT", "1.1", morning(date(2025, 1, 10)), "completed", 100,
         "Đã phổ biến Nghị quyết trong toàn ngành; báo cáo gửi chậm.", morning(date(2025, 1, 13))),
    SampleSubmission("CAT", "4.2", morning(date(2024, 12, 12)), "in_progress", 60,
         "Đã thành lập lực lượng phản ứng nhanh; đang hoàn thiện quy chế hoạt động.",
         morning(date(2024, 12, 20))),
    SampleSubmission("CAT", "4.3", morning(date(2024, 12, 12)), "in_progress", 10,
         "Đã xây dựng kế hoạch.", morning(date(2024, 12, 20)),
         "Đề nghị bổ sung số liệu và văn bản chứng minh."),
    SampleSubmission("SVHTTDL", "3.2", morning(date(2024, 12, 10)), "in_progress", 25,
         "Đã ban hành kế hoạch phát triển công nghiệp văn hóa.", morning(date(2024, 12, 17))),
    SampleSubmission("SVHTTDL", "1.2", morning(date(2024, 12, 10)), "completed", 100,
         "Đã tổ chức 03 lớp tập huấn, 210 lượt người.", None),
)  # fmt: skip


def registry_files() -> RegistryFiles:
    """The sample's agencies, collectives, members and successions."""

    def source(name: str) -> SourceFile:
        return SourceFile(name, (FILES / name).read_bytes())

    return read_registry(
        agencies=source("agencies.csv"),
        collectives=source("collectives.csv"),
        members=source("collective-members.csv"),
        successions=source("successions.csv"),
    )


async def play(
    session: AsyncSession, settings: Settings, *, is_lively: bool = False
) -> list[dict[str, Any]]:
    """Make clients, plan and submissions where they are missing; the secrets of clients made now.

    *is_lively*: with the submissions of all other agencies too, some hundreds a year.
    """
    made = await make_clients(session, settings)
    await seed_days(
        session, holidays_of_years(FIRST_YEAR, datetime.now(UTC).year + 1), at=datetime.now(UTC)
    )
    if await find_plan(session) is None:
        plan = await issue_plan(session, settings)
        for one in SUBMISSIONS:
            await play_submission(session, plan, one)
        first, *others = YEARS
        if is_lively:
            made += await make_system(session, settings)
            await play_year(session, plan, first)
        await play_changes(session, plan, partial(principal, session), until=datetime.now(UTC))
        for year in others if is_lively else ():
            await play_year(session, plan, year)
    return made


async def play_year(session: AsyncSession, plan: Plan, year: YearOfSubmissions) -> None:
    """Play a year of all agencies: the submissions that one system filed for them, and the
    following up."""
    coordinator = await principal(session, "sample-coordinator")
    if year is YEARS[0]:
        ended = await agencies.get_agency(session, FIRST_COORDINATOR)
        coordinator = replace(coordinator, agency_id=ended.id)
    cast = Cast(
        session, plan, await principal(session, SYSTEM), coordinator,
        await principal(session, "sample-issuer"), await principal(session, "sample-supervisor"),
        local_day(utc_now()),
    )  # fmt: skip
    if year is YEARS[0]:
        await words.define(cast, on=date(FIRST_YEAR, 6, 3))
    await follow_up.before_filing(cast, year.period)
    filers = await file_year(cast, year)
    await follow_up.after_filing(cast, year.period)
    if year.is_over:
        await sum_up(cast, year, filers)


async def sum_up(cast: Cast, year: YearOfSubmissions, filers: Sequence[UUID]) -> None:
    """Write the acts on the whole year once it is over: indicators, assessments, grades and a
    remark."""
    number, last = int(year.period), year.reviewed_by
    await words.measure(cast, year.period, on=date(number, 12, 18))
    await words.assess(cast, year.period, filers, days=(date(number, 12, 19), last))
    await words.rate(cast, number, filers, on=date(number + 1, 1, 22))
    await words.remark(cast, on=date(number, 12, 27))


async def make_system(session: AsyncSession, settings: Settings) -> list[dict[str, Any]]:
    """The document-management system that files for all agencies, as a client of its own."""
    office = await agencies.get_agency(session, "VPUB")
    _, secret = await clients.create(
        Act(session, None, utc_now()), settings, office,
        client_id=SYSTEM, name="Hệ thống quản lý văn bản (mẫu)", roles=[Role.REPORTER],
        acts_for=await queries.agencies_by_code(session),
    )  # fmt: skip
    roles = [Role.REPORTER.value]
    return [{"client_id": SYSTEM, "client_secret": secret, "agency": "VPUB", "roles": roles}]


async def make_clients(session: AsyncSession, settings: Settings) -> list[dict[str, Any]]:
    """One client a role and several reporters, as they are written to the sample's file."""
    made = []
    for client_id, code, role in CLIENTS:
        if await find_client(session, client_id) is None:
            agency = await agencies.get_agency(session, code)
            acts_for = []
            if role == Role.COORDINATOR:
                acts_for = [await agencies.get_agency(session, FIRST_COORDINATOR)]
            _, secret = await clients.create(
                Act(session, None, utc_now()), settings, agency,
                client_id=client_id, name=client_id, roles=[role], acts_for=acts_for,
            )  # fmt: skip
            made.append(
                {
                    "client_id": client_id,
                    "client_secret": secret,
                    "agency": code,
                    "roles": [role.value],
                }
            )
    return made


async def find_plan(session: AsyncSession) -> Plan | None:
    """The sample's plan, if it was one already."""
    return await queries.plan_numbered(session, NUMBER)


async def issue_plan(session: AsyncSession, settings: Settings) -> Plan:
    """Import the plan's Word file, complete its blanks, and issue it in May 2024."""
    issuer = await principal(session, "sample-issuer")
    content, drafted = PLAN_FILE.read_bytes(), morning(date(2024, 5, 15))
    understood, registry = await imports.read_file(
        session, content, file_name=PLAN_FILE.name, as_of=None, today=local_day(drafted)
    )
    imported = await imports.store_plan(
        PersonalAct(session, issuer, drafted),
        settings,
        understood,
        registry,
        content=content,
        file_name=PLAN_FILE.name,
        plan_id=UUID(SAMPLE_PLAN_ID),
    )
    plan = await session.get_one(Plan, imported.plan_id)
    fields = {
        "number": NUMBER,
        "issued_on": date(2024, 5, 20),
        "coordinator": "STTTT",
        "overseers": ["BTG", "BCDTTDN", "MTTQ"],
        "legal_bases": ["Nghị quyết số 47/NQ-CP ngày 15/4/2024", "Kết luận số 57-KL/TW"],
        "note": NOTE,
    }
    await plans.update(PersonalAct(session, issuer, drafted), plan, fields)
    await regimes.set_regime(PersonalAct(session, issuer, drafted), plan, REGIME)
    await issue.issue(PersonalAct(session, issuer, morning(date(2024, 5, 20))), plan)
    return plan


async def play_submission(session: AsyncSession, plan: Plan, one: SampleSubmission) -> None:
    """File one submission and decide on it, each at its moment."""
    reporter = await principal(session, f"sample-reporter-{one.agency.lower()}")
    coordinator = await principal(session, "sample-coordinator")
    ended = await agencies.get_agency(session, FIRST_COORDINATOR)
    coordinator = replace(coordinator, agency_id=ended.id)
    submission_id = await queries.submission_owed(
        session, plan.id, reporter.agency_id, ordinal=one.task, period="2024"
    )
    case = await get_submission(session, reporter, submission_id)
    content = {
        "outcome": one.outcome,
        "percent": one.percent,
        "results": one.results,
        "difficulties": "",
        "proposals": "",
        "not_applicable_reason": None,
        "evidence": [_minutes(one)] if one.outcome == "completed" else [],
    }
    key = case.assignment.id, case.submission.period
    held = await push.lock_submission(session, reporter, *key, day=local_day(one.filed))
    await push.push_submission(session, reporter, held, content, submit=True, at=one.filed)
    await session.refresh(case.submission)
    await session.refresh(case.assignment)
    if one.decided is not None and one.returned_for is not None:
        await review.send_back(
            PersonalAct(session, coordinator, one.decided),
            case,
            case.submission.attempts,
            reason=one.returned_for,
        )
    elif one.decided is not None:
        await review.accept(
            PersonalAct(session, coordinator, one.decided), case, case.submission.attempts
        )
    await session.flush()


def _minutes(one: SampleSubmission) -> dict[str, Any]:
    """The document that shows a completion, of the day on which it was filed."""
    day = local_day(one.filed)
    number = f"{day:%d%m}/BC-{one.agency}"
    return {"number": number, "issued_on": day.isoformat(), "url": None, "sha256": None}


async def principal(session: AsyncSession, client_id: str) -> Principal:
    """A sample client as the caller of a verb."""
    client = await get_client(session, client_id)
    roles = frozenset(Role(role) for role in client.roles)
    return Principal(client.id, client.agency_id, roles, f"sample-{new_id()}")
