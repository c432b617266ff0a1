"""An agency's own report goes out as an official letter in a package."""

from io import BytesIO

import docx
from docx.shared import Emu

from app.documents.edxml import package as edxml
from app.documents.edxml.reader import read_package
from app.documents.word.letter import DOCX
from tests.support.agency_reports import (
    DECEMBER,
    draft,
    filed,
    part,
)
from tests.support.assignments import COORDINATOR, REPORTER, at
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    FOREIGN_AFFAIRS,
    INFORMATION,
)


async def test_it_goes_out_as_a_letter_in_a_package_under_its_own_number(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT | {"results": "Đã tổ chức 02 lớp & \x02 <tập huấn>."})
        report = await filed(issued, shortcomings="")
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}"
        async with await issued.by(*COORDINATOR) as http:
            letter = await http.get(f"{path}/docx")
            again = await http.get(f"{path}/docx")
            answer = await http.get(f"{path}/edxml")
    package = read_package(answer.content).package
    assert isinstance(package, edxml.EdxmlDocument)
    [attached] = package.attachments

    assert letter.headers["content-type"] == DOCX
    assert attached.content == letter.content == again.content
    assert (package.number, str(package.promulgated_on)) == ("412/BC-SNgV", "2024-12-10")
    assert package.task_codes == (part(report)["assignment_id"],)
    assert (package.sender.organ_id, package.recipients[0].organ_id) == (
        FOREIGN_AFFAIRS,
        INFORMATION,
    )


async def test_the_letter_has_the_form_of_decree_30(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}/docx"
        async with await issued.by(*REPORTER) as http:
            letter = docx.Document(BytesIO((await http.get(path)).content))
    section = letter.sections[0]
    head, table, end = letter.tables
    left, right = (cell.text.split("\n") for cell in head.rows[0].cells)
    body = [one.text for one in letter.paragraphs if one.text]

    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(Emu(one or 0).mm) for one in margins] == [20, 20, 30, 15]
    assert [round(Emu(one or 0).mm) for one in (section.page_width, section.page_height)] == [
        210,
        297,
    ]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    assert letter.styles["Normal"].font.name == "Times New Roman"
    assert left == ["UBND TỈNH HÀ TĨNH", "SỞ NGOẠI VỤ", "", "Số: 412/BC-SNgV"]
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right[-1] == "Hà Tĩnh, ngày 10 tháng 12 năm 2024"
    assert body[:2] == [
        "BÁO CÁO",
        "Kết quả năm 2024 thực hiện Kế hoạch số MAU-01/KH-MAU ngày 20/5/2024",
    ]
    assert "Kính gửi: Sở Thông tin và Truyền thông" in body
    assert [one for one in body if one.split(".")[0] in ("I", "II", "III", "IV", "V", "VI")] == [
        "I. ĐẶC ĐIỂM TÌNH HÌNH",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. TỒN TẠI, HẠN CHẾ",
        "IV. NGUYÊN NHÂN",
        "V. ĐỀ XUẤT, KIẾN NGHỊ",
        "VI. PHƯƠNG HƯỚNG, NHIỆM VỤ KỲ TỚI",
    ]
    assert body[-1].endswith("./.")
    assert [cell.text for cell in table.rows[1].cells][2:] == [
        "Chủ trì",
        "Đang thực hiện, 40\u00a0%",
        REPORT["results"],
    ]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert end.rows[0].cells[1].text.startswith("GIÁM ĐỐC")


async def test_there_is_no_letter_of_what_was_not_filed(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued, submit=False)
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}"
        async with await issued.by(*REPORTER) as http:
            answers = [await http.get(f"{path}/{form}") for form in ("docx", "edxml")]

    assert [one.status_code for one in answers] == [404, 404]
