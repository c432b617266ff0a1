"""The parameters that all figures share: as of which day, of which part, by which deadline."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Query, Request

from app.clock import local_day, utc_now
from app.domain.figures.as_of import day_asked
from app.errors import Text, invalid_at
from app.http.lists import Paging, bad_cursor
from app.http.settings import settings_of
from app.models import AssigneeRole
from app.queries.figures.plan import AsOf
from app.queries.lists import PageRequest
from app.schemas.common import AsOfDay
from app.schemas.statistics import DeadlineAsked, PlansAsked, RoleAsked

FigureDeadline = Annotated[
    DeadlineAsked,
    Query(
        description=(
            "Xét theo thời hạn hiện hành, hay cả theo thời hạn ban đầu / judged by the deadline in"
            " force, or by the one first set as well"
        )
    ),
]
FigureRole = Annotated[
    RoleAsked,
    Query(description="Chủ trì, phối hợp hay cả hai / what agencies lead, coordinate, or both"),
]
OccurrenceAsked = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=64,
        description="Chỉ việc của năm này, hoặc once / only of this year, or once",
    ),
]
OpenPlans = Annotated[
    PlansAsked,
    Query(
        description=(
            "Kế hoạch đang theo dõi, đã kết thúc hay tất cả, vào ngày ấy / of plans that were open"
            " on the day, closed, or all"
        )
    ),
]


def role_asked(role: RoleAsked) -> AssigneeRole | None:
    """The role to which figures are narrowed; None: both."""
    return None if role == "all" else AssigneeRole(role)


async def viewpoint(
    request: Request,
    as_of: AsOfDay = None,
    role: FigureRole = "lead",
    deadline: FigureDeadline = "current",
) -> AsOf:
    """The day that is asked for, the role, and the deadlines that judge."""
    day = day_asked(as_of, today=local_day(utc_now()))
    return AsOf(day, settings_of(request).due_soon_days, role_asked(role), deadline)


def of_day(asked: PageRequest, day: date, *, today: date) -> PageRequest:
    """The rows of a list as of a day: what is overdue for some days has been so until that day.

    A past day does not know what has changed lately: `updated_since` is refused.
    """
    if day < today and "updated_since" in asked.filters:
        text = Text(
            "Không dùng `updated_since` cùng `as_of` của một ngày đã qua: ngày đó không biết thay"
            " đổi về sau.",
            "updated_since asks what has changed lately, which as_of a past day does not know.",
        )
        raise invalid_at("?updated_since", "not_with_as_of", text)
    if "overdue_since" not in asked.filters:
        return asked
    since = asked.filters["overdue_since"] - (today - day)
    return replace(asked, filters={**asked.filters, "overdue_since": since})


def plan_after(paging: Paging) -> tuple[str, uuid.UUID] | None:
    """The day of issue and the id of the plan after which a page of plans begins; None: the first.

    A cursor of something else is refused.
    """
    if paging.after is None:
        return None
    try:
        issued_on, plan_id = paging.after
        day = issued_on if issued_on == "infinity" else str(date.fromisoformat(issued_on))
        return day, uuid.UUID(plan_id)
    except (TypeError, ValueError):
        raise bad_cursor() from None
