"""One report for several assignments: all or nothing, once, and the same as so many single
pushes."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.auth.principal import Role
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.submissions import push
from app.domain.submissions import share as narratives
from app.errors import InvalidError
from app.models import Narrative, Submission, SubmissionAttempt
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.reports import BETTER, COMPLETED, EVIDENCE, REASON, decide, key
from tests.support.sample import REPORT, Sample, principal_of
from tests.support.sample_facts import (
    BUDGET_LINES,
    CULTURAL_DIPLOMACY,
    EDUCATION,
    FINANCE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    MISSIONS_ABROAD,
    VIETNAMESE_LANGUAGE_DAY,
    VIETNAMESE_LESSONS,
)

TASKS = (CULTURAL_DIPLOMACY, VIETNAMESE_LANGUAGE_DAY, MISSIONS_ABROAD)
FIELDS = ("status", "attempts", "received_on")


def occurrence(ordinal: str) -> str:
    """Task 5.3 is owed anew each year."""
    return "2024" if ordinal == MISSIONS_ABROAD else "once"


def assignment(ordinal: str, **given: Any) -> dict[str, Any]:
    """A task of the sample's plan that SNGV leads, for 2024."""
    named = {"plan_number": "MAU-01/KH-MAU", "task_ordinal": ordinal, "period": "2024"}
    return named | ({"occurrence": "2024"} if ordinal == MISSIONS_ABROAD else {}) | given


async def share(
    issued: Sample, *assignments: Any, agency: str = FOREIGN_AFFAIRS, **given: Any
) -> Any:
    """Write one report for these, and file it unless it is said otherwise."""
    body = {
        "content": REPORT,
        "for": assignments or [assignment(one) for one in TASKS],
        "submit": True,
    }
    async with await issued.reporter(agency) as http:
        return await http.post("/v1/submissions/shared", json=body | given)


async def shared(issued: Sample, *assignments: Any, **given: Any) -> list[dict[str, Any]]:
    answer = await share(issued, *assignments, **given)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def read(issued: Sample, submission_id: str, agency: str = FOREIGN_AFFAIRS) -> dict[str, Any]:
    async with await issued.reporter(agency) as http:
        found: dict[str, Any] = (await http.get(f"/v1/submissions/{submission_id}")).json()
    return found


def others(told: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in told["shared_with"]}


async def test_one_text_is_filed_for_each_and_says_so(issued: Sample) -> None:
    items = await shared(issued)

    assert [one["task_ordinal"] for one in items] == list(TASKS)
    assert {(one["status"], one["attempts"]) for one in items} == {("submitted", 1)}
    ids = [one["id"] for one in items]
    told = await read(issued, ids[0])
    assert others(told) == {ids[1]: "submitted", ids[2]: "submitted"}
    assert await issued.rows(Narrative) == 1
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        [attempt] = (await http.get(f"/v1/submissions/{ids[0]}/attempts")).json()["items"]
    assert attempt["shared_with"] == told["shared_with"]


async def test_the_same_again_changes_nothing(issued: Sample) -> None:
    first = await shared(issued)
    before = await issued.rows_of_all_tables()

    assert await shared(issued) == first
    assert await issued.rows_of_all_tables() == before


async def test_a_assignment_that_is_added_later_joins_the_others(issued: Sample) -> None:
    first, second = await shared(
        issued, assignment(CULTURAL_DIPLOMACY), assignment(VIETNAMESE_LANGUAGE_DAY)
    )
    [*same, added] = await shared(issued)

    assert same == [first, second]
    assert others(await read(issued, added["id"])).keys() == {first["id"], second["id"]}
    assert await issued.rows(Narrative) == 1


