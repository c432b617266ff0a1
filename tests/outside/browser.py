"""A page in a browser that gets nothing but it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import ConsoleMessage, Error, Page, Route

from tests.outside.node import tools

HERE = "http://bang.example.vn"
WIDTHS = (1440, 390, 320)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """
async rules => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})
    return {
        passes: found.passes.length,
        violations: found.violations.map(one => [one.id, one.nodes[0].html]),
    }
}
"""
"""All rules look at all nodes; only those that break one are described, and told."""
FOLDED = "document.querySelectorAll('details').forEach(one => { one.open = true })"
WIDE = "document.documentElement.scrollWidth"


@asynccontextmanager
async def opened(
    page: Page, answer: httpx.Response, width: int
) -> AsyncIterator[tuple[Page, list[str]]]:
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

    def hear(said: ConsoleMessage | Error) -> None:
        amiss.append(said.text if isinstance(said, ConsoleMessage) else str(said))

    await page.set_viewport_size({"width": width, "height": 900})
    page.on("console", hear)
    page.on("pageerror", hear)
    await page.route("**/*", gate)
    try:
        await page.goto(f"{HERE}/")
        yield page, amiss
    finally:
        await page.goto("about:blank")
        await page.emulate_media(media="null")
        await page.unroute_all()
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", hear)


async def hard_to_read(page: Page, answer: httpx.Response, width: int) -> list[tuple[str, str]]:
    """The obstacles to reading the page, by the rules of axe."""
    axe = (tools() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    async with opened(page, answer, width):
        await page.evaluate(FOLDED)
        await page.evaluate(axe)
        found: dict[str, Any] = await page.evaluate(AXE, RULES)
    assert found["passes"] > 0
    return [(rule, html) for rule, html in found["violations"]]
