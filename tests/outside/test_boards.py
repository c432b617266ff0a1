"""The page of a board in a browser: at every width, in print, and to who hears it read."""

import httpx
import pytest
from playwright.async_api import Page

from app.config import Settings
from tests.http.test_docs import needs_chromium
from tests.outside.browser import FOLDED, WIDE, WIDTHS, hard_to_read, opened
from tests.support.assignments import at
from tests.support.reports import COMPLETED, decide, file
from tests.support.sample import Sample
from tests.support.sample import opened as sample_of
from tests.support.transactions import Engines

pytestmark = needs_chromium


@pytest.fixture(scope="module")
async def drawn(issued_url: str, settings: Settings, engines: Engines) -> httpx.Response:
    """The page of the plan a year after its first deadlines, with a report in it."""
    async with sample_of(engines, issued_url, settings) as issued:
        return await draw(issued)


async def draw(issued: Sample) -> httpx.Response:
    plan = await issued.the_plan()
    plan.board_is_public = True
    await issued.session.commit()
    with at("2024-06-10"):
        accepted = await file(issued, COMPLETED)
        await decide(issued, accepted["id"], "accept")
    with at("2025-12-10"):
        async with issued.api.by() as http:
            answer = await http.get(f"/boards/{plan.id}")
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_fits_and_asks_for_nothing(
    tab: Page, drawn: httpx.Response, width: int
) -> None:
    async with opened(tab, drawn, width) as (page, amiss):
        assert await page.evaluate(WIDE) <= width
        await page.evaluate(FOLDED)
        assert await page.evaluate(WIDE) <= width
        # The style sheet is followed: without it a tile would be a line of text.
        assert await page.evaluate("getComputedStyle(document.querySelector('.kpis')).display") == (
            "grid"
        )
        assert amiss == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_can_be_read_by_everybody(
    tab: Page, drawn: httpx.Response, width: int
) -> None:
    assert await hard_to_read(tab, drawn, width) == []


async def test_the_page_is_printed_whole_without_its_form(tab: Page, drawn: httpx.Response) -> None:
    async with opened(tab, drawn, 1000) as (page, amiss):
        await page.emulate_media(media="print")
        assert not await page.locator("form").is_visible()
        assert await page.locator("#so-theo-doi").is_visible()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")
        assert amiss == []
