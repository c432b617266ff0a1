"""SQL that is kept in files: a migration runs it, and the models run the version in force.

A version of a function is one file, `migrations/sql/<function>/<version>.sql`, named after the
migration that brings it. The file holds the whole function and the triggers that call it.
"""

import re
from pathlib import Path

import sqlalchemy as sa

import app

FOLDER = Path(app.__file__).parent.parent / "migrations" / "sql"
STATEMENT = re.compile(r"^(?=(?:alter|create|drop) )", re.MULTILINE)
"""The beginning of a statement: a verb at the start of its line, which no later line has."""


def function_file(name: str, version: str) -> Path:
    """The file of a function as the migration *version* left it."""
    return FOLDER / name / f"{version}.sql"


def run_file(connection: sa.Connection, path: Path) -> None:
    """Run the statements of a file one by one; comments may stand before the first."""
    # The driver gets the text as it is: a colon or a percent sign in it is no parameter.
    for statement in STATEMENT.split(path.read_text(encoding="utf-8"))[1:]:
        connection.exec_driver_sql(statement)
