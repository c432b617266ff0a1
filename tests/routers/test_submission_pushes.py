import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app.auth.principal import Role
from app.config import Settings
from app.http.batches import MAX_FAULTS, MAX_GROUPS, MAX_INDEXES
from app.models import AssignmentStatus, PlanStatus, SubmissionAttempt, SubmissionStatus
from app.queries.registry.agencies import get_agency
from app.schemas.submission_pushes import MAX_ROWS
from tests.support.batches import NDJSON, Json, lines, push, refusals, row, send, statuses
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, example_of, faults, resolved
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.reports import BETTER, REASON, decide, key, shown
from tests.support.sample import COMPLETION, REPORT, Sample

URL = "/v1/submissions/batch"
COMPLETED = {"outcome": "completed", "percent": 100}
ANSWER = resolved(OPERATIONS["pushSubmissions"][2]["responses"]["207"])
DECLARED = ANSWER["content"]["application/json"]


async def test_each_row_is_what_a_single_push_is(issued: Sample) -> None:
    async with await issued.reporter("SNGV") as http:
        await http.put(await key(issued, ordinal="2.2", year="2024"), json=REPORT)
        await http.put(f"{await key(issued)}?submit=true", json=REPORT)
        answer = await send(
            http,
            row("1.2", key="moi"),
            row("2.2", key="tu-ban-soan"),
            row("3.3", key="gui-lai"),
            row("3.3", key="khac", percent=90),
            row("2.4", key="soan", submit=False),
        )
        filed = (await http.get(await key(issued, ordinal="1.2", year="2024"))).json()

    assert statuses(answer) == ["created", "changed", "unchanged", "rejected", "created"]
    assert answer["counts"] == {"created": 2, "changed": 1, "unchanged": 1, "rejected": 1}
    assert (answer["applied"], refusals(answer)) == (True, [(3, 409, "wrong_submission_state")])
    assert [(one["index"], one["key"]) for one in answer["items"]] == [
        (0, "moi"), (1, "tu-ban-soan"), (2, "gui-lai"), (3, "khac"), (4, "soan"),
    ]  # fmt: skip
    first = answer["items"][0]["result"]
    assert first == {name: filed[name] for name in first}
    assert [one["result"] and one["result"]["status"] for one in answer["items"]] == [
        "submitted", "submitted", "submitted", None, "draft",
    ]  # fmt: skip
    assert filed["content"] == shown(REPORT)


async def test_what_is_filed_is_noted_as_if_it_came_alone(issued: Sample) -> None:
    answer = await push(issued, row("1.2"), row("2.2", submit=False))
    filed, drafted = (one["result"]["id"] for one in answer["items"])
    client = await issued.client("SNGV", Role.REPORTER)

    [entry], [event] = await issued.noted("submission", filed)
    assert (entry.action, entry.detail, entry.client_id) == ("submitted", {"attempt": 1}, client.id)
    assert (entry.agency_id, entry.request_id is None) == (client.agency_id, False)
    assert (event.type, event.data) == ("tiendo.submission.submitted", {"attempt": 1})
    assert event.agency_id == client.agency_id
    assert event.plan_id == (await issued.the_plan()).id
    [entry], events = await issued.noted("submission", drafted)
    assert (entry.action, events) == ("drafted", [])
    assert (await issued.assignment("SNGV", "1.2", "2024")).status == "in_progress"


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
    (row(agency="STTTT"), 403, "permission_denied", []),
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
    async with await issued.reporter("SNGV") as http:
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
    async with await issued.reporter("SNGV") as http:
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

    client = await issued.client("SNGV", Role.REPORTER)
    async with small.by(client, **{"Content-Type": "application/json"}) as http:
        fits, does_not = [
            await http.post(URL, content=content if is_told else parts(content))
            for content in (body, body + b" ")
        ]

    assert (fits.status_code, statuses(fits.json())) == (207, ["created"])
    assert (does_not.status_code, does_not.json()["code"]) == (413, "file_too_large")