async def test_what_differs_for_one_is_its_own(issued: Sample) -> None:
    items = await shared(
        issued,
        assignment(CULTURAL_DIPLOMACY, outcome="completed", percent=100),
        assignment(VIETNAMESE_LANGUAGE_DAY, percent=10),
        assignment(MISSIONS_ABROAD),
        content=REPORT | {"evidence": EVIDENCE},
    )

    contents = [(await read(issued, one["id"]))["content"] for one in items]
    assert [(one["outcome"], one["percent"]) for one in contents] == [
        ("completed", 100),
        ("in_progress", 10),
        ("in_progress", 40),
    ]
    assert {one["results"] for one in contents} == {REPORT["results"]}
    assert (
        await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    ).status == "awaiting_confirmation"


async def test_one_that_is_refused_lets_none_be_stored(issued: Sample) -> None:
    await shared(issued, assignment(CULTURAL_DIPLOMACY))
    before = await issued.rows_of_all_tables()
    strange = assignment(VIETNAMESE_LANGUAGE_DAY, period="2019")
    answer = await share(
        issued,
        assignment(MISSIONS_ABROAD),
        assignment(CULTURAL_DIPLOMACY, percent=90),
        strange,
        assignment(BUDGET_LINES),
        {
            "assignment_id": str((await issued.assignment(FINANCE, BUDGET_LINES, "once")).id),
            "period": "2024",
        },
    )
    unsound = await share(
        issued,
        assignment(MISSIONS_ABROAD),
        assignment(VIETNAMESE_LANGUAGE_DAY, outcome="not_started"),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/for/1", "wrong_submission_state"),
        ("#/for/2", "not_found"),
        ("#/for/3", "not_found"),
        ("#/for/4", "not_found"),
    ]
    assert [one["pointer"] for one in unsound.json()["errors"]] == ["#/for/1"]
    assert await issued.rows_of_all_tables() == before


@pytest.mark.parametrize(
    "given",
    [
        {"for": []},
        {"for": [assignment(CULTURAL_DIPLOMACY)] * 201},
        {"for": [{"period": "2024"}]},
        {"content": REPORT | {"percent": 101}},
        {"for": [assignment(CULTURAL_DIPLOMACY, answers=[])]},
        {"for": [assignment(CULTURAL_DIPLOMACY), assignment(CULTURAL_DIPLOMACY)]},
    ],
)
async def test_what_makes_no_sense_is_refused(issued: Sample, given: dict[str, Any]) -> None:
    answer = await share(issued, **given)

    assert answer.status_code == 422
    assert await issued.rows(SubmissionAttempt) == 0


async def test_a_draft_is_shared_until_one_is_worked_over(issued: Sample) -> None:
    first, second, third = await shared(issued, submit=False)
    drafted = await read(issued, first["id"])
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        changed = (
            await http.put(await key(issued, ordinal=VIETNAMESE_LANGUAGE_DAY), json=BETTER)
        ).json()
        filed = (await http.post(f"/v1/submissions/{first['id']}/submit")).json()
    finished = await shared(issued, assignment(CULTURAL_DIPLOMACY), assignment(MISSIONS_ABROAD))

    assert others(drafted) == {second["id"]: "draft", third["id"]: "draft"}
    assert (changed["shared_with"], others(filed)) == ([], {third["id"]: "draft"})
    assert others(await read(issued, finished[0]["id"])) == {third["id"]: "submitted"}
    assert await issued.rows(Narrative) == 1


async def test_each_is_decided_on_alone_and_says_which_others_wait(issued: Sample) -> None:
    first, second, third = await shared(issued)
    accepted = await decide(issued, first["id"], "accept")
    returned = await decide(issued, second["id"], "send-back", **REASON)

    assert others(accepted) == {second["id"]: "submitted", third["id"]: "submitted"}
    assert others(returned) == {first["id"]: "accepted", third["id"]: "submitted"}
    mine = await read(issued, second["id"])
    assert (mine["is_draft"], len(mine["shared_with"])) == (True, 2)


async def test_who_may_not_read_another_is_not_told_of_it(issued: Sample) -> None:
    led, contributed = await shared(
        issued, assignment(CULTURAL_DIPLOMACY), assignment(VIETNAMESE_LESSONS, occurrence="2024")
    )

    told = await read(issued, contributed["id"], agency=EDUCATION)
    assert told["status"] == "submitted"
    assert told["shared_with"] == []
    assert others(await read(issued, led["id"])) == {contributed["id"]: "submitted"}


