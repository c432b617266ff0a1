"""What an agency writes and files of its reports, one or a thousand: the same rules, one statement.

The rules work on rows that are held; what they come to is gathered and then stored at once.
"""

import enum
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.plans import require_issued
from app.domain.records import Note, audit_row, event_row
from app.domain.submissions import (
    CLOSING,
    AssignmentClosedError,
    S,
    SubmissionStateError,
    duty,
    move,
    not_the_reporter,
    reported,
    subject,
)
from app.errors import Fault, InvalidError, Text, TrackerError
from app.models import AssignmentStatus, Outcome
from app.models.base import new_id
from app.queries import submission_pushes as queries
from app.queries.assignments import OPEN
from app.queries.submission_pushes import Changes, HeldAttempt, HeldCase, Key, Reference
from app.queries.submissions import NO_SUCH_SUBMISSION


class Effect(enum.StrEnum):
    """What a push did: `created` is the first word of a report that was only expected."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Push(NamedTuple):
    """A report to be written or filed in the name of *agency_id*.

    Its assignment is an id or what the caller knows of it.
    """

    agency_id: uuid.UUID
    assignment: uuid.UUID | Reference
    period: str
    content: dict[str, Any]
    submit: bool


@dataclass(slots=True)
class Verdict:
    """What became of one push: its effect and how the report stands then, or why it was refused."""

    effect: Effect | None = None
    result: dict[str, Any] | None = None
    error: TrackerError | DBAPIError | None = None


async def hold(
    session: AsyncSession, principal: Principal, assignment_id: uuid.UUID, period: str
) -> HeldCase:
    """One submission of the principal's own agency, held until the request ends.

    Raises `PermissionDeniedError` for what it may only read and `NotFoundError` for the rest.
    """
    key = Key(principal.agency_id, assignment_id, period)
    case = (await queries.hold(session, [key])).get(key)
    if case is None:
        raise (await _refusals(session, principal, [key]))[key]
    return case


async def push(
    session: AsyncSession,
    principal: Principal,
    case: HeldCase,
    content: Mapping[str, Any],
    *,
    submit: bool,
    at: datetime,
) -> None:
    """Save a draft, or file it in the same step; the same content again changes nothing.

    That holds after a return or a withdrawal as well: a retry that comes late must not file again
    what was sent back. Who means to does so by `submit`.
    """
    changes = Changes(case.assignment)
    if _push(principal, case, changes, content, submit=submit, at=at) != Effect.UNCHANGED:
        await queries.store(session, [changes], at=at)


async def submit(
    session: AsyncSession, principal: Principal, case: HeldCase, *, at: datetime
) -> None:
    """File the draft; a report that was filed just now is left as it is."""
    if case.submission.status == S.SUBMITTED:
        return
    _require_open(case)
    if case.submission.draft is None:
        raise SubmissionStateError(case.submission.status, S.SUBMITTED)
    changes = Changes(case.assignment)
    _file(principal, case, changes, case.submission.draft, at=at)
    await queries.store(session, [changes], at=at)


async def push_many(
    session: AsyncSession,
    principal: Principal,
    pushes: Sequence[Push],
    *,
    at: datetime,
    atomic: bool,
    dry_run: bool,
) -> tuple[list[Verdict], bool]:
    """A verdict for each push, each seeing what those before it did; and whether they are stored.

    With *atomic* nothing is stored when one is refused; with *dry_run* nothing is anyhow.
    """
    verdicts = [Verdict() for _ in pushes]
    cases = await _hold_many(session, principal, pushes, verdicts, lock=not dry_run)
    changes: dict[uuid.UUID, Changes] = {}
    acting = {one.agency_id: _acting(principal, one.agency_id) for one in pushes}
    for pushed, verdict, case in zip(pushes, verdicts, cases, strict=True):
        if case is None:
            continue
        one = changes.setdefault(case.assignment.id, Changes(case.assignment))
        try:
            verdict.effect = _push(
                acting[pushed.agency_id], case, one, pushed.content, submit=pushed.submit, at=at
            )
            verdict.result = _result(case)
        except TrackerError as error:
            verdict.error = error
    if dry_run or (atomic and any(verdict.error for verdict in verdicts)):
        return verdicts, False
    async with session.begin_nested() as whole:
        failures = await _store_what_can_be(session, _to_store(changes.values()), at)
        if failures and atomic:
            await whole.rollback()
    _reject_what_failed(verdicts, failures)
    return verdicts, not (failures and atomic)


def _reject_what_failed(
    verdicts: Iterable[Verdict], failures: Mapping[uuid.UUID, DBAPIError]
) -> None:
    """Take back what was said of rows that are not stored, and of those that built on them."""
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
    client_id = queries.plain(principal.client_id)
    return replace(principal, client_id=client_id, agency_id=queries.plain(agency_id))


async def _hold_many(
    session: AsyncSession,
    principal: Principal,
    pushes: Sequence[Push],
    verdicts: Sequence[Verdict],
    *,
    lock: bool,
) -> list[HeldCase | None]:
    """The case of each push; None, with the refusal in its verdict, where there is none."""
    keys = await _keys(session, pushes, verdicts)
    asked = {key for key in keys if key is not None}
    cases = await queries.hold(session, asked, lock=lock) if asked else {}
    missing = asked - cases.keys()
    refusals: dict[Key, TrackerError] = {}
    for agency_id in {key.agency_id for key in missing}:
        own = [key for key in missing if key.agency_id == agency_id]
        refusals |= await _refusals(session, _acting(principal, agency_id), own)
    for key, verdict in zip(keys, verdicts, strict=True):
        if key is not None:
            verdict.error = refusals.get(key)
    return [None if key is None else cases.get(key) for key in keys]


async def _keys(
    session: AsyncSession, pushes: Sequence[Push], verdicts: Sequence[Verdict]
) -> list[Key | None]:
    """The natural key of each push; the one place where what a caller knows becomes an id."""
    references = [one.assignment for one in pushes if isinstance(one.assignment, Reference)]
    found = iter(await queries.find_assignments(session, references) if references else ())
    keys: list[Key | None] = []
    for pushed, verdict in zip(pushes, verdicts, strict=True):
        ids = [pushed.assignment] if isinstance(pushed.assignment, uuid.UUID) else next(found)
        if len(ids) != 1:
            verdict.error = NO_SUCH_SUBMISSION if not ids else _ambiguous(ids)
        keys.append(Key(pushed.agency_id, ids[0], pushed.period) if len(ids) == 1 else None)
    return keys


async def _refusals(
    session: AsyncSession, principal: Principal, keys: Collection[Key]
) -> dict[Key, TrackerError]:
    """Why what isn't the principal's own can't be pushed: not theirs to write, or not there."""
    visible = await queries.visible(session, principal, keys)
    return {
        key: not_the_reporter()
        if (key.assignment_id, key.period) in visible
        else NO_SUCH_SUBMISSION
        for key in keys
    }


