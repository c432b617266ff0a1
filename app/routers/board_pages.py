"""The pages of boards: for people, in a browser or in a portal's frame, without a token.

A page opens to whoever has a link that was made for it, or to everybody where the plan's issuer
opened it. It is drawn from what `GET /v1/plans/{plan_id}/board` answers.
"""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app.auth import page_links as keys
from app.clock import local_day, utc_now
from app.config import Settings
from app.db import ReaderDep, RequestReader
from app.domain.figures.as_of import day_asked
from app.errors import NotFoundError, Text, invalid_at
from app.models import Plan
from app.queries.figures.boards import public_plans
from app.queries.figures.plan import AsOf
from app.queries.plans.page_links import plan_of_board_link, public_plan
from app.routers.page_answers import CLOSED, NOBODY, Written, page_answer
from app.routers.viewpoints import role_asked
from app.views.board_pages import PageAsked, board_page, boards_page
from app.views.boards import BoardAsked, board_out

router = APIRouter(tags=["figures"], include_in_schema=False)

MOST_PLANS = 50
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
    """What the address of a page says; what means nothing is taken for its default."""
    return PageAsked(
        path=request.url.path,
        key=key,
        as_of=as_of,
        period=period,
        role="all" if role == "all" else "lead",
        show=show,
        language="en" if lang == "en" else "vi",
        is_embedded=embed == "1",
    )


PageDep = Annotated[PageAsked, Depends(page_asked)]


@router.get("/boards/{plan_id}", summary="Trang theo dõi một kế hoạch / The board of a plan")
async def show_board(
    request: Request, reader: ReaderDep, asked: PageDep, plan_id: str
) -> HTMLResponse:
    """The board of a plan, for whoever may see it."""

    async def draw() -> str:
        settings: Settings = request.app.state.settings
        today = local_day(utc_now())
        # Whoever has no token has turns as a client has; all of them share these.
        async with request.app.state.fair_use.turns(NOBODY):
            plan = await _opened(reader, settings, plan_id, asked.key)
            as_of = AsOf(_day(asked, today), settings.due_soon_days, role_asked(asked.role))
            board = await board_out(
                reader, plan, BoardAsked(as_of, today, asked.period or None, None)
            )
            return board_page(board, asked, today=today)

    return await page_answer(request, asked.language, draw)


@router.get("/boards", summary="Các kế hoạch được công khai / The plans that are public")
async def show_boards(request: Request, reader: ReaderDep, asked: PageDep) -> HTMLResponse:
    """The plans that everybody may see, each with its bar."""

    async def draw() -> str:
        settings: Settings = request.app.state.settings
        day = _day(asked, local_day(utc_now()))
        async with request.app.state.fair_use.turns(NOBODY):
            found = await public_plans(reader, AsOf(day, settings.due_soon_days), limit=MOST_PLANS)
        return boards_page(found, asked, day)

    return await page_answer(request, asked.language, draw)


async def _opened(reader: RequestReader, settings: Settings, plan_id: str, key: str) -> Plan:
    """The plan whose board the caller may see; raises `NotFoundError`, whatever the reason."""
    try:
        wanted = uuid.UUID(plan_id)
    except ValueError:
        raise NotFoundError(CLOSED) from None
    now = utc_now()
    plan = await public_plan(reader.session, wanted)
    if plan is None and (link_id := keys.read(settings, key, at=now)) is not None:
        plan = await plan_of_board_link(reader.session, link_id, at=now)
    if plan is None or plan.id != wanted:
        raise NotFoundError(CLOSED)
    return plan


def _day(asked: PageAsked, today: date) -> date:
    if not asked.as_of:
        return today
    try:
        day = date.fromisoformat(asked.as_of)
    except ValueError:
        raise invalid_at("?as_of", "date_parsing", NO_DAY) from None
    return day_asked(day, today=today)
