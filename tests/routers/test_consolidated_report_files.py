"""The files of a consolidated report: every number is that of the freeze, every text as it was
typed, the form that of the decree."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import etree

from app.documents.word.letter import DOCX
from app.domain.consolidated_reports.alike import FRAME, RATES
from app.domain.consolidated_reports.forms import XLSX
from app.models import Agency
from tests.support.assignments import COORDINATOR, at, done
from tests.support.clients import Api
from tests.support.closings import CLOSING
from tests.support.consolidated import DAY, SIGNED, content, filed_by, frozen, told
from tests.support.reports import decide
from tests.support.sample import Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FINANCE,
    TEACH_THE_RESOLUTION,
)

DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
LATE = {"late_reason": "Chờ hướng dẫn."}
HOSTILE = "<b>&amp;</b> =cmd|' /C calc'!A0\u202eđảo\u202c 😀 \x01 ]]>"


async def read_file(issued: Sample, report: dict[str, Any], form: str) -> bytes:
    """The report as it is downloaded."""
    async with await issued.by(*COORDINATOR) as http:
        answer = await http.get(f"/v1/reports/{report['id']}/files/{form}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def letter(issued: Sample, report: dict[str, Any]) -> Any:
    return docx.Document(BytesIO(await read_file(issued, report, "docx")))


def rows(table: Any) -> list[list[str]]:
    """The texts of a table's rows; a heading that spans the table is one text."""
    return [
        [
            "\n".join(
                "".join(run.text or "" for run in line.iter(qn("w:t")))
                for line in cell.iter(qn("w:p"))
            )
            for cell in row._tr.tc_lst
        ]
        for row in table.rows
    ]


def number(text: str) -> int:
    return int(text.replace(".", ""))


def rate(text: str) -> dict[str, Any]:
    """A rate as it is written: 98,62 % (16.051/16.274)."""
    if text == "-":
        return {"numerator": 0, "base": 0, "percent": None}
    found = re.fullmatch(r"([\d,]+)\u00a0% \(([\d.]+)/([\d.]+)\)", text)
    assert found is not None, text
    percent, numerator, base = found.groups()
    return {
        "numerator": number(numerator),
        "base": number(base),
        "percent": float(percent.replace(",", ".")),
    }


