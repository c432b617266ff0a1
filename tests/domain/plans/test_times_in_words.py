"""Times as offices word them, beside the numbers of `test_time_frames`; the plan is of 2026."""

import pytest

from app.domain.plans.time_frames import names_recurrence, read_time_frame
from app.kinds import TimeFrameKind as Kind

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
    "Thường xuyên theo quy định": "continuous None",
    "Thường xuyên, ngay khi có yêu cầu": "continuous None",
    "Thường xuyên trong các năm": "continuous None",
    "Thường xuyên theo chức năng, nhiệm vụ": "continuous None",
    "Trước 24/7": "date 2026-07-23",
    "Năm 2027 trở đi": "continuous None",
}
ASKED = {
    # The words in brackets may be the day that counts.
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
    # A period beside "thường xuyên" is one that somebody reports in.
    "Thường xuyên; báo cáo quý": Kind.UNKNOWN,
    "Thường xuyên, báo cáo tuần": Kind.UNKNOWN,
    "Thường xuyên (một buổi/tuần)": Kind.UNKNOWN,
    "Thường xuyên theo mùa vụ": Kind.UNKNOWN,
    "Thường xuyên, theo từng đợt": Kind.UNKNOWN,
    "Thường xuyên; tổng kết cuối năm": Kind.UNKNOWN,
    "Liên tục trong tháng cao điểm": Kind.UNKNOWN,
    "Báo cáo tuần trước 15/6/2026": Kind.UNKNOWN,
    # A remark that moves the day, or says what it hangs on.
    "15/8 (âm lịch)": Kind.UNKNOWN,
    "30/6/2026 (lùi sang quý sau)": Kind.UNKNOWN,
    "Năm 2026 (báo cáo quý)": Kind.UNKNOWN,
    "Năm 2026 (sau khi được phê duyệt)": Kind.UNKNOWN,
    "Tháng 6/2026 (tuần thứ nhất)": Kind.UNKNOWN,
    # An hour of every day, and a month that was left blank.
    "24/7": Kind.UNKNOWN,
    "Trực 24/24 giờ": Kind.UNKNOWN,
    "    /2026": Kind.UNKNOWN,
    "……/2026": Kind.UNKNOWN,
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


@pytest.mark.parametrize(
    ("title", "recurs"),
    [
        ("Báo cáo hằng quý kết quả thực hiện", True),
        ("Hằng quý trình UBND tỉnh", True),
        ("Báo cáo hằng tháng tình hình", True),
        ("Định kỳ hằng tuần kiểm tra", True),
        ("Công bố theo quy định, quy chế", False),
        ("Thực hiện theo quy trình", False),
        ("Tính từ tháng kế tiếp, theo ngày ban hành", False),
    ],
)
def test_a_title_that_speaks_of_a_period_is_told_from_rules_and_days(
    title: str, *, recurs: bool
) -> None:
    assert names_recurrence(title) is recurs
