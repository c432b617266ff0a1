"""Keeping the sums of the figures: folding changes, laying all out anew, choosing days to check."""

import calendar
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.figures import reporting_sums, sums
from app.queries.figures.laying_out import lay_out
from app.queries.locks import lock_figures, try_lock_figures

FOLDED_AT_ONCE = 5_000
"""The most changes that one transaction folds."""


async def rebuild(session: AsyncSession, *, due_soon_days: int, at: datetime) -> AsyncIterator[int]:
    """Count all sums anew from the rows; until the commit others read the old sums. Yields the
    percentage done."""
    await sums.lift_timeouts(session)
    await lock_figures(session)
    async for percent in lay_out(session, due_soon_days=due_soon_days, at=at):
        yield percent


async def fold_or_rebuild(session: AsyncSession, *, due_soon_days: int, at: datetime) -> bool:
    """Fold a batch of changes, or lay all sums out where they are not laid out for this setting.

    True if there may be more to do. Does nothing while another transaction folds or lays out.
    """
    if not await try_lock_figures(session):
        return False
    await sums.lift_timeouts(session)
    basis = await sums.get_basis(session)
    if basis is None or basis.due_soon_days != due_soon_days:
        async for _ in lay_out(session, due_soon_days=due_soon_days, at=at):
            pass
        return True
    folded = await sums.fold(session, due_soon_days=due_soon_days, rows=FOLDED_AT_ONCE)
    return folded + await reporting_sums.fold(session, rows=FOLDED_AT_ONCE) > 0


def days_to_check(today: date, *, years: int) -> list[date]:
    """The first of every month of the last *years* years, today, and days ahead that deadlines
    move."""
    firsts = [
        date(year, month, 1)
        for year in range(today.year - years, today.year + 1)
        for month in range(1, 13)
    ]
    ahead = [today + timedelta(days) for days in (0, 1, 31, 366)]
    return [*(day for day in firsts if day < today), *ahead]


def days_named(text: str) -> list[date]:
    """The days of `2026-05-17`, of the month `2026-05`, or from one day to another:
    `2026-05-17..2026-06-02`.

    Raises `ValueError`.
    """
    first, _, last = text.partition("..")
    begin = date.fromisoformat(first if last or len(first) > len("2026-05") else f"{first}-01")
    if last:
        end = date.fromisoformat(last)
    elif len(first) > len("2026-05"):
        end = begin
    else:
        end = begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
    if end < begin:
        raise ValueError(text)
    return [begin + timedelta(days) for days in range((end - begin).days + 1)]


async def begin_check(session: AsyncSession) -> int | None:
    """The `due_soon_days` for which the sums are laid out; None while they are not.

    Lifts the time limits of the transaction in which the sums are then compared.
    """
    await sums.lift_timeouts(session)
    basis = await sums.get_basis(session)
    return None if basis is None else basis.due_soon_days
