"""Reading "Thời gian thực hiện" cells, and the occurrences of a task that follow from them.

The kinds and the spellings are those met in real plans. A text that is not wholly understood is
never half read: it is UNKNOWN (or MULTIPLE), and a person decides.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.documents.vietnamese import fold
from app.domain.plans.time_units import (
    YEARS,
    TimeUnit,
    read_list,
    read_range,
    read_unit,
    with_numerals,
)
from app.kinds import TimeFrameKind

_LONGEST_CELL = 500  # no time cell is longer; a longer text is something else in the wrong column
NEEDS_PERSON = frozenset(
    {
        TimeFrameKind.MULTIPLE,
        TimeFrameKind.UNKNOWN,
        TimeFrameKind.RELATIVE,
        TimeFrameKind.CONDITIONAL,
    }
)
ONCE = frozenset(
    {
        TimeFrameKind.DATE,
        TimeFrameKind.MONTH,
        TimeFrameKind.QUARTER,
        TimeFrameKind.HALF_YEAR,
        TimeFrameKind.YEAR,
    }
)
"""The kinds of a time that comes once."""
_LEAP_YEAR = 2024  # a day of every year is read in it, so that "29/2" and "trước 1/3" are days


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """`ends_on` is the last day that still counts as in time: "Trước ngày 30/6" ends on 29/6.

    `due_month` and `due_day` belong to a yearly task with a day of its own; a `due_day` of 29 in
    February is the month's last day in every year. A yearly task has `starts_on`/`ends_on` only
    if its cell names its years ("Hằng năm, từ 2025").
    """

    kind: TimeFrameKind
    starts_on: date | None = None
    ends_on: date | None = None
    due_month: int | None = None
    due_day: int | None = None
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a task is owed: a year of a yearly task ("2024"), or "once" for all others."""

    name: str
    starts_on: date
    ends_on: date
    deadline_on: date | None


def read_time_frame(text: str, *, plan_year: int | None = None) -> TimeFrame:
    """Never raises. `plan_year` completes a quarter, month or day written without a year."""
    if len(text) > _LONGEST_CELL:
        return _frame(TimeFrameKind.UNKNOWN)
    words = _clean(text)
    year = plan_year if plan_year in YEARS else None
    # Recurrence is looked for before anything is cut away, remarks included.
    if _ROUND_THE_CLOCK.fullmatch(words):
        return _frame(TimeFrameKind.UNKNOWN)
    return (
        _read_recurring(words)
        or _read_annual(words)
        or _read_continuous(words, year)
        or _read_once(_without_remark(words), year)
    )


# Hardly a day of July.
_ROUND_THE_CLOCK = re.compile(
    r"(?:(?:truc|thuong truc|hoat dong) )?24(?: ?h| gio)?/(?:24|7)(?: ?h| gio)?"
)


def occurrences(
    frame: TimeFrame, *, plan_starts_on: date, plan_ends_on: date
) -> tuple[Occurrence, ...]:
    """A yearly task is owed once a calendar year of the plan's life, any other task once.

    A yearly day that had passed before the plan began is no deadline of that first year.
    """
    starts_on = max(plan_starts_on, frame.starts_on or plan_starts_on)
    ends_on = min(plan_ends_on, frame.ends_on or plan_ends_on)
    if frame.kind is TimeFrameKind.ANNUAL and starts_on <= ends_on:
        years = range(starts_on.year, ends_on.year + 1)
        return tuple(_yearly(frame, year, starts_on, ends_on) for year in years)
    if starts_on > ends_on:  # the cell's years lie outside the plan's life
        starts_on, ends_on = plan_starts_on, plan_ends_on
    deadline_on = None if frame.kind is TimeFrameKind.CONTINUOUS else frame.ends_on
    return (Occurrence("once", starts_on, ends_on, deadline_on),)


def _yearly(frame: TimeFrame, year: int, first: date, last: date) -> Occurrence:
    starts_on, ends_on = max(date(year, 1, 1), first), min(date(year, 12, 31), last)
    month = frame.due_month or 12
    month_ends = calendar.monthrange(year, month)[1]
    due_on = min(date(year, month, min(frame.due_day or 31, month_ends)), last)
    return Occurrence(str(year), starts_on, ends_on, due_on if due_on >= starts_on else None)


def _frame(
    kind: TimeFrameKind, starts_on: date | None = None, ends_on: date | None = None
) -> TimeFrame:
    return TimeFrame(kind, starts_on, ends_on, needs_person=kind in NEEDS_PERSON)


_ITEM = re.compile(r"(?:^|\n)\s*(?:[-+*•‐‑‒–—−]|[a-zđ]\)|\d{1,2}\))\s*(?=\S)")


