"""Filters of lists: their parameters, their conditions, and the values that these get."""

from datetime import timedelta
from typing import Annotated

import pytest

from app.clock import local_day, utc_now
from app.http.lists import paged
from app.queries.registry.agencies import AGENCIES
from app.queries.submissions.submissions import SUBMISSIONS
from app.schemas.agencies import AgencyOut
from app.schemas.filters import AGENCY, NUMBER, SEVERAL, Becomes, Filters
from app.schemas.submissions import SubmissionFilters


class SomeFilters(Filters):
    kind: Annotated[str | None, SEVERAL] = None
    parent: Annotated[str | None, AGENCY] = None
    as_of: Annotated[str | None, Becomes("day")] = None


class MisspeltFilters(Filters):
    knid: str | None = None


def test_a_filter_without_a_condition_is_refused_when_the_list_is_declared() -> None:
    paged(AGENCIES, AgencyOut, SomeFilters)

    with pytest.raises(ValueError, match="MisspeltFilters: no condition for \\['knid'\\]"):
        paged(AGENCIES, AgencyOut, MisspeltFilters)


def test_a_parameter_becomes_the_condition_that_it_names() -> None:
    filters = SomeFilters(kind="department,district", as_of="2025-01-01")

    assert filters.given() == {"kind": ["department", "district"], "day": "2025-01-01"}
    assert SomeFilters.with_meaning(AGENCY) == {"parent"}
    assert SubmissionFilters.with_meaning(NUMBER) == {"plans"}
    assert SomeFilters().given() == {}


def test_days_overdue_become_the_day_since_which_a_submission_is_due() -> None:
    filters = SubmissionFilters(overdue_days_from=7, is_late=False)

    day = local_day(utc_now()) - timedelta(days=7)
    assert filters.given() == {"is_late": False, "overdue_since": day}
    assert SubmissionFilters.conditions() <= SUBMISSIONS.conditions.keys()
