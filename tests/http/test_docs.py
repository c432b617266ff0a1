"""Swagger UI: our own files, nobody else's address, and a page in which the API can be tried."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, Route, sync_playwright

from app.http.openapi.document import SAMPLE_PLAN_ID
from app.main import STATIC
from tests.support.homes import Service

# swagger-ui-dist 5.35.0 from the npm registry, as it was released.
RELEASED = {
    "favicon-32x32.png": "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
    "swagger-ui-LICENSE": "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
    "swagger-ui-NOTICE": "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
}
OURS = {"docs.html", "docs.js"}
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Root has no sandbox; the rest keeps the browser itself from asking others.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None,
    reason="no Chromium is here to open the page with; on Debian: apt-get install chromium",
)


@dataclass
class Docs:
    """The page in a browser that answers for nobody but the service."""

    page: Page
    url: str
    client_id: str
    secret: str
    outside: list[str] = field(default_factory=list)

    def gate(self, route: Route) -> None:
        """Let only the service be asked, and note everybody else."""
        if route.request.url.startswith(f"{self.url}/"):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def hear(self, message: ConsoleMessage) -> None:
        """Note what the page's own policy kept from being asked."""
        if "Content Security Policy" in message.text:
            self.outside.append(message.text)

    def authorize(self) -> str:
        """Give the dialog the client's id and secret; what the dialog said before."""
        self.page.locator(".auth-wrapper button.authorize").click()
        dialog = self.page.locator(".dialog-ux")
        said = dialog.inner_text()
        dialog.get_by_label("client_id").fill(self.client_id)
        dialog.get_by_label("client_secret").fill(self.secret)
        dialog.locator("button.authorize").click()
        dialog.get_by_text("Logout").wait_for()
        dialog.locator("button.btn-done").click()
        return said

    def operation(self, tag: str, name: str) -> Locator:
        """One operation, opened; other sections are folded, since all that is open is drawn anew
        at every step."""
        section = self.page.locator(f"#operations-tag-{tag}")
        others = f"[id^=operations-tag-][data-is-open=true]:not(#operations-tag-{tag})"
        while (other := self.page.locator(others)).count():
            other.first.click()
        if section.get_attribute("data-is-open") == "false":
            section.click()
        block = self.page.locator(f"#operations-{tag}-{name}")
        if "is-open" not in (block.get_attribute("class") or ""):
            block.locator(".opblock-summary-control").click()
        return block

    def execute(self, block: Locator) -> tuple[str, Any]:
        """Press Execute: status and body as the page shows them."""
        block.locator("button.execute").click()
        answer = block.locator(".live-responses-table tbody tr.response").first
        answer.wait_for()
        status = answer.locator(".response-col_status").inner_text().split()[0]
        return status, json.loads(answer.locator(".highlight-code pre").first.inner_text())


@pytest.fixture(scope="module")
def opened(sample_service: Service) -> Iterator[Docs]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1400}, locale="vi-VN")
        page.set_default_timeout(100_000)
        docs = Docs(
            page,
            sample_service.url,
            "sample-coordinator",
            sample_service.secrets["sample-coordinator"],
        )
        page.context.route("**/*", docs.gate)
        page.on("console", docs.hear)
        page.goto(f"{sample_service.url}/docs")
        page.locator("#operations-tag-tokens").wait_for()
        yield docs
        browser.close()


@pytest.fixture
def docs(opened: Docs) -> Iterator[Docs]:
    yield opened
    assert opened.outside == []


def test_static_files_are_the_released_ones_and_two_of_ours() -> None:
    found = {file.name: file.read_bytes() for file in STATIC.iterdir()}

    assert set(found) - OURS == set(RELEASED)
    assert {n: hashlib.sha256(found[n]).hexdigest() for n in RELEASED} == RELEASED


def test_page_names_no_outside_address(sample_service: Service) -> None:
    page = httpx.get(f"{sample_service.url}/docs")
    named = re.findall('(?:href|src)="([^"]*)"', page.text)

    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    assert {httpx.get(sample_service.url + address).status_code for address in named} == {200}
    for text in [page.text, *((STATIC / name).read_text() for name in OURS)]:
        assert re.findall("https?:|['\"]//", text) == []


@needs_chromium
def test_page_speaks_vietnamese(docs: Docs) -> None:
    text = docs.page.locator("#swagger-ui").inner_text()

    assert docs.page.locator("html").get_attribute("lang") == "vi"
    assert "theo dõi tiến độ thực hiện các kế hoạch của tỉnh" in text
    assert "Nhiệm vụ được giao và báo cáo" in text
    docs.page.locator("details summary").first.click()
    assert docs.page.get_by_role("cell", name="Không tự xét báo cáo của mình").is_visible()
    assert docs.operation("figures", "getStatistics").inner_text().count("Số liệu") >= 2


@needs_chromium
def test_page_speaks_english_to_who_asks_for_it(docs: Docs) -> None:
    browser = docs.page.context.browser
    assert browser
    with closing(browser.new_page(locale="en-US")) as page:
        page.goto(f"{docs.url}/docs")
        page.locator("#operations-tag-tokens").wait_for()
        text = page.locator("#swagger-ui").inner_text()

    assert "follows up a province's implementation plans" in text
    assert "Assignments, submissions" in text


@needs_chromium
def test_page_names_what_an_operation_refuses(docs: Docs) -> None:
    said = docs.operation("work", "sendBackSubmission").locator(".responses-wrapper").inner_text()

    assert "own_report" in said
    assert "wrong_submission_state" in said
    assert "too_many_requests" in said


@needs_chromium
def test_dialog_gets_a_token_and_operations_use_it(docs: Docs) -> None:
    assert "Theo dõi, đôn đốc, xét báo cáo" in docs.authorize()

    status, agency = docs.execute(docs.operation("registry", "getAgency"))
    assert (status, agency["name"]) == ("200", "Sở Thông tin và Truyền thông")
    status, figures = docs.execute(docs.operation("figures", "getPlanStatistics"))
    assert (status, figures["plan_id"]) == ("200", SAMPLE_PLAN_ID)
    assert figures["total"]["by_current_deadline"]["completed"]["total"] > 0


@needs_chromium
def test_token_can_be_tried_and_a_wrong_secret_is_told_in_the_page(docs: Docs) -> None:
    block = docs.operation("tokens", "issueToken")
    secret = block.get_by_placeholder("client_secret")

    secret.fill("wrong")
    refused = docs.execute(block)
    block.locator("button.btn-clear").click()
    secret.fill(docs.secret)
    given = docs.execute(block)

    assert (refused[0], refused[1]["error"]) == ("401", "invalid_client")
    assert (given[0], given[1]["scope"]) == ("200", "coordinator")
