"""Permissions by role. No HTTP, no SQL: one table that people can read."""

import enum
import uuid
from dataclasses import dataclass
from functools import lru_cache

from app.errors import PermissionDeniedError, Text


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
    BOARD_SHARE = "board:share"
    BOARDS_SHARE = "boards:share"
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
    REPORT_CONSOLIDATE = "report:consolidate"
    REPORT_REQUEST = "report:request"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_REVIEW = "submission:review"
    SUBMISSION_WRITE = "submission:write"


P = Permission
PERMISSION_WORDS = {
    P.ASSIGNMENT_CHANGE: Text("điều chỉnh nhiệm vụ được giao", "change assignments"),
    P.ASSIGNMENT_DECIDE: Text("quyết định về nhiệm vụ được giao", "decide on assignments"),
    P.ACTION_PLAN_WRITE: Text("ghi nhận kế hoạch hành động", "register action plans"),
    P.AUDIT_READ: Text("xem nhật ký", "read the audit trail"),
    P.BOARD_SHARE: Text("chia sẻ bảng theo dõi", "share boards"),
    P.BOARDS_SHARE: Text("chia sẻ bảng theo dõi mọi kế hoạch", "share the board of all plans"),
    P.CLIENT_WRITE: Text("quản lý các hệ thống kết nối", "keep clients"),
    P.DOCUMENT_WRITE: Text("gửi văn bản điện tử", "send documents"),
    P.EXTERNAL_REF_WRITE: Text("ghi mã ở hệ thống khác", "set the ids of other systems"),
    P.FOCAL_POINT_READ: Text("xem đầu mối", "read focal points"),
    P.FOCAL_POINT_WRITE: Text("cử đầu mối", "name focal points"),
    P.HANDOVER_DECIDE: Text("quyết định bàn giao", "decide on handovers"),
    P.INDICATOR_WRITE: Text("đặt chỉ tiêu", "keep indicators"),
    P.PLAN_DECIDE: Text(
        "quyết định về nhóm cơ quan của kế hoạch", "decide on a plan's collectives"
    ),
    P.PLAN_ISSUE: Text("ban hành kế hoạch", "issue plans"),
    P.PLAN_READ: Text("xem kế hoạch", "read plans"),
    P.PLAN_WRITE: Text("soạn kế hoạch", "draft plans"),
    P.REGIME_WRITE: Text("đặt chế độ báo cáo", "set reporting regimes"),
    P.REGISTRY_READ: Text("xem danh mục", "read the registry"),
    P.REGISTRY_WRITE: Text("quản trị danh mục", "keep the registry"),
    P.REMINDER_WRITE: Text("đôn đốc", "send reminders"),
    P.REPORT_CONSOLIDATE: Text("tổng hợp báo cáo", "consolidate reports"),
    P.REPORT_REQUEST: Text("yêu cầu báo cáo", "ask for reports"),
    P.SUBMISSION_READ: Text("xem báo cáo", "read submissions"),
    P.SUBMISSION_REVIEW: Text("xét báo cáo", "review submissions"),
    P.SUBMISSION_WRITE: Text("nộp báo cáo", "file submissions"),
}
"""The object of each permission, in the words of a refusal."""
EVERYONE = frozenset({P.PLAN_READ, P.REGISTRY_READ})
# Those who work on a plan register its documents and their own systems' ids.
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
    P.BOARD_SHARE,
    P.INDICATOR_WRITE,
}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: EVERYONE
    | {P.REGISTRY_WRITE, P.CLIENT_WRITE, P.PLAN_DECIDE, P.HANDOVER_DECIDE}
    | {P.FOCAL_POINT_READ, P.FOCAL_POINT_WRITE, P.BOARDS_SHARE},
    # An issuer reviews only what nobody else may: the reports of the plan's own coordinator.
    # Who gave an assignment changes it; who follows it up decides with them on what its agency
    # asks for.
    Role.ISSUER: FOLLOWS_UP
    | {P.PLAN_WRITE, P.PLAN_ISSUE, P.FOCAL_POINT_WRITE, P.ASSIGNMENT_CHANGE},
    Role.COORDINATOR: FOLLOWS_UP | {P.PLAN_DECIDE, P.REPORT_CONSOLIDATE},
    Role.REPORTER: AT_WORK | {P.SUBMISSION_WRITE, P.FOCAL_POINT_WRITE, P.REPORT_CONSOLIDATE},
    Role.SUPERVISOR: EVERYONE | {P.SUBMISSION_READ, P.AUDIT_READ, P.BOARDS_SHARE},
    Role.READER: EVERYONE,
}


@lru_cache(maxsize=200)
def roles_named(words: frozenset[str]) -> frozenset[Role]:
    """The roles by their words; there are few such sets, and each request asks for one."""
    return frozenset(Role(word) for word in words)


@lru_cache(maxsize=200)
def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """The permissions that any of *roles* is granted."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


@dataclass(frozen=True, slots=True)
class Principal:
    """A client that showed a valid token, and the agency in whose name it acts."""

    client_id: uuid.UUID
    agency_id: uuid.UUID
    roles: frozenset[Role]
    request_id: str | None = None
    acts_for: frozenset[uuid.UUID] = frozenset()
    """The agencies in whose name an administrator lets the client act, its own included."""

    def may(self, permission: Permission) -> bool:
        """True if any of the roles grants *permission*."""
        return permission in permissions_of(self.roles)

    def require(self, permission: Permission) -> None:
        """Raise `PermissionDeniedError` unless any of the roles grants *permission*."""
        if not self.may(permission):
            vi, en = PERMISSION_WORDS[permission]
            raise PermissionDeniedError(
                Text(
                    f"Hệ thống này chưa được cấp quyền {vi}.",
                    f"This client was not given the right to {en}.",
                )
            )

    @property
    def reads_all_submissions(self) -> bool:
        """Issuers and supervisors read every filed report; others by their part in the plan."""
        return not self.roles.isdisjoint({Role.ISSUER, Role.SUPERVISOR})
