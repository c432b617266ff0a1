"""The pages of boards: for people, in a browser or in a portal's frame, without a token.

A page opens to whoever has a link that was made for it, or to everybody where the plan's issuer
opened it. It is drawn from what `GET /v1/plans/{plan_id}/board` answers.
"""

import re
import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from app.auth import page_links as keys
from app.clock import local_day, utc_now
from app.config import Settings
from app.domain.consolidated_reports import files
from app.domain.consolidated_reports.forms import FileForm
from app.domain.figures.as_of import day_asked
from app.errors import NotFoundError, Text, TrackerError, invalid_at
from app.http.handling import PlannedRoute
from app.http.sessions import ReaderDep, RequestReader
from app.http.settings import settings_of
from app.queries.consolidated_reports import reports
from app.queries.figures.boards import public_plans
from app.queries.figures.plan import AsOf
from app.queries.plans.page_links import Opened, opened_by_link, opens_all, public_plan
from app.routers.page_answers import (
    CLOSED,
    NOBODY,
    Written,
    page_answer,
    page_headers,
    path_of,
    refusal,
)
from app.routers.viewpoints import role_asked
from app.schemas.common import Day
from app.views.board_pages import PageAsked, board_page, boards_page
from app.views.boards import BoardAsked, board_out

router = APIRouter(tags=["figures"], include_in_schema=False, route_class=PlannedRoute)

MOST_PLANS = 50
OCCURRENCE = re.compile(r"[0-9]{4}|once")
DAY: TypeAdapter[date] = TypeAdapter(Day)
NO_DAY = Text("Ngày phải có dạng năm-tháng-ngày.", "The day is written YYYY-MM-DD.")


async def page_asked(
    request: Request,
    key: Written = "",
    as_of: Written = "",
    period: Written = "",
    role: Written = "lead",
    show: Written = "",
    lang: Written = "vi",
    embed: Written = "",
) -> PageAsked:
    """The address of a board's page; a parameter without meaning is taken for its default."""
    return PageAsked(
        path=path_of(request),
        key=key,
        as_of=as_of,
        period=period if OCCURRENCE.fullmatch(period) else "",
        role="all" if role == "all" else "lead",
        show=show,
        language="en" if lang == "en" else "vi",
        is_embedded=embed == "1",
    )


PageDep = Annotated[PageAsked, Depends(page_asked)]


@router.get("/boards/{plan_id}/", summary="Trang theo dõi một kế hoạch / The board of a plan")
@router.get("/boards/{plan_id}", summary="Trang theo dõi một kế hoạch / The board of a plan")
async def show_board(
    request: Request, reader: ReaderDep, asked: PageDep, plan_id: str
) -> HTMLResponse:
    """The board of a plan, for whoever may see it."""

    async def draw() -> str:
        settings = settings_of(request)
        today = local_day(utc_now())
        # Whoever has no token has turns as a client has; all of them share these.
        async with request.app.state.fair_use.turns(NOBODY):
            plan, opens_report = await _opened(reader, settings, plan_id, asked.key)
            has_report = opens_report and bool(await reports.last_signed(reader.session, plan.id))
            as_of = AsOf(_day(asked, today), settings.due_soon_days, role_asked(asked.role))
            board = await board_out(
                reader, plan, BoardAsked(as_of, today, asked.period or None, None)
            )
            return board_page(board, asked, today=today, has_report=has_report)

    return await page_answer(request, asked.language, draw)


@router.get(
    "/boards/{plan_id}/report/{form}", summary="Báo cáo đã ký / The last signed report as a file"
)
async def get_board_report(
    request: Request, reader: ReaderDep, asked: PageDep, plan_id: str, form: str
) -> Response:
    """The last signed report of the plan, where the link allows it."""
    settings = settings_of(request)
    try:
        async with request.app.state.fair_use.turns(NOBODY):
            plan, opens_report = await _opened(reader, settings, plan_id, asked.key)
            report = await reports.last_signed(reader.session, plan.id)
            if report is None or not opens_report or form not in list(FileForm):
                raise NotFoundError(CLOSED)
            found = await files.file_of(reader, report, FileForm(form), settings.report_template)
    except TrackerError as error:
        return refusal(settings, asked.language, error)
    headers = page_headers(settings, asked.language)
    headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.get("/boards/", summary="Các kế hoạch được công khai / The plans that are public")
@router.get("/boards", summary="Các kế hoạch được công khai / The plans that are public")
async def show_boards(request: Request, reader: ReaderDep, asked: PageDep) -> HTMLResponse:
    """The plans that everybody may see, or by a link all that are issued, each with its bar."""

    async def draw() -> str:
        settings = settings_of(request)
        day = _day(asked, local_day(utc_now()))
        async with request.app.state.fair_use.turns(NOBODY):
            every = await _opens_all(reader, settings, asked.key)
            as_of = AsOf(day, settings.due_soon_days)
            found = await public_plans(reader, as_of, every=every, limit=MOST_PLANS)
        return boards_page(found, asked, day, every=every)

    return await page_answer(request, asked.language, draw)


async def _opened(reader: RequestReader, settings: Settings, plan_id: str, key: str) -> Opened:
    """The plan whose board the caller may see; raises `NotFoundError`, whatever the reason."""
    try:
        wanted = uuid.UUID(plan_id)
    except ValueError:
        raise NotFoundError(CLOSED) from None
    now = utc_now()
    found = None
    # A link may open more than what everybody sees.
    if (link_id := keys.read(settings, key, at=now)) is not None:
        found = await opened_by_link(reader.session, link_id, wanted, at=now)
    if found is None:
        found = await public_plan(reader.session, wanted)
    if found is None:
        raise NotFoundError(CLOSED)
    return found


async def _opens_all(reader: RequestReader, settings: Settings, key: str) -> bool:
    """True if the link opens the page of all plans; without a link the page is of public plans."""
    now = utc_now()
    link_id = keys.read(settings, key, at=now)
    return link_id is not None and await opens_all(reader.session, link_id, at=now)


def _day(asked: PageAsked, today: date) -> date:
    if not asked.as_of:
        return today
    try:
        day = DAY.validate_python(asked.as_of)
    except ValidationError:
        raise invalid_at("?as_of", "date_parsing", NO_DAY) from None
    return day_asked(day, today=today)
