"""Reading events. Every statement starts from what the principal may see."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Permission, Principal, Role
from app.clock import local_day, utc_now
from app.errors import Text, TrackerError
from app.models import (
    AgencyReport,
    ConsolidatedReport,
    Event,
    Extension,
    Plan,
    Rating,
    Remark,
    Reminder,
    Submission,
)
from app.queries.agency_reports.reports import sees_agency_reports
from app.queries.assignments.extensions import visible_extensions
from app.queries.consolidated_reports.reports import sees_report
from app.queries.evaluation.ratings import visible_ratings
from app.queries.evaluation.remarks import visible_remarks
from app.queries.reminders.reminders import sees_reminders
from app.queries.rows import is_any_found
from app.queries.submissions.submissions import visible_submissions
from app.reading import Sql, fetch, read_json

# Everyone with a token reads these rows, and so their events.
PUBLIC = ("agency", "calendar_day", "collective", "succession")
# Events of these rows are visible to those who may read the row itself.
AS_THE_ROW = ("focal_point", "reminder", "rating", "remark", "consolidated_report")
# These rows have an agency's own words: events are visible to those who may read the words.
OF_AGENCIES = ("submission", "extension", "agency_report")
STRETCH = 10_000
"""The number of events that one call looks at: it ends soon for callers who may see few."""


class EventsGoneError(TrackerError):
    """Events after the cursor were deleted: a reader who went on from there would miss some."""

    status = HTTPStatus.GONE
    code = "events_gone"
    title = Text("Sự kiện cũ không còn được giữ", "Older events are not kept")
    detail = Text(
        "Các sự kiện sau con trỏ này không còn đủ; hãy đọc lại danh sách rồi theo dõi từ đầu"
        " (bỏ `after`) hoặc từ bây giờ (`after=now`).",
        "Not all events after this cursor are kept: read the lists anew, then follow from the"
        " start (without after) or from now on (after=now).",
    )


class FeedPosition(NamedTuple):
    """A place in the feed: after the event of this transaction and sequence.

    Transactions are counted on from one cluster to the next, so that a place holds after a restore.
    """

    transaction_id: int
    sequence: int


START = FeedPosition(0, 0)
CALLER = uuid.UUID("ffffffff-ffff-4fff-bfff-ffffffffffff")
"""Stands for the agency of whoever asks, in a statement that is made once for all of them."""
NAMED = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call] # SQLAlchemy leaves it so
"""Writes parameters as texts name them; a driver's dialect would double every percent sign."""


@dataclass(frozen=True, slots=True)
class EventFilters:
    """The filters of the feed; an event matches if all given ones hold."""

    types: Collection[str] | None = None
    plan_id: uuid.UUID | None = None
    agency_id: uuid.UUID | None = None
    subject: str | None = None
    since: datetime | None = None

    def given(self) -> dict[str, Any]:
        """The filters that are given, by name."""
        values = {name: getattr(self, name) for name in CONDITIONS}
        given = {name: value for name, value in values.items() if value is not None}
        return given | ({"types": list(self.types)} if self.types is not None else {})


class EventRow(NamedTuple):
    """The columns of an event that the feed shows, and its place."""

    id: uuid.UUID
    type: str
    subject: str
    occurred_at: datetime
    plan_id: uuid.UUID | None
    agency_id: uuid.UUID | None
    data: dict[str, Any]
    transaction_id: int
    sequence: int


DATA = EventRow._fields.index("data")


@dataclass(frozen=True, slots=True)
class FeedStretch:
    """The events found, the place up to which the call looked, and if that is the end."""

    events: list[EventRow]
    upto: FeedPosition
    is_end: bool


def visible_events(principal: Principal) -> SelectOfScalar[Event]:
    """Events of the registry and of issued plans; those of submissions for their readers.

    Events of a plan from before its issue stay its owner's alone, so that whoever reads the feed
    again reads the same. An event of neither the registry nor a plan is its agency's.
    """
    mine = principal.agency_id
    of_plan = select(Plan.id).where(
        col(Plan.id) == col(Event.plan_id),
        sa.or_(col(Plan.owner_id) == mine, col(Event.occurred_at) >= col(Plan.issued_at)),
    )
    return select(Event).where(
        sa.or_(
            col(Event.noun).in_(PUBLIC),
            sa.and_(col(Event.plan_id).is_(None), col(Event.agency_id) == mine),
            sa.and_(of_plan.exists(), col(Event.noun).not_in(AS_THE_ROW), _may_be_read(principal)),
            _as_the_row(principal),
        )
    )


