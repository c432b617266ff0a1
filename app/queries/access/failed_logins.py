"""Counting failed logins for all processes, by the algorithm of the allowances."""

from collections.abc import Mapping

import sqlalchemy as sa

from app.reading import SqlReader

# Each failure moves its source on by its cost; who is a whole window ahead of the clock waits.
WAIT = """
select max(extract(epoch from f.counted_until - clock_timestamp()) + asked.cost - :window)
         as seconds_to_wait
  from failed_login f
  join unnest(cast(:sources as bytea[]), cast(:costs as float8[])) asked (source, cost)
    on asked.source = f.source
"""
"""SQL of one row: the seconds until one more failure of all these sources would fit into the
window, or null. The costs are the seconds that a failure of each source counts for."""
COUNT = sa.text("""
insert into failed_login as f (source, counted_until)
select source, clock_timestamp() + make_interval(secs => cost)
  from unnest(cast(:sources as bytea[]), cast(:costs as float8[])) asked (source, cost)
 order by source
on conflict (source) do update
  set counted_until = greatest(f.counted_until, clock_timestamp())
                      + (excluded.counted_until - clock_timestamp())
""")
FORGET = sa.text("delete from failed_login where counted_until < clock_timestamp()")


async def count_failure(reader: SqlReader, costs: Mapping[bytes, float]) -> None:
    """Count one failure of each of these sources."""
    await reader.fetch(COUNT, {"sources": list(costs), "costs": list(costs.values())})
