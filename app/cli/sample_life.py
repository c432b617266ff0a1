"""What all agencies reported on the sample's plan, made up by a seeded generator.

The story tells of a few agencies by name; a board and a consolidated report are of all of them.
Each report goes through the same verbs as over HTTP, at a moment of its own: a document-management
system files for many agencies at once, the coordinator accepts some days later, some it returns.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import PersonalAct
from app.domain.submissions import review
from app.domain.submissions.accept_many import ReadAttempt, accept_many
from app.domain.submissions.push import SubmissionPush, push_submissions
from app.models import AssigneeRole, Plan
from app.queries.submissions.submissions import get_submissions
from app.queries.submissions.to_file import OwedSubmission, submissions_to_file

SEED = 2024
PLAYED_BY_HAND = frozenset({"SNGV", "SCT", "CAT", "SVHTTDL", "STTTT", "UBND-TINH"})
"""The agencies of which the story tells; whoever tries the sample finds them as it left them."""
MADE_UP = "(Số liệu minh họa.)"
DONE = (
    "Đã tổ chức {n:02} lớp tập huấn cho {m} lượt người.",
    "Đã ban hành kế hoạch năm và tổ chức {n:02} hội nghị quán triệt.",
    "Đã đăng {m} tin, bài và {n:02} phóng sự trên cổng thông tin điện tử.",
    "Đã hoàn thành nội dung được giao; có {n:02} văn bản hướng dẫn kèm theo.",
    "Đã phối hợp tổ chức {n:02} sự kiện, thu hút {m} lượt người tham gia.",
)
UNDER_WAY = (
    "Đã xây dựng dự thảo, đang lấy ý kiến {n:02} cơ quan.",
    "Đã thực hiện {n:02} nội dung; phần còn lại thực hiện trong kỳ tới.",
    "Đang rà soát, cập nhật {m} tài liệu.",
)
DIFFICULTIES = ("", "", "Kinh phí bố trí chậm.", "Thiếu cán bộ có trình độ ngoại ngữ.")
PROPOSALS = ("", "", "", "Đề nghị UBND tỉnh bố trí kinh phí.", "Đề nghị mở lớp tập huấn nghiệp vụ.")
RETURNED_FOR = "Đề nghị bổ sung số liệu và văn bản chứng minh."
LATE_REASON = "Chờ số liệu của các đơn vị trực thuộc."


@dataclass(frozen=True, slots=True)
class YearOfReports:
    """The days of a year on which reports come, the share of those owed that do, and the last day
    by which they are reviewed."""

    period: str
    filed: Sequence[date]
    share: float
    reviewed_by: date

    @property
    def is_over(self) -> bool:
        """Whether the story tells of the whole year."""
        return self.reviewed_by >= date(int(self.period), 12, 31)


YEARS = (
    YearOfReports(
        "2024", [date(2024, 11, 26), *(date(2024, 12, d) for d in (5, 10, 13, 18, 24))], 0.55,
        date(2024, 12, 31),
    ),
    YearOfReports(
        "2025", [date(2025, 11, 25), *(date(2025, 12, d) for d in (4, 9, 12, 19, 26))], 0.6,
        date(2026, 1, 20),
    ),
    YearOfReports("2026", [date(2026, 10, 6), date(2026, 11, 3), date(2026, 11, 17)], 0.2,
                  date(2026, 11, 20)),
)  # fmt: skip


async def report_on(
    session: AsyncSession,
    plan: Plan,
    year: YearOfReports,
    *,
    system: Principal,
    coordinator: Principal,
    until: date,
) -> list[UUID]:
    """File and review a year's reports, as far as they come before *until*; answers who filed."""
    filers: dict[UUID, None] = {}
    for day in year.filed:
        if day >= until:
            break
        pushes = [
            SubmissionPush(one.agency_id, one.assignment_id, one.period, content, True)
            for one in await submissions_to_file(session, plan.id, year.period)
            if (content := _report_of_day(one, year, day)) is not None
        ]
        filed = await _file(PersonalAct(session, system, _morning(day)), pushes)
        filers |= dict.fromkeys(one.agency_id for one in pushes)
        reviewed_on = min(day + timedelta(days=5), year.reviewed_by, until)
        if reviewed_on > day:
            await _review(PersonalAct(session, coordinator, _morning(reviewed_on)), filed)
    return list(filers)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


def _report_of_day(owed: OwedSubmission, year: YearOfReports, day: date) -> dict[str, Any] | None:
    """What an agency reports on its day of the year; None where that is another day, or never.

    Each report has dice of its own, so that it is the same whatever others there are.
    """
    key = f"{SEED} {owed.period} {owed.task_ordinal} {owed.agency_code} {owed.occurrence}"
    dice = random.Random(key)  # noqa: S311 - the same story on every machine
    is_lead = owed.role == AssigneeRole.LEAD
    share = year.share if is_lead else year.share / 2
    if (
        owed.agency_code in PLAYED_BY_HAND
        or dice.random() >= share
        or dice.choice(year.filed) != day
    ):
        return None
    is_done = owed.occurrence == owed.period and dice.random() < 0.85
    numbers = {"n": dice.randint(1, 9), "m": dice.randint(20, 400)}
    words = dice.choice(DONE if is_done else UNDER_WAY).format(**numbers)
    number = f"{dice.randint(20, 900)}/BC-{owed.agency_code}"
    document = {"number": number, "issued_on": day.isoformat(), "url": None, "sha256": None}
    content: dict[str, Any] = {
        "outcome": "completed" if is_done else "in_progress",
        "percent": 100 if is_done else dice.choice((10, 25, 40, 60, 80)),
        "results": f"{words} {MADE_UP}",
        "difficulties": dice.choice(DIFFICULTIES),
        "proposals": dice.choice(PROPOSALS),
        "not_applicable_reason": None,
        "evidence": [document] if is_done else [],
    }
    return content | ({"late_reason": LATE_REASON} if day > owed.due_on else {})


async def _file(act: PersonalAct, pushes: Sequence[SubmissionPush]) -> list[UUID]:
    """File the reports of a day; answers the ids of the submissions."""
    verdicts, _ = await push_submissions(act, pushes, atomic=True, dry_run=False)
    refused = [one.error for one in verdicts if one.error is not None]
    if refused:
        raise refused[0]
    return [one.result["id"] for one in verdicts if one.result is not None]


async def _review(act: PersonalAct, ids: Sequence[UUID]) -> None:
    """Accept most of what was filed on a day, return one in twenty, leave one in twenty waiting."""
    accepted = [ReadAttempt(row_id, 1) for n, row_id in enumerate(ids) if n % 20 not in (7, 13)]
    for verdict in await accept_many(act, accepted):
        if isinstance(verdict, Exception):
            raise verdict
    cases = await get_submissions(act.session, act.principal, ids[7::20], lock=True)
    for case in cases.values():
        await review.send_back(act, case, 1, reason=RETURNED_FOR)
