"""The page of an import: for who corrects a draft, opened by a link, with nothing to change on it.

It is drawn from what `GET /v1/plan-imports/{import_id}` answers.
"""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.auth import page_links as keys
from app.clock import utc_now
from app.errors import NotFoundError
from app.http.handling import PlannedRoute
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.models import Plan, PlanImport
from app.queries.plans.page_links import import_of_link
from app.routers.page_answers import CLOSED, NOBODY, Written, page_answer, path_of
from app.views.import_pages import ImportPageAsked, import_page

router = APIRouter(tags=["plans"], include_in_schema=False, route_class=PlannedRoute)


@router.get("/imports/{import_id}/", summary="Trang kết quả nhập / The page of an import")
@router.get("/imports/{import_id}", summary="Trang kết quả nhập / The page of an import")
async def show_import(
    request: Request,
    reader: ReaderDep,
    import_id: str,
    key: Written = "",
    part: Written = "",
    lang: Written = "vi",
) -> HTMLResponse:
    """Show the result of an import beside the file's own words, to whoever has a link. However a
    copied link was spoilt, a person gets a page."""
    asked = ImportPageAsked(
        path=path_of(request),
        key=key,
        part=int(part) if part.isascii() and part.isdigit() and len(part) < 10 else 1,
        language="en" if lang == "en" else "vi",
    )

    async def draw() -> str:
        link_id = keys.read(settings_of(request), key, at=utc_now())
        async with request.app.state.fair_use.turns(NOBODY):
            row, plan = await _opened(reader, import_id, link_id)
        return import_page(row, plan, asked)

    return await page_answer(request, asked.language, draw)


async def _opened(
    reader: ReaderDep, import_id: str, link_id: uuid.UUID | None
) -> tuple[PlanImport, Plan]:
    """The import that a link opens, and its plan; raises `NotFoundError`, whatever the reason."""
    try:
        wanted = uuid.UUID(import_id)
    except ValueError:
        raise NotFoundError(CLOSED) from None
    if link_id is None:
        raise NotFoundError(CLOSED)
    found = await import_of_link(reader.session, link_id, wanted, at=utc_now())
    if found is None:
        raise NotFoundError(CLOSED)
    return found
