"""The sample plan from every format of an office: the same draft, and the same 731 assignments."""

import shutil
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.config import Settings
from app.models import Agency, Assignment, Task
from tests.support.assignments import at
from tests.support.plan_files import TEXT
from tests.support.plan_readings import PLANS
from tests.support.sample import Sample, opened, plan_file
from tests.support.sample_facts import INFORMATION
from tests.support.transactions import Engines

OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
ENDINGS = [".txt", ".pdf", *(pytest.param(one, marks=OFFICE) for one in (".doc", ".odt", ".rtf"))]
NUMBERS = iter(range(1, 100))


async def issued_from(sample: Sample, ending: str, content: bytes) -> Counter[tuple[Any, ...]]:
    """The assignments after an import of the file: task, agency, role, occurrence and deadline."""
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": (f"ke-hoach{ending}", content)})
        assert made.status_code == 201, made.text
        plan = f"/v1/plans/{made.json()['plan_id']}"
        number = f"{next(NUMBERS)}/KH-UBND"
        completion = {"number": number, "issued_on": "2024-05-20", "coordinator": INFORMATION}
        assert (await http.patch(plan, json=completion)).status_code == 200
        issued = await http.post(f"{plan}/issue")
        assert issued.status_code == 200, issued.text
    owed = (
        sa.select(
            *(col(Task.ordinal), col(Agency.code), col(Assignment.role)),
            *(col(Assignment.occurrence), col(Assignment.deadline_on)),
        )
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(col(Assignment.plan_id) == made.json()["plan_id"])
    )
    rows = await (await sample.session.connection()).execute(owed)
    return Counter(tuple(row) for row in rows)


@pytest.fixture(scope="module")
async def word(registry_url: str, settings: Settings, engines: Engines) -> Counter[tuple[Any, ...]]:
    """The assignments after an import of the Word file."""
    async with opened(engines, registry_url, settings) as sample:
        with at("2024-06-10"):
            return await issued_from(sample, ".docx", plan_file())


@pytest.mark.usefixtures("june_2024")
@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_format_gives_the_same_731_assignments(
    sample: Sample, word: Counter[tuple[Any, ...]], ending: str
) -> None:
    forms = PLANS / "forms"
    content = TEXT if ending == ".txt" else (forms / f"sample{ending}").read_bytes()

    other = await issued_from(sample, ending, content)

    # Those of 2025 are known ahead, and have not begun.
    begun = sum(count for key, count in word.items() if key[3] != "2025")
    assert begun == 731
    assert other == word
