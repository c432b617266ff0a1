"""Plans that come in packages, in every format that an import reads."""

import shutil

import pytest

from app.auth.principal import Role
from app.documents.edxml.package import Attachment
from tests.support.edxml_roads import plan_package, sent
from tests.support.plan_files import DOCX, TEXT, docx, paragraph
from tests.support.plan_readings import PLANS
from tests.support.sample import Sample
from tests.support.sample_facts import PROVINCIAL_COMMITTEE

OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
FORMS = PLANS / "forms"
PROSE = docx(
    paragraph("KẾ HOẠCH")
    + paragraph("Giao Sở Nội vụ chủ trì, phối hợp với Sở Y tế xây dựng báo cáo trước 30/6/2024.")
)


@pytest.mark.parametrize(
    "ending", [".pdf", ".txt", *(pytest.param(one, marks=OFFICE) for one in (".doc", ".rtf"))]
)
async def test_a_plan_comes_in_any_format(sample: Sample, ending: str) -> None:
    content = TEXT if ending == ".txt" else (FORMS / f"sample{ending}").read_bytes()
    file = Attachment(f"Kế hoạch{ending}", "application/octet-stream", content)

    made = await sent(sample, plan_package(file), PROVINCIAL_COMMITTEE, Role.ISSUER)
    async with await sample.issuer() as http:
        read = (await http.get(f"/v1/plan-imports/{made['plan_import_id']}")).json()

    assert read["reading"]["counts"]["tasks"] == 30
    assert read["file_name"] == f"Kế hoạch{ending}"


async def test_the_file_with_the_table_is_taken_before_the_letter(sample: Sample) -> None:
    letter = Attachment("ke-hoach.docx", "application/octet-stream", PROSE)
    signed = Attachment("ky.pdf", "application/pdf", (FORMS / "sample.pdf").read_bytes())
    table = Attachment("phu-luc.docx", "application/octet-stream", DOCX)

    made = await sent(
        sample, plan_package(letter, signed, table), PROVINCIAL_COMMITTEE, Role.ISSUER
    )
    async with await sample.issuer() as http:
        read = (await http.get(f"/v1/plan-imports/{made['plan_import_id']}")).json()

    assert read["file_name"] == "phu-luc.docx"


async def test_without_a_table_the_letters_sentences_are_taken(sample: Sample) -> None:
    letter = Attachment("ke-hoach.docx", "application/octet-stream", PROSE)

    made = await sent(sample, plan_package(letter), PROVINCIAL_COMMITTEE, Role.ISSUER)
    async with await sample.issuer() as http:
        read = (await http.get(f"/v1/plan-imports/{made['plan_import_id']}")).json()

    assert [one["code"] for one in read["reading"]["warnings"]] == ["prose_plan"]
    assert read["reading"]["counts"]["tasks"] == 1
