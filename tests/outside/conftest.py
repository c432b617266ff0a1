"""The fixtures that the tests of a browser share."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.http.test_docs import CHROMIUM, FLAGS


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A browser of this worker's own: to start one takes longer than most pages."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def tab(chromium: Browser) -> Page:
    """Its one page, which shows a document after another: each page is a process."""
    return await chromium.new_page()