def _as_the_row(principal: Principal) -> sa.ColumnElement[bool]:
    row_id = col(Event.row_id)
    contact = sa.and_(
        col(Event.noun) == "focal_point",
        # Row security decides, for which the function says who reads.
        sa.func.sees_contact(principal.agency_id, row_id)
        if principal.may(Permission.FOCAL_POINT_READ)
        else sa.false(),
    )
    readable = {
        "reminder": select(Reminder.id).where(
            col(Reminder.id) == row_id, sees_reminders(principal)
        ),
        "consolidated_report": select(ConsolidatedReport.id).where(
            col(ConsolidatedReport.id) == row_id, sees_report(principal)
        ),
        "rating": visible_ratings(principal)
        .with_only_columns(col(Rating.id))
        .where(col(Rating.id) == row_id),
        "remark": visible_remarks(principal)
        .with_only_columns(col(Remark.id))
        .where(col(Remark.id) == row_id),
    }
    return sa.or_(
        contact,
        *(sa.and_(col(Event.noun) == noun, is_any_found(rows)) for noun, rows in readable.items()),
    )


def _may_be_read(principal: Principal) -> sa.ColumnElement[bool]:
    about_words = col(Event.noun).in_(OF_AGENCIES)
    if not principal.may(Permission.SUBMISSION_READ):
        return sa.not_(about_words)
    if principal.reads_all_submissions:
        return sa.true()
    report = (
        visible_submissions(principal)
        .with_only_columns(col(Submission.id))
        .where(col(Submission.id) == col(Event.row_id))
        .params(mine=principal.agency_id)
    )
    extension = (
        visible_extensions(principal)
        .with_only_columns(col(Extension.id))
        .where(col(Extension.id) == col(Event.row_id))
        .params(mine=principal.agency_id)
    )
    whole = select(AgencyReport.id).where(
        col(AgencyReport.id) == col(Event.row_id), sees_agency_reports(principal)
    )
    return sa.case(
        (col(Event.noun) == "submission", is_any_found(report)),
        (col(Event.noun) == "extension", is_any_found(extension)),
        (col(Event.noun) == "agency_report", is_any_found(whole)),
        else_=sa.true(),
    )


async def last_position(sql: Sql) -> FeedPosition:
    """The end of the feed: no event is added before it, and none after it is shown yet.

    A transaction's events lie where it began to write and are visible once it is committed, so the
    feed ends before the oldest transaction that still runs. A cursor of mere sequences would skip
    events that commit late.
    """
    [row] = await fetch(sql, END)
    return FeedPosition(row[0], 0)


END = sa.text("select event_position(pg_snapshot_xmin(pg_current_snapshot()))")
# The end of the feed, and the last event that one call looks at; null where it looks at all.
BOUNDS = sa.text("""
select place.upto, stretch.transaction_id, stretch.sequence
from (select event_position(pg_snapshot_xmin(pg_current_snapshot())) as upto) place
left join lateral (
  select event.transaction_id, event.sequence from event
   where (event.transaction_id, event.sequence)
       > (cast(:after_transaction as xid8), cast(:after_sequence as bigint))
     and (event.transaction_id, event.sequence) <= (place.upto, 0)
   order by event.transaction_id, event.sequence offset :stretch - 1 limit 1
) stretch on true
""")
FLOOR = sa.text("select transaction_id, sequence from event_floor")
# If two transactions find a new cluster at once, one of them notes it.
NOTE_CLUSTER = sa.text("""
insert into event_cluster (number, identifier, begun_at)
select coalesce(latest.number + 1, 0), here.identifier, :at
  from (select this_cluster() as identifier) here
  left join lateral (select * from event_cluster order by number desc limit 1) latest on true
 where latest.identifier is distinct from here.identifier
on conflict (number) do nothing
returning number
""")


