"""What our processes do not load: before somebody asks for it, or ever."""

import subprocess
import sys

import pytest

LATER = ("lxml", "docx", "openpyxl", "pdfplumber", "rapidfuzz", "alembic")
"""Libraries that read and write files, compare names and migrate: 20 MB and more together."""
TABLES = ("sqlalchemy", "sqlmodel", "fastapi", "app.models")
"""What takes longer to load than a file to read or to write."""
SELDOM = (
    "rich", "jinja2", "httpcore", "holidays", "aiosmtplib", "pydantic.v1", "app.documents.prose",
    "app.domain.plans.readings",
)  # fmt: skip
"""What draws tracebacks and pages, sends messages, knows public holidays and reads files."""
TOKENS = ("jose", "cryptography.x509", "app.http", "fastapi", "starlette")
"""What answers requests and reads their tokens: 16 MB, and a sixth of a start."""


def loaded(modules: str, of: tuple[str, ...]) -> list[str]:
    """Which modules *of* these a process has once it has imported *modules*."""
    text = f"import sys\nimport {modules}\nprint(*(name for name in {of!r} if name in sys.modules))"
    command = [sys.executable, "-c", text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_a_serving_process_loads_no_library_of_files() -> None:
    assert loaded("app.cli.serve, app.main", LATER) == []


def test_a_serving_process_loads_nothing_that_few_requests_need() -> None:
    assert loaded("app.cli.serve, app.main", SELDOM) == []


def test_a_worker_loads_neither_pages_nor_holidays_nor_what_draws_tracebacks() -> None:
    assert loaded("app.cli.worker", ("rich", "jinja2", "holidays")) == []


def test_a_worker_loads_nothing_that_answers_requests() -> None:
    assert loaded("app.cli.worker", TOKENS) == []


@pytest.mark.parametrize(
    "module",
    [
        "app.domain.plans.read_alone",
        "app.domain.consolidated_reports.write_alone",
        "app.documents.svg.png_alone",
    ],
)
def test_a_process_for_one_file_loads_no_tables(module: str) -> None:
    assert loaded(module, TABLES) == []


def test_a_process_that_only_gives_tests_to_others_loads_no_service() -> None:
    assert loaded("tests.conftest", ("app.main", "app.models", "app.jobs")) == []
