"""The reports of coordinating agencies, read by the lead of the task and taken into its own
report."""

from typing import Any

import httpx
import pytest

from app.auth.principal import Role
from app.models import AuditEntry, SubmissionStatus
from app.models.base import MAX_PROSE
from tests.support.reports import REASON, decide, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    BROADCASTER,
    COMMITTEE_OFFICE,
    CULTURE,
    EDUCATION,
    FINANCE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    NEWSPAPER,
    POLICE,
    VIETNAMESE_LANGUAGE_DAY,
    VIETNAMESE_LESSONS,
)
from tests.support.submission_drafts import draft_of

LEAD, TASK = FOREIGN_AFFAIRS, VIETNAMESE_LANGUAGE_DAY
SAID = {
    EDUCATION: REPORT | {"results": "Đã mở 03 lớp.", "difficulties": "Thiếu kinh phí."},
    NEWSPAPER: REPORT | {"results": "Đã đăng 12 tin.", "proposals": "Cấp thêm máy ảnh."},
}


async def contribute(
    issued: Sample, agency: str, content: dict[str, Any] | None = None, *, submit: bool = True
) -> dict[str, Any]:
    """The submission of a coordinating agency of task 3.4 for 2024, filed or only written."""
    url = await key(issued, agency, TASK)
    query = {"submit": str(submit).lower()}
    async with await issued.reporter(agency) as http:
        answer = await http.put(url, json=content or SAID[agency], params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def address(issued: Sample, action: str = "contributions", agency: str = LEAD) -> str:
    row = await issued.submission(agency, TASK, "once")
    return f"/v1/submissions/{row.id}/{action}"


async def listed(
    issued: Sample, http: httpx.AsyncClient | None = None, **query: Any
) -> dict[str, dict[str, Any]]:
    """The contributions of each coordinating agency, as the lead or somebody else reads them."""
    async with http or await issued.reporter(LEAD) as asking:
        answer = await asking.get(await address(issued), params=query)
    assert answer.status_code == 200, answer.text
    return {one["agency"]["code"]: one for one in answer.json()["items"]}


async def take(issued: Sample, **body: Any) -> httpx.Response:
    async with await issued.reporter(LEAD) as http:
        return await http.post(await address(issued, "take-contributions"), json=body)


async def taken(issued: Sample, **body: Any) -> dict[str, Any]:
    answer = await take(issued, **body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_lead_sees_who_filed_what_and_who_has_not(issued: Sample) -> None:
    filed = await contribute(issued, EDUCATION)
    await contribute(issued, NEWSPAPER, submit=False)
    await decide(
        issued, str((await issued.submission(BROADCASTER, TASK, "once")).id), "waive", **REASON
    )

    found = await listed(issued)

    assert {code: (one["status"], one["is_filed"]) for code, one in found.items()} == {
        EDUCATION: ("submitted", True),
        NEWSPAPER: ("expected", False),
        BROADCASTER: ("waived", False),
        INFORMATION: ("expected", False),
        CULTURE: ("expected", False),
    }
    assert found[EDUCATION]["submission_id"] == filed["id"]
    assert found[EDUCATION]["attempt"]["content"] == filed["content"]
    assert found[EDUCATION]["attempt"]["received_on"] == filed["received_on"]
    assert {one["attempt"] for code, one in found.items() if code != EDUCATION} == {None}
    assert (await listed(issued, is_filed=True)).keys() == {EDUCATION}
    assert len(await listed(issued, is_filed=False)) == 4


async def test_what_was_withdrawn_is_not_shown_and_what_was_returned_is(issued: Sample) -> None:
    first = await contribute(issued, EDUCATION)
    async with await issued.reporter(EDUCATION) as http:
        await http.post(f"/v1/submissions/{first['id']}/withdraw")
    withdrawn = (await listed(issued))[EDUCATION]
    await contribute(issued, EDUCATION, SAID[NEWSPAPER])
    await decide(issued, first["id"], "send-back", **REASON)
    returned = (await listed(issued))[EDUCATION]

    assert (withdrawn["status"], withdrawn["attempt"]) == ("expected", None)
    assert (returned["status"], returned["is_filed"]) == ("returned", False)
    assert (returned["attempt"]["number"], returned["attempt"]["review"]["decision"]) == (
        2,
        "returned",
    )


async def test_who_owes_no_report_is_said_so(issued: Sample) -> None:
    row = await issued.submission(BROADCASTER, TASK, "once")
    row.period = "2029"
    issued.session.add(row)
    await issued.session.commit()

    told = (await listed(issued))[BROADCASTER]

    assert (told["submission_id"], told["status"], told["is_filed"]) == (None, None, False)


async def test_only_who_may_read_is_told(issued: Sample) -> None:
    await contribute(issued, EDUCATION)
    url = await address(issued)
    answers = {}
    for name, http in {
        "coordinating": await issued.reporter(EDUCATION),
        "stranger": await issued.reporter(FINANCE),
        "coordinator": await issued.coordinator(),
        "issuer": await issued.issuer(),
        "supervisor": await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR),
    }.items():
        async with http:
            answer = await http.get(url)
        answers[name] = (answer.status_code, len(answer.json().get("items", ())))
    async with await issued.reporter(EDUCATION) as http:
        of_their_own = await http.get(await address(issued, agency=EDUCATION))

    assert answers == {
        "coordinating": (404, 0),
        "stranger": (404, 0),
        "coordinator": (200, 5),
        "issuer": (200, 5),
        "supervisor": (200, 5),
    }
    assert of_their_own.status_code == 404


async def test_texts_are_taken_under_their_agencys_name(issued: Sample) -> None:
    for agency in (EDUCATION, NEWSPAPER):
        await contribute(issued, agency)
    url = await key(issued, LEAD, TASK)
    async with await issued.reporter(LEAD) as http:
        await http.put(url, json=REPORT)
    told = await taken(issued)

    blocks = told["content"]["results"].split("\n\n")
    assert blocks[0] == REPORT["results"]
    assert set(blocks[1:]) == {
        "Sở Giáo dục và Đào tạo:\nĐã mở 03 lớp.",
        "Báo Hà Tĩnh:\nĐã đăng 12 tin.",
    }
    assert told["content"]["difficulties"] == "Sở Giáo dục và Đào tạo:\nThiếu kinh phí."
    assert told["content"]["proposals"] == "Báo Hà Tĩnh:\nCấp thêm máy ảnh."
    assert (told["content"]["outcome"], told["content"]["percent"]) == ("in_progress", 40)
    assert {(one["agency"]["code"], one["number"]) for one in told["sources"]} == {
        (EDUCATION, 1),
        (NEWSPAPER, 1),
    }
    assert {one["is_taken"] for one in (await listed(issued, is_filed=True)).values()} == {True}


async def test_what_was_taken_is_not_taken_twice(issued: Sample) -> None:
    await contribute(issued, EDUCATION)
    first = await taken(issued)
    before = await issued.rows_of_all_tables()
    again = await taken(issued)
    await contribute(issued, NEWSPAPER)
    more = await taken(issued)

    assert again == first
    assert (first["status"], first["content"]["percent"]) == ("draft", 0)
    assert await issued.rows(AuditEntry) > before["audit_entry"]
    assert (
        more["content"]["results"]
        == f"{first['content']['results']}\n\nBáo Hà Tĩnh:\nĐã đăng 12 tin."
    )
    assert len(more["sources"]) == 2


async def test_repeating_it_stores_nothing(issued: Sample) -> None:
    await contribute(issued, EDUCATION)
    await taken(issued)
    before = await issued.rows_of_all_tables()
    row = await issued.submission(LEAD, TASK, "once")
    changed_at = row.updated_at
    await taken(issued)

    assert await issued.rows_of_all_tables() == before
    assert (await issued.submission(LEAD, TASK, "once")).updated_at == changed_at


async def test_a_corrected_report_is_another_attempt(issued: Sample) -> None:
    filed = await contribute(issued, EDUCATION)
    await taken(issued)
    await decide(issued, filed["id"], "send-back", **REASON)
    await contribute(issued, EDUCATION, REPORT | {"results": "Đã mở 04 lớp."})
    told = await taken(issued)

    assert told["content"]["results"].endswith("Sở Giáo dục và Đào tạo:\nĐã mở 04 lớp.")
    assert [one["number"] for one in told["sources"]] == [1, 2]


async def test_only_what_is_named_is_taken(issued: Sample) -> None:
    one = await contribute(issued, EDUCATION)
    await contribute(issued, NEWSPAPER)
    waiting = await issued.submission(BROADCASTER, TASK, "once")
    own = await issued.submission(LEAD, TASK, "once")
    elsewhere = await issued.submission(FOREIGN_AFFAIRS, VIETNAMESE_LESSONS, "2024")
    named = [one["id"], str(waiting.id), str(own.id), str(elsewhere.id)]
    refused = await take(issued, **{"from": named})
    told = await taken(issued, **{"from": [one["id"]]})

    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("#/from/1", "not_filed"),
        ("#/from/2", "not_filed"),
        ("#/from/3", "not_filed"),
    ]
    assert [source["agency"]["code"] for source in told["sources"]] == [EDUCATION]


