"""Pushing submissions: an agency writes and files one or a thousand, by the same rules.

The rules (`app.domain.submissions.write`) work on locked rows and gather the changes, which are
then stored by one statement.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, refusal, require
from app.domain.submissions.states import S, SubmissionStateError
from app.domain.submissions.write import (
    Effect,
    Receipt,
    SubmissionWords,
    file_submission,
    require_open,
    write_submission,
)
from app.errors import InvalidError, NotFoundError, Text, TrackerError, invalid_at
from app.models import Narrative
from app.queries.submissions import cases as queries
from app.queries.submissions.case_rows import (
    AssignmentReference,
    HeldCase,
    SubmissionChanges,
    SubmissionKey,
)
from app.queries.submissions.push_writes import store_changes
from app.queries.submissions.submissions import NO_SUCH_SUBMISSION
from app.reading import Sql


class SubmissionPush(NamedTuple):
    """A submission to be written or filed in the name of *agency_id*.

    Its assignment is an id or an `AssignmentReference`. `received_on` is the day of receipt of what
    the plan's coordinator or issuer enters for that agency; None: it files itself.
    """

    agency_id: uuid.UUID
    assignment: uuid.UUID | AssignmentReference
    period: str
    content: dict[str, Any]
    submit: bool
    received_on: date | None = None


@dataclass(slots=True)
class PushVerdict:
    """The effect of one push and the submission's state after it, or the refusal."""

    effect: Effect | None = None
    result: dict[str, Any] | None = None
    error: TrackerError | DBAPIError | None = None


async def lock_submission(
    sql: Sql, principal: Principal, assignment_id: uuid.UUID, period: str, *, day: date
) -> HeldCase:
    """Lock a submission of the principal's own agency until the transaction ends.

    Agencies are named as on *day*. Raises `PermissionDeniedError` for one that the principal may
    only read and `NotFoundError` for the rest.
    """
    key = SubmissionKey(principal.agency_id, assignment_id, period)
    found = await queries.hold_submissions(sql, [key], day=day, answered=True)
    case = found.get(key)
    if case is None:
        raise (await _refusals(sql, principal, [key]))[key]
    return case


async def push_submission(
    sql: Sql,
    principal: Principal,
    case: HeldCase,
    content: Mapping[str, Any],
    *,
    submit: bool,
    at: datetime,
) -> None:
    """Save a draft, or file it in the same step; the same content again changes nothing.

    That holds after a return or a withdrawal as well: a late retry must not file again what was
    sent back. `submit_draft` files it again on purpose.
    """
    changes = SubmissionChanges(case.assignment)
    effect = write_submission(
        principal, case, changes, SubmissionWords(content), submit=submit, at=at
    )
    if effect != Effect.UNCHANGED:
        await store_changes(sql, [changes], at=at)


async def submit_draft(sql: Sql, principal: Principal, case: HeldCase, *, at: datetime) -> None:
    """File the draft; a submission that was filed just now is left as it is."""
    if case.submission.status == S.SUBMITTED:
        return
    require_open(case)
    if case.submission.draft is None:
        raise SubmissionStateError(case.submission.status, S.SUBMITTED)
    changes = SubmissionChanges(case.assignment)
    file_submission(principal, case, changes, SubmissionWords(case.submission.draft), at=at)
    await store_changes(sql, [changes], at=at)