def _push(
    principal: Principal,
    case: HeldCase,
    changes: Changes,
    content: Mapping[str, Any],
    *,
    submit: bool,
    at: datetime,
) -> Effect:
    """The rule of a push; refuses before anything is changed."""
    before = case.submission.status
    is_filed = before in (S.SUBMITTED, S.ACCEPTED)
    if case.attempt is not None and case.attempt.content == content and (submit or is_filed):
        return Effect.UNCHANGED
    if is_filed:
        raise SubmissionStateError(before, S.SUBMITTED if submit else S.DRAFT)
    _require_open(case)
    if submit:
        _file(principal, case, changes, dict(content), at=at)
    elif case.submission.draft != content:
        _draft(principal, case, changes, dict(content), at=at)
    else:
        return Effect.UNCHANGED
    return Effect.CREATED if before == S.EXPECTED else Effect.CHANGED


def _require_open(case: HeldCase) -> None:
    require_issued(case.plan)
    if case.assignment.awaits_handover:
        raise AssignmentClosedError(
            Text(
                "Cơ quan đã kết thúc; nhiệm vụ chờ quyết định cơ quan tiếp nhận.",
                "The agency has ended; who takes the assignment over is to be decided.",
            )
        )
    if case.assignment.status not in OPEN:
        raise AssignmentClosedError(
            Text(
                "Nhiệm vụ đã hoàn thành, tạm dừng hoặc thu hồi nên không nhận báo cáo mới.",
                "The assignment is completed, suspended or revoked and takes no new report.",
            )
        )


def _draft(
    principal: Principal, case: HeldCase, changes: Changes, content: dict[str, Any], *, at: datetime
) -> None:
    submission = case.submission
    move(submission, S.RETURNED if submission.status == S.RETURNED else S.DRAFT)
    submission.draft, submission.drafted_by_id = content, principal.agency_id
    submission.updated_at = at
    changes.submissions[submission.id] = submission
    # Other systems are not told of what is only being written.
    changes.audit_entries.append(audit_row(principal, "drafted", subject(case), at=at, detail={}))


