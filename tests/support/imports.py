"""Imports of files over the API, and the links to their pages."""

from typing import Any
from xml.sax.saxutils import escape

import httpx

from tests.support.plan_files import HEADING, docx, paragraph, row, table
from tests.support.sample import Sample

LINK = {"purpose": "Chuyên viên soát dự thảo", "last_day": "2024-07-01"}
HOSTILE = '<script>alert("1")</script>\u202e &amp; "x" \'y\' {{ 7 * 7 }} =cmd|a'
DOUBTFUL = docx(
    paragraph("KẾ HOẠCH")
    + paragraph("Công tác năm 2024")
    + table(
        row(*HEADING),
        row("I", "NHIỆM VỤ CHUNG", "", "", ""),
        row("1", "Việc rõ ràng", "Sở Nội vụ", "", "Trước ngày 30/6/2024"),
        row("2", f"Việc {escape(HOSTILE)}", "Sở Nội vụu", "Sở Y tế liên quan", "Định kỳ hằng quý"),
        row("3", "Việc của nhiều bên", "Trung tâm không có thật", "nt", escape(HOSTILE)),
        row("TM. ỦY BAN NHÂN DÂN", "", "", "", ""),
    )
)


async def imported(sample: Sample, content: bytes, name: str = "Kế hoạch.docx") -> dict[str, Any]:
    """The answer to an import of a file."""
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": (name, content)})
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def linked(sample: Sample, import_id: str) -> dict[str, Any]:
    """A new link to the page of an import."""
    async with await sample.issuer() as http:
        made = await http.post(f"/v1/plan-imports/{import_id}/links", json=LINK)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def page_of(sample: Sample, content: bytes, **query: str) -> httpx.Response:
    """The page of a new import of a file, asked for without a token."""
    made = await imported(sample, content)
    link = await linked(sample, made["id"])
    url = httpx.URL(link["url"])
    async with sample.api.by() as http:
        return await http.get(url.copy_merge_params(query))