async def note_cluster(session: AsyncSession, *, at: datetime) -> int | None:
    """Note the cluster in which the database is now; its number, or None if it was noted before.

    Places in the feed are the same before and after. An unnoted cluster is a restore from here.
    """
    connection = await session.connection()
    found = await connection.execute(NOTE_CLUSTER, {"at": at})
    return found.scalar_one_or_none()


async def read_events(
    sql: Sql,
    principal: Principal,
    filters: EventFilters,
    *,
    after: FeedPosition | None,
    limit: int,
) -> FeedStretch:
    """Visible events after a position in the order of the feed, at most *limit*.

    Raises `EventsGoneError` if some of the events after it may have been deleted.
    """
    start = after or START
    given = {"after_transaction": start.transaction_id, "after_sequence": start.sequence}
    given["stretch"] = STRETCH
    [(end, *stretch)] = await fetch(sql, BOUNDS, given)
    is_end = stretch[0] is None
    upto = FeedPosition(end, 0) if is_end else FeedPosition(*stretch)
    events = await _page(sql, principal, filters, start, upto, limit=limit + 1)
    # Read last, so that events that were deleted meanwhile are noticed.
    if after is not None and (after > (end, 0) or after < await _floor(sql)):
        raise EventsGoneError()
    if len(events) > limit:
        last = events[limit - 1]
        return FeedStretch(
            events[:limit], FeedPosition(last.transaction_id, last.sequence), is_end=False
        )
    return FeedStretch(events, upto, is_end=is_end)


async def _page(
    sql: Sql,
    principal: Principal,
    filters: EventFilters,
    start: FeedPosition,
    upto: FeedPosition,
    *,
    limit: int,
) -> list[EventRow]:
    given = filters.given()
    statement, fixed = page_statement(principal.roles, frozenset(given), local_day(utc_now()))
    parameters = {
        **{name: principal.agency_id if v == CALLER else v for name, v in fixed.items()},
        **given,
        "after_transaction": start.transaction_id,
        "after_sequence": start.sequence,
        "upto_transaction": upto.transaction_id,
        "upto_sequence": upto.sequence,
        "rows": limit,
    }
    return [_event(row) for row in await fetch(sql, statement, parameters)]


def _event(row: Any) -> EventRow:
    values = list(row)
    values[DATA] = read_json(values[DATA])
    return EventRow(*values)


# Building the condition of what may be seen takes ten times as long as reading a page.
@lru_cache(maxsize=500)
def page_statement(
    roles: frozenset[Role],
    names: frozenset[str],
    day: date,  # noqa: ARG001 - keys the cache: conditions count successions as of today
) -> tuple[sa.TextClause, dict[str, Any]]:
    """The text of a page for callers of these *roles* with these filters, and its fixed values.

    Among these `CALLER` stands for the caller's agency. Successions count as on *day*.
    """
    columns = [getattr(Event, name) for name in EventRow._fields]
    visible = visible_events(Principal(CALLER, CALLER, roles)).with_only_columns(*columns)
    # A subquery would lose the order of the index.
    made = visible.where(sa.text(ASKED)).compile(dialect=NAMED).construct_expanded_state()
    where = " and ".join([BETWEEN, *(CONDITIONS[name] for name in sorted(names))])
    visible_sql = TYPED.sub(r"cast(\1 as \2)", made.statement).replace(ASKED, where)
    return sa.text(visible_sql + ORDER), dict(made.parameters)


ASKED = "/* asked */"
ORDER = "\norder by event.transaction_id, event.sequence limit :rows"
# A text reads `:name::type` as no parameter.
TYPED = re.compile(r"(:\w+)::(\w+)")


BETWEEN = """(event.transaction_id, event.sequence)
  > (cast(:after_transaction as xid8), cast(:after_sequence as bigint))
and (event.transaction_id, event.sequence)
  <= (cast(:upto_transaction as xid8), cast(:upto_sequence as bigint))"""
CONDITIONS = {
    "types": "event.type = any(:types)",
    "plan_id": "event.plan_id = :plan_id",
    "agency_id": "event.agency_id = :agency_id",
    "subject": "event.subject = :subject",
    "since": "event.occurred_at >= :since",
}


async def _floor(sql: Sql) -> FeedPosition:
    for row in await fetch(sql, FLOOR):
        return FeedPosition(*row)
    return START
