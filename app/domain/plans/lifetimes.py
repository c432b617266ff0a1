"""The days that an issued plan has."""

from dataclasses import dataclass
from datetime import date

from app.models import Plan


@dataclass(frozen=True, slots=True)
class PlanLife:
    """The days that an issued plan has, held by the database."""

    issued_on: date
    starts_on: date
    ends_on: date

    @property
    def first_year(self) -> int:
        """The year before which no period can be owed."""
        return min(self.issued_on, self.starts_on).year


def life_of_plan(plan: Plan) -> PlanLife:
    """The days of an issued plan; raises `ValueError` for a draft that lacks one."""
    if plan.issued_on is None or plan.starts_on is None or plan.ends_on is None:
        raise ValueError("only an issued plan has a life")
    return PlanLife(plan.issued_on, plan.starts_on, plan.ends_on)
