"""More time: asked for, granted, refused, taken back; judged by both deadlines on every day."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import Event, Extension, Submission
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    ORDER,
    OWED,
    REPORTER,
    WISH,
    WORDS,
    asked,
    at,
    completed,
    done,
    read,
    send,
    shown,
)
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    MISSIONS_ABROAD,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_RESOLUTION,
)

BASIS = {"basis": "15/TB-UBND"}
SUPERVISOR = (FATHERLAND_FRONT, Role.SUPERVISOR)


async def figures(issued: Sample, day: str) -> dict[str, Any]:
    """The figures of all assignments of SNGV, as of a day, by both deadlines."""
    plan = await issued.the_plan()
    url = f"plans/{plan.id}/statistics?by=agency&as_of={day}&role=all&deadline=both"
    answer = await read(issued, SUPERVISOR, url)
    [found] = [one for one in answer["groups"] if one["code"] == FOREIGN_AFFAIRS]
    statistics: dict[str, Any] = found["statistics"]
    return statistics


async def test_an_agency_asks_and_is_given_time_and_what_was_late_stays_late(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    old = str(row.deadline_on)
    assert old == "2024-12-31"
    with at("2025-01-20"):
        before = await figures(issued, "2025-01-19")
        extension = await asked(issued, row, "2025-06-30")
        assert extension["state"] == "pending"
        assert extension["allowed_actions"] == ["withdraw"]
        assert (await shown(issued, row.id))["allowed_actions"] == ["report", "refuse"]
    with at("2025-01-25"):
        waiting = await figures(issued, "2025-01-24")
        granted = await done(issued, COORDINATOR, f"extensions/{extension['id']}/approve", **BASIS)
        now = await shown(issued, row.id)

    assert (granted["state"], granted["granted_deadline_on"]) == ("approved", "2025-06-30")
    assert granted["decided_by"]["code"] == INFORMATION
    assert (now["deadline_on"], now["original_deadline_on"]) == ("2025-06-30", old)
    assert (now["timeliness"], now["original_timeliness"]) == ("in_time", "overdue")
    with at("2025-02-01"):
        # The days on which it was late are late by both deadlines for ever.
        assert await figures(issued, "2025-01-19") == before
        assert await figures(issued, "2025-01-24") == waiting
        past = await shown(issued, row.id, as_of="2025-01-24")
        assert (past["deadline_on"], past["timeliness"]) == (old, "overdue")
        today = await figures(issued, "2025-02-01")
        by_both = [
            today[name]["not_completed"]["overdue"]["total"]
            for name in ("by_current_deadline", "by_original_deadline")
        ]
        assert by_both[1] == by_both[0] + 1


async def test_what_is_completed_in_the_new_time_is_late_by_the_original(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        extension = await asked(issued, row, "2025-03-31")
        await done(issued, ISSUER, f"extensions/{extension['id']}/approve", **BASIS)
    with at("2025-02-10"):
        filed = await completed(issued)
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
        closed = await shown(issued, row.id)

    assert closed["status"] == "completed"
    assert (closed["timeliness"], closed["original_timeliness"]) == ("on_time", "late")


async def test_more_years_are_more_reports(issued: Sample) -> None:
    row = await issued.assignment(*OWED)

    async def periods() -> list[str]:
        found = select(Submission.period).where(col(Submission.assignment_id) == row.id)
        return sorted(await issued.session.exec(found))

    before = await periods()
    with at("2024-12-01"):
        extension = await asked(issued, row, "2025-11-30")
        await done(issued, COORDINATOR, f"extensions/{extension['id']}/approve", **BASIS)

    assert (before, await periods()) == (["2024"], ["2024", "2025"])


async def test_less_than_was_asked_for_has_a_reason_and_is_more_than_there_is(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        path = f"extensions/{(await asked(issued, row, '2025-06-30'))['id']}/approve"
        wrong = [
            await send(issued, COORDINATOR, path, **BASIS, deadline_on=day)
            for day in ("2025-07-01", "2024-12-31", "2025-03-31")
        ]
        granted = await done(
            issued, COORDINATOR, path, **BASIS, deadline_on="2025-03-31", reason="Một quý là đủ."
        )
        history = await read(issued, REPORTER, f"assignments/{row.id}/deadlines")

    assert [one.json()["errors"][0]["code"] for one in wrong] == [
        "outside_what_was_asked", "outside_what_was_asked", "reason_required",
    ]  # fmt: skip
    assert granted["granted_deadline_on"] == "2025-03-31"
    shown_as = [
        (one["number"], one["deadline_on"], one["since_on"], one["extension_id"])
        for one in history["items"]
    ]
    assert shown_as == [
        (0, "2024-12-31", "2024-05-20", None),
        (1, "2025-03-31", "2024-12-01", granted["id"]),
    ]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("2024-12-31", "not_later"),
        ("2024-06-30", "not_later"),
        ("2025-01-19", "in_the_past"),
        ("2150-01-01", "year_out_of_range"),
    ],
)
async def test_a_day_that_gives_no_time_is_refused(issued: Sample, wanted: str, code: str) -> None:
    row = await issued.assignment(*OWED)
    with at("2025-01-20"):
        answer = await send(
            issued, REPORTER, "extensions",
            assignment_id=str(row.id), wanted_deadline_on=wanted, **WISH,
        )  # fmt: skip

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/wanted_deadline_on", code)
    ]


async def test_one_request_waits_at_a_time_and_the_next_is_numbered(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        first = await asked(issued, row, "2025-06-30")
        again = await send(
            issued, REPORTER, "extensions",
            assignment_id=str(row.id), wanted_deadline_on="2025-07-31", **WISH,
        )  # fmt: skip
        path = f"extensions/{first['id']}"
        refused = await done(issued, ISSUER, f"{path}/refuse", reason="Không đủ căn cứ.")
        late = [
            await send(issued, COORDINATOR, f"{path}/approve", **BASIS),
            await send(issued, ISSUER, f"{path}/refuse", reason="Nữa."),
            await send(issued, REPORTER, f"{path}/withdraw"),
        ]
        second = await asked(issued, row, "2025-07-31")
        taken = await done(issued, REPORTER, f"extensions/{second['id']}/withdraw")

    assert (again.status_code, again.json()["code"]) == (409, "extension_pending")
    assert (refused["state"], refused["decision_reason"]) == ("refused", "Không đủ căn cứ.")
    assert {(one.status_code, one.json()["code"]) for one in late} == {
        (409, "extension_not_pending")
    }
    assert (second["number"], taken["state"]) == (2, "withdrawn")
    assert (await shown(issued, row.id))["deadline_on"] == "2024-12-31"


async def test_nobody_decides_on_their_own(issued: Sample) -> None:
    own = await issued.assignment(INFORMATION, TEACH_THE_RESOLUTION, "once")
    other = await issued.assignment(*OWED)
    with at("2024-12-01"):
        of_coordinator = await asked(issued, own, "2025-06-30", (INFORMATION, Role.REPORTER))
        of_agency = await asked(issued, other, "2025-06-30")
        by_coordinator = await send(
            issued, COORDINATOR, f"extensions/{of_coordinator['id']}/approve", **BASIS
        )
        strangers = [
            await send(issued, who, f"extensions/{of_agency['id']}/approve", **BASIS)
            for who in (
                (FINANCE, Role.COORDINATOR),
                (FINANCE, Role.ISSUER),
                (FOREIGN_AFFAIRS, Role.ISSUER),
            )
        ]
        granted = await done(issued, ISSUER, f"extensions/{of_coordinator['id']}/approve", **BASIS)

    assert (by_coordinator.status_code, by_coordinator.json()["code"]) == (403, "own_request")
    # To another member of the collective that leads the task it does not exist.
    assert [one.status_code for one in strangers] == [404, 403, 403]
    assert granted["state"] == "approved"


async def test_it_is_read_by_who_reads_the_reports(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, MISSIONS_ABROAD, "2024")
    with at("2024-12-01"):
        extension = await asked(issued, row, "2025-06-30")
    seen = {}
    for who in (REPORTER, COORDINATOR, ISSUER, SUPERVISOR, (FINANCE, Role.REPORTER)):
        async with await issued.by(*who) as http:
            one = await http.get(f"/v1/extensions/{extension['id']}")
            every = (await http.get("/v1/extensions?state=pending")).json()["items"]
            events = (await http.get("/v1/events?type=tiendo.extension.asked")).json()["items"]
        seen[who[0]] = (one.status_code, len(every))
        assert all(word not in str(events) for word in WORDS)
    async with await issued.by(FINANCE, Role.READER) as http:
        no_reader = await http.get("/v1/extensions")

    assert seen == {
        FOREIGN_AFFAIRS: (200, 1),
        INFORMATION: (200, 1),
        PROVINCIAL_COMMITTEE: (200, 1),
        FATHERLAND_FRONT: (200, 1),
        FINANCE: (404, 0),
    }
    assert no_reader.status_code == 403
    kept = (await issued.session.exec(select(Event).where(col(Event.noun) == "extension"))).one()
    assert kept.data == {"assignment_id": str(row.id), "wanted_deadline_on": "2025-06-30"}


@pytest.mark.parametrize("how", ["completed", "revoked", "moved as far"])
async def test_what_there_is_nothing_to_decide_on_waits_for_nobody(
    issued: Sample, how: str
) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        extension = await asked(issued, row, "2025-06-30")
    with at("2024-12-05"):
        if how == "completed":
            filed = await completed(issued)
            await done(
                issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
            )
        elif how == "revoked":
            await done(issued, ISSUER, f"assignments/{row.id}/revoke", **ORDER)
        else:
            path = f"assignments/{row.id}/move-deadline"
            await done(issued, ISSUER, path, deadline_on="2025-06-30", **BASIS)
        answer = await send(issued, ISSUER, f"extensions/{extension['id']}/approve", **BASIS)

    assert (answer.status_code, answer.json()["code"]) == (409, "extension_not_pending")
    kept = await issued.session.get_one(Extension, extension["id"], populate_existing=True)
    assert (kept.state, kept.decided_by_id) == ("superseded", None)