async def push_submissions(
    act: PersonalAct,
    pushes: Sequence[SubmissionPush],
    *,
    atomic: bool,
    dry_run: bool,
    is_shared: bool = False,
) -> tuple[list[PushVerdict], bool]:
    """Push in order, each seeing what those before it did; answers the verdicts and whether they
    are stored.

    *atomic*: nothing is stored when one is refused. *dry_run*: nothing is stored anyhow.
    *is_shared*: all are uses of one narrative.
    """
    session, principal, at = act.session, act.principal, act.at
    verdicts = [PushVerdict() for _ in pushes]
    cases = await _hold_many(
        session, principal, pushes, verdicts, day=local_day(at), lock=not dry_run
    )
    changes: dict[uuid.UUID, SubmissionChanges] = {}
    agencies = {one.agency_id for one in pushes}
    acting = {agency_id: _acting(principal, agency_id) for agency_id in agencies}
    narrative = await _narrative(session, principal, pushes, cases) if is_shared else None
    for pushed, verdict, case in zip(pushes, verdicts, cases, strict=True):
        if case is None:
            continue
        one = changes.setdefault(case.assignment.id, SubmissionChanges(case.assignment))
        try:
            receipt = _receipt(principal, case, pushed)
            narrative_id = narrative.id if narrative else None
            words = SubmissionWords(pushed.content, narrative_id, receipt=receipt)
            verdict.effect = write_submission(
                acting[pushed.agency_id], case, one, words, submit=pushed.submit, at=at
            )
            verdict.result = _result(case)
        except TrackerError as error:
            verdict.error = error
    if dry_run or (atomic and any(verdict.error for verdict in verdicts)):
        return verdicts, False
    if narrative is not None and any(_to_store(changes.values())):
        session.add(narrative)
        await session.flush()
    async with session.begin_nested() as whole:
        failures = await _store_what_can_be(session, _to_store(changes.values()), at)
        if failures and atomic:
            await whole.rollback()
    _reject_what_failed(verdicts, failures)
    return verdicts, not (failures and atomic)


def _receipt(principal: Principal, case: HeldCase, pushed: SubmissionPush) -> Receipt | None:
    """The receipt of what the caller enters for another agency; raises for who may not."""
    if pushed.received_on is None:
        return None
    require(principal, Power.ENTER_REPORT, case.plan)
    return Receipt(pushed.received_on, principal.agency_id)


async def _narrative(
    session: AsyncSession,
    principal: Principal,
    pushes: Sequence[SubmissionPush],
    cases: Sequence[HeldCase | None],
) -> Narrative:
    """The narrative that has these words already, of one of the submissions, or a new one, not yet
    stored."""
    known = set()
    for pushed, case in zip(pushes, cases, strict=True):
        if case is None:
            continue
        if case.attempt is not None and case.attempt.content == pushed.content:
            known.add(case.attempt.narrative_id)
        elif case.submission.draft == pushed.content:
            known.add(case.submission.draft_narrative_id)
    known.discard(None)
    if len(known) == 1:
        return await session.get_one(Narrative, known.pop())
    return Narrative(agency_id=principal.agency_id, client_id=principal.client_id)


def _reject_what_failed(
    verdicts: Iterable[PushVerdict], failures: Mapping[uuid.UUID, DBAPIError]
) -> None:
    """Refuse the pushes whose rows were not stored, and those that built on them."""
    lost: set[uuid.UUID] = set()
    for verdict in verdicts:
        error = verdict.result and failures.get(verdict.result["assignment_id"])
        if not error or not verdict.result:
            continue
        if verdict.effect != Effect.UNCHANGED:
            lost.add(verdict.result["id"])
        if verdict.result["id"] in lost:
            verdict.effect, verdict.result, verdict.error = None, None, error


def _acting(principal: Principal, agency_id: uuid.UUID) -> Principal:
    """The caller in the name of an agency."""
    client_id = queries.as_plain_uuid(principal.client_id)
    return replace(principal, client_id=client_id, agency_id=queries.as_plain_uuid(agency_id))


async def _hold_many(
    sql: Sql,
    principal: Principal,
    pushes: Sequence[SubmissionPush],
    verdicts: Sequence[PushVerdict],
    *,
    day: date,
    lock: bool,
) -> list[HeldCase | None]:
    """Lock the submission of each push; None, with the refusal in its verdict, where there is
    none."""
    keys = await _keys(sql, pushes, verdicts)
    asked = {key for key in keys if key is not None}
    cases = await queries.hold_submissions(sql, asked, day=day, lock=lock) if asked else {}
    held = [None if key is None else cases.get(key) for key in keys]
    if len(cases) < len(asked):
        refusals = await _refusals_of_several(sql, principal, asked - cases.keys())
        for key, verdict in zip(keys, verdicts, strict=True):
            if key is not None and key in refusals:
                verdict.error = refusals[key]
    return held