def at_path(tree: dict[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = tree
    for name in path:
        found = found[name]
    return found


def assignments(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in found["results"]:
        for task in group["tasks"]:
            yield from task["assignments"]


async def test_every_number_of_the_letter_is_that_of_the_freeze(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    found, document = await content(issued, report), await letter(issued, report)

    _, frame, rates, groups, *_ = document.tables
    for shown, (words, where, path) in zip(rows(frame)[1:], FRAME, strict=True):
        trees = [
            found[role]["flows"]
            if where == "flows"
            else found[role]["statistics"]["by_current_deadline"]
            for role in ("lead", "coordinating")
        ]
        assert shown[0] == words
        assert [number(cell) for cell in shown[1:]] == [at_path(tree, path) for tree in trees]
    written = [row for row in rows(rates)[1:] if len(row) > 1]
    expected = [
        [found[role]["statistics"][f"by_{by}_deadline"]["rates"][name] for by in BOTH]
        for role in ("lead", "coordinating")
        for _, name in RATES
    ]
    assert [[rate(cell) for cell in row[1:]] for row in written] == [
        [of_nothing(one) for one in row] for row in expected
    ]
    assert [row[1:] for row in rows(groups)[1:]] == [
        in_table(group) for group in found["lead"]["by_group"]
    ]


async def test_the_sentence_of_a_closed_plan_says_where_everything_went(issued: Sample) -> None:
    await told(issued)
    plan = await issued.the_plan()
    with at(DAY):
        async with await issued.issuer() as http:
            answer = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)
        assert answer.status_code == 200, answer.text
    report = await frozen(issued)
    flows = (await content(issued, report))["lead"]["flows"]

    text = "\n".join(one.text for one in (await letter(issued, report)).paragraphs)

    [said] = re.findall(r"chủ trì (\S+) nhiệm vụ kỳ trước.*? sang kỳ sau", text)
    [left] = re.findall(r"(\S+) nhiệm vụ kết thúc theo dõi khi chưa hoàn thành;", text)
    assert number(said) == flows["carried_in"]
    assert number(left) == flows["closed"]["at_close"]["total"] > 0
    # It names nothing else that happened to nobody.
    assert "nhiệm vụ thu hồi" not in text


BOTH = ("current", "original")


def of_nothing(one: dict[str, Any]) -> dict[str, Any]:
    return one if one["base"] else {"numerator": 0, "base": 0, "percent": None}


def in_table(group: dict[str, Any]) -> list[str]:
    """A group as tables show it, written without the service's own functions."""
    now = group["statistics"]["by_current_deadline"]
    open_, one = now["not_completed"], now["rates"]["completed_of_due"]
    counts = (
        now["total"],
        now["completed"]["total"],
        now["completed"]["late"],
        open_["awaiting_confirmation"]["total"],
        open_["in_time"]["total"],
        open_["overdue"]["total"],
        now["other"]["total"]
        + now["ended_with_task"]
        + now["at_close"]["total"]
        + now["awaiting_handover"],
    )
    # A reader adds a row up: all but those that were completed late stands beside the total.
    assert counts[0] == counts[1] + sum(counts[3:])
    percent = "-"
    if one["base"]:
        words = f"{one['percent']:.2f}".replace(".", ",")
        percent = f"{words}\u00a0% ({one['numerator']}/{one['base']})"
    return [group["label"], *map(str, counts), percent]


async def test_the_appendices_tell_of_every_task_and_agency(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    found, document = await content(issued, report), await letter(issued, report)

    results, reporting, by_agency, evidence = (rows(table) for table in document.tables[-4:])
    led = [one for one in assignments(found) if one["role"] == "lead"]
    numbered = [row for row in results[1:] if len(row) > 1 and row[0]]
    assert len(numbered) == len(led)
    headings = [row[0] for row in results if len(row) == 1]
    tasks = [task for group in found["results"] for task in group["tasks"]]
    assert len(headings) == len(tasks) + len(found["results"])
    for task in tasks:
        [heading] = [
            one for one in headings if one.startswith(f"{task['ordinal']}. {task['title']}")
        ]
        assert heading.endswith(f"{task['completed']}/{task['total']} đơn vị hoàn thành")
    [reported] = [row for row in numbered if row[1] == "Sở Ngoại vụ" and "tập huấn" in row[4]]
    assert reported[3] == "Đã hoàn thành, đúng hạn"
    assert {row[4] for row in numbered if row != reported} == {"Chưa có báo cáo"}
    assert [(row[1], *map(number, row[2:10])) for row in reporting[1:]] == [
        (
            one["agency"]["name"],
            *(one[name] for name in ("expected", "filed", "on_time", "not_filed")),
            *(one[name] for name in ("waiting", "returned", "reminded", "extended")),
        )
        for one in found["reporting"]
    ]
    assert [row[1:] for row in by_agency[1:]] == [
        in_table(group) for group in found["lead"]["by_agency"]
    ]
    assert [row[1:5] for row in evidence[1:]] == [
        [CULTURAL_DIPLOMACY, "Sở Ngoại vụ", "215/BC-SNgV", "20/5/2024"]
    ]


def page(section: Any) -> tuple[int, int]:
    """The size of the page in millimetres."""
    return round(section.page_width.mm), round(section.page_height.mm)


def margins(section: Any) -> tuple[int, ...]:
    """The margins at the top, bottom, left and right, in millimetres."""
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    return tuple(round(side.mm) for side in sides)


async def test_it_has_the_form_of_the_decree(issued: Sample) -> None:
    await told(issued)
    document = await letter(issued, await frozen(issued))

    first, *others = document.sections
    assert page(first) == (210, 297)
    for section in document.sections:
        assert margins(section) == (20, 20, 30, 15)
        # The number of the page stands in the top margin from the second page on.
        assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in first.header._element.xml
    assert len(others) == 4
    for section in others:
        assert page(section) == (297, 210)
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert section.header.is_linked_to_previous
    style = document.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Times New Roman", Pt(14))


async def test_it_has_the_parts_of_a_report_in_their_order(issued: Sample) -> None:
    await told(issued)
    plan = await issued.the_plan()
    plan.legal_bases = ["Nghị quyết số 47/NQ-CP", "Căn cứ Kết luận số 57-KL/TW."]
    await issued.session.commit()
    document = await letter(issued, await frozen(issued))

    head, *tables, _, _, _, _ = document.tables
    left, right = rows(head)[0]
    assert left.split("\n")[:2] == ["UBND TỈNH HÀ TĨNH", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG"]
    assert right.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert right.endswith("Hà Tĩnh, ngày … tháng … năm …")
    assert left.endswith("/BC-STTTT")
    signature = rows(tables[-1])[0]
    assert signature[0].startswith("Nơi nhận:\n- Như trên;")
    assert signature[1].startswith("GIÁM ĐỐC")
    for table in document.tables[1:]:
        if table.style.name == "Table Grid":
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    words = [paragraph.text for paragraph in document.paragraphs]
    assert "BÁO CÁO" in words
    assert "Kính gửi: Ủy ban nhân dân tỉnh Hà Tĩnh" in words
    at_bases = words.index("Căn cứ Nghị quyết số 47/NQ-CP;")
    assert words[at_bases + 1] == "Căn cứ Kết luận số 57-KL/TW."
    assert words[at_bases + 2].startswith("Thực hiện Kế hoạch số")
    assert all(run.italic for run in document.paragraphs[at_bases].runs)
    assert [one for one in words if re.match("Phụ lục [IV]+$", one)] == [
        f"Phụ lục {numeral}" for numeral in ("I", "II", "III", "IV")
    ]
    assert [one for one in words if re.match("[IV]+[.] ", one)] == [
        "I. ĐẶC ĐIỂM TÌNH HÌNH",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. ĐÁNH GIÁ CHUNG",
        "IV. NỘI DUNG CẦN TẬP TRUNG CHỈ ĐẠO",
        "V. ĐỀ XUẤT, KIẾN NGHỊ",
        "VI. PHƯƠNG HƯỚNG, NHIỆM VỤ THỜI GIAN TỚI",
    ]
    assert sum(one.endswith("./.") for one in words) == 1


async def test_once_it_is_signed_it_bears_number_day_and_signer(issued: Sample) -> None:
    report = await frozen(issued)
    with at(DAY):
        signed = await done(issued, COORDINATOR, f"reports/{report['id']}/sign-off", **SIGNED)
    document = await letter(issued, signed)

    left, right = rows(document.tables[0])[0]
    assert left.endswith("Số: 123/BC-STTTT")
    assert right.endswith("Hà Tĩnh, ngày 20 tháng 12 năm 2024")
    assert any(row[-1].endswith("Nguyễn Văn Mẫu") for row in rows(document.tables[-4])[:1])
    assert (
        "(Kèm theo Báo cáo số 123/BC-STTTT ngày 20/12/2024 của Sở Thông tin và Truyền thông)"
        in [paragraph.text for paragraph in document.paragraphs]
    )


async def test_what_somebody_typed_breaks_no_letter(issued: Sample) -> None:
    with at("2024-12-12"):
        filed = await filed_by(issued, FINANCE, TEACH_THE_RESOLUTION, "once", results=HOSTILE)
        await decide(issued, filed["id"], "accept")
    report = await frozen(issued, notes={"strengths": HOSTILE, "situation": "\n\n"})
    document = await letter(issued, report)

    shown = HOSTILE.replace("\x01", "\ufffd")
    assert shown in [paragraph.text for paragraph in document.paragraphs]
    assert [row[4] for row in rows(document.tables[-3]) if "cmd" in row[-1]] == [shown]


async def test_what_several_propose_stands_once_with_their_names(issued: Sample) -> None:
    wish = "Đề nghị UBND tỉnh bố trí kinh phí."
    with at("2024-12-27"):
        for ordinal in (TEACH_THE_RESOLUTION, "3.7"):
            given = LATE | {"proposals": wish}
            filed = await filed_by(issued, FINANCE, ordinal, "once", **given)
            await decide(issued, filed["id"], "accept")
    document = await letter(issued, await frozen(issued, day="2024-12-30"))

    said = [one.text for one in document.paragraphs if one.text.endswith(wish)]
    assert said == [f"- Sở Tài chính (nhiệm vụ {TEACH_THE_RESOLUTION}, 3.7): {wish}"]


async def test_its_charts_stand_in_it_with_words(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    file = ZipFile(BytesIO(await read_file(issued, report, "docx")))
    pictures = [name for name in file.namelist() if name.startswith("word/media/")]
    drawn = etree.fromstring(file.read("word/document.xml"))

    words = [node.get("descr") for node in drawn.iter(f"{{{DRAWN}}}docPr")]
    assert words == [
        "Tình trạng theo nhóm nhiệm vụ, đến hết ngày 20/12/2024",
        "Tình trạng theo năm, đến hết ngày 20/12/2024",
    ]
    assert len(pictures) == len(words)
    for name in pictures:
        assert file.read(name).startswith(b"\x89PNG")
    across = {int(node.get("cx") or 0) / 36_000 for node in drawn.iter(f"{{{DRAWN}}}extent")}
    assert across == {165}


@pytest.mark.parametrize("form", ["docx", "xlsx"])
async def test_the_same_report_is_always_the_same_bytes(issued: Sample, form: str) -> None:
    report = await frozen(issued)
    first = await read_file(issued, report, form)
    agency = await issued.session.get_one(Agency, report["agency"]["id"])
    agency.certainty = "Đổi sau khi chốt."
    await issued.session.commit()

    assert await read_file(issued, report, form) == first


@pytest.mark.parametrize(("form", "kind"), [("docx", DOCX), ("xlsx", XLSX)])
async def test_a_file_says_what_it_is(issued: Sample, form: str, kind: str) -> None:
    report = await frozen(issued)
    async with await issued.by(*COORDINATOR) as http:
        answer = await http.get(f"/v1/reports/{report['id']}/files/{form}")
        other = await http.get(f"/v1/reports/{report['id']}/files/odt")

    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="bao-cao-tong-hop-2024-lan-1.{form}"'
    )
    assert other.status_code == 422


async def test_its_letter_stands_in_the_template_of_the_operator(
    issued: Sample, tmp_path: Path
) -> None:
    document = docx.Document()
    document.add_paragraph("UBND TỈNH: {{trich_yeu}}")
    document.save(str(tmp_path / "mau.docx"))
    report = await frozen(issued)
    own = Api(issued.connection, issued.api.settings, report_template=tmp_path / "mau.docx")
    async with own.by(await issued.client(*COORDINATOR)) as http:
        answers = [
            await http.get(f"/v1/reports/{report['id']}/files/{form}") for form in ("docx", "xlsx")
        ]

    found = docx.Document(BytesIO(answers[0].content))
    assert [one.text for one in found.paragraphs] == [f"UBND TỈNH: {report['title']}"]
    assert answers[1].status_code == 200
