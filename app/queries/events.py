"""Reading events. Every statement starts from what the principal may see."""

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Permission, Principal
from app.models import Event, Plan, Submission
from app.queries.submissions import visible_submissions

# What everyone with a token reads, so that everyone may hear of it.
PUBLIC = ("agency", "collective", "succession")


def visible_events(principal: Principal) -> SelectOfScalar[Event]:
    """The registry's events and those of issued plans; those of reports to who may read them.

    What happened to a plan before it was issued stays its agency's alone, so that whoever reads
    the feed again reads the same. An event of neither the registry nor a plan is its agency's.
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
            sa.and_(of_plan.exists(), _may_be_read(principal)),
        )
    )


def _may_be_read(principal: Principal) -> sa.ColumnElement[bool]:
    about_report = col(Event.noun) == "submission"
    if not principal.may(Permission.SUBMISSION_READ):
        return sa.not_(about_report)
    if principal.reads_all_submissions:
        return sa.true()
    readable = (
        visible_submissions(principal)
        .with_only_columns(col(Submission.id))
        .where(col(Submission.id) == col(Event.row_id))
        .params(mine=principal.agency_id)
    )
    return sa.or_(sa.not_(about_report), readable.exists())
