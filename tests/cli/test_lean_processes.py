"""The modules that our processes do not load: before somebody asks for them, or ever."""

import subprocess
import sys
from functools import cache

import pytest

LATER = {"lxml", "docx", "openpyxl", "pdfplumber", "rapidfuzz", "alembic"}
"""Libraries that read and write files, compare names and migrate: 20 MB and more together."""
TABLES = {"sqlalchemy", "sqlmodel", "fastapi", "app.models"}
"""The modules that take longer to load than a file to read or to write."""
SELDOM = {
    "rich", "jinja2", "httpcore", "holidays", "aiosmtplib", "pydantic.v1",
    "app.documents.sentences.prose", "app.domain.plans.readings",
}  # fmt: skip
"""The modules that draw tracebacks and pages, send messages, know public holidays and read
files."""
TOKENS = {"jose", "cryptography.x509", "app.http", "fastapi", "starlette"}
"""The modules that answer requests and read their tokens: 16 MB, and a sixth of a start."""


def said(text: str) -> list[str]:
    """The words that a process says which runs *text* and nothing else."""
    command = [sys.executable, "-c", text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@cache
def loaded(modules: str) -> set[str]:
    """The modules that a process has loaded once it has imported *modules*; started once for all
    tests."""
    found = set(said(f"import sys\nimport {modules}\nprint(*sys.modules)"))
    assert set(modules.split(", ")) <= found
    return found


@cache
def serving() -> tuple[set[str], bool]:
    """The modules that a process has loaded which imports the service as it serves, and whether it
    has made the validators of contracts."""
    *found, validates = said("""
import sys
from app.cli import serve
serve._import_fastapi()
import app.main
from fastapi.openapi.models import OpenAPI
print(*sys.modules, OpenAPI.__pydantic_complete__)
""")
    assert {"app.cli.serve", "app.main"} <= set(found)
    return set(found), validates == "True"


def test_a_serving_process_loads_no_library_of_files() -> None:
    assert serving()[0] & LATER == set()


def test_a_serving_process_loads_nothing_that_few_requests_need() -> None:
    assert serving()[0] & SELDOM == set()


def test_a_worker_loads_neither_pages_nor_holidays_nor_what_draws_tracebacks() -> None:
    assert loaded("app.cli.worker") & {"rich", "jinja2", "holidays"} == set()


def test_a_worker_loads_nothing_that_answers_requests() -> None:
    assert loaded("app.cli.worker") & TOKENS == set()


def test_a_serving_process_makes_nothing_that_validates_contracts() -> None:
    assert not serving()[1]


def test_tables_have_columns_of_statements_for_what_statements_name_alone() -> None:
    text = """
import gc, sys
from sqlalchemy.orm import configure_mappers
from app.models import Plan
configure_mappers()
print(sum(type(one).__name__ == "AnnotatedColumn" for one in gc.get_objects()))
print(max(sys.getsizeof(vars(one)) for one in Plan.__table__.columns) < 1000)
"""
    assert said(text) == ["0", "True"]


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
