"""What our processes do not load: before somebody asks for it, or ever."""

import subprocess
import sys
from functools import cache

import pytest

LATER = {"lxml", "docx", "openpyxl", "pdfplumber", "rapidfuzz", "alembic"}
"""Libraries that read and write files, compare names and migrate: 20 MB and more together."""
TABLES = {"sqlalchemy", "sqlmodel", "fastapi", "app.models"}
"""What takes longer to load than a file to read or to write."""
SELDOM = {
    "rich", "jinja2", "httpcore", "holidays", "aiosmtplib", "pydantic.v1", "app.documents.prose",
    "app.domain.plans.readings",
}  # fmt: skip
"""What draws tracebacks and pages, sends messages, knows public holidays and reads files."""
TOKENS = {"jose", "cryptography.x509", "app.http", "fastapi", "starlette"}
"""What answers requests and reads their tokens: 16 MB, and a sixth of a start."""


@cache
def loaded(modules: str) -> set[str]:
    """All that a process has loaded once it has imported *modules*; started once for all tests."""
    command = [sys.executable, "-c", f"import sys\nimport {modules}\nprint(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert set(modules.split(", ")) <= found
    return found


def test_a_serving_process_loads_no_library_of_files() -> None:
    assert loaded("app.cli.serve, app.main") & LATER == set()


def test_a_serving_process_loads_nothing_that_few_requests_need() -> None:
    assert loaded("app.cli.serve, app.main") & SELDOM == set()


def test_a_worker_loads_neither_pages_nor_holidays_nor_what_draws_tracebacks() -> None:
    assert loaded("app.cli.worker") & {"rich", "jinja2", "holidays"} == set()


def test_a_worker_loads_nothing_that_answers_requests() -> None:
    assert loaded("app.cli.worker") & TOKENS == set()


@pytest.mark.parametrize(
    "module",
    [
        "app.domain.plans.read_alone",
        "app.domain.consolidated_reports.write_alone",
        "app.documents.svg.png_alone",
    ],
)
def test_a_process_for_one_file_loads_no_tables(module: str) -> None:
    assert loaded(module) & TABLES == set()


def test_a_process_that_only_gives_tests_to_others_loads_no_service() -> None:
    assert loaded("tests.conftest") & {"app.main", "app.models", "app.jobs"} == set()
