"""Sending packages over HTTP, as an agency's document-management system does."""

from typing import Any

import httpx

from app.auth.principal import Role
from app.documents.edxml.package import Attachment, DocumentType, Organ
from tests.support.edxml_files import package
from tests.support.plan_files import docx, row, table
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION, PROVINCIAL_COMMITTEE

XML = {"content-type": "application/xml"}
TABLE = docx(
    table(
        row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
        row("1", "Việc một", "Sở Thông tin và Truyền thông", "Sở Nội vụ", "2024"),
    )
)


async def post(
    sample: Sample,
    content: bytes,
    agency: str = FOREIGN_AFFAIRS,
    *roles: Role,
    acts_for: tuple[str, ...] = (),
    **headers: str,
) -> httpx.Response:
    """The answer to a package that a client of *agency* sends; a reporter if nothing is said."""
    by = await sample.by(agency, *(roles or (Role.REPORTER,)), acts_for=acts_for, **headers)
    async with by as http:
        return await http.post("/v1/documents", content=content, headers=XML)


async def sent(sample: Sample, content: bytes, agency: str = FOREIGN_AFFAIRS, *roles: Role) -> Any:
    """The document that a package became."""
    answer = await post(sample, content, agency, *roles)
    assert answer.status_code == 201, answer.text
    return answer.json()


def plan_package(*files: Attachment, **given: Any) -> bytes:
    """An incoming plan of the provincial committee."""
    return package(
        **{
            "sender": Organ(PROVINCIAL_COMMITTEE),
            "recipients": (Organ(INFORMATION),),
            "document_id": "H27,2024/05/20,99/KH-UBND",
            "code_number": "99",
            "code_notation": "KH-UBND",
            "subject": "Kế hoạch chuyển đổi số",
            "type": DocumentType(2, 10, "Kế hoạch"),
            "attachments": files or (Attachment("ke-hoach.docx", "application/zip", TABLE),),
            **given,
        }
    )
