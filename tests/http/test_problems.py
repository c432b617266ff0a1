"""The answers to failures, and their logs."""

import traceback

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.db import make_engine
from app.http.problems import from_database, prefers_english

WORDS = "lời của một báo cáo"


async def test_a_failing_statement_is_told_without_what_was_sent(settings: Settings) -> None:
    engine = make_engine(settings)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as failure:
            await connection.execute(sa.text("select no_such(:words)"), {"words": WORDS})
    await engine.dispose()

    logged = "".join(traceback.format_exception(failure.value))
    refusal = from_database(failure.value)

    assert "no_such" in logged
    assert WORDS not in logged
    assert (refusal.code, "no_such" in refusal.detail.en) == ("internal_error", False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (asyncpg.ReadOnlySQLTransactionError("only reads"), "temporarily_unavailable"),
        (asyncpg.DiskFullError("no room"), "temporarily_unavailable"),
        (asyncpg.InterfaceError("connection is closed"), "temporarily_unavailable"),
        (asyncpg.InternalClientError("cannot switch to state"), "temporarily_unavailable"),
        (asyncpg.DataError("invalid input for query argument $1"), "internal_error"),
        (asyncpg.UndefinedTableError("no such table"), "internal_error"),
    ],
)
def test_what_passes_is_worth_another_try(error: Exception, code: str) -> None:
    """Without a state the driver has lost its connection."""
    wrapped = Exception()
    wrapped.__cause__ = error

    assert from_database(DBAPIError("select", {}, wrapped)).code == code


@pytest.mark.parametrize(
    ("accepted", "english"),
    [
        ("", False),
        ("vi", False),
        ("en", True),
        ("en-GB,en;q=0.9", True),
        ("vi,en;q=0.8", False),
        ("en;q=0.8, vi;q=0.3", True),
        ("en;q=0.5,vi;q=0.5", False),
        ("fr", False),
        ("*", False),
        ("x" * 5000, False),
    ],
)
def test_english_is_answered_only_to_who_prefers_it(accepted: str, english: bool) -> None:
    assert prefers_english(accepted) is english
