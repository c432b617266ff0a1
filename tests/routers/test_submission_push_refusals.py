"""Rows of a batch that are rejected, each by itself, and batches that are refused as a whole."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.auth.principal import Role
from app.config import Settings
from app.models import AssignmentStatus, PlanStatus, SubmissionAttempt, SubmissionStatus
from app.queries.registry.agencies import get_agency
from app.schemas.submission_pushes import MAX_ROWS
from tests.support.batches import NDJSON, URL, Json, lines, push, refusals, row, send, statuses
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, faults, resolved
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.sample import COMPLETION, REPORT, Sample
from tests.support.sample_facts import FINANCE, FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE, INFORMATION

ANSWER = resolved(OPERATIONS["pushSubmissions"][2]["responses"]["207"])


DECLARED = ANSWER["content"]["application/json"]


BAD: list[tuple[Any, int, str, list[str]]] = [
    (row(percent=101), 422, "validation_failed", ["/percent"]),
    (row(resultz="…"), 422, "validation_failed", ["/resultz"]),
    ({**row(), "outcome": None, "period": "2024-13"}, 422, "validation_failed",
     ["/outcome", "/period"]),
    (row(outcome="not_started", percent=5), 422, "validation_failed", [""]),
    (row(plan_id="01900000-0000-7000-8000-000000000009"), 422, "validation_failed", [""]),
    (row(assignment_id="01900000-0000-7000-8000-000000000009"), 422, "validation_failed", [""]),
    ({"period": "2024", **REPORT}, 422, "validation_failed", [""]),
    (row(key="x" * 201), 422, "validation_failed", ["/key"]),
    (row(key="\ud800"), 422, "validation_failed", ["/key"]),
    (row() | {"\ud800": 1}, 422, "validation_failed", [""]),
    (row(results="\0"), 422, "validation_failed", ["/results"]),
    (row(evidence=[{"number": "1", "issued_on": 5}]), 422, "validation_failed",
     ["/evidence/0/issued_on"]),
    ([], 422, "validation_failed", [""]),
    (None, 422, "validation_failed", [""]),
    ("báo cáo", 422, "validation_failed", [""]),
    (row("9.9"), 404, "not_found", []),
    (row(plan_number="0/KH-KHONG"), 404, "not_found", []),
    (row(period="2031"), 404, "not_found", []),
    (row(occurrence="2024"), 404, "not_found", []),
    (row(agency=INFORMATION), 403, "permission_denied", []),
    (row(agency="KHONG-CO"), 403, "permission_denied", []),
    ({"assignment_id": "01900000-0000-7000-8000-000000000009", "period": "2024", **REPORT},
     404, "not_found", []),
]  # fmt: skip


async def test_no_bad_row_hides_another(issued: Sample) -> None:
    rows: list[Any] = [row("1.2")]
    for bad, *_ in BAD:
        rows += [bad, row("1.2", key="lại")]

    answer = await push(issued, *rows)

    assert statuses(answer)[0::2] == ["created", *["unchanged"] * len(BAD)]
    assert refusals(answer) == [
        (2 * number + 1, status, code) for number, (_, status, code, _) in enumerate(BAD)
    ]
    pointers = [
        [fault["pointer"] for fault in item["problem"]["errors"]] for item in answer["items"][1::2]
    ]
    assert pointers == [
        [f"#/items/{2 * number + 1}{pointer}" for pointer in expected]
        for number, (*_, expected) in enumerate(BAD)
    ]
    assert faults(answer, DECLARED["schema"]) == []


async def test_lines_are_rows_and_a_broken_one_is_rejected_alone(issued: Sample) -> None:
    body = lines(
        b"", row("1.2"), b"  \r", b'{"period": ', row("2.2", percent=-1), b"\xff\xfe{}",
        b"[" * 100_000, b'{"percent": NaN}', row("2.4"), b"",
    )  # fmt: skip
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        sent = await http.post(URL, content=body, headers=NDJSON)
    answer = sent.json()

    assert (sent.status_code, sent.headers["content-type"]) == (207, "application/json")
    assert refusals(answer) == [
        (1, 400, "malformed_request"), (2, 422, "validation_failed"),
        (3, 400, "malformed_request"), (4, 400, "malformed_request"),
        (5, 422, "validation_failed"),
    ]  # fmt: skip
    assert [statuses(answer)[place] for place in (0, 6)] == ["created", "created"]
    [fault] = answer["items"][2]["problem"]["errors"]
    assert fault["pointer"] == "#/2/percent"


@pytest.mark.parametrize(
    ("content", "kind", "status", "code", "pointers"),
    [
        (b'{"items": [', "application/json", 400, "malformed_request", []),
        (b'{"items": ' + b"[" * 100_000, "application/json", 400, "malformed_request", []),
        (b'{"items": []}', "application/json", 422, "validation_failed", ["#/items"]),
        (b'{"items": {}}', "application/json; charset=utf-8", 422, "validation_failed",
         ["#/items"]),
        (b"{}", "application/json", 422, "validation_failed", ["#/items"]),
        (b'{"items": [1], "dry_run": true}', "application/json", 422, "validation_failed",
         ["#/dry_run"]),
        (b"[]", "application/json", 422, "validation_failed", ["#"]),
        (b" ", "application/json", 422, "validation_failed", ["#"]),
        (b"\n\n", "application/x-ndjson", 422, "validation_failed", ["#"]),
        (b'{"items": [1]}', "text/plain", 415, "unsupported_media_type", []),
        (b'{"items": [1]}', "", 415, "unsupported_media_type", []),
        (b'{"items": [' + b"1," * MAX_ROWS + b"1]}", "application/json", 413, "too_many_rows", []),
        (b"1\n" * (MAX_ROWS + 1), "application/x-ndjson", 413, "too_many_rows", []),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_the_whole_is_refused_as_a_whole(
    issued: Sample, *, content: bytes, kind: str, status: int, code: str, pointers: list[str]
) -> None:
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answer = await http.post(URL, content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_batch_has_a_limit_of_its_own(
    issued: Sample, settings: Settings, is_told: bool
) -> None:
    large = row("1.2", results="x" * 3000)
    body = json.dumps({"items": [large]}).encode()
    small = Api(issued.connection, settings, body_bytes=2048, batch_bytes=len(body))

    async def parts(content: bytes) -> Any:
        yield content[:1000]
        yield content[1000:]

    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    async with small.by(client, **{"Content-Type": "application/json"}) as http:
        fits, does_not = [
            await http.post(URL, content=content if is_told else parts(content))
            for content in (body, body + b" ")
        ]

    assert (fits.status_code, statuses(fits.json())) == (207, ["created"])
    assert (does_not.status_code, does_not.json()["code"]) == (413, "file_too_large")


@pytest.mark.parametrize("bad", [row("9.9"), row(percent=101), row("1.2", percent=7)])
async def test_of_all_or_nothing_nothing_is_kept_when_a_row_is_rejected(
    issued: Sample, bad: Json
) -> None:
    await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    before = await issued.rows_of_all_tables()

    answer = await push(issued, row("1.2"), bad, row("2.2"), atomic=True)

    assert await issued.rows_of_all_tables() == before
    assert (answer["applied"], statuses(answer)) == (False, ["created", "rejected", "created"])
    again = await push(issued, row("1.2"), row("2.2"), atomic=True)
    assert (again["applied"], statuses(again)) == (True, ["created", "created"])
    assert await issued.rows(SubmissionAttempt) == 2


async def test_what_fits_several_assignments_is_asked_about(issued: Sample) -> None:
    session = issued.session
    other = await make_plan(
        session, await get_agency(session, FINANCE), number=COMPLETION["number"]
    )  # fmt: skip
    task = await make_task(session, other, ordinal="3.3")
    owed = await make_assignment(session, task, await get_agency(session, FOREIGN_AFFAIRS))
    await make_submission(session, owed)
    named = row("3.3", plan_id=str(other.id))
    del named["plan_number"]

    answer = await push(issued, row("3.3"), named)

    assert statuses(answer) == ["rejected", "created"]
    problem = answer["items"][0]["problem"]
    assert (problem["status"], problem["code"]) == (422, "invalid")
    [fault] = problem["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/items/0/task_ordinal", "ambiguous_reference")


async def test_what_takes_no_report_is_rejected_as_by_a_single_push(issued: Sample) -> None:
    session = issued.session
    revoked = await issued.assignment(FOREIGN_AFFAIRS, "2.2", "2024")
    revoked.status = AssignmentStatus.REVOKED
    waived = await issued.submission(FOREIGN_AFFAIRS, "2.4", "2024")
    waived.status, waived.waived_reason = SubmissionStatus.WAIVED, "Miễn."
    waived.waived_on = waived.expected_on
    closed = await make_plan(
        session,
        await get_agency(session, FINANCE),
        status=PlanStatus.CLOSED,
        closed_at=datetime(2024, 6, 1, tzinfo=UTC),
    )
    owed = await make_assignment(
        session,
        await make_task(session, closed, ordinal="1"),
        await get_agency(session, FOREIGN_AFFAIRS),
    )
    await make_submission(session, owed)

    answer = await push(
        issued, row("2.2"), row("2.4"), row("1", plan_number=closed.number), row("1.2")
    )

    assert refusals(answer) == [
        (0, 409, "assignment_not_open"),
        (1, 409, "wrong_submission_state"),
        (2, 409, "wrong_plan_state"),
    ]
    assert answer["counts"]["created"] == 1


async def test_others_reports_are_seen_or_not_there(issued: Sample) -> None:
    # SNGV leads task 3.3, and so may read what SCT reports on it; of 2.1 it may not.
    led = await issued.assignment(INDUSTRY_AND_TRADE, "3.3", "once")
    other = await issued.assignment(INFORMATION, "2.1", "once")
    rows = [
        {"assignment_id": str(one.id), "period": "2024", "submit": True, **REPORT}
        for one in (led, other)
    ]

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answer = await send(http, *rows)
        singles = [
            await http.put(f"/v1/assignments/{one.id}/submissions/2024", json=REPORT)
            for one in (led, other)
        ]

    assert refusals(answer) == [(0, 403, "permission_denied"), (1, 404, "not_found")]
    assert [item["problem"]["detail"] for item in answer["items"]] == [
        one.json()["detail"] for one in singles
    ]


async def test_refusals_are_told_in_the_callers_language(issued: Sample) -> None:
    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    async with issued.api.by(client, **{"Accept-Language": "vi"}) as http:
        answer = await send(http, row("9.9"), row("1.2", percent=101))

    assert "Không" in answer["items"][0]["problem"]["detail"]
    assert answer["problems"][1]["detail"] == "Phải từ 100 trở xuống."