def _file(
    principal: Principal, case: HeldCase, changes: Changes, content: dict[str, Any], *, at: datetime
) -> None:
    submission, day = case.submission, local_day(at)
    move(submission, S.SUBMITTED)
    submission.draft = submission.drafted_by_id = None
    submission.attempts += 1
    submission.submitted_on = day
    submission.updated_at = at
    changes.submissions[submission.id] = submission
    case.attempt = HeldAttempt(
        submission.attempts, content, principal.client_id, principal.agency_id
    )
    changes.attempts.append(
        {
            "id": new_id(),
            "created_at": at,
            "submission_id": submission.id,
            "number": submission.attempts,
            "content": content,
            "submitted_at": at,
            "submitted_on": day,
            "agency_id": principal.agency_id,
            "client_id": principal.client_id,
        }
    )
    _progress(principal, case, changes, Outcome(content["outcome"]), at=at)
    note = Note("submitted", subject(case), {"attempt": submission.attempts})
    _write_down(principal, changes, note, at=at)


def _progress(
    principal: Principal, case: HeldCase, changes: Changes, outcome: Outcome, *, at: datetime
) -> None:
    """What filing does to the duty: it has begun, or waits for its completion to be confirmed."""
    assignment, day = case.assignment, local_day(at)
    if outcome in CLOSING and assignment.status == AssignmentStatus.AWAITING_CONFIRMATION:
        return
    if outcome in CLOSING:
        assignment.status = AssignmentStatus.AWAITING_CONFIRMATION
        assignment.reported_on = day
    elif outcome == Outcome.IN_PROGRESS and assignment.status == AssignmentStatus.NOT_STARTED:
        assignment.status = AssignmentStatus.IN_PROGRESS
    else:
        return
    assignment.changed_on = day
    changes.is_assignment_changed = True
    note = Note(str(assignment.status), duty(case), reported(assignment))
    _write_down(principal, changes, note, at=at)


def _write_down(principal: Principal, changes: Changes, note: Note, *, at: datetime) -> None:
    """What `record` does, as rows to be stored with the rest."""
    action, about, detail = note
    changes.audit_entries.append(audit_row(principal, action, about, at=at, detail=detail))
    changes.events.append(event_row(action, about, at=at, detail=detail))


def _to_store(changes: Iterable[Changes]) -> list[Changes]:
    return [one for one in changes if one.submissions]


async def _store_what_can_be(
    session: AsyncSession, changes: Sequence[Changes], at: datetime
) -> dict[uuid.UUID, DBAPIError]:
    """Store all, or all but those that the database refuses, with its reason by assignment.

    None is refused that the rules let pass; should it happen all the same, halving finds the
    culprit, and one bad row hides no other. What concerns no single row (a lost connection, a time
    limit, a deadlock) is raised, and the whole request comes to nothing.
    """
    if not changes:
        return {}
    try:
        async with session.begin_nested():
            await queries.store(session, changes, at=at)
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
    """Whether the values were refused (22 data, 23 constraints, P0 a trigger's own words)."""
    state = str(getattr(getattr(error.orig, "__cause__", None), "sqlstate", "") or "")
    return state.startswith(("22", "23", "P0"))


def _result(case: HeldCase) -> dict[str, Any]:
    """How a report stands after a push; what was sent is not sent back."""
    submission, day = case.submission, case.submission.submitted_on
    return {
        "id": submission.id,
        "assignment_id": case.assignment.id,
        "plan_id": case.plan.id,
        "task_ordinal": case.task.ordinal,
        "period": submission.period,
        "status": submission.status,
        "attempts": submission.attempts,
        "submitted_on": day,
        "is_late": None if day is None else day > submission.due_on,
        "updated_at": submission.updated_at,
    }


def _ambiguous(ids: Sequence[uuid.UUID]) -> InvalidError:
    text = Text(
        f"Có {len(ids)} nhiệm vụ được giao khớp; hãy nêu thêm năm, hoặc assignment_id.",
        f"{len(ids)} assignments fit; add the occurrence, or name one by assignment_id.",
    )
    return InvalidError(text, (Fault("#/task_ordinal", "ambiguous_reference", text),))