def _clean(text: str) -> str:
    """Folded words. The items of a list are parted by ";", so that no two make a range."""
    text = text.strip()
    if len(_ITEM.findall(text)) > 1:
        text = _ITEM.sub("; ", text)
    words = re.sub(r"[‐‑‒–—−]", "-", fold(with_numerals(text)))
    words = re.sub(r" ?([/-]) ?", r"\1", words)
    # "Tháng6/2026", "T6/2026", "30/6/26" and "trước 17 giờ ngày 30/6": that day is still in time.
    words = re.sub(r"\b(?:thang|t\.?) ?(?=\d{1,2}(?:[/-]|$))", "thang ", words)
    words = re.sub(r"\b(\d{1,2}/\d{1,2})/(\d\d)(?![\d/])", r"\1/20\2", words)
    words = re.sub(
        r"(?:^|\bxong |\b)(?:truoc |^)(?!0{1,2} ?(?:h|gio|g|:))\d{1,2} ?(?:h|gio|g|:) ?(?:\d{1,2})?"
        r"(?: ?phut|['’])?,? (?=ngay |\d{1,2}/)",
        "cham nhat ",
        words,
    )
    words = re.sub(rf"^(?:nhiem vu|cong viec|viec) (?={_CEASELESS}|{_YEARLY})", "", words)
    words = re.sub(r"^((?:bat dau|ke) )(?:thuc hien|trien khai) (?=tu )", r"\1", words)
    words = _WEEKDAY.sub("", words)
    words = _MIDNIGHT.sub("", _MOVED.sub("", words))
    return _OPENING.sub("", words).lstrip(" .,;:-").rstrip(" .,;:-/")


_WEEKDAY = re.compile(
    r"\b(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat),? (?:ngay )?(?=\d{1,2}/\d)"
)
# "Gia hạn đến 30/9/2026" says the day that is in force.
_MOVED = re.compile(r"^(?:gia han|dieu chinh|lui|keo dai)(?: thoi (?:han|gian))? (?=den |het )")
_MIDNIGHT = re.compile(r"(?<=/\d{4}) 0?0:00(?::00)?$")  # a spreadsheet's day as a text
_OPENING = re.compile(
    r"^(?:du kien|han(?: cuoi(?: cung)?| chot| hoan thanh| bao cao| nop)?|hoan thanh(?= ?:)"
    r"|thoi (?:han|gian)(?: hoan thanh| thuc hien| bao cao)?)(?: ?: ?| )"
)


_SAYS_MORE = re.compile(
    r"\([^()]*\b(?:qu[yi](?! dinh| che| trinh)|thang|tuan|ngay|nam|ky|dot|lan|hang|moi|dau"
    r"|giua|cuoi|truoc|sau|den|khi|am lich|al|lui|gia han|keo dai|chuyen (?:tiep|sang)"
    r"|tiep (?:tuc|theo)|tam|dung|neu|chua)\b"
)


def _without_remark(words: str) -> str:
    # "Năm 2026 (theo từng hệ thống)": a remark, unless it may say a day or what the day hangs on.
    if _SAYS_MORE.search(words):
        return words
    # A month left blank ("…/2026") stays one that a person fills in.
    return re.sub(r" ?\([^()0-9]*\)$", "", words).lstrip(" .,;:-").rstrip(" .,;:-/")


_YEARLY = (
    r"(?:dinh k[yi] )?(?:(?:theo )?(?:hang|moi|tung) ?nam|thuong nien|(?:0?1|mot) lan/nam"
    r"|(?<=[\divx] )(?:cua )?cac nam(?! ?\d))"
)
_CEASELESS = r"(?:thuong xuyen|lien tuc|(?:trong )?suot nam|quanh nam)"
_ANNUAL = re.compile(rf"\b{_YEARLY}\b")
_RECURRING = re.compile(
    r"\b(?:(?:hang|moi|tung|dinh k[yi]) ?(?:(?:0?[2-9]|hai|ba|sau) )?"
    r"(?:ngay|tuan|thang|quy|qui)\b(?! ?[\d(i])"
    # "Theo quy định", "theo ngày ban hành" name no period.
    r"|(?:theo|cac) ?(?:(?:0?[2-9]|hai|ba|sau) )?(?:ngay|tuan|thang|quy|qui)\b(?! ?[\d(i])"
    r"(?! (?:tinh|ke|lam viec|ky|ban hanh|dinh|che|trinh|hoach)\b))"
    r"|\b\d{1,2} (?:thang|quy|tuan)(?:/| )?(?:mot |1 |01 )?lan\b"
    r"|\blan(?:/| moi | mot | hang )(?:ngay|tuan|thang|quy)\b"
    r"|\b(?:0?[2-9]|hai|ba|bon) lan(?:/| moi | mot | trong |, ?)(?:hang )?nam"
    r"|\bnam (?:0?[2-9]|hai|ba|bon) lan\b"
    r"|\bdinh k[yi] (?:\d{1,2}|sau|ba|chin) thang\b"
    r"|\b(?:6|06|sau) thang(?:,| va|/)? ?(?:hang nam|(?:ca )?nam\b(?! \d))"
)
_PERIODIC = re.compile(r"\bdinh k[yi]\b")


