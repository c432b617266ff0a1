"""The page of a board in a browser: at every width, in print, and to who hears it read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, async_playwright

from tests.http.test_docs import CHROMIUM, FLAGS, needs_chromium
from tests.outside.node import tools
from tests.support.assignments import at
from tests.support.reports import COMPLETED, decide, file
from tests.support.sample import Sample

HERE = "http://bang.example.vn"
WIDTHS = (1440, 390, 320)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOLDED = "document.querySelectorAll('details').forEach(one => { one.open = true })"
WIDE = "document.documentElement.scrollWidth"
pytestmark = needs_chromium


@pytest.fixture
async def drawn(issued: Sample) -> httpx.Response:
    """The page of the plan a year after its first deadlines, with a report in it."""
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


@asynccontextmanager
async def opened(answer: httpx.Response, width: int) -> AsyncIterator[tuple[Page, list[str]]]:
    """The page in a browser that gets nothing but it, and what was amiss: errors, and others that
    were asked."""
    amiss: list[str] = []

    async def gate(route: Route) -> None:
        if route.request.url == f"{HERE}/":
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name in ("content-type", "content-security-policy")
            }
            await route.fulfill(body=answer.text, headers=headers)
        else:
            amiss.append(route.request.url)
            await route.abort()

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: amiss.append(message.text))
        page.on("pageerror", lambda error: amiss.append(str(error)))
        await page.route("**/*", gate)
        await page.goto(f"{HERE}/")
        yield page, amiss
        await browser.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_fits_and_asks_for_nothing(drawn: httpx.Response, width: int) -> None:
    async with opened(drawn, width) as (page, amiss):
        assert await page.evaluate(WIDE) <= width
        await page.evaluate(FOLDED)
        assert await page.evaluate(WIDE) <= width
        # The style sheet is followed: without it a tile would be a line of text.
        assert await page.evaluate("getComputedStyle(document.querySelector('.kpis')).display") == (
            "grid"
        )
        assert amiss == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_can_be_read_by_everybody(drawn: httpx.Response, width: int) -> None:
    axe = (tools() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    async with opened(drawn, width) as (page, _):
        await page.evaluate(FOLDED)
        await page.evaluate(axe)
        found: dict[str, Any] = await page.evaluate(
            "rules => axe.run(document, {runOnly: rules})", RULES
        )

    assert found["passes"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


async def test_the_page_is_printed_whole_without_its_form(drawn: httpx.Response) -> None:
    async with opened(drawn, 1000) as (page, amiss):
        await page.emulate_media(media="print")
        assert not await page.locator("form").is_visible()
        assert await page.locator("#so-theo-doi").is_visible()
        assert (await page.pdf(format="A4")).startswith(b"%PDF")
        assert amiss == []