async def test_as_many_rows_as_are_allowed_are_taken(issued: Sample) -> None:
    answer = await push(issued, row("1.2"), *[row("1.2", submit=False)] * (MAX_ROWS - 1))

    assert answer["counts"] == {
        "created": 1, "changed": 0, "unchanged": MAX_ROWS - 1, "rejected": 0,
    }  # fmt: skip


async def test_a_later_row_sees_what_an_earlier_one_did(issued: Sample) -> None:
    answer = await push(
        issued,
        row("3.3", submit=False),
        row("3.3", submit=False, percent=50),
        row("3.3", **COMPLETED),
        row("3.3", **COMPLETED),
        row("3.3", percent=90),
        row("3.3", period="2025"),
    )

    assert statuses(answer) == [
        "created", "changed", "changed", "unchanged", "rejected", "created",
    ]  # fmt: skip
    assert refusals(answer) == [(4, 409, "wrong_submission_state")]
    entries, events = await issued.noted("submission", answer["items"][0]["result"]["id"])
    assert [one.action for one in entries] == ["drafted", "drafted", "submitted"]
    assert [one.data for one in events] == [{"attempt": 1}]
    # The report of 2025 says that work goes on; that of 2024 still waits with a completion.
    assert (await issued.assignment("SNGV", "3.3", "once")).status == "awaiting_confirmation"


async def test_a_report_that_was_sent_back_is_filed_again(issued: Sample) -> None:
    first = await push(issued, row("3.3"))
    await decide(issued, first["items"][0]["result"]["id"], "send-back", **REASON)

    answer = await push(issued, row("3.3"), row("3.3", **BETTER))

    assert statuses(answer) == ["unchanged", "changed"]
    assert [one["result"]["attempts"] for one in answer["items"]] == [1, 2]


@time_machine.travel("2024-12-01T02:00:00Z", tick=False)
async def test_a_dry_run_answers_alike_and_stores_nothing(issued: Sample) -> None:
    rows = [row("1.2"), row("1.2", submit=False), row("9.9"), row("3.3", **COMPLETED)]
    await issued.client("SNGV", Role.REPORTER)
    before = await issued.rows_of_all_tables()
    sequences = sa.text("select sum(last_value) from pg_sequences")
    used = (await issued.connection.execute(sequences)).scalar_one()

    tried = await push(issued, *rows, dry_run=True)

    assert await issued.rows_of_all_tables() == before
    assert (await issued.connection.execute(sequences)).scalar_one() == used
    assert (await issued.submission("SNGV", "1.2", "2024")).status == "expected"
    assert (await issued.assignment("SNGV", "3.3", "once")).status == "not_started"
    meant = await push(issued, *rows)
    assert without_request(tried) == without_request(meant) | {"applied": False}
    assert meant["counts"] == {"created": 2, "changed": 0, "unchanged": 1, "rejected": 1}


def without_request(answer: Json) -> Json:
    for item in answer["items"]:
        item["problem"] = item["problem"] and item["problem"] | {"request_id": ""}
    return answer


@pytest.mark.parametrize("bad", [row("9.9"), row(percent=101), row("1.2", percent=7)])
async def test_of_all_or_nothing_nothing_is_kept_when_a_row_is_rejected(
    issued: Sample, bad: Json
) -> None:
    await issued.client("SNGV", Role.REPORTER)
    before = await issued.rows_of_all_tables()

    answer = await push(issued, row("1.2"), bad, row("2.2"), atomic=True)

    assert await issued.rows_of_all_tables() == before
    assert (answer["applied"], statuses(answer)) == (False, ["created", "rejected", "created"])
    again = await push(issued, row("1.2"), row("2.2"), atomic=True)
    assert (again["applied"], statuses(again)) == (True, ["created", "created"])
    assert await issued.rows(SubmissionAttempt) == 2


