"""The authority to decide: one table for all areas.

A permission (`app.auth.principal`) admits a role to an operation. This table says on which plan,
and for which agency, the role then decides. The areas say in which state of a row they decide.

What is read of assignments and of submissions repeats a part of the table in SQL (`ACTIONS` in
`app.queries.assignments.assignments_json` and `app.queries.submissions.submissions_json`).
`tests/queries/assignments/test_allowed_actions.py` and
`tests/queries/submissions/test_submissions_json.py` compare both.

Whoever names a body needs authority over it: a plan is issued in the name of one's own agency or of
one for which the client may act (`require_in_its_name`), and it is the plan's issuer that names its
coordinator. docs/en/integrate.md has that table, and `tests/domain/test_naming.py` holds every
operation to it.
"""

import enum
from collections.abc import Callable, Collection
from typing import Protocol
from uuid import UUID

from app.auth.principal import Principal, Role
from app.errors import PermissionDeniedError, Text
from app.models import PlanStatus


class Standing(enum.Enum):
    """A caller's role together with the part that its agency has in the plan."""

    OWNER = "role issuer; its agency owns the plan"
    ISSUER = "role issuer; its agency issued the plan, or owns it since"
    COORDINATOR = "role coordinator; its agency coordinates the plan, which is issued"
    OVERSEER = "any role; the plan names its agency as an overseer"
    REPORTER = "role reporter; the matter (an assignment, a submission) is its own agency's"
    OFFICER = "role reporter or issuer; the matter is its own agency's"
    SUPERVISOR = "role supervisor, for every plan"
    ADMINISTRATOR = "role administrator, for every plan"


class Power(enum.Enum):
    """One decision, or several that the same callers take."""

    KEEP_PLAN = "change and issue a draft; close the plan"
    AMEND = "amend an issued plan"
    CORRECT_PLAN = "correct the particulars of an issued plan"
    OPEN_BOARD = "open the plan's board to the public, and close it"
    SHARE_BOARD = "make and revoke links that open the plan's board"
    SHARE_SUBMISSIONS = "let the members of a collective that leads read each other's submissions"
    SHARE_IMPORT = "make and revoke links that open the page of what was imported"
    RELATE = "add to the relations of an issued plan"
    SET_REGIME = "say how the plan is reported"
    DEFINE_INDICATORS = "define, change and end what is measured"
    SUBSTITUTE_COLLECTIVE = "say who stands in for a collective without members"
    REGISTER_ACTION_PLAN = "register the action plan of an agency that implements the plan"
    CHANGE_ASSIGNMENT = "move a deadline; suspend, resume, revoke; decide on a refusal"
    REOPEN_ASSIGNMENT = "reopen a closed assignment"
    REFUSE_ASSIGNMENT = "say that an assignment is not for one's agency"
    ASK_EXTENSION = "ask for more time; withdraw the request"
    DECIDE_EXTENSION = "approve or refuse more time"
    REPORT = "write, submit and withdraw a submission; report what an indicator reached"
    ENTER_REPORT = "enter what an agency of the plan reported otherwise than by this service"
    REVIEW = "accept, send back or waive a submission"
    RATE = "rate the year of an agency; correct the rating"
    REQUEST_REPORTS = "ask for reports beside the regular ones; withdraw the request"
    CONSOLIDATE = "freeze, issue anew and sign off the plan's consolidated report"
    CONSOLIDATE_OWN = "the same of what one's own agency reports of the plan"
    REMIND = "remind by hand; set when the plan's agencies are reminded"
    REMARK = "remark on the plan and on what belongs to it"
    ANSWER_REMARK = "answer a remark"
    HAND_OVER_ASSIGNMENT = "choose the successor that takes an assignment over"
    HAND_OVER_COORDINATION = "choose the successor that coordinates the plan"
    HAND_OVER_OWNERSHIP = "choose the successor that owns the plan"


