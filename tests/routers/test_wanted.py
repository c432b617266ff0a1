"""The parts that a regime wants of a report before it is filed."""

from typing import Any

import pytest
from sqlmodel import update

from app.models import ReportingRegime, Wanted
from tests.support.assignments import OWED, REPORTER, at
from tests.support.reports import COMPLETED, EVIDENCE, key
from tests.support.sample import REPORT, Sample

EMPTY = REPORT | {"results": " \u200b"}
BARE = COMPLETED | {"evidence": []}
PAPER = {"document": EVIDENCE[0]}
LATE = {"late_reason": "Chờ số liệu của các đơn vị."}


async def filed(issued: Sample, content: dict[str, Any], *wants: Wanted, day: str) -> Any:
    """The faults of a report that is filed on this day where the regime wants these."""
    await issued.session.exec(update(ReportingRegime).values(wants=list(wants)))
    await issued.session.commit()
    with at(day):
        async with await issued.by(*REPORTER) as http:
            url = await key(issued, *OWED)
            drafted = await http.put(url, json=content)
            answer = await http.put(f"{url}?submit=true", json=content)
    # Whoever still writes may lack something.
    assert drafted.status_code == 200, drafted.text
    return [(one["pointer"], one["code"]) for one in answer.json().get("errors", [])]


@pytest.mark.parametrize(
    ("wants", "content", "pointer"),
    [
        ((), EMPTY, None),
        ((Wanted.TEXT,), EMPTY, "#/results"),
        ((Wanted.TEXT,), REPORT, None),
        ((Wanted.EVIDENCE,), REPORT | PAPER, "#/evidence"),
        ((Wanted.EVIDENCE,), REPORT | {"evidence": EVIDENCE}, None),
        ((Wanted.COMPLETION_TEXT,), EMPTY, None),
        ((Wanted.COMPLETION_TEXT,), COMPLETED | {"results": ""}, "#/results"),
        ((Wanted.COMPLETION_DOCUMENT,), REPORT, None),
        ((Wanted.COMPLETION_DOCUMENT,), BARE, "#/evidence"),
        ((Wanted.COMPLETION_DOCUMENT,), BARE | PAPER, None),
        ((Wanted.COMPLETION_DOCUMENT,), COMPLETED, None),
        ((Wanted.LATE_REASON,), REPORT, None),
    ],
)
async def test_a_report_has_what_the_regime_wants(
    issued: Sample, wants: tuple[Wanted, ...], content: dict[str, Any], pointer: str | None
) -> None:
    found = await filed(issued, content, *wants, day="2024-12-20")

    assert found == ([] if pointer is None else [(pointer, "required")])


async def test_lateness_has_a_reason_where_it_is_wanted_and_punctuality_none(
    issued: Sample,
) -> None:
    wants = (Wanted.LATE_REASON,)
    assert await filed(issued, REPORT | LATE, *wants, day="2024-12-20") == [
        ("#/late_reason", "not_late")
    ]
    assert await filed(issued, REPORT, *wants, day="2024-12-21") == [("#/late_reason", "required")]
    assert await filed(issued, REPORT | LATE, *wants, day="2024-12-21") == []


async def test_a_completion_has_a_text_and_a_document_by_default(issued: Sample) -> None:
    regime = ReportingRegime.model_fields["wants"].get_default(call_default_factory=True)

    found = await filed(issued, BARE | {"results": ""}, *map(Wanted, regime), day="2024-12-02")

    assert found == [("#/results", "required"), ("#/evidence", "required")]
