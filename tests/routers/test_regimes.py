"""Reporting regimes over HTTP: what they say, and what follows when another one is attached."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel import col, select

from app.auth.principal import Role
from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.presets import PRESETS
from app.domain.regimes.public_holidays import holidays_of_years
from app.jobs.roll_forward import roll_forward
from app.models import ReportingRegime, Submission, SubmissionStatus
from tests.support.closings import CLOSING
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION, PROVINCIAL_COMMITTEE
from tests.support.submission_drafts import write_draft

NOVEMBER = datetime(2024, 11, 4, 2, tzinfo=UTC)
MONTHLY = {"preset": "decree_09_month", "effective_from": "2024-12-15"}
YEARLY = {"preset": "decree_09_year", "effective_from": "2024-12-15"}


@pytest.fixture(autouse=True)
def november_2024() -> Iterator[None]:
    """The plan has been issued for half a year; the reports of 2024 and 2025 are expected."""
    with time_machine.travel(NOVEMBER, tick=True):
        yield


async def put(
    world: Sample, body: dict[str, Any], agency: str = PROVINCIAL_COMMITTEE, **query: Any
) -> httpx.Response:
    role = Role.ISSUER if agency == PROVINCIAL_COMMITTEE else Role.COORDINATOR
    plan = await world.the_plan()
    async with await world.by(agency, role) as http:
        url = f"/v1/plans/{plan.id}/reporting-regimes"
        return await http.put(url, json=body, params=query)


async def laid_out(world: Sample, year: int) -> dict[str, tuple[str, str, str | None]]:
    plan = await world.the_plan()
    async with await world.issuer() as http:
        items = (await http.get(f"/v1/plans/{plan.id}/periods?year={year}")).json()["items"]
    return {one["id"]: (one["data_from"], one["data_to"], one["due_on"]) for one in items}


async def reports(world: Sample) -> list[Submission]:
    statement = select(Submission).order_by(col(Submission.id))
    return list(await world.session.exec(statement.execution_options(populate_existing=True)))


async def states(world: Sample) -> dict[tuple[str, str], int]:
    """The number of reports of each period in each state."""
    found: dict[tuple[str, str], int] = {}
    for one in await reports(world):
        key = (one.period, one.status.value)
        found[key] = found.get(key, 0) + 1
    return found


async def of_2025(world: Sample) -> list[Submission]:
    return [one for one in await reports(world) if one.period == "2025"]


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_a_draft_is_told_all_that_the_decree_asks_for(drafted: Sample) -> None:
    body = {
        "preset": "decree_09_quarter",
        "effective_from": "2024-01-01",
        "due_is_strict": True,
        "name": "Báo cáo quý về thông tin đối ngoại",
        "content_kind": "figures",
        "content": "Kết quả, khó khăn, kiến nghị",
        "reporters": "Các sở, ban, ngành",
        "receiver": INFORMATION,
        "channels": ["edoc_axis", "email"],
        "outline": "Phụ lục I",
        "forms": "Biểu 01",
        "guidance": "Hướng dẫn số 3",
        "basis": "15/2024/TT-BTTTT",
    }

    answer = await put(drafted, body)

    regime = answer.json()
    assert answer.status_code == 200, answer.text
    assert regime["receiver"].pop("name")
    assert {name: regime[name] for name in body} == body | {"receiver": regime["receiver"]}
    assert regime["receiver"]["code"] == INFORMATION
    assert (regime["frequency"], regime["data_window"], regime["due_day"]) == (
        "quarter",
        "decree_09",
        20,
    )
    assert (await laid_out(drafted, 2025))["2025-Q3"] == ("2025-06-15", "2025-09-14", "2025-09-19")


async def test_every_preset_can_be_taken_and_says_where_it_comes_from(drafted: Sample) -> None:
    await seed_days(drafted.session, holidays_of_years(2024, 2026), at=NOVEMBER)
    async with await drafted.by(FOREIGN_AFFAIRS, Role.READER) as http:
        presets = (await http.get("/v1/regime-presets")).json()["items"]
    assert [one["id"] for one in presets] == list(PRESETS)

    for preset in presets:
        answer = await put(drafted, {"preset": preset["id"], "effective_from": "2024-01-01"})
        regime = answer.json()
        told = {"id", "name_vi", "name_en", "source"}
        assert {name: regime[name] for name in preset.keys() - told} == {
            name: preset[name] for name in preset.keys() - told
        }
        assert preset["source"]
        assert all(due for _, _, due in (await laid_out(drafted, 2025)).values())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"frequency": "week"}, [("#/due_kind", "week_has_no_fixed_day")]),
        ({"frequency": "week", "data_window": "calendar"},
         [("#/data_window", "not_of_the_frequency")]),
        ({"data_window": "own"}, [("#/data_window", "not_of_the_frequency")]),
        ({"frequency": "own"}, [("#/window_starts", "not_of_the_frequency")]),
        ({"window_starts": ["01-01"]}, [("#/window_starts", "not_of_the_frequency")]),
        ({"frequency": "own", "window_starts": ["02-29"]}, [("#/window_starts", "not_a_year")]),
        ({"frequency": "own", "window_starts": ["05-01", "01-01", "09-01", "06-01"]},
         [("#/window_starts", "not_a_year")]),
        ({"frequency": "own", "window_starts": ["05-01", "05-01"]},
         [("#/window_starts", "not_a_year")]),
        ({"due_kind": "working_days_after"}, [("#/effective_from", "calendar_year_unknown")]),
        ({"due_roll": "next_working_day"}, [("#/effective_from", "calendar_year_unknown")]),
        ({"receiver": "KHONG-CO"}, [("#/receiver", "unknown_agency")]),
        ({"preset": "khong-co"}, [("#/preset", "string_pattern_mismatch")]),
        ({"channels": []}, [("#/channels", "too_short")]),
    ],
)  # fmt: skip
async def test_what_makes_no_regime_is_refused(
    drafted: Sample, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = await put(drafted, {"effective_from": "2024-01-01", **body})

    assert faults(answer) == expected
    assert await drafted.rows(ReportingRegime) == 0


async def test_own_windows(drafted: Sample) -> None:
    body = {
        "effective_from": "2024-01-01",
        "frequency": "own",
        "window_starts": ["08-16", "02-16"],
        "window_year_offset": -1,
        "due_month_offset": 1,
        "due_day": 5,
    }

    assert (await put(drafted, body)).status_code == 200
    assert await laid_out(drafted, 2025) == {
        "2025-K01": ("2024-08-16", "2025-02-15", "2025-03-05"),
        "2025-K02": ("2025-02-16", "2025-08-15", "2025-09-05"),
    }


async def test_a_draft_has_one_regime_and_nobody_elses(drafted: Sample) -> None:
    await put(drafted, {"effective_from": "2024-01-01"})
    await put(drafted, MONTHLY)

    plan = await drafted.the_plan()
    [regime] = await drafted.session.exec(select(ReportingRegime))
    assert regime.preset == "decree_09_month"
    async with await drafted.coordinator() as http:
        answer = await http.put(f"/v1/plans/{plan.id}/reporting-regimes", json=MONTHLY)
    assert answer.status_code == 404


async def test_another_regime_is_followed_from_its_day_on(issued: Sample) -> None:
    before = {one.id: one.model_dump() for one in await reports(issued)}
    count = await states(issued)

    answer = await put(issued, MONTHLY, agency=INFORMATION)

    assert answer.status_code == 200, answer.text
    after = {one.id: one.model_dump() for one in await reports(issued)}
    # The running year 2024 does not change; 2025, which nobody has begun, has months now.
    for row_id, was in before.items():
        if was["period"] == "2024":
            assert after[row_id] == was
        else:
            assert (after[row_id]["status"], after[row_id]["is_superseded"]) == ("waived", True)
            assert after[row_id]["waived_reason"].endswith(" từ ngày 15/12/2024.")
    found = await states(issued)
    assert found["2024", "expected"] == count["2024", "expected"]
    assert {period for period, _ in found} == {"2024", "2025"} | {
        f"2025-{month:02}" for month in range(1, 13)
    }
    assert found["2025-01", "expected"] == count["2025", "expected"]
    entries, events = await issued.noted("plan", (await issued.the_plan()).id)
    assert entries[-1].action == "regime_set"
    assert entries[-1].detail["waived"] == count["2025", "expected"]
    assert events[-1].data["expected"] == sum(
        n for (period, _), n in found.items() if period.startswith("2025-")
    )
    waived = next(row_id for row_id, was in before.items() if was["period"] == "2025")
    entries, events = await issued.noted("submission", waived)
    assert [entry.action for entry in entries] == ["waived"]


async def test_the_same_periods_get_the_new_days(issued: Sample) -> None:
    await put(issued, {**YEARLY, "due_day": 25})

    due = {one.period: one.due_on for one in await reports(issued)}
    assert due == {"2024": date(2024, 12, 20), "2025": date(2025, 12, 25)}
    assert all(one.status == SubmissionStatus.EXPECTED for one in await reports(issued))


async def test_what_was_begun_stays_as_it_is(issued: Sample) -> None:
    drafted, filed = [one for one in await reports(issued) if one.period == "2025"][:2]
    await write_draft(issued.session, drafted, {"results": "…"})
    filed.status, filed.attempts = SubmissionStatus.RETURNED, 1
    filed.received_on = date(2024, 11, 1)
    await issued.session.commit()
    kept = {one.id: one.model_dump() for one in (drafted, filed)}

    await put(issued, MONTHLY)

    assert {one.id: one.model_dump() for one in await reports(issued) if one.id in kept} == kept


async def test_going_back_asks_again_for_what_was_waived(issued: Sample) -> None:
    before = await states(issued)
    await put(issued, MONTHLY)
    rows = len(await reports(issued))
    await put(issued, YEARLY)

    found = await states(issued)
    assert found["2025", "expected"] == before["2025", "expected"]
    assert found["2025-01", "waived"] == before["2025", "expected"]
    assert len(await reports(issued)) == rows
    plan = await issued.the_plan()
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        listed = (await http.get(f"/v1/plans/{plan.id}/reporting-regimes")).json()["items"]
    assert [(one["effective_from"], one["replaced_at"] is None) for one in listed] == [
        ("2024-01-01", True),
        ("2024-12-15", False),
        ("2024-12-15", True),
    ]


async def test_what_a_person_waived_is_not_asked_for_again(issued: Sample) -> None:
    [waived, *_] = [one for one in await reports(issued) if one.period == "2025"]
    waived.status, waived.waived_reason = SubmissionStatus.WAIVED, "Không phát sinh."
    waived.waived_on = date(2024, 11, 1)
    await issued.session.commit()
    was = waived.model_dump()

    await put(issued, MONTHLY)
    await put(issued, YEARLY)

    [now] = [one for one in await reports(issued) if one.id == waived.id]
    assert now.model_dump() == was


@pytest.mark.parametrize("day", ["2024-11-03", "2024-01-01", "2031-01-01"])
async def test_an_issued_plan_changes_from_a_coming_day_of_its_life(
    issued: Sample, day: str
) -> None:
    await put(issued, {**YEARLY, "effective_from": "2024-11-04"})

    answer = await put(issued, {"effective_from": day, "frequency": "month"})

    assert faults(answer) == [("#/effective_from", "not_a_coming_day")]


async def test_the_first_that_somebody_chooses_takes_the_running_period(issued: Sample) -> None:
    quarterly = {"preset": "decree_09_quarter", "effective_from": "2024-10-01"}
    before = await states(issued)

    seen = (await put(issued, quarterly, dry_run=True)).json()
    unchanged = await states(issued)
    done = (await put(issued, quarterly)).json()

    # The third quarter was over when it took effect; its days are in the fourth.
    assert await laid_out(issued, 2024) == {"2024-Q4": ("2023-12-15", "2024-12-14", "2024-12-20")}
    assert unchanged == before
    after = await states(issued)
    assert after["2024", "waived"] == before["2024", "expected"]
    assert after["2024-Q4", "expected"] == before["2024", "expected"]
    effects = done["submission_effects"]
    assert (seen["dry_run"], seen["submission_effects"]) == (True, effects)
    assert (done["dry_run"], done["cuts_running"], done["is_default"]) == (False, True, False)
    assert effects["goes"] == before["2024", "expected"] + before["2025", "expected"]
    assert effects["comes"] == sum(n for (p, s), n in after.items() if "Q" in p and s == "expected")
    assert {(one["period"], one["change"]) for one in effects["items"]} <= {
        ("2024", "goes"), ("2024-Q4", "comes"),
    }  # fmt: skip


async def test_a_first_regime_makes_nothing_due_backwards(issued: Sample) -> None:
    early = {**YEARLY, "effective_from": "2024-02-01", "due_month_offset": 0, "due_day": 1}
    await put(issued, {**early, "data_window": "calendar", "frequency": "month"})

    due = {one.due_on for one in await reports(issued) if one.status == SubmissionStatus.EXPECTED}
    assert min(due) >= NOVEMBER.date()


async def test_a_running_period_that_was_begun_goes_to_its_end(issued: Sample) -> None:
    [drafted, *_] = [one for one in await reports(issued) if one.period == "2024"]
    await write_draft(issued.session, drafted, {"results": "…"})
    await issued.session.commit()

    refused = await put(issued, {**MONTHLY, "effective_from": "2024-10-01"})
    taken = (await put(issued, {**MONTHLY, "effective_from": "2024-11-20"})).json()

    assert faults(refused) == [("#/effective_from", "period_begun")]
    assert "from 2024-11-04 on" in refused.json()["detail"]
    assert taken["cuts_running"] is False
    assert (await laid_out(issued, 2024))["2024"][1] == "2024-12-14"


async def test_only_the_owner_and_the_coordinator_set_it(issued: Sample) -> None:
    plan = await issued.the_plan()
    for agency, role in ((FOREIGN_AFFAIRS, Role.ISSUER), (FOREIGN_AFFAIRS, Role.COORDINATOR)):
        async with await issued.by(agency, role) as http:
            answer = await http.put(f"/v1/plans/{plan.id}/reporting-regimes", json=MONTHLY)
            read = (await http.get(f"/v1/plans/{plan.id}")).json()
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert "set_regime" not in read["allowed_actions"]
    async with await issued.coordinator() as http:
        read = (await http.get(f"/v1/plans/{plan.id}")).json()
    assert "set_regime" in read["allowed_actions"]


async def test_a_closed_plan_is_reported_as_it_was(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)

    answer = await put(issued, MONTHLY)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")


async def test_what_cannot_be_counted_is_expected_once_its_year_is_known(issued: Sample) -> None:
    await seed_days(issued.session, holidays_of_years(2024, 2025), at=NOVEMBER)
    await issued.session.commit()
    body = {"preset": "calendar_half_year", "effective_from": "2025-01-01"}
    # 2025 by the decree began on 15/12, so it runs when this takes effect.
    body["effective_from"] = "2024-12-15"
    assert (await put(issued, body)).status_code == 200

    assert (await laid_out(issued, 2025))["2025-H2"] == ("2025-07-01", "2025-12-31", None)
    assert ("2025-H2", "expected") not in await states(issued)
    await seed_days(issued.session, holidays_of_years(2026, 2026), at=NOVEMBER)
    await issued.session.commit()
    await roll_forward(issued.api.app.state.sessionmaker, at=NOVEMBER)

    found = await states(issued)
    assert found["2025-H2", "expected"] == found["2025-H1", "expected"]
    assert (await laid_out(issued, 2025))["2025-H2"][2] == "2026-01-06"


async def test_what_was_expected_already_is_due_by_the_count_once_it_can_be_made(
    issued: Sample,
) -> None:
    await seed_days(issued.session, holidays_of_years(2024, 2025), at=NOVEMBER)
    await issued.session.commit()
    await put(issued, {"preset": "calendar_year", "effective_from": "2024-12-15"})
    # The year that runs to 14/12/2024 has its name, so the days after it go to 2025.
    waiting = {(one.data_from, one.data_to, one.due_on) for one in await of_2025(issued)}
    await seed_days(issued.session, holidays_of_years(2026, 2026), at=NOVEMBER)

    assert waiting == {(date(2024, 12, 15), date(2025, 12, 31), date(2025, 12, 31))}
    assert {one.due_on for one in await of_2025(issued)} == {date(2026, 1, 6)}
