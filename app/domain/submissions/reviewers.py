"""Who decides on a report, and whose it is: nobody decides on their own."""

from app.auth.principal import Principal, Role
from app.errors import PermissionDeniedError, Text
from app.models import SubmissionAttempt
from app.queries.submissions.push import HeldAttempt, HeldCase
from app.queries.submissions.submissions import Case

AnyCase = Case | HeldCase
AnyAttempt = SubmissionAttempt | HeldAttempt


def is_reviewer(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> bool:
    """The plan's coordinator; for the coordinator's own reports the plan's issuer, or who owns
    the plan since.

    A report is that of who owes it now and of who filed it, if another did before.
    """
    plan = case.plan
    own = {case.assignment.agency_id} | ({attempt.agency_id} if attempt is not None else set())
    if principal.agency_id in own:
        return False
    if plan.coordinator_id in own:
        return Role.ISSUER in principal.roles and principal.agency_id in (
            plan.issuer_id,
            plan.owner_id,
        )
    return Role.COORDINATOR in principal.roles and principal.agency_id == plan.coordinator_id


def is_author(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """Whether this caller's agency filed it: what another one filed before stays that one's."""
    return attempt is not None and attempt.agency_id == principal.agency_id


def filed_by(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """Whether this very client filed it."""
    return attempt is not None and attempt.client_id == principal.client_id


def not_reviewer() -> PermissionDeniedError:
    """The refusal for everyone else."""
    return PermissionDeniedError(
        Text(
            "Chỉ cơ quan theo dõi kế hoạch mới xét báo cáo.",
            "Only the plan's coordinator reviews reports.",
        )
    )
