"""Reading events. Every statement starts from what the principal may see."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Permission, Principal
from app.errors import Text, TrackerError
from app.models import (
    Event,
    EventFloor,
    Extension,
    FocalPoint,
    Plan,
    Rating,
    Remark,
    Reminder,
    Submission,
)
from app.models.record import TransactionId
from app.queries.assignments.extensions import visible_extensions
from app.queries.assignments.focal_points import sees_focal_points
from app.queries.evaluation.ratings import visible_ratings
from app.queries.evaluation.remarks import visible_remarks
from app.queries.reminders.reminders import sees_reminders
from app.queries.submissions.submissions import visible_submissions

# Everyone with a token reads these rows, and so their events.
PUBLIC = ("agency", "calendar_day", "collective", "succession")
# Events of these rows are visible to those who may read the row itself.
AS_THE_ROW = ("focal_point", "reminder", "rating", "remark")
# These rows have an agency's own words: events are visible to those who may read the words.
OF_AGENCIES = ("submission", "extension")
STRETCH = 10_000
"""The number of events that one call looks at: it ends soon for callers who may see few."""


class EventsGoneError(TrackerError):
    """Events after the cursor were deleted: a reader who went on from there would miss some."""

    status = HTTPStatus.GONE
    code = "events_gone"
    title = Text("Sự kiện cũ không còn được giữ", "Older events are not kept")
    detail = Text(
        "Các sự kiện sau con trỏ này không còn đủ; hãy đọc lại danh sách rồi theo dõi từ đầu"
        " (bỏ after) hoặc từ bây giờ (after=now).",
        "Not all events after this cursor are kept: read the lists anew, then follow from the"
        " start (without after) or from now on (after=now).",
    )


class FeedPosition(NamedTuple):
    """A place in the feed: after the event of this transaction and sequence."""

    transaction_id: int
    sequence: int


START = FeedPosition(0, 0)
PLACE = (col(Event.transaction_id), col(Event.sequence))


@dataclass(frozen=True, slots=True)
class EventFilters:
    """The filters of the feed; an event matches if all given ones hold."""

    types: Collection[str] | None = None
    plan_id: uuid.UUID | None = None
    agency_id: uuid.UUID | None = None
    subject: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedStretch:
    """The events found, the place up to which the call looked, and if that is the end."""

    events: list[Event]
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
    readable = {
        "focal_point": select(FocalPoint.id).where(
            col(FocalPoint.id) == row_id, sees_focal_points(principal)
        ),
        "reminder": select(Reminder.id).where(
            col(Reminder.id) == row_id, sees_reminders(principal)
        ),
        "rating": visible_ratings(principal)
        .with_only_columns(col(Rating.id))
        .where(col(Rating.id) == row_id),
        "remark": visible_remarks(principal)
        .with_only_columns(col(Remark.id))
        .where(col(Remark.id) == row_id),
    }
    return sa.or_(
        *(sa.and_(col(Event.noun) == noun, rows.exists()) for noun, rows in readable.items())
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
    return sa.case(
        (col(Event.noun) == "submission", report.exists()),
        (col(Event.noun) == "extension", extension.exists()),
        else_=sa.true(),
    )


async def last_position(session: AsyncSession) -> FeedPosition:
    """The end of the feed: no event is added before it, and none after it is shown yet.

    A transaction's events lie where it began to write and are visible once it is committed, so the
    feed ends before the oldest transaction that still runs. A cursor of mere sequences would skip
    events that commit late.
    """
    row = await session.exec(select(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot())))
    return FeedPosition(row.one(), 0)


async def read_events(
    session: AsyncSession,
    principal: Principal,
    filters: EventFilters,
    *,
    after: FeedPosition | None,
    limit: int,
) -> FeedStretch:
    """Visible events after a position in the order of the feed, at most *limit*.

    Raises `EventsGoneError` if some of the events after it may have been deleted.
    """
    end = await last_position(session)
    start = after or START
    upto = await _end_of_stretch(session, start, end)
    page = page_of(principal, filters, start, upto or end).limit(limit + 1)
    events = list(await session.exec(page))
    # Read last, so that events that were deleted meanwhile are noticed.
    if after is not None and (after > end or after < await _floor(session)):
        raise EventsGoneError()
    if len(events) > limit:
        last = events[limit - 1]
        return FeedStretch(
            events[:limit], FeedPosition(last.transaction_id, last.sequence), is_end=False
        )
    return FeedStretch(events, upto or end, is_end=upto is None)


def page_of(
    principal: Principal, filters: EventFilters, start: FeedPosition, end: FeedPosition
) -> SelectOfScalar[Event]:
    """Visible events after *start* and up to *end*, in the order of the feed."""
    return (
        visible_events(principal)
        .where(_between(start, end), *_conditions(filters))
        .order_by(*PLACE)
    )


async def _end_of_stretch(
    session: AsyncSession, start: FeedPosition, end: FeedPosition
) -> FeedPosition | None:
    """The last event that one call looks at; None if it can look at all there are."""
    rows = await session.exec(
        select(*PLACE).where(_between(start, end)).order_by(*PLACE).offset(STRETCH - 1).limit(1)
    )
    row = rows.one_or_none()
    return None if row is None else FeedPosition(*row)


def _between(start: FeedPosition, end: FeedPosition) -> sa.ColumnElement[bool]:
    place, types = sa.tuple_(*PLACE), [TransactionId, sa.BigInteger]
    return sa.and_(place > sa.tuple_(*start, types=types), place <= sa.tuple_(*end, types=types))


def _conditions(filters: EventFilters) -> list[sa.ColumnElement[bool]]:
    conditions = [
        column == value
        for column, value in (
            (col(Event.plan_id), filters.plan_id),
            (col(Event.agency_id), filters.agency_id),
            (col(Event.subject), filters.subject),
        )
        if value is not None
    ]
    if filters.types is not None:
        conditions.append(col(Event.type).in_(filters.types))
    if filters.since is not None:
        conditions.append(col(Event.occurred_at) >= filters.since)
    return conditions


async def _floor(session: AsyncSession) -> FeedPosition:
    floor = (await session.exec(select(EventFloor))).one_or_none()
    return START if floor is None else FeedPosition(floor.transaction_id, floor.sequence)
