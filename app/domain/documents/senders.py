"""The sender of a package: its From must name the agency that the caller acts for."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.documents.edxml.package import Organ
from app.domain.registry.identifiers import IDENTIFIER
from app.errors import PermissionDeniedError, Text, invalid_at
from app.models import Agency
from app.queries.registry.agencies import find_agency, today_form

PLACE = "#/edXMLEnvelope/edXMLHeader/MessageHeader/From/OrganId"
# QĐ 20/2020/QĐ-TTg; the registry holds identifiers in this form alone.


async def require_sender(session: AsyncSession, principal: Principal, organ: Organ) -> str | None:
    """The sender's official identifier in its present form; None while the registry has none.

    An agency without an identifier in the registry is named by its local code: an unconfirmed
    identifier is taken from no package. Raises `PermissionDeniedError` for another agency and
    `InvalidError` for an unknown one.
    """
    organ_id = organ.organ_id.upper()
    written = today_form(organ_id)
    identifier = written if IDENTIFIER.fullmatch(written) else None
    mine = await session.get_one(Agency, principal.agency_id)
    if organ_id == mine.code:
        return mine.identifier
    if identifier is not None and identifier == mine.identifier:
        return identifier
    if await find_agency(session, organ_id) is not None:
        raise PermissionDeniedError(
            Text(
                "Cơ quan gửi ghi trong gói không phải cơ quan mà hệ thống đang thay mặt; xem đầu"
                " mục `Acting-Agency`.",
                "The package's sender is not the agency that you act for; see Acting-Agency.",
            )
        )
    text = _unknown(mine)
    raise invalid_at(PLACE, "unknown_agency", text)


def _unknown(mine: Agency) -> Text:
    if mine.identifier is not None:
        return Text(
            "Mã cơ quan gửi không có trong danh mục.", "The sender's id is not in the registry."
        )
    return Text(
        f"Danh mục chưa có mã định danh của {mine.code}: hãy gửi với `OrganId` là {mine.code}, hoặc"
        " đề nghị quản trị nhập mã định danh.",
        f"The registry has no identifier of {mine.code} yet: send {mine.code} as the OrganId, or"
        " ask the administrator to enter it.",
    )