async def test_the_sources_go_with_the_report_that_is_filed(issued: Sample) -> None:
    await contribute(issued, EDUCATION)
    await taken(issued)
    url = await key(issued, LEAD, TASK)
    async with await issued.reporter(LEAD) as http:
        worked_over = REPORT | {"results": "Các cơ quan đã mở 03 lớp."}
        filed = (await http.put(f"{url}?submit=true", json=worked_over)).json()
        [attempt] = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]
    async with await issued.coordinator() as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
    returned = await decide(issued, filed["id"], "send-back", **REASON)
    again = await taken(issued)

    for told in (filed, attempt, seen, returned, again):
        assert [source["agency"]["code"] for source in told["sources"]] == [EDUCATION]
    assert again["content"]["results"] == "Các cơ quan đã mở 03 lớp."


async def test_a_text_is_never_cut(issued: Sample) -> None:
    long = REPORT | {"results": "a" * (MAX_PROSE - 20), "proposals": "b" * (MAX_PROSE - 20)}
    await contribute(issued, EDUCATION, long)
    answer = await take(issued)

    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("#/results", "too_long"),
        ("#/proposals", "too_long"),
    ]
    row = await issued.submission(LEAD, TASK, "once")
    assert row.status == SubmissionStatus.EXPECTED
    assert await draft_of(issued.session, row.id) is None


