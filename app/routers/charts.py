import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.db import ReaderDep
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.http.idempotency import Route
from app.http.problems import language_of, refusals
from app.queries.figures.plan import AsOf
from app.routers.viewpoints import FigureRole, role_asked
from app.schemas.common import AsOfDay
from app.views.charts import ChartName, plan_chart

router = APIRouter(prefix="/v1/plans/{plan_id}/charts", tags=["figures"], route_class=Route)

SVG = "image/svg+xml"
# A picture that is opened by itself asks for nothing and runs nothing.
HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@router.get(
    "/{name}",
    summary="Biểu đồ của một kế hoạch / Get a chart of a plan",
    response_class=Response,
    responses={
        200: {"content": {SVG: {"schema": {"type": "string"}}}},
        **refusals(DayInFutureError),
    },
)
async def get_plan_chart(
    request: Request,
    reader: ReaderDep,
    principal: Reader,
    plan_id: uuid.UUID,
    name: Annotated[ChartName, Path(examples=["groups"])],
    as_of: AsOfDay = None,
    role: FigureRole = "lead",
) -> Response:
    """Hình SVG: mỗi nhóm, cơ quan hoặc năm một thanh, có chữ, ký hiệu và hoa văn bên màu.

    The figures of `/statistics` as bars; words, symbols and patterns stand beside the colours, so
    that it is read in grey print too.
    """
    day = day_asked(as_of, today=local_day(utc_now()))
    soon = request.app.state.settings.due_soon_days
    picture = await plan_chart(
        reader,
        AsOf(day, soon, role_asked(role)),
        name,
        plan_id=plan_id,
        mine=principal.agency_id,
        language=language_of(request),
    )
    return Response(picture, media_type=SVG, headers=HEADERS)
