"""What is read right, and what is left to a person, over all plan files of the tests.

Each reading of these files equals one that was checked by hand (`test_plan_cases`, and the sample's
own tests), so nothing in the table is wrong; this counts how much of it a person has to settle.
"""

import re
from collections import Counter
from pathlib import Path

from app.documents.agency_names import NameBook
from app.documents.plan_table import read_plan_document
from app.domain.plans.readings import PlanReading, read_plan
from app.models import AssigneeRole
from tests.support.plan_files import DOCX, ROOT
from tests.support.plan_readings import DAY, PLANS, reading_of
from tests.support.sample_names import known_names

CASES = sorted(path for path in PLANS.iterdir() if path.suffix in {".docx", ".xlsx"})
PAGES = [ROOT / "docs" / language / "operate.md" for language in ("en", "vi")]


def counted(readings: list[PlanReading]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for reading in readings:
        counts["rows"] += reading.document.rows_seen
        counts["left_out"] += len(reading.document.left_out)
        for row in reading.rows:
            if row.time_frame is not None:
                counts["times"] += 1
                counts["times_asked"] += row.time_frame.needs_person
            for one in row.assignees:
                kind = "leads" if one.role is AssigneeRole.LEAD else "others"
                counts[kind] += 1
                counts[f"{kind}_asked"] += one.mention.code is None
    return counts


def line(counts: Counter[str]) -> str:
    cells = [f"{counts['rows']} ({counts['left_out']})"]
    cells += [f"{counts[of]} / {counts[f'{of}_asked']}" for of in ("leads", "others", "times")]
    return " | ".join(cells)


def the_sample() -> PlanReading:
    book = NameBook(known_names())
    return read_plan(read_plan_document(DOCX, file_name="plan.docx"), book, as_of=DAY)


def cases() -> list[PlanReading]:
    return [reading_of(path.read_bytes(), path.name) for path in CASES]


def test_the_documentation_tells_the_table_as_it_is() -> None:
    lines = [line(counted([the_sample()])), line(counted(cases()))]

    for page in PAGES:
        assert [one for one in lines if one not in _table(page)] == []


def test_under_a_tenth_of_the_sample_is_left_to_a_person() -> None:
    counts = counted([the_sample()])

    for of in ("leads", "others", "times"):
        assert 10 * counts[f"{of}_asked"] < counts[of]


def _table(page: Path) -> str:
    return "\n".join(re.findall(r"^\|.*\|$", page.read_text(), re.MULTILINE))
