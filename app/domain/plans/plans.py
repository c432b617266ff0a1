"""Plans: a draft is made, corrected, issued or given up by its owner."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, require, require_in_its_name
from app.domain.plans.time_units import YEAR_OUT_OF_RANGE, YEARS
from app.domain.records import Subject
from app.domain.references import agencies_named
from app.errors import ConflictError, Fault, InvalidError, Text, invalid_at
from app.models import Plan, PlanParty, PlanPartyRole, PlanStatus
from app.queries.plans import plans as queries
from app.queries.plans.draft_writes import delete_imported_files, delete_parties, free_names
from app.queries.submissions.case_rows import HeldPlan


class PlanStateError(ConflictError):
    """The plan is not in a state in which this may be done."""

    code = "wrong_plan_state"
    title = Text("Trạng thái kế hoạch không cho phép", "Wrong plan state")


PARTY_FIELDS = {PlanPartyRole.OVERSEER: "overseers", PlanPartyRole.RECIPIENT: "recipients"}
ISSUED_IN_FUTURE = Text("Ngày ban hành không được sau hôm nay.", "The date lies in the future.")
STATE_WORDS = {
    PlanStatus.DRAFT: "dự thảo",
    PlanStatus.ISSUED: "đã ban hành",
    PlanStatus.CLOSED: "đã kết thúc",
}


def subject(plan: Plan) -> Subject:
    """The plan as the subject of records; drafts concern their own agency."""
    return Subject("plan", plan.id, plan.id, plan.owner_id)


def require_draft(plan: Plan) -> None:
    """Raise `PlanStateError` unless a draft: an issued plan is changed by amendment."""
    _require(plan, PlanStatus.DRAFT)


def require_ever_issued(plan: Plan) -> None:
    """Raise `PlanStateError` for a draft, which is corrected without a reason."""
    if plan.status == PlanStatus.DRAFT:
        _require(plan, PlanStatus.ISSUED)


def require_closed(plan: Plan) -> None:
    """Raise `PlanStateError` unless the plan's follow-up has ended."""
    _require(plan, PlanStatus.CLOSED)


def require_issued(plan: Plan | HeldPlan) -> None:
    """Raise `PlanStateError` unless the plan is issued."""
    _require(plan, PlanStatus.ISSUED)


def _require(plan: Plan | HeldPlan, wanted: PlanStatus) -> None:
    if plan.status != wanted:
        raise PlanStateError(
            Text(
                f"Kế hoạch {STATE_WORDS[plan.status]}, không phải {STATE_WORDS[wanted]}.",
                f"The plan is {plan.status}, not {wanted}.",
            )
        )


def require_life(starts_on: date | None, ends_on: date | None) -> None:
    """Raise `InvalidError` unless the plan ends on or after the day on which it starts."""
    if starts_on and ends_on and starts_on > ends_on:
        raise InvalidError(
            Text(
                "Ngày bắt đầu không được sau ngày kết thúc.", "starts_on must not be after ends_on."
            )
        )


TRACKED_OUTSIDE = Text(
    "Ngày bắt đầu theo dõi phải từ ngày ban hành đến hôm nay.",
    "A plan is followed up from a day between its issue and today.",
)


def require_years(plan: Plan) -> None:
    """Raise `InvalidError` for a day outside `YEARS`, which is a slip of the pen."""
    faults = tuple(
        Fault(f"#/{name}", "year_out_of_range", YEAR_OUT_OF_RANGE)
        for name in ("issued_on", "starts_on", "ends_on", "tracked_from")
        if (day := getattr(plan, name)) is not None and day.year not in YEARS
    )
    if faults:
        raise InvalidError(faults=faults)


async def create(act: PersonalAct, fields: Mapping[str, Any]) -> Plan:
    """Make a draft of the caller's agency, which is its issuer until another one is named."""
    session = act.session
    plan = Plan(
        title=fields["title"], owner_id=act.principal.agency_id, issuer_id=act.principal.agency_id
    )
    session.add(plan)
    await session.flush()
    await _apply_named(act, plan, fields)
    act.note("created", subject(plan))
    return plan