async def test_a_tag_changes_with_those_that_share(issued: Sample) -> None:
    first, second, _ = await shared(issued)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        tag = (await http.get(f"/v1/submissions/{first['id']}")).headers["etag"]
        await decide(issued, second["id"], "accept")
        headers = {"If-None-Match": tag}
        again = await http.get(f"/v1/submissions/{first['id']}", headers=headers)

    assert again.status_code == 200
    assert again.json()["shared_with"][0]["status"] == "accepted"


async def test_several_plans_get_one_report(issued: Sample) -> None:
    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    agency_id = client.agency_id
    owner = (await issued.client(INFORMATION, Role.COORDINATOR)).agency_id
    plan = await make_plan(
        issued.session,
        owner=type("Owner", (), {"id": owner})(),  # only its id is asked for
    )
    task = await make_task(issued.session, plan)
    other = await make_assignment(issued.session, task, type("Agency", (), {"id": agency_id})())
    await make_submission(issued.session, other)
    items = await shared(
        issued, assignment(CULTURAL_DIPLOMACY), {"assignment_id": str(other.id), "period": "2024"}
    )

    assert len({one["plan_id"] for one in items}) == 2
    assert others(await read(issued, items[0]["id"])) == {items[1]["id"]: "submitted"}


PUSH = st.tuples(
    st.booleans(),
    st.sampled_from([REPORT, BETTER, COMPLETED]),
    st.sets(st.sampled_from(TASKS), min_size=1),
)


@pytest.mark.anyio
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(PUSH, min_size=1, max_size=3))
async def test_shared_is_so_many_single_pushes(
    issued: Sample, history: list[tuple[bool, dict[str, Any], set[str]]]
) -> None:
    """Whatever went before: the same rows, but for the link."""
    found = []
    for is_shared in (True, False):
        found.append(await outcome_of(issued, history, is_shared=is_shared))

    assert found[0] == found[1]


async def outcome_of(
    issued: Sample, history: list[tuple[bool, dict[str, Any], set[str]]], *, is_shared: bool
) -> list[Any]:
    """The states of the reports, and their answers, after all of the history; nothing of it is
    stored."""
    session, client = issued.session, await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    await session.refresh(client)
    principal, refused = principal_of(client), []
    assignments = [await issued.assignment(FOREIGN_AFFAIRS, one, occurrence(one)) for one in TASKS]
    ids = dict(zip(TASKS, (one.id for one in assignments), strict=True))
    async with session.begin_nested() as whole:
        for submit, content, ordinals in history:
            pushes = [
                push.SubmissionPush(principal.agency_id, ids[one], "2024", content, submit)
                for one in sorted(ordinals)
            ]
            async with session.begin_nested() as step:
                try:
                    if is_shared:
                        await narratives.share(PersonalAct(session, principal, utc_now()), pushes)
                    else:
                        verdicts, _ = await push.push_submissions(
                            PersonalAct(session, principal, utc_now()),
                            pushes,
                            atomic=True,
                            dry_run=False,
                        )
                        if any(one.error for one in verdicts):
                            raise ValueError
                    refused.append(False)
                except (InvalidError, ValueError):
                    refused.append(True)
                    await step.rollback()
        rows = [await issued.submission(FOREIGN_AFFAIRS, one, occurrence(one)) for one in TASKS]
        noted = [await issued.noted("submission", row.id) for row in rows]
        told = [
            [[getattr(row, name) for name in FIELDS] for row in rows],
            [[one.action for one in entries] for entries, _ in noted],
            [[(one.type, one.data) for one in events] for _, events in noted],
            [
                (await issued.assignment(FOREIGN_AFFAIRS, one, occurrence(one))).status
                for one in TASKS
            ],
            await issued.rows(SubmissionAttempt),
            await issued.rows(Submission),
            refused,
        ]
        await whole.rollback()
    return told