async def test_what_many_rows_have_in_common_is_told_once(issued: Sample) -> None:
    rows = [row("1.2", resultz="…", percent=number) for number in range(95, 107)]

    answer = await push(issued, *rows, row("9.9"), row("9.8"))

    assert [
        (one["code"], one["fault"], one["pointer"], one["count"], one["indexes"])
        for one in answer["problems"]
    ] == [
        ("validation_failed", "extra_forbidden", "#/resultz", 12, list(range(MAX_INDEXES))),
        ("validation_failed", "less_than_equal", "#/percent", 6, list(range(6, 12))),
        ("not_found", None, None, 2, [12, 13]),
    ]
    assert answer["problems"][0]["detail"] == answer["items"][0]["problem"]["errors"][0]["detail"]
    assert answer["problems"][2]["detail"] == answer["items"][12]["problem"]["detail"]


async def test_an_answer_does_not_outgrow_what_was_sent(issued: Sample) -> None:
    rows = [row("1.2", **{f"x{n}-{m}": 1 for m in range(50)}) for n in range(50)]

    answer = await push(issued, *rows)

    assert {len(item["problem"]["errors"]) for item in answer["items"]} == {MAX_FAULTS}
    assert "50" in answer["items"][0]["problem"]["detail"]
    assert len(answer["problems"]) == MAX_GROUPS


async def test_an_assignment_is_named_by_its_id_as_well(issued: Sample) -> None:
    assignment = await issued.assignment("SNGV", "3.3", "once")
    plan = await issued.the_plan()
    by_id = {"assignment_id": str(assignment.id), "period": "2024", "submit": True, **REPORT}
    by_plan = row("3.3", plan_id=str(plan.id), occurrence="once")
    del by_plan["plan_number"]

    answer = await push(issued, by_id, by_plan)

    assert statuses(answer) == ["created", "unchanged"]


