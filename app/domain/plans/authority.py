"""Who decides what becomes of an assignment and of its deadline: nobody on their own request."""

from app.auth.principal import Principal, Role
from app.errors import PermissionDeniedError, Text
from app.models import Assignment, Plan


class OwnRequestError(PermissionDeniedError):
    """Nobody decides on what their own agency asked for, or on what they asked for themselves."""

    code = "own_request"
    title = Text("Không tự quyết định đề nghị của mình", "Own request")


def is_issuer(principal: Principal, plan: Plan) -> bool:
    """Whoever gave the assignment: the plan's issuer, or who owns the plan since."""
    return Role.ISSUER in principal.roles and principal.agency_id in (plan.issuer_id, plan.owner_id)


def is_coordinator(principal: Principal, plan: Plan) -> bool:
    """Whoever follows the plan up today."""
    return Role.COORDINATOR in principal.roles and principal.agency_id == plan.coordinator_id


def require_issuer(principal: Principal, plan: Plan) -> None:
    """Only who gave an assignment moves its deadline, suspends it or calls it off."""
    if not is_issuer(principal, plan):
        raise PermissionDeniedError(
            Text(
                "Chỉ cơ quan ban hành kế hoạch mới làm được việc này.",
                "Only the agency that issued the plan may do this.",
            )
        )


def require_decider(principal: Principal, plan: Plan) -> None:
    """The plan's issuer or its coordinator of the day."""
    if not (is_issuer(principal, plan) or is_coordinator(principal, plan)):
        raise PermissionDeniedError(
            Text(
                "Chỉ cơ quan ban hành hoặc cơ quan theo dõi kế hoạch mới quyết định việc này.",
                "Only the plan's issuer or its coordinator decides this.",
            )
        )


def require_owing(principal: Principal, assignment: Assignment) -> None:
    """What an agency asks for or declares of an assignment is for the agency that owes it."""
    if principal.agency_id != assignment.agency_id:
        raise PermissionDeniedError(
            Text(
                "Chỉ cơ quan được giao mới làm được việc này.",
                "Only the agency that owes this task may do this.",
            )
        )


def own_request() -> OwnRequestError:
    """The refusal for whoever would decide on their own."""
    return OwnRequestError(
        Text(
            "Không ai được tự quyết định đề nghị của cơ quan mình hoặc do mình gửi.",
            "Nobody decides on a request of their own agency, or on one that they made.",
        )
    )
