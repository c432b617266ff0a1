"""The pages of boards: what they say, to whom, and what they keep from a browser."""

import re
from typing import Any

import httpx
import pytest
from lxml import html

from app.auth.principal import Role
from app.documents.pages import style_source
from tests.support.assignments import COORDINATOR, at, done
from tests.support.clients import Api
from tests.support.consolidated import SIGNED, frozen
from tests.support.reports import decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import COMMITTEE_OFFICE, FATHERLAND_FRONT, FOREIGN_AFFAIRS

pytestmark = pytest.mark.usefixtures("june_2024")
SUPERVISOR = (FATHERLAND_FRONT, Role.SUPERVISOR)
HOSTILE = '<script>alert("1")</script>\u202e &amp; "x" \'y\' {{ 7 * 7 }} =cmd|a'


@pytest.fixture
async def url(issued: Sample) -> str:
    """The address of the page of the plan, which is everybody's."""
    plan = await issued.the_plan()
    plan.board_is_public = True
    await issued.session.commit()
    return f"/boards/{plan.id}"


async def page(issued: Sample, url: str, **query: str) -> httpx.Response:
    async with issued.api.by() as http:
        return await http.get(url, params=query or None)


def read(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def said(node: Any) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()


async def test_one_sentence_says_how_the_plan_stands(issued: Sample, url: str) -> None:
    sentence = said(read(await page(issued, url)).find_class("lead")[0])

    assert sentence.startswith("Đến hết ngày 10/6/2024: chưa có nhiệm vụ nào đến hạn.")
    assert "nhiệm vụ đến hạn ngày 31/12/2024, còn 204 ngày." in sentence
    assert "Báo cáo năm 2024 đã nộp 0 trên" in sentence


async def test_the_page_is_english_if_it_is_asked_for(issued: Sample, url: str) -> None:
    answer = await page(issued, url, lang="en")

    assert answer.headers["content-language"] == "en"
    found = read(answer)
    assert found.get("lang") == "en"
    assert said(found.find_class("lead")[0]).startswith("As at the end of 10 Jun 2024:")
    # Days are written as in English, but in what somebody else wrote.
    numeric = re.compile("[0-9]+/[0-9]+/[0-9]{4}")
    ours = [*found.find_class("kpi"), *found.find_class("todo"), *found.find_class("trend")]
    assert len(ours) > 6
    assert [one for one in map(said, ours) if numeric.search(one)] == []
    assert "31 Dec 2024" in " ".join(map(said, ours))
    # The pages behind the links are in the same language.
    links = [one.get("href") for one in found.find_class("kpi")]
    assert all("lang=en" in one for one in links)


async def test_in_a_frame_the_page_has_neither_header_nor_form(issued: Sample, url: str) -> None:
    whole, part = read(await page(issued, url)), read(await page(issued, url, embed="1"))

    assert [len(whole.findall(f".//{name}")) for name in ("header", "form")] == [1, 1]
    assert [len(part.findall(f".//{name}")) for name in ("header", "form")] == [0, 0]
    assert len(part.findall(".//h1")) == 1


async def test_a_tile_narrows_the_ledger(issued: Sample, url: str) -> None:
    filed = await file(issued, {**REPORT, "outcome": "completed", "percent": 100, "evidence": [
        {"number": "215/BC-SNgV", "issued_on": "2024-05-20"}
    ]})  # fmt: skip
    whole = read(await page(issued, url))
    tile = next(one for one in whole.find_class("kpi") if "Chờ xác nhận" in said(one))

    narrowed = read(await page(issued, tile.get("href").partition("#")[0]))

    [table] = narrowed.find_class("rows")
    assert len(table.findall(".//tbody/tr")) == 1
    assert "Chờ xác nhận hoàn thành" in said(table)
    assert filed["status"] == "submitted"
    assert len(whole.find_class("rows")) > 1


async def test_texts_stand_as_they_were_typed_once_they_were_accepted(
    issued: Sample, url: str
) -> None:
    filed = await file(issued, {**REPORT, "results": HOSTILE})
    before = await page(issued, url)
    await decide(issued, filed["id"], "accept")
    after = await page(issued, url)

    assert "cmd|a" not in before.text
    cells = [said(one) for one in read(after).findall(".//td") if "cmd|a" in said(one)]
    assert len(cells) == 1
    assert cells[0].startswith(HOSTILE)
    assert "<script" not in after.text


async def test_the_page_asks_for_nothing_elsewhere_and_runs_nothing(
    issued: Sample, url: str
) -> None:
    answer = await page(issued, url)

    policy = answer.headers["content-security-policy"]
    assert policy == (
        f"default-src 'none'; style-src {style_source()}; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    found = read(answer)
    assert [one for one in found.iter() if one.get("style") or one.tag == "script"] == []
    sources = [one.get(name) for one in found.iter() for name in ("src", "href") if one.get(name)]
    assert [one for one in sources if re.match("(https?:)?//", one)] == []


async def test_portals_that_the_operator_names_may_frame_the_page(issued: Sample, url: str) -> None:
    portal = "https://cong.example.vn"
    framed = Api(issued.connection, issued.api.settings, frame_ancestors=(portal,))
    async with framed.by() as http:
        answer = await http.get(url)

    assert answer.headers["content-security-policy"].endswith(f"frame-ancestors {portal}")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/boards/khong-co", {}, 404),
        ("/boards/01900000-0000-7000-8000-00000000ffff", {}, 404),
        (None, {"as_of": "2024-06-11"}, 422),
        (None, {"as_of": "hom nay"}, 422),
    ],
)
async def test_a_refusal_is_a_page_too(
    issued: Sample, url: str, path: str | None, query: dict[str, str], status: int
) -> None:
    answer = await page(issued, path or url, **query)

    found = read(answer, status)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert said(found.find(".//h1"))
    assert said(found.find_class("lead")[0]).endswith(".")