S, P = Standing, Power
WHO_MAY: dict[Power, frozenset[Standing]] = {
    P.KEEP_PLAN: frozenset({S.OWNER}),
    P.AMEND: frozenset({S.ISSUER}),
    P.RELATE: frozenset({S.ISSUER}),
    P.CORRECT_PLAN: frozenset({S.ISSUER}),
    P.OPEN_BOARD: frozenset({S.ISSUER}),
    P.SHARE_BOARD: frozenset({S.ISSUER, S.COORDINATOR}),
    P.SHARE_SUBMISSIONS: frozenset({S.ISSUER, S.COORDINATOR}),
    P.SHARE_IMPORT: frozenset({S.OWNER}),
    P.SET_REGIME: frozenset({S.OWNER, S.COORDINATOR}),
    P.DEFINE_INDICATORS: frozenset({S.OWNER, S.COORDINATOR}),
    P.SUBSTITUTE_COLLECTIVE: frozenset({S.COORDINATOR, S.ADMINISTRATOR}),
    P.REGISTER_ACTION_PLAN: frozenset({S.COORDINATOR, S.OFFICER}),
    P.CHANGE_ASSIGNMENT: frozenset({S.ISSUER}),
    P.REOPEN_ASSIGNMENT: frozenset({S.ISSUER, S.COORDINATOR}),
    P.REFUSE_ASSIGNMENT: frozenset({S.REPORTER}),
    P.ASK_EXTENSION: frozenset({S.REPORTER}),
    P.DECIDE_EXTENSION: frozenset({S.ISSUER, S.COORDINATOR}),
    P.REPORT: frozenset({S.REPORTER}),
    P.ENTER_REPORT: frozenset({S.ISSUER, S.COORDINATOR}),
    P.REVIEW: frozenset({S.COORDINATOR}),
    P.RATE: frozenset({S.COORDINATOR}),
    P.REQUEST_REPORTS: frozenset({S.ISSUER, S.COORDINATOR}),
    P.CONSOLIDATE: frozenset({S.COORDINATOR}),
    P.CONSOLIDATE_OWN: frozenset({S.REPORTER}),
    P.REMIND: frozenset({S.ISSUER, S.COORDINATOR}),
    P.REMARK: frozenset({S.OVERSEER, S.SUPERVISOR}),
    P.ANSWER_REMARK: frozenset({S.REPORTER, S.ISSUER, S.COORDINATOR}),
    P.HAND_OVER_ASSIGNMENT: frozenset({S.ISSUER, S.COORDINATOR, S.ADMINISTRATOR}),
    P.HAND_OVER_COORDINATION: frozenset({S.ISSUER, S.ADMINISTRATOR}),
    P.HAND_OVER_OWNERSHIP: frozenset({S.ISSUER, S.ADMINISTRATOR}),
}
OF_THE_COORDINATOR: dict[Power, frozenset[Standing]] = {
    P.REVIEW: frozenset({S.ISSUER}),
    P.RATE: frozenset({S.ISSUER}),
}
"""The standings for the plan's coordinator as the one who is judged: see `may_judge`."""

