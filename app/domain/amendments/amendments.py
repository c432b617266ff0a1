"""Amendments: drawn up, issued by a document, and carried out once, on their day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.amendments.apply import AmendmentEffect, carry_out
from app.domain.amendments.snapshots import Path, is_repeated, path_of, path_of_task
from app.domain.amendments.words import read_items
from app.domain.authority import Power, may, require
from app.domain.plans import plans
from app.domain.plans.lifetimes import life_of_plan
from app.domain.records import Subject
from app.errors import ConflictError, Fault, InvalidError, Text
from app.models import Amendment, AmendmentItem, AmendmentKind, AmendmentState, Plan
from app.official_words import day_words
from app.queries.amendments import amendments as queries
from app.queries.plans import tasks as task_queries
from app.queries.plans.plans import visible_plan_id


class AmendmentStateError(ConflictError):
    """The amendment was issued or withdrawn already."""

    code = "amendment_not_draft"
    title = Text("Bản sửa đổi không còn là dự thảo", "The amendment is not a draft")

    def __init__(self, state: AmendmentState) -> None:
        super().__init__(
            Text(f"Bản sửa đổi này {STATE_WORDS[state]}.", f"The amendment is {state}.")
        )


class AmendmentOutdatedError(ConflictError):
    """Tasks that it changes were amended since it was drawn up; `errors` names them."""

    code = "amendment_outdated"
    title = Text("Bản sửa đổi không còn khớp với kế hoạch hiện hành", "The amendment is outdated")


STATE_WORDS = {
    AmendmentState.DRAFT: "là dự thảo",
    AmendmentState.ISSUED: "đã ban hành",
    AmendmentState.WITHDRAWN: "đã rút",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAmendment:
    """The content of an amendment; its items are bodies with only the fields that were given."""

    kind: AmendmentKind
    basis: str | None
    effective_on: date | None
    reason: str
    items: Sequence[Mapping[str, Any]]


def subject(amendment: Amendment, plan: Plan) -> Subject:
    """The amendment as the subject of records."""
    return Subject("amendment", amendment.id, plan.id, plan.owner_id)


def _require_draft(amendment: Amendment) -> None:
    if amendment.state != AmendmentState.DRAFT:
        raise AmendmentStateError(amendment.state)


async def draw_up(act: PersonalAct, plan: Plan, given: NewAmendment) -> Amendment:
    """Draw up an amendment against the plan as it reads now.

    Raises `PlanStateError`, `PermissionDeniedError`, or `InvalidError` with all faults of items.
    """
    require(act.principal, Power.AMEND, plan)
    plans.require_issued(plan)
    amendment = Amendment(
        plan_id=plan.id,
        kind=given.kind,
        reason=given.reason,
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    await _set(act, plan, amendment, given)
    act.audit("drawn_up", subject(amendment, plan))
    return amendment


async def revise(act: PersonalAct, case: queries.AmendmentCase, given: NewAmendment) -> None:
    """Replace the content of a draft, against the plan as it reads by now."""
    amendment, plan = case
    require(act.principal, Power.AMEND, plan)
    _require_draft(amendment)
    plans.require_issued(plan)
    await queries.delete_items(act.session, amendment.id)
    await _set(act, plan, amendment, given)
    act.audit("changed", subject(amendment, plan))


async def _set(act: Act, plan: Plan, amendment: Amendment, given: NewAmendment) -> None:
    day = given.effective_on or local_day(act.at)
    items = await read_items(act.session, plan, given.items, kind=given.kind, day=day)
    amendment.kind, amendment.basis = given.kind, given.basis
    amendment.effective_on, amendment.reason = given.effective_on, given.reason
    amendment.updated_at = act.at
    act.session.add(amendment)
    await act.session.flush()
    for item in items:
        item.amendment_id = amendment.id
    act.session.add_all(items)
    await act.session.flush()


def withdraw(act: PersonalAct, case: queries.AmendmentCase) -> None:
    """Withdraw a draft; the plan's owner and issuer can still read it."""
    amendment, plan = case
    require(act.principal, Power.AMEND, plan)
    _require_draft(amendment)
    amendment.state = AmendmentState.WITHDRAWN
    act.audit("withdrawn", subject(amendment, plan))