def _read_recurring(words: str) -> TimeFrame | None:
    """Several deadlines a year, or a period that nobody named, are for a person to lay down."""
    if _RECURRING.search(words):
        return _frame(TimeFrameKind.MULTIPLE)
    if _PERIODIC.search(words) and not _ANNUAL.search(words):
        return _frame(TimeFrameKind.UNKNOWN)
    return None


def names_recurrence(text: str) -> bool:
    """True if words that are no time themselves speak of every year, or of several times in one."""
    words = _clean(text[:_LONGEST_CELL])
    return bool(_ANNUAL.search(words) or _RECURRING.search(words))


def _read_annual(words: str) -> TimeFrame | None:
    """Yearly tasks, "Thường xuyên, hằng năm" included: of the two, yearly owes something."""
    found = _ANNUAL.search(words)
    if not found:
        return None
    rest = f"{words[: found.start()]} {words[found.end() :]}"
    rest = " ".join(rest.replace("(", " ").replace(")", " ").split()).strip(" ,;:.-/")
    rest = re.sub(rf"^(?:thuc hien|trien khai|bao cao$|to chuc|{_CEASELESS})[ ,;]*", "", rest)
    rest = re.sub(rf"[ ,;]*{_CEASELESS}$", "", rest)
    if rest in {"", "cuoi", "vao cuoi"}:
        return _frame(TimeFrameKind.ANNUAL)
    if re.search(r"\d{4}", rest):
        return _annual_of_named_years(_read_continuous(rest, None) or _read_once(rest, None))
    due = _read_once(rest, _LEAP_YEAR)
    if due.kind is TimeFrameKind.MULTIPLE:
        return due
    if due.ends_on is None or due.ends_on.year != _LEAP_YEAR:  # "Trước 1/1" is in the year before
        return _frame(TimeFrameKind.UNKNOWN)
    return TimeFrame(TimeFrameKind.ANNUAL, due_month=due.ends_on.month, due_day=due.ends_on.day)


def _annual_of_named_years(years: TimeFrame) -> TimeFrame:
    """One year and "hằng năm" contradict each other: once, or every year from then on?"""
    stretches = {TimeFrameKind.YEAR_RANGE, TimeFrameKind.UNTIL_YEAR, TimeFrameKind.CONTINUOUS}
    if years.kind not in stretches:
        return _frame(TimeFrameKind.UNKNOWN)
    return _frame(TimeFrameKind.ANNUAL, years.starts_on, years.ends_on)


_FROM = re.compile(r"(?:(?:bat dau|ke) )?tu (.+?)(?:,? tro di)?")
_ONWARDS = re.compile(r"(.+?),? (?:va (?:(?:cac|nhung) )?nam (?:tiep theo|sau|ke tiep)|tro di)")
_DOES = r"(?:(?:duoc )?(?:thuc hien|trien khai|tien hanh|lam) )?"
_FOR_EVER = re.compile(rf"^{_DOES}{_CEASELESS}\b|[ ,;(-]+{_DOES}{_CEASELESS}\)?$")


# "Thường xuyên; báo cáo quý" has a period beside it; "thường xuyên trong năm" has none.
_WHOLE_YEARS = re.compile(r"\b(?:trong |ca |suot |cac |nhung |viet )+nam\b")
_PERIOD = re.compile(
    r"\b(?:tuan|thang|nam|buoi|lan|dip|qu[yi](?! dinh| che| trinh| hoach)|ngay(?! sau| khi)"
    r"|ky(?! luat| thuat| nang| ket| cuong)|dot(?! xuat)|mua(?! sam)|cao diem)\b"
)


