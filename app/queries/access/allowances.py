"""Paying for requests out of a client's allowance, which all processes share."""

import uuid

import sqlalchemy as sa

from app.reading import SqlReader

# The generic cell rate algorithm in one statement: a client is paid up to a moment, each request
# moves it on, and it may not run further ahead of the clock than the window.
PAY = sa.text("""
insert into allowance as a (client_id, paid_until)
values (:client_id, clock_timestamp() + make_interval(secs => :cost))
on conflict (client_id) do update
  set paid_until = greatest(a.paid_until, clock_timestamp()) + make_interval(secs => :cost)
  where greatest(a.paid_until, clock_timestamp()) + make_interval(secs => :cost)
        <= clock_timestamp() + make_interval(secs => :window)
returning extract(epoch from paid_until - clock_timestamp())
""")
AHEAD = sa.text("""
select extract(epoch from paid_until - clock_timestamp()) from allowance
where client_id = :client_id
""")


async def pay(
    reader: SqlReader, client_id: uuid.UUID, *, cost: float, window: float
) -> float | None:
    """Take *cost* seconds of a client's allowance of *window* seconds.

    Returns how many seconds it is ahead of the clock then; None where there is not enough.
    """
    paid = await reader.fetch(PAY, {"client_id": client_id, "cost": cost, "window": window})
    return float(paid[0][0]) if paid else None


async def seconds_ahead(reader: SqlReader, client_id: uuid.UUID) -> float:
    """The seconds of its allowance that a client has used and not yet got back."""
    rows = await reader.fetch(AHEAD, {"client_id": client_id})
    return max(0.0, float(rows[0][0])) if rows else 0.0
