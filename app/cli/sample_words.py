"""What agencies, the coordinator and an overseer said of whole years of the sample's plan.

Agencies' own reports, indicators, grades and remarks, made up like the reports on tasks.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import PersonalAct
from app.domain.agency_reports.review import accept_report
from app.domain.agency_reports.write import WrittenReport, hold_report, write_report
from app.domain.evaluation.indicators import IndicatorAim, define_indicator
from app.domain.evaluation.rate_many import NewRating, rate_many
from app.domain.evaluation.ratings import RatingJudgment
from app.domain.evaluation.remarks import answer_remark, make_remark
from app.domain.evaluation.values import ReportedValue, report_value
from app.errors import TrackerError
from app.models import Agency, AssigneeRole, Assignment, Grade, Indicator, Plan, RemarkNoun, Task
from app.queries.agency_reports import reports
from app.queries.evaluation import remarks

SITUATION = (
    "Đơn vị đã ban hành kế hoạch năm và phân công đầu mối theo dõi.",
    "Công tác thông tin đối ngoại được triển khai trong điều kiện vừa sắp xếp bộ máy.",
)
RESULTS = (
    "Các nội dung được giao cơ bản hoàn thành đúng tiến độ.",
    "Đã lồng ghép nội dung thông tin đối ngoại vào các hội nghị chuyên ngành.",
)
SHORTCOMINGS = (
    "Một số nội dung còn chậm so với yêu cầu.",
    "Sản phẩm truyền thông bằng tiếng nước ngoài còn ít.",
)
CAUSES = (
    "Cán bộ phụ trách kiêm nhiệm, thiếu người thông thạo ngoại ngữ.",
    "Kinh phí bố trí vào cuối năm.",
)
PROPOSALS = (
    "Đề nghị UBND tỉnh bố trí kinh phí riêng cho thông tin đối ngoại.",
    "Đề nghị Sở Văn hóa, Thể thao và Du lịch mở lớp tập huấn nghiệp vụ.",
)
NEXT = ("Tiếp tục thực hiện các nhiệm vụ chuyển tiếp; hoàn thành trước 30/11.",)
ASSESSED = 7
"""So many agencies assess a year in a report of their own."""
MEASURED = (("1.2", "Số lớp tập huấn", "lớp", "60", "20"),
            ("3.11", "Số tin, bài, phóng sự", "sản phẩm", "3000", "900"))  # fmt: skip
"""By task: what is measured, its unit, and its aims over the whole plan and in each year."""
GRADES = (Grade.EXCELLENT, Grade.GOOD, Grade.GOOD, Grade.COMPLETED, Grade.NOT_COMPLETED)
REMARK = "Cần tổng hợp riêng kết quả tuyên truyền bằng tiếng nước ngoài."
ANSWER = "Đã yêu cầu các cơ quan nêu riêng trong báo cáo năm sau."


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


async def assess(
    session: AsyncSession,
    plan: Plan,
    period: str,
    agency_ids: Sequence[UUID],
    *,
    system: Principal,
    coordinator: Principal,
    days: tuple[date, date],
) -> None:
    """Some of the agencies report on the year in their own words; all of it is accepted."""
    filed_on, accepted_on = days
    rows = await session.exec(
        select(Agency).where(col(Agency.id).in_(agency_ids)).order_by(col(Agency.code))
    )
    agencies = rows.all()
    for agency in agencies[:: max(1, len(agencies) // ASSESSED)]:
        dice = random.Random(f"{period} {agency.code}")  # noqa: S311 - the same story everywhere
        number = f"{dice.randint(100, 900)}/BC-{agency.code}"
        document = {"number": number, "issued_on": str(filed_on), "url": None, "sha256": None}
        content = {
            "situation": dice.choice(SITUATION),
            "results": dice.choice(RESULTS),
            "shortcomings": dice.choice(SHORTCOMINGS),
            "causes": dice.choice(CAUSES),
            "difficulties": "",
            "proposals": dice.choice(PROPOSALS),
            "next_period": dice.choice(NEXT),
            "answers": [],
            "document": document,
        }
        act = PersonalAct(session, replace(system, agency_id=agency.id), _morning(filed_on))
        written = WrittenReport(agency.id, period, content)
        report, _ = await hold_report(act, plan, written)
        await write_report(act, plan, report, written, submit=True)
        await session.flush()
        case = await reports.get_case(session, coordinator, plan.id, report.id)
        review = PersonalAct(session, coordinator, _morning(accepted_on))
        await accept_report(review, case, report.attempts)
        await session.flush()


async def define(
    session: AsyncSession, plan: Plan, coordinator: Principal, *, on: date
) -> list[Indicator]:
    """The coordinator says what is measured of the plan."""
    found = []
    for ordinal, name, unit, whole, yearly in MEASURED:
        statement = select(Task).where(col(Task.plan_id) == plan.id, col(Task.ordinal) == ordinal)
        task = (await session.exec(statement)).one()
        aims = [IndicatorAim(None, Decimal(whole))]
        aims += [IndicatorAim(str(year), Decimal(yearly)) for year in (2024, 2025, 2026)]
        fields = {"name": name, "unit": unit, "higher_is_better": True, "targets": aims}
        act = PersonalAct(session, coordinator, _morning(on))
        found.append(await define_indicator(act, plan, task, fields))
    return found


async def measure(
    session: AsyncSession, plan: Plan, period: str, system: Principal, *, on: date
) -> None:
    """Each third of those who lead a measured task says what was reached in the year."""
    statement = (
        select(Indicator, Assignment)
        .join(Assignment, col(Assignment.task_id) == col(Indicator.task_id))
        .where(
            col(Indicator.plan_id) == plan.id,
            col(Assignment.role) == AssigneeRole.LEAD,
            col(Assignment.occurrence) == period,
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.status).in_(("not_started", "in_progress", "completed")),
        )
        .order_by(col(Indicator.id), col(Assignment.id))
    )
    for number, (indicator, assignment) in enumerate((await session.exec(statement)).all()):
        if number % 3 == 0:
            mine = replace(system, agency_id=assignment.agency_id)
            value = Decimal(1 + number % 4) if indicator.unit == "lớp" else Decimal(20 + number)
            await report_value(
                PersonalAct(session, mine, _morning(on)),
                plan,
                indicator,
                assignment,
                reached=ReportedValue(period, value, None),
            )


async def rate(
    session: AsyncSession,
    plan: Plan,
    year: int,
    agency_ids: Sequence[UUID],
    coordinator: Principal,
    *,
    on: date,
) -> None:
    """The coordinator grades the year of every agency that reported, but its own."""
    rows = await session.exec(
        select(Agency.code)
        .where(col(Agency.id).in_(agency_ids), col(Agency.id) != coordinator.agency_id)
        .order_by(col(Agency.code))
    )
    given = [
        NewRating(code, year, RatingJudgment(GRADES[number % len(GRADES)], "", None), None)
        for number, code in enumerate(rows)
    ]
    verdicts = await rate_many(PersonalAct(session, coordinator, _morning(on)), plan, given)
    for verdict in verdicts:
        if isinstance(verdict, TrackerError):
            raise verdict


async def remark(
    session: AsyncSession, plan: Plan, overseer: Principal, coordinator: Principal, *, on: date
) -> None:
    """An overseer remarks on the plan's year, and the coordinator answers on the same day."""
    act = PersonalAct(session, overseer, _morning(on))
    made = await make_remark(act, RemarkNoun.PLAN, plan.id, text=REMARK, basis=None)
    case = await remarks.get_remark(session, coordinator, made.id)
    answer_remark(PersonalAct(session, coordinator, _morning(on)), case, text=ANSWER)
    await session.flush()