def _read_continuous(words: str, year: int | None) -> TimeFrame | None:
    """Also "Từ 2024" and "2024 và những năm tiếp theo": a beginning and no end, so no deadline;
    nothing in them says that a result is owed every year, which would be "Hằng năm"."""
    rest, ceaseless = _FOR_EVER.subn("", words)
    rest = rest.strip(" ,;:.-()") if ceaseless else words
    if begun := _FROM.fullmatch(rest) or _ONWARDS.fullmatch(rest):
        unit = read_unit(begun[1], year)
        if unit:
            return _frame(TimeFrameKind.CONTINUOUS, unit.first)
    if not ceaseless:
        return None
    if not re.search(r"\d", rest):
        is_vague = _PERIOD.search(_WHOLE_YEARS.sub("", rest))
        return _frame(TimeFrameKind.UNKNOWN if is_vague else TimeFrameKind.CONTINUOUS)
    named = _read_once(rest, year)  # "Thường xuyên 2024-2030": a span, still without a deadline
    # "Thường xuyên, xong trước 30/6" has a deadline after all, so a person decides.
    if named.needs_person or (named.kind is TimeFrameKind.DATE and named.starts_on is None):
        return _frame(TimeFrameKind.UNKNOWN)
    return _frame(TimeFrameKind.CONTINUOUS, named.starts_on, named.ends_on)


_DONE = (
    r"(?:(?:hoan thanh|thuc hien|ket thuc|trien khai|bao cao|xong)"
    r"(?: (?!(?:sau|khi|ke|qu[yi]|thang|nam|moi|va|tuan|ky|dot|lan|tung) )[a-z]+){0,6}? "
    r"(?=truoc |cham nhat |muon nhat |khong qua |den het |trong |vao |tu ))?"
    r"(?:(?:hoan thanh|thuc hien|ket thuc|trien khai|xong) )?"
)
_LEAD = re.compile(
    rf"{_DONE}(?:"
    r"(?P<strict>(?:cham nhat |muon nhat )?truoc)|"
    r"(?P<until>(?:cham nhat|muon nhat|khong qua|khong cham hon|khong muon hon)"
    r"(?: la| den| vao| trong)?|(?:tu nay |tu khi ban hanh )?den(?: het| cuoi)?|het|cuoi)|"
    r"(?P<within>(?:vao |trong )?(?:giai doan|thoi gian|cac)|trong|vao|tu)"
    r") (?P<body>.+)"
)
_BARE = re.compile(rf"{_DONE}(?P<body>.+)")


def _read_once(words: str, year: int | None) -> TimeFrame:
    lead = _LEAD.fullmatch(words) if words != "cac nam" else None  # every year, or some?
    body = (lead or _BARE.fullmatch(words) or {"body": ""})["body"]
    unit = read_unit(body, year)
    if lead and unit and not lead["within"]:
        return _bounded(unit, strict=lead["strict"] is not None)
    joined = unit or read_range(body, year) or read_list(body, year)
    if joined is None or (lead and not lead["within"]):
        return _frame(_kind_of_free_text(words))
    # A single day is the last day, not the first.
    starts_on = None if joined.is_single_day else joined.first
    return _frame(joined.kind, starts_on, joined.last)


def _bounded(unit: TimeUnit, *, strict: bool) -> TimeFrame:
    """ "Trước" excludes what it names; "đến", "hết", "chậm nhất", "không quá" include it."""
    kind = TimeFrameKind.UNTIL_YEAR if unit.kind is TimeFrameKind.YEAR else unit.kind
    return _frame(kind, None, unit.first - timedelta(days=1) if strict else unit.last)


_RELATIVE = re.compile(
    r"(?:(?:trong|trong vong|trong thoi han|cham nhat|khong qua|toi da|sau) )*"
    r"\d+ (?:ngay|tuan|thang|nam|gio)(?: lam viec)?"
    r"(?: (?:ke tu|tinh tu|tu khi|tu ngay|sau|truoc)\b.*)?"
)
_CONDITIONAL = re.compile(r"(?:(?:ngay )?(?:sau )?khi|theo|tuy theo|dot xuat|can cu)\b")
_MOMENT = (
    r"(?:\b(?:qu[yi] (?:i{1,3}|iv|[1-4])|thang \d{1,2})\b(?:(?:[/ ]|,? nam )\d{4})?"
    r"|\d{1,2}(?:/\d{1,2})?/\d{2,4}|\d{1,2}/\d{1,2}(?!/)|\b\d{4})\b"
)
_MILESTONE = re.compile(rf"{_MOMENT}(?:(?:-| den ){_MOMENT})?")


def _kind_of_free_text(words: str) -> TimeFrameKind:
    if _RELATIVE.fullmatch(words):
        return TimeFrameKind.RELATIVE
    if _CONDITIONAL.match(words):
        return TimeFrameKind.CONDITIONAL
    if len(_MILESTONE.findall(words)) > 1:
        return TimeFrameKind.MULTIPLE
    return TimeFrameKind.UNKNOWN