async def issue(
    act: PersonalAct, case: queries.AmendmentCase, *, carried_out: bool
) -> AmendmentEffect:
    """Issue a draft: the plan has a new version, *carried_out* at once or left for its day.

    A preview carries it out before its day and rolls back. The caller takes `lock_handovers`, then
    locks the plan.
    """
    amendment, plan = case
    require(act.principal, Power.AMEND, plan)
    _require_draft(amendment)
    plans.require_issued(plan)
    today = local_day(act.at)
    day = amendment.effective_on or today
    _require_complete(plan, amendment, day, today)
    items = await queries.items_of(act.session, amendment.id)
    await _require_current(act, plan, items)
    plan.version += 1
    amendment.state, amendment.number = AmendmentState.ISSUED, plan.version
    amendment.effective_on, amendment.issued_at, amendment.issued_on = day, act.at, today
    amendment.agency_id, amendment.client_id = act.principal.agency_id, act.principal.client_id
    act.note(
        "issued",
        subject(amendment, plan),
        number=amendment.number,
        kind=amendment.kind,
        effective_on=day.isoformat(),
    )
    return await apply(act, case, items) if carried_out else AmendmentEffect()


def has_come(amendment: Amendment, *, at: datetime) -> bool:
    """True if the amendment is carried out as soon as it is issued."""
    return amendment.effective_on is None or amendment.effective_on <= local_day(at)


async def apply(
    act: Act, case: queries.AmendmentCase, items: Sequence[AmendmentItem]
) -> AmendmentEffect:
    """Carry out an issued amendment; the plan reads so from its day on."""
    amendment, plan = case
    day = amendment.effective_on or local_day(act.at)
    effect = await carry_out(act, plan, amendment, items, day=day)
    amendment.applied_at = act.at
    act.note(
        "amended",
        plans.subject(plan),
        amendment=str(amendment.id),
        version=amendment.number,
        effective_on=day.isoformat(),
        **effect.counts(),
    )
    await act.session.flush()
    return effect


def _require_complete(plan: Plan, amendment: Amendment, day: date, today: date) -> None:
    """Raise `InvalidError` unless new words name their document and the day has not passed."""
    faults = []
    if amendment.basis is None and amendment.kind == AmendmentKind.AMENDMENT:
        text = Text("Thiếu số, ngày văn bản sửa đổi.", "The amending document is not named.")
        faults.append(Fault("#/basis", "missing", text))
    if not today <= day <= life_of_plan(plan).ends_on:
        text = Text(
            f"Ngày có hiệu lực phải từ {day_words(today)} đến"
            f" {day_words(life_of_plan(plan).ends_on)}.",
            f"It must take effect from {today} to {life_of_plan(plan).ends_on}.",
        )
        faults.append(Fault("#/effective_on", "not_forward", text))
    if faults:
        raise InvalidError(faults=faults)


async def _require_current(act: Act, plan: Plan, items: Sequence[AmendmentItem]) -> None:
    """Raise `AmendmentOutdatedError` if its tasks were amended since, or wait to be amended."""
    tasks = {
        task.id: task for task in await task_queries.list_tasks(act.session, visible_plan_id(plan))
    }
    waiting = await queries.waiting_items(act.session, plan.id)
    taken = {item.task_id for item in waiting if item.task_id is not None}
    paths = {task.id: path_of_task(task) for task in tasks.values()}
    last = {item.task_id: item.after for item in items if item.task_id and item.after}
    paths |= {task_id: path_of(after) for task_id, after in last.items() if task_id}
    every = [*waiting, *(item for item in items if item.change == "add")]
    taken_paths = [*paths.values(), *(one for item in every for one in _new_path(item))]
    faults = []
    for item in items:
        task = tasks.get(item.task_id) if item.task_id else None
        if task is not None and (task.version != item.task_version or task.id in taken):
            text = Text(
                f"Nhiệm vụ {task.ordinal} đã được sửa đổi từ khi soạn bản này; hãy soạn lại.",
                f"Task {task.ordinal} was amended since this was drawn up; draw it up anew.",
            )
            faults.append(Fault(f"#/items/{item.position - 1}", "task_changed", text))
        elif any(is_repeated(path, taken_paths) for path in _new_path(item)):
            [(_, ordinal)] = _new_path(item)
            text = Text(f"Đã có nhiệm vụ {ordinal}.", f"There is a task {ordinal} by now.")
            faults.append(Fault(f"#/items/{item.position - 1}", "ordinal_repeated", text))
    if faults:
        raise AmendmentOutdatedError(faults=faults)


def _new_path(item: AmendmentItem) -> list[Path]:
    """The path that an item gives to a task, as a list of one; `[]` if its ordinal stays."""
    if item.after is None or (item.before or {}).get("ordinal") == item.after["ordinal"]:
        return []
    return [path_of(item.after)]


def allowed_actions(principal: Principal, amendment: Amendment, plan: Plan) -> list[str]:
    """The actions that this caller may take on the amendment now."""
    is_draft = amendment.state == AmendmentState.DRAFT
    return ["change", "withdraw", "issue"] if is_draft and may(principal, Power.AMEND, plan) else []
