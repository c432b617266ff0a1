"""The words of agencies, the coordinator and an overseer on whole years of the sample's plan.

Agencies' own reports, indicators, grades and remarks, made up like the submissions on tasks.
"""

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.cli.sample_cast import Cast
from app.domain.agency_reports.review import accept_report
from app.domain.agency_reports.write import WrittenReport, lock_or_make_report, write_report
from app.domain.evaluation.indicators import IndicatorAim, define_indicator
from app.domain.evaluation.rate_many import NewRating, rate_many
from app.domain.evaluation.ratings import RatingJudgment
from app.domain.evaluation.remarks import answer_remark, make_remark
from app.domain.evaluation.values import ReportedValue, report_value
from app.errors import TrackerError
from app.models import Agency, Grade, RemarkNoun
from app.queries import sample as queries
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
"""By task: the indicator, its unit, and its targets over the whole plan and in each year."""
GRADES = (Grade.EXCELLENT, Grade.GOOD, Grade.GOOD, Grade.COMPLETED, Grade.NOT_COMPLETED)
REMARK = "Cần tổng hợp riêng kết quả tuyên truyền bằng tiếng nước ngoài."
REMARKED, UNANSWERED = "3.12", "Đề nghị nêu rõ số sản phẩm bằng tiếng nước ngoài đã phát hành."
ANSWER = "Đã yêu cầu các cơ quan nêu riêng trong báo cáo năm sau."


async def assess(
    cast: Cast, period: str, agency_ids: Sequence[UUID], *, days: tuple[date, date]
) -> None:
    """Some of the agencies report on the year in their own words; all of it is accepted."""
    agencies = await queries.agencies_by_code(cast.session, agency_ids)
    for agency in agencies[:: max(1, len(agencies) // ASSESSED)]:
        await report(cast, agency, period, days=days)


async def report(cast: Cast, agency: Agency, period: str, *, days: tuple[date, date]) -> None:
    """An agency reports on a period in its own words, filed and accepted on these days."""
    filed_on, accepted_on = days
    act = cast.agency(agency.id, filed_on)
    written = WrittenReport(agency.id, period, _words(agency, period, filed_on))
    made, _ = await lock_or_make_report(act, cast.plan, written)
    await write_report(act, cast.plan, made, written, submit=True)
    await cast.session.flush()
    case = await reports.get_case(cast.session, cast.coordinator, cast.plan.id, made.id)
    await accept_report(cast.coordinates(accepted_on), case, made.attempts)
    await cast.session.flush()


def _words(agency: Agency, period: str, day: date) -> dict[str, Any]:
    dice = random.Random(f"{period} {agency.code}")  # noqa: S311 - the same story everywhere
    number = f"{dice.randint(100, 900)}/BC-{agency.code}"
    return {
        "situation": dice.choice(SITUATION),
        "results": dice.choice(RESULTS),
        "shortcomings": dice.choice(SHORTCOMINGS),
        "causes": dice.choice(CAUSES),
        "difficulties": "",
        "proposals": dice.choice(PROPOSALS),
        "next_period": dice.choice(NEXT),
        "answers": [],
        "document": {"number": number, "issued_on": str(day), "url": None, "sha256": None},
    }


async def define(cast: Cast, *, on: date) -> None:
    """Have the coordinator define the plan's indicators."""
    for ordinal, name, unit, whole, yearly in MEASURED:
        task = await queries.task_numbered(cast.session, cast.plan.id, ordinal)
        aims = [IndicatorAim(None, Decimal(whole))]
        aims += [IndicatorAim(str(year), Decimal(yearly)) for year in (2024, 2025, 2026)]
        fields = {"name": name, "unit": unit, "higher_is_better": True, "targets": aims}
        await define_indicator(cast.coordinates(on), cast.plan, task, fields)


async def measure(cast: Cast, period: str, *, on: date) -> None:
    """Have each third lead of a measured task report the value reached in the year."""
    found = await queries.measured_assignments(cast.session, cast.plan.id, period)
    for number, (indicator, assignment) in enumerate(found):
        if number % 3 == 0:
            value = Decimal(1 + number % 4) if indicator.unit == "lớp" else Decimal(20 + number)
            await report_value(
                cast.agency(assignment.agency_id, on),
                cast.plan,
                indicator,
                assignment,
                reached=ReportedValue(period, value, None),
            )


async def rate(cast: Cast, year: int, agency_ids: Sequence[UUID], *, on: date) -> None:
    """The coordinator grades the year of every agency that reported, but its own."""
    others = [one for one in agency_ids if one != cast.coordinator.agency_id]
    agencies = await queries.agencies_by_code(cast.session, others)
    given = [
        NewRating(agency.code, year, RatingJudgment(GRADES[number % len(GRADES)], "", None), None)
        for number, agency in enumerate(agencies)
    ]
    verdicts = await rate_many(cast.coordinates(on), cast.plan, given)
    for verdict in verdicts:
        if isinstance(verdict, TrackerError):
            raise verdict


async def remark(cast: Cast, *, on: date) -> None:
    """An overseer remarks on the plan's year, which the coordinator answers on the same day, and on
    one of its tasks."""
    made = await make_remark(
        cast.oversees(on), RemarkNoun.PLAN, cast.plan.id, text=REMARK, basis=None
    )
    case = await remarks.get_remark(cast.session, cast.coordinator, made.id)
    answer_remark(cast.coordinates(on), case, text=ANSWER)
    task = await queries.task_numbered(cast.session, cast.plan.id, REMARKED)
    await make_remark(cast.oversees(on), RemarkNoun.TASK, task.id, text=UNANSWERED, basis=None)
    await cast.session.flush()
