"""Paying for requests and for stored bytes out of allowances that all processes share."""

import enum
import uuid

import sqlalchemy as sa

from app.reading import SqlReader


class Allowance(enum.StrEnum):
    """The things of which a client has an allowance, each with the name of its table."""

    REQUESTS = "allowance"
    STORAGE = "storage_allowance"


# The generic cell rate algorithm in one statement: a client is paid up to a moment, each request
# moves it on, and it may not run further ahead of the clock than the window.
PAY = {
    table: sa.text(f"""
insert into {table} as a (client_id, paid_until)
values (:client_id, clock_timestamp() + make_interval(secs => :cost))
on conflict (client_id) do update
  set paid_until = greatest(a.paid_until, clock_timestamp()) + make_interval(secs => :cost)
  where greatest(a.paid_until, clock_timestamp()) + make_interval(secs => :cost)
        <= clock_timestamp() + make_interval(secs => :window)
returning extract(epoch from paid_until - clock_timestamp())
""")
    for table in Allowance
}
AHEAD = {
    table: sa.text(f"""
select extract(epoch from paid_until - clock_timestamp()) from {table}
where client_id = :client_id
""")
    for table in Allowance
}


async def pay(
    reader: SqlReader, allowance: Allowance, client_id: uuid.UUID, *, cost: float, window: float
) -> float | None:
    """Take *cost* seconds of a client's allowance of *window* seconds.

    Returns how many seconds it is ahead of the clock then; None where there is not enough.
    """
    given = {"client_id": client_id, "cost": cost, "window": window}
    paid = await reader.fetch(PAY[allowance], given)
    return float(paid[0][0]) if paid else None


async def seconds_ahead(reader: SqlReader, allowance: Allowance, client_id: uuid.UUID) -> float:
    """The seconds of its allowance that a client has used and not yet got back."""
    rows = await reader.fetch(AHEAD[allowance], {"client_id": client_id})
    return max(0.0, float(rows[0][0])) if rows else 0.0