async def update(act: PersonalAct, plan: Plan, fields: Mapping[str, Any]) -> None:
    """Correct a draft; the audit entry names the fields, not their contents."""
    require_draft(plan)
    require(act.principal, Power.KEEP_PLAN, plan)
    await _apply_named(act, plan, fields)
    act.note("changed", subject(plan), fields=sorted(fields))


async def _apply_named(act: PersonalAct, plan: Plan, fields: Mapping[str, Any]) -> None:
    """Set fields of a draft, which is issued in nobody's name without their authority."""
    issuer_id = plan.issuer_id
    await apply_fields(act.session, plan, fields, at=act.at)
    if plan.issuer_id is not None and plan.issuer_id != issuer_id:
        require_in_its_name(act.principal, plan.issuer_id)


async def apply_fields(
    session: AsyncSession, plan: Plan, fields: Mapping[str, Any], *, at: datetime
) -> None:
    """Set fields; agencies are given by reference, and all unknown ones are refused together."""
    given = dict(fields)
    parties = {
        role: given.pop(name) for role, name in PARTY_FIELDS.items() if given.get(name) is not None
    }
    named: dict[str, str | None] = {
        name: given.pop(name) for name in ("issuer", "coordinator") if name in given
    }
    refs = [(f"#/{name}", ref) for name, ref in named.items() if ref is not None]
    refs += [
        (f"#/{PARTY_FIELDS[role]}/{n}", ref)
        for role, some in parties.items()
        for n, ref in enumerate(some)
    ]
    found = {p: a.id for (p, _), a in zip(refs, await agencies_named(session, refs), strict=True)}
    for name in named:
        setattr(plan, f"{name}_id", found.get(f"#/{name}"))
    for name, value in given.items():
        setattr(plan, name, value)
    require_years(plan)
    require_life(plan.starts_on, plan.ends_on)
    if plan.issued_on and plan.tracked_from and plan.tracked_from < plan.issued_on:
        raise invalid_at("#/tracked_from", "not_between_issue_and_today", TRACKED_OUTSIDE)
    for role, some in parties.items():
        agency_ids = [found[f"#/{PARTY_FIELDS[role]}/{n}"] for n in range(len(some))]
        await _set_parties(session, plan, role, list(dict.fromkeys(agency_ids)), at=at)
    await session.flush()


async def _set_parties(
    session: AsyncSession,
    plan: Plan,
    role: PlanPartyRole,
    agency_ids: Sequence[uuid.UUID],
    *,
    at: datetime,
) -> None:
    if (await queries.parties_named(session, [plan.id]))[plan.id][role] == agency_ids:
        return
    await delete_parties(session, plan.id, role)
    session.add_all(PlanParty(plan_id=plan.id, role=role, agency_id=one) for one in agency_ids)
    plan.updated_at = at


async def discard(act: PersonalAct, plan: Plan) -> None:
    """Give a draft up: it exists for nobody any more, and its number and its ids are free again.

    The file that it was read from is deleted.
    """
    require_draft(plan)
    require(act.principal, Power.KEEP_PLAN, plan)
    plan.discarded_at = act.at
    plan.number = None
    await free_names(act.session, plan.id)
    await delete_imported_files(act.session, plan.id)
    act.note("discarded", subject(plan))


def allowed_actions(principal: Principal, plan: Plan) -> list[str]:
    """The actions that this caller may take on the plan now."""
    powers: dict[str, Power] = {}
    if plan.status == PlanStatus.DRAFT:
        powers = {
            "change": Power.KEEP_PLAN,
            "issue": Power.KEEP_PLAN,
            "discard": Power.KEEP_PLAN,
        }
    elif plan.status == PlanStatus.ISSUED:
        powers = {
            "set_regime": Power.SET_REGIME,
            "substitute_collective": Power.SUBSTITUTE_COLLECTIVE,
            "request_reports": Power.REQUEST_REPORTS,
            "amend": Power.AMEND,
            "correct": Power.CORRECT_PLAN,
            "close": Power.KEEP_PLAN,
        }
    else:
        powers = {"correct": Power.CORRECT_PLAN, "reopen": Power.KEEP_PLAN}
    return [action for action, power in powers.items() if may(principal, power, plan)]