async def test_the_page_of_all_plans_has_those_that_are_public_alone(
    issued: Sample, url: str
) -> None:
    found = read(await page(issued, "/boards"))
    [row] = found.findall(".//tbody/tr")
    assert row.find(".//a").get("href") == url
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        plan_id = url.rpartition("/")[2]
        figures = (await http.get(f"/v1/plans/{plan_id}/statistics")).json()
    total = figures["total"]["by_current_deadline"]["total"]
    assert said(row.findall("td")[1]) == str(total)

    plan = await issued.the_plan()
    plan.board_is_public = False
    await issued.session.commit()
    empty = read(await page(issued, "/boards"))
    assert said(empty.find_class("lead")[0]) == "Chưa có kế hoạch nào được công khai."


async def linked(issued: Sample, **given: Any) -> str:
    """The address of the board by a link that the coordinator made."""
    plan = await issued.the_plan()
    body = {"purpose": "Cổng", "last_day": "2025-06-30"} | given
    async with await issued.coordinator() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/board-links", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["opens_report"] is given.get("opens_report", False)
    address: str = answer.json()["url"]
    return f"/boards{address.partition('/boards')[2]}"


async def test_a_link_that_allows_it_opens_the_last_signed_report(issued: Sample) -> None:
    with at("2024-12-20"):
        opens, other = await linked(issued, opens_report=True), await linked(issued)
        before = read(await page(issued, opens))
        report = await frozen(issued)
        await done(issued, COORDINATOR, f"reports/{report['id']}/sign-off", **SIGNED)
        after = read(await page(issued, opens))
        files = {
            one.get("href"): await page(issued, one.get("href"))
            for one in after.xpath("//a[@download]")
        }
        refused = await page(issued, other.replace("?", "/report/docx?"))

    assert before.xpath("//a[@download]") == []
    assert [one.rpartition("/")[2].partition("?")[0] for one in files] == ["docx", "xlsx"]
    for answer in files.values():
        assert answer.status_code == 200
        assert answer.content.startswith(b"PK")
        assert answer.headers["cache-control"] == "private, no-store"
    assert refused.status_code == 404


