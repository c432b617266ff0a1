"""The page of an import: doubts first, nothing to change, and only for whoever has a link."""

import re
from typing import Any

import httpx
import pytest
import time_machine
from lxml import html

from app.auth.principal import Role
from app.documents.pages import style_source
from app.views.import_pages import ROWS_A_PART
from tests.support.imports import DOUBTFUL, HOSTILE, LINK, imported, linked, page_of
from tests.support.plan_files import HEADING, docx, row, table
from tests.support.sample import Sample
from tests.support.sample_facts import INFORMATION, PROVINCIAL_COMMITTEE

pytestmark = pytest.mark.usefixtures("june_2024")


def read(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def said(node: Any) -> str:
    return re.sub(r"\s+", " ", " ".join(node.itertext())).strip()


async def asked(sample: Sample, url: str) -> httpx.Response:
    async with sample.api.by() as http:
        return await http.get(url)


async def test_doubts_come_first_each_with_its_suggestions(sample: Sample) -> None:
    found = read(await page_of(sample, DOUBTFUL))

    sections = found.findall(".//section")
    assert said(sections[0].find("h2")) == "Cần xem trước khi ban hành"
    doubts = [said(one) for one in sections[0].find_class("doubts")[0].findall("li")]
    assert len(doubts) == 2
    assert "Sở Nội vụ (SNV," in doubts[0]
    assert "Thời gian “Định kỳ hằng quý”: nhiều mốc, nhiều kỳ trong năm." in doubts[0]
    assert "Trung tâm không có thật" in doubts[1]
    assert "TM. ỦY BAN NHÂN DÂN" in said(sections[0])
    lead = said(found.find_class("lead")[0])
    assert "3 nhiệm vụ trong 1 nhóm" in lead
    assert "1 nhiệm vụ không có chỗ nào cần xem lại" in lead
    assert "2 dòng cần người xem" in lead
    assert "1 dòng không được đọc" in lead


async def test_the_files_words_stand_beside_what_was_understood(sample: Sample) -> None:
    found = read(await page_of(sample, DOUBTFUL))

    rows = found.find_class("read")[0].findall(".//tbody/tr")
    words, understood = map(said, rows[1].findall("td"))
    assert len(rows) == 4
    assert "Cơ quan chủ trì Sở Nội vụ" in words
    assert "Trước ngày 30/6/2024" in words
    assert "Chủ trì Sở Nội vụ (SNV)" in understood
    assert "Chậm nhất ngày 29/6/2024" in understood


async def test_a_doubt_leads_to_its_row(sample: Sample) -> None:
    found = read(await page_of(sample, DOUBTFUL))

    [link, *_] = found.find_class("doubts")[0].findall(".//a")
    assert found.get_element_by_id(link.get("href").partition("#")[2]).find_class("chip")


async def test_hostile_texts_stand_as_they_were_written(sample: Sample) -> None:
    answer = await page_of(sample, DOUBTFUL)

    assert "<script" not in answer.text

    titles = [said(one) for one in read(answer).iter("dd") if "cmd|a" in said(one)]
    assert f"Việc {HOSTILE}" in titles


async def test_the_page_is_english_if_it_is_asked_for(sample: Sample) -> None:
    answer = await page_of(sample, DOUBTFUL, lang="en")

    found = read(answer)
    assert (found.get("lang"), answer.headers["content-language"]) == ("en", "en")
    assert "3 tasks in 1 groups" in said(found.find_class("lead")[0])
    links = [one.get("href") for one in found.find_class("doubts")[0].findall(".//a")]
    assert all("lang=en" in one for one in links)


async def test_the_page_runs_nothing_asks_for_nothing_and_changes_nothing(sample: Sample) -> None:
    answer = await page_of(sample, DOUBTFUL)

    assert answer.headers["content-security-policy"].startswith(
        f"default-src 'none'; style-src {style_source()};"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    found = read(answer)
    forbidden = {"script", "form", "input", "button", "img", "iframe"}
    assert [one.tag for one in found.iter() if one.tag in forbidden or one.get("style")] == []


async def test_a_long_table_comes_in_parts_and_none_of_it_is_lost(sample: Sample) -> None:
    many = ROWS_A_PART + 1
    rows = [row(str(at), f"Việc {at}", "Sở Lạ", "", "2024") for at in range(1, many + 1)]
    first = await page_of(sample, docx(table(row(*HEADING), *rows)))
    parts = [one.get("href") for one in read(first).find_class("parts")[0].findall("a")]

    second = await asked(sample, parts[0].partition("#")[0])

    shown = [len(read(one).find_class("read")[0].findall(".//tbody/tr")) for one in (first, second)]
    assert shown == [ROWS_A_PART, 1]
    doubts = read(first).find_class("doubts")[0].findall("li")
    assert len(doubts) == many
    assert "part=2" in doubts[-1].find("a").get("href")


async def test_only_the_owner_makes_and_sees_links(sample: Sample) -> None:
    made = await imported(sample, DOUBTFUL)
    url = f"/v1/plan-imports/{made['id']}/links"
    link = await linked(sample, made["id"])

    async with await sample.issuer() as http:
        listed = (await http.get(url)).json()["items"]
    async with await sample.by(INFORMATION, Role.ISSUER) as http:
        strangers = [await http.get(url), await http.post(url, json=LINK)]
    async with await sample.by(PROVINCIAL_COMMITTEE, Role.READER) as http:
        readers = [await http.get(url), await http.post(url, json=LINK)]

    assert [one["id"] for one in listed] == [link["id"]]
    assert "url" not in listed[0]
    assert [one.status_code for one in strangers] == [404, 404]
    assert [one.status_code for one in readers] == [403, 403]


async def test_a_revoked_link_opens_nothing(sample: Sample) -> None:
    made = await imported(sample, DOUBTFUL)
    link = await linked(sample, made["id"])
    before = await asked(sample, link["url"])

    async with await sample.issuer() as http:
        url = f"/v1/plan-imports/{made['id']}/links/{link['id']}/revoke"
        answers = [await http.post(url, json={"reason": "Soát xong."}) for _ in range(2)]
    after = await asked(sample, link["url"])

    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json()["code"] == "link_revoked"
    assert (before.status_code, after.status_code) == (200, 404)


async def test_a_link_ends_with_its_last_day(sample: Sample) -> None:
    made = await imported(sample, DOUBTFUL)
    link = await linked(sample, made["id"])

    for moment, status in (("2024-07-01T16:59:59Z", 200), ("2024-07-01T17:00:00Z", 404)):
        with time_machine.travel(moment, tick=False):
            assert (await asked(sample, link["url"])).status_code == status


async def test_a_link_opens_its_own_import_alone(sample: Sample) -> None:
    first, second = [await imported(sample, DOUBTFUL) for _ in range(2)]
    link = await linked(sample, first["id"])
    key = link["url"].partition("?")[2]

    answers = [
        await asked(sample, f"/imports/{second['id']}?{key}"),
        await asked(sample, f"/boards/{first['plan_id']}?{key}"),
        await asked(sample, f"/imports/{first['id']}"),
        await asked(sample, f"/imports/{first['id']}?key=AAAA"),
        await asked(sample, f"/imports/khong-co?{key}"),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert all(one.headers["content-type"] == "text/html; charset=utf-8" for one in answers)


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        ({"key": "A" * 5000}, 404),
        ({"key": "\x00"}, 404),
        ({"key": "ê"}, 404),
        ({"lang": "x" * 5000}, 200),
        ({"part": "9" * 5000}, 200),
        ({"part": "²"}, 200),
        ({"part": "-1"}, 200),
    ],
)
async def test_a_spoilt_link_shows_a_page_all_the_same(
    sample: Sample, spoilt: dict[str, str], status: int
) -> None:
    answer = await page_of(sample, DOUBTFUL, **spoilt)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_slash_at_the_end_of_an_address_opens_the_same_page(sample: Sample) -> None:
    made = await imported(sample, DOUBTFUL)
    key = (await linked(sample, made["id"]))["url"].partition("?")[2]

    with_slash, without = [
        await asked(sample, f"/imports/{made['id']}{slash}?{key}") for slash in ("/", "")
    ]

    assert (with_slash.status_code, with_slash.text) == (200, without.text)


async def test_rows_that_were_not_read_are_counted_where_they_are_not_named(
    sample: Sample,
) -> None:
    after = (row("TM. ỦY BAN NHÂN DÂN", f"Lưu {number}", "", "", "") for number in range(503))
    body = table(row(*HEADING), row("1", "Một", "Sở Nội vụ", "", "2024"), *after)

    found = read(await page_of(sample, docx(body)))

    assert "503 dòng không được đọc" in said(found)
    assert "Còn 3 dòng khác không được đọc, không nêu tên ở đây." in said(found)


async def test_the_page_of_a_discarded_draft_is_gone(sample: Sample) -> None:
    made = await imported(sample, DOUBTFUL)
    link = await linked(sample, made["id"])

    async with await sample.issuer() as http:
        await http.delete(f"/v1/plans/{made['plan_id']}")

    assert (await asked(sample, link["url"])).status_code == 404
