"""Times as offices word them, beside the numbers of `test_time_frames`; the plan is of 2026."""

import pytest

from app.domain.plans.time_frames import read_time_frame
from app.task_kinds import TimeFrameKind as Kind

READ = {
    "Tháng Sáu năm 2026": "month 2026-06-30",
    "trong tháng bảy": "month 2026-07-31",
    "Tháng mười hai/2026": "month 2026-12-31",
    "QUÝ HAI NĂM 2026": "quarter 2026-06-30",
    "Quý thứ nhất": "quarter 2026-03-31",
    "Q.III/2026": "quarter 2026-09-30",
    "9 tháng đầu năm 2026": "quarter 2026-09-30",
    "6.2026": "month 2026-06-30",
    "Hạn chót: 31/3/2026": "date 2026-03-31",
    "Dự kiến quý III/2026": "quarter 2026-09-30",
    "Hoàn thành: 31/3/2026": "date 2026-03-31",
    "Thứ Hai, ngày 15/6/2026": "date 2026-06-15",
    "Ngày 20-21/5/2026": "date 2026-05-21",
    "Cuối mỗi năm": "annual None",
    "Quý IV các năm": "annual None 31/12",
    "15/12/hằng năm": "annual None 15/12",
    "Báo cáo định kỳ hằng năm": "annual None",
    "Trong suốt năm": "continuous None",
    "Năm 2027 trở đi": "continuous None",
}
ASKED = {
    # What stands in brackets may be the day that counts.
    "Năm 2026 (Quý I)": Kind.MULTIPLE,
    "Quý II (trước 15/6)": Kind.MULTIPLE,
    # Several days are several milestones, with a year and without one.
    "30/6 và 15/12": Kind.MULTIPLE,
    "Ngày 20/6 và 20/12 hằng năm": Kind.MULTIPLE,
    "Đợt 1: 30/6; đợt 2: 31/12": Kind.MULTIPLE,
    "Quý I, II, III, IV": Kind.UNKNOWN,
    "Các năm": Kind.UNKNOWN,
    "Theo quy định": Kind.CONDITIONAL,
    "Mỗi quý một lần": Kind.MULTIPLE,
    "Tháng sau": Kind.UNKNOWN,
    "Tháng năm": Kind.UNKNOWN,
    "Đầu quý III/2026": Kind.UNKNOWN,
}


@pytest.mark.parametrize(("text", "told"), READ.items())
def test_a_time_in_words_is_read(text: str, told: str) -> None:
    frame = read_time_frame(text, plan_year=2026)

    due = f" {frame.due_day}/{frame.due_month}" if frame.due_day else ""
    assert f"{frame.kind} {frame.ends_on}{due}" == told
    assert not frame.needs_person


@pytest.mark.parametrize(("text", "kind"), ASKED.items())
def test_a_time_that_may_mean_several_days_is_asked_about(text: str, kind: Kind) -> None:
    frame = read_time_frame(text, plan_year=2026)

    assert (frame.kind, frame.ends_on, frame.needs_person) == (kind, None, True)
