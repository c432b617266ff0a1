"""The submissions of all agencies on the sample's plan, made up by a seeded generator.

The story is about a few agencies by name; a board and a consolidated report are about all of them.
Each submission goes through the same verbs as over HTTP, at a moment of its own: a
document-management system files for many agencies at once, some submissions come on paper and are
entered, the coordinator accepts some days later and returns some.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.cli.sample_cast import Cast
from app.domain.acts import PersonalAct
from app.domain.submissions import review
from app.domain.submissions.accept_many import ReadAttempt, accept_many
from app.domain.submissions.entries import enter_submissions
from app.domain.submissions.push import SubmissionPush
from app.models import AssigneeRole
from app.queries.submissions.submissions import get_submissions
from app.queries.submissions.to_file import UnfiledSubmission, submissions_to_file

SEED = 2024
PLAYED_BY_HAND = frozenset({"SNGV", "SCT", "CAT", "SVHTTDL", "STTTT", "UBND-TINH"})
"""The agencies of the story; whoever tries the sample finds them as the story left them."""
MADE_UP = "(Số liệu minh họa.)"
DONE = (
    "Đã tổ chức {n:02} lớp tập huấn cho {m} lượt người.",
    "Đã ban hành kế hoạch năm và tổ chức {n:02} hội nghị quán triệt.",
    "Đã đăng {m} tin, bài và {n:02} phóng sự trên cổng thông tin điện tử.",
    "Đã hoàn thành nội dung được giao; có {n:02} văn bản hướng dẫn kèm theo.",
    "Đã phối hợp tổ chức {n:02} sự kiện, thu hút {m} lượt người tham gia.",
)
BEGUN = (
    "Đã xây dựng dự thảo, đang lấy ý kiến {n:02} cơ quan.",
    "Đã thực hiện {n:02} nội dung; phần còn lại thực hiện trong kỳ tới.",
    "Đang rà soát, cập nhật {m} tài liệu.",
)
DIFFICULTIES = ("", "", "Kinh phí bố trí chậm.", "Thiếu cán bộ có trình độ ngoại ngữ.")
PROPOSALS = ("", "", "", "Đề nghị UBND tỉnh bố trí kinh phí.", "Đề nghị mở lớp tập huấn nghiệp vụ.")
RETURNED_FOR = "Đề nghị bổ sung số liệu và văn bản chứng minh."
LATE_REASON = "Chờ số liệu của các đơn vị trực thuộc."
ON_PAPER = 12
"""One in so many submissions comes on paper; the coordinator enters it some days later."""
UNDER_WAY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class YearOfSubmissions:
    """The days of a year on which submissions come, the share of those owed that do, and the last
    day by which they are reviewed."""

    period: str
    filed: Sequence[date]
    share: float
    reviewed_by: date

    @property
    def is_over(self) -> bool:
        """True if the story covers the whole year."""
        return self.reviewed_by >= date(int(self.period), 12, 31)


YEARS = (
    YearOfSubmissions(
        "2024", [date(2024, 11, 26), *(date(2024, 12, d) for d in (5, 10, 13, 18, 24))], 0.55,
        date(2024, 12, 31),
    ),
    YearOfSubmissions(
        "2025", [date(2025, 11, 25), *(date(2025, 12, d) for d in (4, 9, 12, 19, 26))], 0.6,
        date(2026, 1, 20),
    ),
    YearOfSubmissions("2026", [date(2026, 10, 6), date(2026, 11, 3), date(2026, 11, 17)], 0.2,
                      date(2026, 11, 20)),
)  # fmt: skip


async def file_year(cast: Cast, year: YearOfSubmissions) -> list[UUID]:
    """File and review a year's submissions, as far as they come; answers who filed."""
    filers: dict[UUID, None] = {}
    for day in year.filed:
        if day >= cast.until:
            break
        found = [
            (one, content)
            for one in await submissions_to_file(cast.session, cast.plan.id, year.period)
            if (content := _submission_of_day(one, year, day)) is not None
        ]
        by_system = [_push(*one, day) for n, one in enumerate(found) if n % ON_PAPER]
        on_paper = [_push(*one, day - UNDER_WAY, is_entered=True) for one in found[::ON_PAPER]]
        system = PersonalAct(cast.session, cast.system, cast.coordinates(day).at)
        filed = await _file(system, by_system) + await _file(cast.coordinates(day), on_paper)
        filers |= dict.fromkeys(one.agency_id for one, _ in found)
        reviewed_on = min(day + timedelta(days=5), year.reviewed_by, cast.until)
        if reviewed_on > day:
            await _review(cast.coordinates(reviewed_on), filed)
    return list(filers)


def _push(
    owed: UnfiledSubmission, content: dict[str, Any], received_on: date, *, is_entered: bool = False
) -> SubmissionPush:
    """Late ones say why; of those that are *entered* for an agency the day is kept."""
    late = {"late_reason": LATE_REASON} if received_on > owed.due_on else {}
    day = received_on if is_entered else None
    return SubmissionPush(
        owed.agency_id, owed.assignment_id, owed.period, content | late, True, day
    )


def _submission_of_day(
    owed: UnfiledSubmission, year: YearOfSubmissions, day: date
) -> dict[str, Any] | None:
    """The content that an agency files on its day of the year; None if that is another day, or
    never.

    Each submission has dice of its own, so that it is the same whatever others there are.
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
    words = dice.choice(DONE if is_done else BEGUN).format(**numbers)
    number = f"{dice.randint(20, 900)}/BC-{owed.agency_code}"
    issued_on = day - UNDER_WAY
    document = {"number": number, "issued_on": str(issued_on), "url": None, "sha256": None}
    return {
        "outcome": "completed" if is_done else "in_progress",
        "percent": 100 if is_done else dice.choice((10, 25, 40, 60, 80)),
        "results": f"{words} {MADE_UP}",
        "difficulties": dice.choice(DIFFICULTIES),
        "proposals": dice.choice(PROPOSALS),
        "not_applicable_reason": None,
        "evidence": [document] if is_done else [],
    }


async def _file(act: PersonalAct, pushes: Sequence[SubmissionPush]) -> list[UUID]:
    """File the submissions of a day; answers their ids."""
    verdicts, _ = await enter_submissions(act, pushes, atomic=True, dry_run=False)
    refused = [one.error for one in verdicts if one.error is not None]
    if refused:
        raise refused[0]
    return [one.result["id"] for one in verdicts if one.result is not None]


async def _review(act: PersonalAct, ids: Sequence[UUID]) -> None:
    """Accept most submissions filed on a day, return one in twenty, leave one in twenty waiting."""
    accepted = [ReadAttempt(row_id, 1) for n, row_id in enumerate(ids) if n % 20 not in (7, 13)]
    for verdict in await accept_many(act, accepted):
        if isinstance(verdict, Exception):
            raise verdict
    cases = await get_submissions(act.session, act.principal, ids[7::20], lock=True)
    for case in cases.values():
        await review.send_back(act, case, 1, reason=RETURNED_FOR)
