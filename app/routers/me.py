from fastapi import APIRouter, Request

from app.auth.deps import Reader
from app.clock import utc_now
from app.http.idempotency import Route
from app.http.sessions import ReadingSessionDep
from app.queries.access.client_list import get_view
from app.schemas.clients import MeOut
from app.views import clients as views

router = APIRouter(prefix="/v1", tags=["tokens"], route_class=Route)


@router.get("/me", summary="Tôi là ai / Who am I")
async def get_me(request: Request, session: ReadingSessionDep, principal: Reader) -> MeOut:
    """Hệ thống nào đang gọi, thay mặt cơ quan nào, được thay mặt những ai, với vai trò gì.

    Which client calls, in whose name, for whom it may act (`Acting-Agency`), and with which roles.
    """
    view = await get_view(session, request.scope["state"]["client"], at=utc_now())
    return await views.me_out(session, principal, view)