_NO_HANDOVER = Text(
    "Chỉ cơ quan ban hành, quản lý kế hoạch, cơ quan theo dõi (về nhiệm vụ được giao) hoặc người"
    " quản trị mới quyết định bàn giao.",
    "Only the plan's issuer or owner, its coordinator (of assignments) or an administrator decides"
    " on handovers.",
)
_NO_DECISION = Text(
    "Chỉ cơ quan ban hành hoặc cơ quan theo dõi kế hoạch mới quyết định việc này.",
    "Only the plan's issuer or its coordinator decides this.",
)
_NOT_ASSIGNED = Text(
    "Chỉ cơ quan được giao mới làm được việc này.",
    "Only the agency that owes this task may do this.",
)
_NOT_IN_ITS_NAME = Text(
    "Hệ thống này không được nhân danh cơ quan đó; người quản trị cho phép bằng danh sách cơ quan"
    " được thay mặt.",
    "This client may not act in that agency's name; an administrator allows it by the agencies that"
    " the client acts for.",
)
REFUSALS: dict[Power, Text] = {
    P.KEEP_PLAN: Text(
        "Chỉ cơ quan soạn kế hoạch mới làm được việc này.",
        "Only the agency that owns the plan may do this.",
    ),
    P.AMEND: Text(
        "Chỉ cơ quan quản lý hoặc ban hành kế hoạch mới sửa đổi kế hoạch.",
        "Only the agency that owns or issued the plan amends it.",
    ),
    P.CORRECT_PLAN: Text(
        "Chỉ cơ quan quản lý hoặc ban hành kế hoạch mới đính chính kế hoạch.",
        "Only the agency that owns or issued the plan corrects it.",
    ),
    P.RELATE: Text(
        "Chỉ cơ quan quản lý hoặc ban hành kế hoạch mới ghi quan hệ của nó.",
        "Only the agency that owns or issued the plan says what it is to others.",
    ),
    P.OPEN_BOARD: Text(
        "Chỉ cơ quan quản lý hoặc ban hành kế hoạch mới công khai bảng theo dõi.",
        "Only the agency that owns or issued the plan opens its board to the public.",
    ),
    P.SHARE_BOARD: Text(
        "Chỉ cơ quan theo dõi hoặc ban hành kế hoạch mới chia sẻ bảng theo dõi.",
        "Only the plan's coordinator or its issuer shares its board.",
    ),
    P.SHARE_SUBMISSIONS: Text(
        "Chỉ cơ quan theo dõi hoặc ban hành kế hoạch mới cho các thành viên nhóm xem báo cáo của"
        " nhau.",
        "Only the plan's coordinator or its issuer lets members of a collective read each other's"
        " submissions.",
    ),
    P.SHARE_IMPORT: Text(
        "Chỉ cơ quan soạn kế hoạch mới chia sẻ kết quả nhập.",
        "Only the agency that owns the plan shares what was imported.",
    ),
    P.SET_REGIME: Text(
        "Chỉ cơ quan soạn hoặc cơ quan theo dõi kế hoạch đặt chế độ báo cáo.",
        "Only the plan's owner or its coordinator sets how it is reported.",
    ),
    P.DEFINE_INDICATORS: Text(
        "Chỉ cơ quan quản lý kế hoạch hoặc cơ quan theo dõi mới đặt chỉ tiêu.",
        "Only the plan's owner or its coordinator defines what is measured.",
    ),
    P.SUBSTITUTE_COLLECTIVE: Text(
        "Chỉ cơ quan theo dõi kế hoạch hoặc quản trị danh mục mới quyết định việc này.",
        "Only the plan's coordinator or an administrator decides this.",
    ),
    P.REGISTER_ACTION_PLAN: Text(
        "Chỉ chính cơ quan đó hoặc cơ quan theo dõi kế hoạch mới ghi nhận.",
        "Only the agency itself or the plan's coordinator registers its action plan.",
    ),
    P.CHANGE_ASSIGNMENT: Text(
        "Chỉ cơ quan ban hành kế hoạch mới làm được việc này.",
        "Only the agency that issued the plan may do this.",
    ),
    P.REOPEN_ASSIGNMENT: _NO_DECISION,
    P.REFUSE_ASSIGNMENT: _NOT_ASSIGNED,
    P.ASK_EXTENSION: _NOT_ASSIGNED,
    P.DECIDE_EXTENSION: _NO_DECISION,
    P.REPORT: Text(
        "Chỉ cơ quan được giao mới báo cáo nhiệm vụ này.",
        "Only the agency that owes this task reports on it.",
    ),
    P.ENTER_REPORT: Text(
        "Chỉ cơ quan theo dõi hoặc cơ quan ban hành kế hoạch mới nhập báo cáo thay cơ quan khác.",
        "Only the plan's coordinator or its issuer enters reports of other agencies.",
    ),
    P.REVIEW: Text(
        "Chỉ cơ quan theo dõi kế hoạch mới xét báo cáo.",
        "Only the plan's coordinator reviews reports.",
    ),
    P.RATE: Text(
        "Chỉ cơ quan theo dõi kế hoạch đánh giá các cơ quan khác; cơ quan ban hành đánh giá cơ quan"
        " theo dõi.",
        "Only the plan's coordinator rates other agencies, and its issuer the coordinator.",
    ),
    P.REQUEST_REPORTS: Text(
        "Chỉ cơ quan theo dõi hoặc cơ quan ban hành kế hoạch mới yêu cầu báo cáo.",
        "Only the plan's coordinator or its issuer asks for reports.",
    ),
    P.CONSOLIDATE: Text(
        "Chỉ cơ quan theo dõi kế hoạch mới tổng hợp báo cáo.",
        "Only the plan's coordinator consolidates its reports.",
    ),
    P.CONSOLIDATE_OWN: Text(
        "Chỉ chính cơ quan đó mới lập báo cáo của mình.",
        "Only the agency itself makes its own report.",
    ),
    P.REMIND: Text(
        "Chỉ cơ quan theo dõi hoặc ban hành kế hoạch mới đôn đốc.",
        "Only the plan's coordinator or issuer sends reminders.",
    ),
    P.REMARK: Text(
        "Chỉ cơ quan giám sát kế hoạch mới nhận xét.",
        "Only supervisors and the plan's overseers remark on it.",
    ),
    P.ANSWER_REMARK: Text(
        "Chỉ cơ quan liên quan hoặc cơ quan theo dõi, ban hành kế hoạch mới trả lời.",
        "Only the agency concerned and who follows the plan up answer a remark.",
    ),
    P.HAND_OVER_ASSIGNMENT: _NO_HANDOVER,
    P.HAND_OVER_COORDINATION: _NO_HANDOVER,
    P.HAND_OVER_OWNERSHIP: _NO_HANDOVER,
}