async def test_what_fits_several_assignments_is_asked_about(issued: Sample) -> None:
    session = issued.session
    other = await make_plan(
        session, await get_agency(session, "STC"), number=COMPLETION["number"]
    )  # fmt: skip
    task = await make_task(session, other, ordinal="3.3")
    owed = await make_assignment(session, task, await get_agency(session, "SNGV"))
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
    revoked = await issued.assignment("SNGV", "2.2", "2024")
    revoked.status = AssignmentStatus.REVOKED
    waived = await issued.submission("SNGV", "2.4", "2024")
    waived.status, waived.waived_reason = SubmissionStatus.WAIVED, "Miễn."
    waived.waived_on = waived.expected_on
    closed = await make_plan(
        session,
        await get_agency(session, "STC"),
        status=PlanStatus.CLOSED,
        closed_at=datetime(2024, 6, 1, tzinfo=UTC),
    )
    owed = await make_assignment(
        session, await make_task(session, closed, ordinal="1"), await get_agency(session, "SNGV")
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
    led = await issued.assignment("SCT", "3.3", "once")
    other = await issued.assignment("STTTT", "2.1", "once")
    rows = [
        {"assignment_id": str(one.id), "period": "2024", "submit": True, **REPORT}
        for one in (led, other)
    ]

    async with await issued.reporter("SNGV") as http:
        answer = await send(http, *rows)
        singles = [
            await http.put(f"/v1/assignments/{one.id}/submissions/2024", json=REPORT)
            for one in (led, other)
        ]

    assert refusals(answer) == [(0, 403, "permission_denied"), (1, 404, "not_found")]
    assert [item["problem"]["detail"] for item in answer["items"]] == [
        one.json()["detail"] for one in singles
    ]


async def test_a_system_reports_for_each_agency_that_it_serves(issued: Sample) -> None:
    served, acting = ("SNGV", "SCT"), {"Acting-Agency": "SNGV"}
    client = await issued.client("VPUB", Role.REPORTER, acts_for=served)
    sct = await issued.assignment("SCT", "3.3", "once")
    named = {"assignment_id": str(sct.id), "period": "2024", "submit": True, **REPORT}
    async with issued.api.by(client, **acting) as http:
        answer = await send(
            http,
            row("3.3"),
            named,
            named | {"agency": "SCT"},
            row("3.3", agency=str(sct.agency_id), period="2025"),
            row("3.3", agency="STTTT"),
        )

    assert statuses(answer) == ["created", "rejected", "created", "created", "rejected"]
    assert refusals(answer) == [(1, 403, "permission_denied"), (4, 403, "permission_denied")]
    own = await issued.assignment("SNGV", "3.3", "once")
    for place, agency_id in ((0, own.agency_id), (2, sct.agency_id)):
        [entry], [event] = await issued.noted("submission", answer["items"][place]["result"]["id"])
        assert (entry.client_id, entry.agency_id) == (client.id, agency_id)
        assert event.agency_id == agency_id


async def test_the_contracts_example_is_filed(issued: Sample) -> None:
    operation = OPERATIONS["pushSubmissions"][2]
    rows = example_of(operation)["items"]
    line = operation["requestBody"]["content"]["application/x-ndjson"]["example"]
    assert [json.loads(line)] == rows

    with time_machine.travel("2024-12-01T02:00:00Z"):
        answer = await push(issued, *[one | {"period": "2024"} for one in rows])

    assert (statuses(answer), answer["items"][0]["key"]) == (["created"], rows[0]["key"])


async def test_refusals_are_told_in_the_callers_language(issued: Sample) -> None:
    client = await issued.client("SNGV", Role.REPORTER)
    async with issued.api.by(client, **{"Accept-Language": "vi"}) as http:
        answer = await send(http, row("9.9"), row("1.2", percent=101))

    assert "Không" in answer["items"][0]["problem"]["detail"]
    assert answer["problems"][1]["detail"] == "Phải từ 100 trở xuống."


async def test_a_repeated_request_is_answered_as_the_first_time(issued: Sample) -> None:
    for headers in ({"Content-Type": "application/json"}, NDJSON):
        one = row("1.2" if headers is NDJSON else "2.2")
        body = lines(one) if headers is NDJSON else json.dumps({"items": [one]}).encode()
        given = {**headers, "Idempotency-Key": f"lo-{headers['Content-Type']}"}
        async with await issued.reporter("SNGV") as http:
            first, again = [await http.post(URL, content=body, headers=given) for _ in range(2)]

        assert (first.status_code, statuses(first.json())) == (207, ["created"])
        assert (again.status_code, again.content) == (207, first.content)
        assert again.headers["idempotency-replayed"] == "true"


async def test_a_batch_counts_what_it_costs(issued: Sample, settings: Settings) -> None:
    counting = Api(issued.connection, settings, rate_per_second=1.0, rate_burst=100)
    client = await issued.client("SNGV", Role.REPORTER)
    rows = [row("1.2", submit=False)] * MAX_ROWS

    async with counting.by(client) as http:
        assert (await send(http, *rows))["counts"]["created"] == 1
        refused = await http.post(URL, json={"items": rows})
        # Fifty and one units were spent; a few are left for what is small.
        small = await http.post(URL, json={"items": rows[:19]})

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert small.status_code == 207


async def test_a_row_names_its_assignment_by_the_callers_own_id(issued: Sample) -> None:
    once = await issued.assignment("SNGV", "3.3", "once")
    yearly = await issued.assignment("SNGV", "1.2", "2024")
    async with await issued.reporter("SNGV") as http, await issued.issuer() as issuer:
        ref = f"/v1/assignments/{once.id}/external-refs/ioffice"
        assert (await http.put(ref, json={"id": "VIEC/33"})).status_code == 200
        ref = f"/v1/tasks/{yearly.task_id}/external-refs/ioffice"
        assert (await issuer.put(ref, json={"id": "NV-1.2"})).status_code == 200
        named = [{"system": "ioffice", "id": id_} for id_ in ("VIEC/33", "NV-1.2", "NV-9")]
        rows = [{"external_ref": ref, "period": "2024", **REPORT} for ref in named]
        answer = await send(http, *rows, rows[0] | {"plan_number": COMPLETION["number"]})

    assert statuses(answer) == ["created", "created", "rejected", "rejected"]
    assert [one["result"]["assignment_id"] for one in answer["items"][:2]] == [
        str(once.id),
        str(yearly.id),
    ]
    assert refusals(answer) == [(2, 404, "not_found"), (3, 422, "validation_failed")]