async def _refusals_of_several(
    sql: Sql, principal: Principal, missing: Collection[SubmissionKey]
) -> dict[SubmissionKey, TrackerError]:
    """The refusal for each of the *missing* keys, as of whoever acts for the agency it names."""
    refusals: dict[SubmissionKey, TrackerError] = {}
    for agency_id in {key.agency_id for key in missing}:
        own = [key for key in missing if key.agency_id == agency_id]
        refusals |= await _refusals(sql, _acting(principal, agency_id), own)
    return refusals


async def _keys(
    sql: Sql, pushes: Sequence[SubmissionPush], verdicts: Sequence[PushVerdict]
) -> list[SubmissionKey | None]:
    """The natural key of each push: the one place where an `AssignmentReference` becomes an id."""
    references = [
        one.assignment for one in pushes if isinstance(one.assignment, AssignmentReference)
    ]
    found = iter(await queries.find_assignments(sql, references) if references else ())
    keys: list[SubmissionKey | None] = []
    for pushed, verdict in zip(pushes, verdicts, strict=True):
        if isinstance(pushed.assignment, uuid.UUID):
            keys.append(SubmissionKey(pushed.agency_id, pushed.assignment, pushed.period))
            continue
        ids = next(found)
        if len(ids) == 1:
            keys.append(SubmissionKey(pushed.agency_id, ids[0], pushed.period))
            continue
        verdict.error = NotFoundError(NO_SUCH_SUBMISSION) if not ids else _ambiguous(ids)
        keys.append(None)
    return keys


async def _refusals(
    sql: Sql, principal: Principal, keys: Collection[SubmissionKey]
) -> dict[SubmissionKey, TrackerError]:
    """The refusal for keys that are not the principal's own: not its to write, or not there."""
    visible = await queries.visible_keys(sql, principal, keys)
    return {
        key: refusal(Power.REPORT)
        if (key.assignment_id, key.period) in visible
        else NotFoundError(NO_SUCH_SUBMISSION)
        for key in keys
    }


def _to_store(changes: Iterable[SubmissionChanges]) -> list[SubmissionChanges]:
    return [one for one in changes if one.submissions or one.drafts]


async def _store_what_can_be(
    session: AsyncSession, changes: Sequence[SubmissionChanges], at: datetime
) -> dict[uuid.UUID, DBAPIError]:
    """Store all changes but those that the database refuses; answers the errors by assignment.

    The rules let nothing pass that the database refuses; should it happen all the same, halving
    finds the row, and one bad row hides no other. An error that concerns no single row (a lost
    connection, a time limit, a deadlock) is raised, and the whole request comes to nothing.
    """
    if not changes:
        return {}
    try:
        async with session.begin_nested():
            await store_changes(session, changes, at=at)
    except DBAPIError as error:
        if not _is_of_a_row(error):
            raise
        if len(changes) == 1:
            return {changes[0].assignment.id: error}
        middle = len(changes) // 2
        return {
            **await _store_what_can_be(session, changes[:middle], at),
            **await _store_what_can_be(session, changes[middle:], at),
        }
    return {}


def _is_of_a_row(error: DBAPIError) -> bool:
    """Whether the database refused values: SQLSTATE 22 data, 23 constraints, P0 a trigger's
    refusal."""
    state = str(getattr(getattr(error.orig, "__cause__", None), "sqlstate", "") or "")
    return state.startswith(("22", "23", "P0"))


def _result(case: HeldCase) -> dict[str, Any]:
    """The submission's state after a push, without the content that was sent."""
    submission, day = case.submission, case.submission.received_on
    return {
        "id": submission.id,
        "assignment_id": case.assignment.id,
        "plan_id": case.plan.id,
        "task_ordinal": case.task.ordinal,
        "period": submission.period,
        "status": str(submission.shown_status),
        "attempts": submission.attempts,
        "received_on": day,
        "is_late": None if day is None else day > submission.due_on,
        "updated_at": submission.changed_at,
    }


def _ambiguous(ids: Sequence[uuid.UUID]) -> InvalidError:
    text = Text(
        f"Có {len(ids)} nhiệm vụ được giao cùng khớp; hãy nêu thêm năm hoặc id của nhiệm vụ.",
        f"{len(ids)} assignments fit; add the occurrence, or name one by assignment_id.",
    )
    return invalid_at("#/task_ordinal", "ambiguous_reference", text)
