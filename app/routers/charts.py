import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.documents.svg.drawing import draw_png
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.errors import FileNotWrittenError
from app.http.idempotency import Route
from app.http.problems import language_of, refusals
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.queries.figures.plan import AsOf
from app.routers.viewpoints import FigureRole, role_asked
from app.schemas.common import AsOfDay
from app.views.charts import ChartName, plan_chart

router = APIRouter(prefix="/v1/plans/{plan_id}/charts", tags=["figures"], route_class=Route)

SVG, PNG = "image/svg+xml", "image/png"
BINARY = {"type": "string", "format": "binary"}
PictureForm = Annotated[
    Literal["svg", "png"],
    Query(
        alias="format",
        description="Hình co giãn được, hoặc ảnh để in / lines that scale, or dots for print",
    ),
]
# A picture that is opened by itself asks for nothing and runs nothing.
HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


@router.get(
    "/{name}",
    summary="Biểu đồ của một kế hoạch / Get a chart of a plan",
    response_class=Response,
    responses={
        200: {"content": {SVG: {"schema": {"type": "string"}}, PNG: {"schema": BINARY}}},
        **refusals(DayInFutureError, FileNotWrittenError),
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
    form: PictureForm = "svg",
) -> Response:
    """Hình SVG hoặc PNG: mỗi nhóm, cơ quan hoặc năm một thanh, có chữ, ký hiệu, hoa văn bên màu.

    The figures of `/statistics` as bars; words, symbols and patterns stand beside the colours, so
    that it is read in grey print too. As PNG it is drawn twice as large, for print.
    """
    day = day_asked(as_of, today=local_day(utc_now()))
    soon = settings_of(request).due_soon_days
    picture = await plan_chart(
        reader,
        AsOf(day, soon, role_asked(role)),
        name,
        plan_id=plan_id,
        mine=principal.agency_id,
        language=language_of(request),
    )
    if form == "png":
        return Response(await draw_png(picture), media_type=PNG, headers=HEADERS)
    return Response(picture, media_type=SVG, headers=HEADERS)
