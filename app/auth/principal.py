"""Permissions by role. No HTTP, no SQL: one table that people can read."""

import enum
import uuid
from dataclasses import dataclass


class Role(enum.StrEnum):
    """A part that a client plays for its agency; a client may have several."""

    ADMINISTRATOR = "administrator"
    ISSUER = "issuer"
    COORDINATOR = "coordinator"
    REPORTER = "reporter"
    SUPERVISOR = "supervisor"
    READER = "reader"


class Permission(enum.StrEnum):
    """A right that an operation asks for; `resource:action`."""

    ASSIGNMENT_CHANGE = "assignment:change"
    ASSIGNMENT_DECIDE = "assignment:decide"
    ACTION_PLAN_WRITE = "action-plan:write"
    AUDIT_READ = "audit:read"
    CLIENT_WRITE = "client:write"
    DOCUMENT_WRITE = "document:write"
    EXTERNAL_REF_WRITE = "external-ref:write"
    FOCAL_POINT_READ = "focal-point:read"
    FOCAL_POINT_WRITE = "focal-point:write"
    HANDOVER_DECIDE = "handover:decide"
    INDICATOR_WRITE = "indicator:write"
    PLAN_DECIDE = "plan:decide"
    PLAN_ISSUE = "plan:issue"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    REGIME_WRITE = "regime:write"
    REGISTRY_READ = "registry:read"
    REGISTRY_WRITE = "registry:write"
    REMINDER_WRITE = "reminder:write"
    REPORT_REQUEST = "report:request"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_REVIEW = "submission:review"
    SUBMISSION_WRITE = "submission:write"


P = Permission
EVERYONE = frozenset({P.PLAN_READ, P.REGISTRY_READ})
# Those who work on a plan tell its documents and their own systems' ids.
AT_WORK = EVERYONE | {
    P.ACTION_PLAN_WRITE,
    P.DOCUMENT_WRITE,
    P.EXTERNAL_REF_WRITE,
    P.FOCAL_POINT_READ,
    P.SUBMISSION_READ,
}
FOLLOWS_UP = AT_WORK | {
    P.SUBMISSION_REVIEW,
    P.HANDOVER_DECIDE,
    P.REGIME_WRITE,
    P.REMINDER_WRITE,
    P.REPORT_REQUEST,
    P.ASSIGNMENT_DECIDE,
    P.INDICATOR_WRITE,
}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: EVERYONE
    | {P.REGISTRY_WRITE, P.CLIENT_WRITE, P.PLAN_DECIDE, P.HANDOVER_DECIDE}
    | {P.FOCAL_POINT_READ, P.FOCAL_POINT_WRITE},
    # An issuer reviews only what nobody else may: the reports of the plan's own coordinator.
    # Who gave an assignment changes it; who follows it up decides with them on what its agency
    # asks for.
    Role.ISSUER: FOLLOWS_UP
    | {P.PLAN_WRITE, P.PLAN_ISSUE, P.FOCAL_POINT_WRITE, P.ASSIGNMENT_CHANGE},
    Role.COORDINATOR: FOLLOWS_UP | {P.PLAN_DECIDE},
    Role.REPORTER: AT_WORK | {P.SUBMISSION_WRITE, P.FOCAL_POINT_WRITE},
    Role.SUPERVISOR: EVERYONE | {P.SUBMISSION_READ, P.AUDIT_READ},
    Role.READER: EVERYONE,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A client that showed a valid token, and the agency in whose name it acts."""

    client_id: uuid.UUID
    agency_id: uuid.UUID
    roles: frozenset[Role]
    request_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """True if any of the roles grants *permission*."""
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    @property
    def reads_all_submissions(self) -> bool:
        """Issuers and supervisors read every filed report; others by their part in the plan."""
        return not self.roles.isdisjoint({Role.ISSUER, Role.SUPERVISOR})
