"""None"""

import json

import sqlalchemy as sa
import time_machine

from app.auth.principal import Role
from app.config import Settings
from app.http.batches import MAX_FAULTS, MAX_GROUPS, MAX_INDEXES
from app.schemas.submission_pushes import MAX_ROWS
from tests.support.batches import NDJSON, URL, Json, lines, push, refusals, row, send, statuses
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, example_of
from tests.support.reports import BETTER, REASON, decide, key, shown
from tests.support.sample import COMPLETION, REPORT, Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
)
from tests.support.transactions import calls_of, count_calls

COMPLETED = {
    "outcome": "completed",
    "percent": 100,
    "evidence": [{"number": "215/BC-SNgV", "issued_on": "2024-05-20"}],
}


async def test_each_row_is_what_a_single_push_is(issued: Sample) -> None:
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
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
    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)

    [entry], [event] = await issued.noted("submission", filed)
    assert (entry.action, entry.detail, entry.client_id) == ("submitted", {"attempt": 1}, client.id)
    assert (entry.agency_id, entry.request_id is None) == (client.agency_id, False)
    assert (event.type, event.data) == ("tiendo.submission.submitted", {"attempt": 1})
    assert event.agency_id == client.agency_id
    assert event.plan_id == (await issued.the_plan()).id
    [entry], events = await issued.noted("submission", drafted)
    assert (entry.action, events) == ("drafted", [])
    assert (await issued.assignment(FOREIGN_AFFAIRS, "1.2", "2024")).status == "in_progress"


async def test_the_place_of_its_events_is_asked_for_once(issued: Sample) -> None:
    await count_calls(issued.session)

    answer = await push(issued, row("1.2"), row("2.2"), row("3.3"))

    assert answer["counts"]["created"] == 3
    assert await calls_of(issued.session, "event_position") == 1


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
    assert (
        await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    ).status == "awaiting_confirmation"


async def test_a_report_that_was_sent_back_is_filed_again(issued: Sample) -> None:
    first = await push(issued, row("3.3"))
    await decide(issued, first["items"][0]["result"]["id"], "send-back", **REASON)

    answer = await push(issued, row("3.3"), row("3.3", **BETTER))

    assert statuses(answer) == ["unchanged", "changed"]
    assert [one["result"]["attempts"] for one in answer["items"]] == [1, 2]


@time_machine.travel("2024-12-01T02:00:00Z", tick=False)
async def test_a_dry_run_answers_alike_and_stores_nothing(issued: Sample) -> None:
    rows = [row("1.2"), row("1.2", submit=False), row("9.9"), row("3.3", **COMPLETED)]
    await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    before = await issued.rows_of_all_tables()
    sequences = sa.text("select sum(last_value) from pg_sequences")
    used = (await issued.connection.execute(sequences)).scalar_one()

    tried = await push(issued, *rows, dry_run=True)

    assert await issued.rows_of_all_tables() == before
    assert (await issued.connection.execute(sequences)).scalar_one() == used
    assert (await issued.submission(FOREIGN_AFFAIRS, "1.2", "2024")).status == "expected"
    assert (await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")).status == "not_started"
    meant = await push(issued, *rows)
    assert without_request(tried) == without_request(meant) | {"applied": False}
    assert meant["counts"] == {"created": 2, "changed": 0, "unchanged": 1, "rejected": 1}


def without_request(answer: Json) -> Json:
    for item in answer["items"]:
        item["problem"] = item["problem"] and item["problem"] | {"request_id": ""}
    return answer


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
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    plan = await issued.the_plan()
    by_id = {"assignment_id": str(assignment.id), "period": "2024", "submit": True, **REPORT}
    by_plan = row("3.3", plan_id=str(plan.id), occurrence="once")
    del by_plan["plan_number"]

    answer = await push(issued, by_id, by_plan)

    assert statuses(answer) == ["created", "unchanged"]


async def test_a_system_reports_for_each_agency_that_it_serves(issued: Sample) -> None:
    served, acting = (FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE), {"Acting-Agency": FOREIGN_AFFAIRS}
    client = await issued.client(COMMITTEE_OFFICE, Role.REPORTER, acts_for=served)
    sct = await issued.assignment(INDUSTRY_AND_TRADE, "3.3", "once")
    named = {"assignment_id": str(sct.id), "period": "2024", "submit": True, **REPORT}
    async with issued.api.by(client, **acting) as http:
        answer = await send(
            http,
            row("3.3"),
            named,
            named | {"agency": INDUSTRY_AND_TRADE},
            row("3.3", agency=str(sct.agency_id), period="2025"),
            row("3.3", agency=INFORMATION),
        )

    assert statuses(answer) == ["created", "rejected", "created", "created", "rejected"]
    assert refusals(answer) == [(1, 403, "permission_denied"), (4, 403, "permission_denied")]
    own = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    for place, agency_id in ((0, own.agency_id), (2, sct.agency_id)):
        [entry], [event] = await issued.noted("submission", answer["items"][place]["result"]["id"])
        assert (entry.client_id, entry.agency_id) == (client.id, agency_id)
        assert event.agency_id == agency_id


async def test_the_contracts_example_is_filed(issued: Sample) -> None:
    operation = OPERATIONS["pushSubmissions"][2]
    rows = example_of(operation)["items"]
    line = operation["requestBody"]["content"]["application/x-ndjson"]["example"]
    assert [json.loads(line)] == rows

    with time_machine.travel("2026-11-20T02:00:00Z"):
        answer = await push(issued, *[one | {"period": "2024"} for one in rows])

    assert (statuses(answer), answer["items"][0]["key"]) == (["created"], rows[0]["key"])


async def test_a_repeated_request_is_answered_as_the_first_time(issued: Sample) -> None:
    for headers in ({"Content-Type": "application/json"}, NDJSON):
        one = row("1.2" if headers is NDJSON else "2.2")
        body = lines(one) if headers is NDJSON else json.dumps({"items": [one]}).encode()
        given = {**headers, "Idempotency-Key": f"lo-{headers['Content-Type']}"}
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            first, again = [await http.post(URL, content=body, headers=given) for _ in range(2)]

        assert (first.status_code, statuses(first.json())) == (207, ["created"])
        assert (again.status_code, again.content) == (207, first.content)
        assert again.headers["idempotency-replayed"] == "true"


async def test_a_batch_counts_what_it_costs(issued: Sample, settings: Settings) -> None:
    # The rate is so low that a slow machine earns no unit while the first batch is written.
    counting = Api(issued.connection, settings, rate_per_second=0.001, rate_burst=100)
    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    rows = [row("1.2", submit=False)] * MAX_ROWS

    async with counting.by(client) as http:
        assert (await send(http, *rows))["counts"]["created"] == 1
        refused = await http.post(URL, json={"items": rows})
        # Fifty and one units were spent; a few are left for what is small.
        small = await http.post(URL, json={"items": rows[:19]})

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert small.status_code == 207


async def test_a_row_names_its_assignment_by_the_callers_own_id(issued: Sample) -> None:
    once = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    yearly = await issued.assignment(FOREIGN_AFFAIRS, "1.2", "2024")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http, await issued.issuer() as issuer:
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