async def test_the_whole_may_be_as_long_as_any_text(issued: Sample) -> None:
    head = "Sở Giáo dục và Đào tạo:\n"
    await contribute(issued, EDUCATION, REPORT | {"results": "a" * (MAX_PROSE - len(head))})

    assert len((await taken(issued))["content"]["results"]) == MAX_PROSE


async def test_nobody_takes_into_anothers_report_or_into_one_that_is_filed(
    issued: Sample,
) -> None:
    await contribute(issued, EDUCATION)
    url = await address(issued, "take-contributions")
    async with await issued.by(INFORMATION, Role.COORDINATOR, Role.REPORTER) as http:
        not_theirs = await http.post(url, json={})
    async with await issued.reporter(EDUCATION) as http:
        unseen = await http.post(url, json={})
        not_a_lead = await http.post(
            await address(issued, "take-contributions", agency=EDUCATION), json={}
        )
    async with await issued.reporter(LEAD) as http:
        await http.put(f"{await key(issued, LEAD, TASK)}?submit=true", json=REPORT)
    filed = await take(issued)

    assert [one.status_code for one in (not_theirs, unseen, not_a_lead, filed)] == [
        403,
        404,
        404,
        409,
    ]
    assert filed.json()["code"] == "wrong_submission_state"


@pytest.mark.parametrize("agency", [POLICE, "BCHQS"])
async def test_each_of_several_leads_sees_the_contributions(issued: Sample, agency: str) -> None:
    row = await issued.submission(agency, "4.3", "once")
    async with await issued.reporter(agency) as http:
        answer = await http.get(f"/v1/submissions/{row.id}/contributions?limit=200")

    items = answer.json()["items"]
    assert answer.status_code == 200
    assert len(items) > 0
    assert agency not in {one["agency"]["code"] for one in items}
