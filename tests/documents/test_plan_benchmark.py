"""The values read right, read wrong, and left to a person, over all plan files of the tests.

The measure is `tests/plans/expected.psv`, which was written by reading the files themselves.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.documents.agency_names import NameBook
from app.documents.tables.plan_rows import RowKind
from app.documents.tables.plan_table import read_plan_document
from app.domain.plans.readings import PlanReading, RowReading, read_plan
from app.domain.plans.time_frames import TimeFrame
from app.models import AssigneeRole
from tests.support.plan_files import DOCX, ROOT
from tests.support.plan_readings import DAY, PLANS, reading_of
from tests.support.sample_names import known_names

PAGES = [ROOT / "docs" / language / "operate.md" for language in ("en", "vi")]
OPEN = "?"
LEAD, OTHERS = AssigneeRole.LEAD, AssigneeRole.COORDINATING
RIGHT, WRONG, ASKED = "right", "wrong", "asked"


@dataclass(frozen=True, slots=True)
class Expected:
    """One task as its file says it."""

    file: str
    item: str
    leads: tuple[str, ...]
    others: tuple[str, ...]
    time: str


def expected() -> dict[str, list[Expected]]:
    """The tasks of each file, in its order."""
    files: dict[str, list[Expected]] = {}
    for line in (PLANS / "expected.psv").read_text().splitlines():
        if line.startswith("#"):
            continue
        file, item, leads, others, time = (cell.strip() for cell in line.split("|"))
        one = Expected(file, item, tuple(leads.split()), tuple(others.split()), time)
        files.setdefault(file, []).append(one)
    return files


EXPECTED = expected()


def reading(file: str) -> PlanReading:
    """The reading of a file by its number; that of the sample with the names of its day."""
    if file == "sample":
        book = NameBook(known_names())
        return read_plan(read_plan_document(DOCX, file_name="plan.docx"), book, as_of=DAY)
    [path] = [one for one in PLANS.glob(f"{file}-*") if one.suffix in {".docx", ".xlsx"}]
    return reading_of(path.read_bytes(), path.name)


def measured(file: str) -> Counter[str]:
    """The numbers of values that are right, wrong and left to a person; rows too: those of the file
    are read, or their absence is named."""
    found = reading(file)
    tasks = [row for row in found.rows if row.row.kind is RowKind.TASK]
    counts = Counter({"left_out": len(found.document.left_out)})
    counts["rows"] = found.document.rows_seen
    for said, task in zip(EXPECTED[file], tasks, strict=True):
        is_same = said.item in (task.row.ordinal, task.row.title)
        counts[f"rows {RIGHT if is_same else WRONG}"] += 1
        counts.update(f"leads {one}" for one in names(said.leads, task, LEAD))
        counts.update(f"others {one}" for one in names(said.others, task, OTHERS))
        counts[f"times {time(said.time, task.time_frame)}"] += 1
    return counts


def names(said: Sequence[str], task: RowReading, role: AssigneeRole) -> Iterable[str]:
    """The judgement of each name of a role: a body that is not named, or not read, is wrong."""
    read = [one.mention for one in task.assignees if one.role is role]
    codes, unresolved = [one.code for one in read if one.code], sum(not one.code for one in read)
    known = [one for one in said if one != OPEN]
    missed = Counter(known) - Counter(codes)
    yield from [RIGHT] * (len(known) - missed.total())
    yield from [WRONG] * (Counter(codes) - Counter(known)).total()
    # A name that was not recognised waits for a person, with the words that it stands for.
    yield from [ASKED] * unresolved
    yield from [WRONG] * max(0, missed.total() + said.count(OPEN) - unresolved)


def time(said: str, frame: TimeFrame | None) -> str:
    assert frame is not None
    if frame.needs_person:
        return ASKED
    if frame.kind == "annual":
        read = f"hằng năm {frame.due_day}/{frame.due_month}" if frame.due_day else "hằng năm"
    else:
        read = "thường xuyên" if frame.kind == "continuous" else str(frame.ends_on)
    return RIGHT if read == said else WRONG


def line(counts: Counter[str]) -> str:
    """The cells of a table's line: rows (left out), then right / wrong / left to a person."""
    told = [f"{counts['rows']} ({counts['left_out']})"]
    for of in ("leads", "others", "times"):
        told.append(" / ".join(str(counts[f"{of} {how}"]) for how in (RIGHT, WRONG, ASKED)))
    return " | ".join(told)


@pytest.mark.parametrize("file", EXPECTED)
def test_nothing_is_read_wrongly(file: str) -> None:
    counts = measured(file)

    assert [name for name in counts if name.endswith(WRONG) and counts[name]] == []


def test_what_only_a_person_can_say_is_left_to_one() -> None:
    """A "?" is never filled in, and nothing plain is asked about but what these files are of."""
    said = Counter(one.time == OPEN for each in EXPECTED.values() for one in each)
    asked = sum((measured(file) for file in EXPECTED), Counter[str]())["times asked"]

    assert asked == said[True]


def test_under_a_tenth_of_the_sample_is_left_to_a_person() -> None:
    counts = measured("sample")

    for of in ("leads", "others", "times"):
        assert 10 * counts[f"{of} {ASKED}"] < counts[f"{of} {RIGHT}"]


def test_every_plan_file_of_the_tests_is_measured() -> None:
    files = {path.name[:2] for path in PLANS.iterdir() if path.suffix in {".docx", ".xlsx"}}

    assert EXPECTED.keys() == files | {"sample"}


def test_the_documentation_tells_the_table_as_it_is() -> None:
    others = sum((measured(file) for file in EXPECTED if file != "sample"), Counter[str]())
    lines = [line(measured("sample")), line(others)]

    for page in PAGES:
        assert [one for one in lines if one not in _table(page)] == []


def _table(page: Path) -> str:
    return "\n".join(re.findall(r"^\|.*\|$", page.read_text(), re.MULTILINE))