class PlanParties(Protocol):
    """The agencies that have a part in a plan, of its row or of a row that was read for a push."""

    @property
    def status(self) -> PlanStatus: ...
    @property
    def owner_id(self) -> UUID: ...
    @property
    def issuer_id(self) -> UUID | None: ...
    @property
    def coordinator_id(self) -> UUID | None: ...


def may(
    principal: Principal,
    power: Power,
    plan: PlanParties,
    *,
    concerned: Collection[UUID | None] = (),
    overseers: Collection[UUID] = (),
) -> bool:
    """True if the table gives the caller this power over the plan.

    *concerned*: the agencies whose matter it is, for powers that a reporter or an officer has.
    """
    return _holds_any(WHO_MAY[power], principal, plan, concerned, overseers)


def may_judge(
    principal: Principal, power: Power, plan: PlanParties, *, concerned: Collection[UUID]
) -> bool:
    """True if the caller reviews or rates the work of the agencies *concerned*.

    Nobody judges their own agency; the plan's coordinator is judged by the plan's issuer.
    """
    if principal.agency_id in concerned:
        return False
    table = OF_THE_COORDINATOR if plan.coordinator_id in concerned else WHO_MAY
    return _holds_any(table[power], principal, plan)


def require(
    principal: Principal,
    power: Power,
    plan: PlanParties,
    *,
    concerned: Collection[UUID | None] = (),
    overseers: Collection[UUID] = (),
) -> None:
    """Raise `PermissionDeniedError` for everyone to whom the table does not give this power."""
    if not may(principal, power, plan, concerned=concerned, overseers=overseers):
        raise refusal(power)


def refusal(power: Power) -> PermissionDeniedError:
    """The refusal for everyone to whom the table does not give this power."""
    return PermissionDeniedError(REFUSALS[power])


def require_in_its_name(principal: Principal, agency_id: UUID) -> None:
    """Raise `PermissionDeniedError` unless the caller may act in the name of that body.

    It may for the agency for which it acts now, and for those for which an administrator lets its
    client act.
    """
    if agency_id != principal.agency_id and agency_id not in principal.acts_for:
        raise PermissionDeniedError(_NOT_IN_ITS_NAME)


def _holds_any(
    standings: Collection[Standing],
    principal: Principal,
    plan: PlanParties,
    concerned: Collection[UUID | None] = (),
    overseers: Collection[UUID] = (),
) -> bool:
    return any(HOLDS[one](principal, plan, concerned, overseers) for one in standings)


HOLDS: dict[
    Standing,
    Callable[[Principal, PlanParties, Collection[UUID | None], Collection[UUID]], bool],
] = {
    S.OWNER: lambda who, plan, *_: Role.ISSUER in who.roles and who.agency_id == plan.owner_id,
    S.ISSUER: lambda who, plan, *_: (
        Role.ISSUER in who.roles and who.agency_id in (plan.issuer_id, plan.owner_id)
    ),
    S.COORDINATOR: lambda who, plan, *_: (
        Role.COORDINATOR in who.roles
        and who.agency_id == plan.coordinator_id
        and plan.status != PlanStatus.DRAFT
    ),
    S.OVERSEER: lambda who, _plan, _concerned, overseers: who.agency_id in overseers,
    S.REPORTER: lambda who, _plan, concerned, _overseers: (
        Role.REPORTER in who.roles and who.agency_id in concerned
    ),
    S.OFFICER: lambda who, _plan, concerned, _overseers: (
        not who.roles.isdisjoint({Role.REPORTER, Role.ISSUER}) and who.agency_id in concerned
    ),
    S.SUPERVISOR: lambda who, *_: Role.SUPERVISOR in who.roles,
    S.ADMINISTRATOR: lambda who, *_: Role.ADMINISTRATOR in who.roles,
}
"""The test of each standing: does a caller have it in a plan, in a matter of the agencies
concerned?"""


class OwnRequestError(PermissionDeniedError):
    """Nobody decides on what their own agency asked for, or on what they asked for themselves."""

    code = "own_request"
    title = Text("Không tự quyết định đề nghị của mình", "Own request")
    detail = Text(
        "Không ai được tự quyết định đề nghị của cơ quan mình hoặc do mình gửi.",
        "Nobody decides on a request of their own agency, or on one that they made.",
    )
