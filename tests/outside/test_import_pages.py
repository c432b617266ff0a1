"""The page of an import in a browser: at every width, and to who hears it read."""

import httpx
import pytest
from playwright.async_api import Page

from app.config import Settings
from tests.http.test_docs import needs_chromium
from tests.outside.browser import FOLDED, WIDE, WIDTHS, hard_to_read, opened
from tests.support.assignments import at
from tests.support.imports import DOUBTFUL, page_of
from tests.support.sample import opened as sample_of
from tests.support.sample import plan_file
from tests.support.transactions import Engines

pytestmark = needs_chromium


@pytest.fixture(scope="module", params=["doubtful", "sample"])
async def drawn(
    request: pytest.FixtureRequest, registry_url: str, settings: Settings, engines: Engines
) -> httpx.Response:
    """The page of a file full of doubts and hostile texts, and that of the sample."""
    async with sample_of(engines, registry_url, settings) as sample:
        with at("2024-06-10"):
            answer = await page_of(sample, DOUBTFUL if request.param == "doubtful" else plan_file())
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
        # The style sheet is followed: without it terms and words would stand below each other.
        shown = "getComputedStyle(document.querySelector('.cells div')).display"
        assert await page.evaluate(shown) == "grid"
        assert amiss == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_can_be_read_by_everybody(
    tab: Page, drawn: httpx.Response, width: int
) -> None:
    assert await hard_to_read(tab, drawn, width) == []