async def test_the_public_page_opens_no_report(issued: Sample, url: str) -> None:
    with at("2024-12-20"):
        report = await frozen(issued)
        await done(issued, COORDINATOR, f"reports/{report['id']}/sign-off", **SIGNED)
        answer = await page(issued, f"{url}/report/docx")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def of_all(issued: Sample, who: tuple[str, Role] = SUPERVISOR) -> httpx.Response:
    """The answer to a client that makes a link to the page of all plans."""
    async with await issued.by(*who) as http:
        body = {"purpose": "Lãnh đạo UBND tỉnh", "last_day": "2024-12-31"}
        return await http.post("/v1/board-links", json=body)


async def test_a_link_opens_the_page_of_all_plans_and_the_board_of_each(issued: Sample) -> None:
    made = (await of_all(issued)).json()
    address = f"/boards{made['url'].partition('/boards')[2]}"
    everybody = read(await page(issued, "/boards"))
    found = read(await page(issued, address))
    [plan] = found.xpath("//tbody//a")
    board = read(await page(issued, plan.get("href")))
    async with await issued.by(*SUPERVISOR) as http:
        listed = (await http.get("/v1/board-links")).json()["items"]
        revoke = f"/v1/board-links/{made['id']}/revoke"
        revoked = await http.post(revoke, json={"reason": "Đổi người dùng."})
        again = await http.post(revoke, json={"reason": "Đổi người dùng."})
    closed = await page(issued, plan.get("href"))

    assert made["plan_id"] is None
    assert everybody.xpath("//tbody//a") == []
    assert "Các kế hoạch đã ban hành" in said(found)
    assert "MAU-01/KH-MAU" in said(board)
    assert [one["id"] for one in listed] == [made["id"]]
    assert (revoked.status_code, again.status_code, closed.status_code) == (200, 409, 404)
    assert read(await page(issued, address)).xpath("//tbody//a") == []


@pytest.mark.parametrize(
    "who", [COORDINATOR, (FOREIGN_AFFAIRS, Role.REPORTER), (COMMITTEE_OFFICE, Role.READER)]
)
async def test_only_who_sees_all_plans_by_role_shares_them(
    issued: Sample, who: tuple[str, Role]
) -> None:
    assert (await of_all(issued, who)).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "zarsrc=30&utm_source=zalo&utm_medium=zalo",
        "fbclid=IwAR0&fbclid=IwAR1",
        "lang=vi&lang=vi",
        f"lang={'x' * 3000}",
        f"show={'overdue' * 100}",
        f"period={'2' * 3000}",
    ],
)
async def test_what_others_add_to_a_link_closes_no_page(
    issued: Sample, url: str, query: str
) -> None:
    async with issued.api.by() as http:
        answer = await http.get(f"{url}?{query}")

    assert said(read(answer).find_class("lead")[0]).startswith("Đến hết ngày 10/6/2024:")


async def test_a_slash_at_the_end_of_an_address_opens_the_same_page(
    issued: Sample, url: str
) -> None:
    made = (await of_all(issued)).json()
    path, _, query = f"/boards{made['url'].partition('/boards')[2]}".partition("?")

    board = [read(await page(issued, f"{url}{slash}")) for slash in ("", "/")]
    plans = [read(await page(issued, f"{path}{slash}?{query}")) for slash in ("", "/")]

    assert [said(one.find_class("lead")[0])[:23] for one in board] == [
        "Đến hết ngày 10/6/2024:"
    ] * 2
    assert [len(one.xpath("//tbody//a")) for one in plans] == [1, 1]
    for without, with_slash in (board, plans):
        assert html.tostring(with_slash) == html.tostring(without)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"?key={'x' * 3000}", 200),
        (f"?as_of={'2' * 3000}", 422),
        ("/report/pdf", 404),
    ],
)
async def test_a_spoilt_link_is_answered_with_a_page(
    issued: Sample, url: str, path: str, status: int
) -> None:
    async with issued.api.by() as http:
        answer = await http.get(f"{url}{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
