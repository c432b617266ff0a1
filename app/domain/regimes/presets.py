"""Presets of regimes: their names, their sources, and the fields that they set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Text
from app.models import DataWindow, DueKind, Frequency


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of fields of a regime, with the document that they come from."""

    name: Text
    source: str
    fields: Mapping[str, Any]


# The circulars under the decree ask for the 20th; some of them say "trước ngày 20".
DECREE = "NĐ 09/2019/NĐ-CP, Điều 12; hạn ngày 20: TT 19/2020/TT-BGDĐT"
# Three working days is the least between cut-off and deadline.
PRINCIPLE = "thời hạn 03 ngày làm việc: TT 19/2020/TT-BGDĐT theo NĐ 09/2019/NĐ-CP, Điều 13"
FREQUENCIES = {
    Frequency.MONTH: Text("tháng", "month"),
    Frequency.QUARTER: Text("quý", "quarter"),
    Frequency.HALF_YEAR: Text("6 tháng", "half-year"),
    Frequency.NINE_MONTHS: Text("9 tháng", "nine months"),
    Frequency.YEAR: Text("năm", "year"),
}
WORKING_DAYS = {"due_kind": DueKind.WORKING_DAYS_AFTER, "due_working_days": 3}


def _decree(frequency: Frequency, words: Text) -> Preset:
    source = DECREE
    if frequency == Frequency.NINE_MONTHS:
        source = "NĐ 09/2019/NĐ-CP không quy định kỳ 9 tháng; suy từ Điều 12"
    name = Text(f"Định kỳ {words.vi}, chốt ngày 14", f"Each {words.en}, closed on the 14th")
    fields = {"frequency": frequency, "data_window": DataWindow.DECREE_09, "due_day": 20}
    return Preset(name, source, fields)


def _calendar(frequency: Frequency, words: Text) -> Preset:
    name = Text(f"Định kỳ {words.vi} theo lịch", f"Each calendar {words.en}")
    fields = {"frequency": frequency, "data_window": DataWindow.CALENDAR, **WORKING_DAYS}
    return Preset(name, PRINCIPLE, fields)


PRESETS: dict[str, Preset] = {
    "decree_09_week": Preset(
        Text("Định kỳ tuần, thứ Năm đến thứ Tư", "Each week, Thursday to Wednesday"),
        f"NĐ 09/2019/NĐ-CP không quy định tuần; TT 55/2020/TT-BCT, Điều 8; {PRINCIPLE}",
        {"frequency": Frequency.WEEK, "week_starts_on": 4, **WORKING_DAYS},
    ),
    **{f"decree_09_{one}": _decree(one, words) for one, words in FREQUENCIES.items()},
    **{f"calendar_{one}": _calendar(one, words) for one, words in FREQUENCIES.items()},
    # Due on 30 November, its data can't close on 14 December as the decree's year does.
    "external_information_year": Preset(
        Text("Báo cáo năm về thông tin đối ngoại", "The year in external information"),
        "gợi ý, chưa kiểm chứng: trước ngày 30/11 như TT 02/2019/TT-BTTTT, Điều 10",
        {
            "frequency": Frequency.OWN,
            "window_starts": ["11-15"],
            "window_year_offset": -1,
            "due_day": 30,
            "due_is_strict": True,
        },
    ),
}
