"""Pushing submissions: an agency writes and files one or a thousand, by the same rules.

The rules (`app.domain.submissions.write`) work on locked rows and gather the changes, which are
then stored by one statement.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from app.domain.submissions.storing import store_judged
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

    Its assignment is an id or an `AssignmentReference`. `received_on` is the day of receipt where
    the plan's coordinator or issuer enters the submission for the agency; None: the agency files
    it.
    """

    agency_id: uuid.UUID
    assignment: uuid.UUID | AssignmentReference
    period: str
    content: dict[str, Any]
    submit: bool
    received_on: date | None = None


PushPlace = tuple[int, SubmissionKey]
"""The index of a push among all of them, and the key of its submission."""


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
    found = await queries.submission_cases(sql, [key], day=day, lock=True, answered=True)
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
    """Push in order, each seeing the effects of those before it; answers the verdicts and whether
    they are stored.

    *atomic*: nothing is stored when one is refused. *dry_run*: nothing is stored anyhow.
    *is_shared*: all are uses of one narrative.
    """
    session, principal = act.session, act.principal
    verdicts = [PushVerdict() for _ in pushes]
    keys, cases = await _hold_many(
        session, principal, pushes, verdicts, day=local_day(act.at), lock=not dry_run
    )
    held = [(place, key) for place, key in enumerate(keys) if key is not None and key in cases]
    narrative = None
    if is_shared:
        shared = [(pushes[place].content, cases[key]) for place, key in held]
        narrative = await _narrative(session, principal, shared)
    judged = _judged(act, pushes, _by_assignment(held), cases, verdicts, narrative=narrative)
    if dry_run or atomic:
        judged = iter(list(judged))
        if dry_run or any(verdict.error for verdict in verdicts):
            return verdicts, False
    if narrative is not None and any(_changes_something(verdict) for verdict in verdicts):
        session.add(narrative)
        await session.flush()
    failures = await store_judged(session, judged, at=act.at, atomic=atomic)
    _reject_what_failed(verdicts, failures)
    return verdicts, not (failures and atomic)


def _judged(
    act: PersonalAct,
    pushes: Sequence[SubmissionPush],
    places: Iterable[Sequence[PushPlace]],
    cases: Mapping[SubmissionKey, HeldCase],
    verdicts: Sequence[PushVerdict],
    *,
    narrative: Narrative | None,
) -> Iterator[SubmissionChanges]:
    """Judge the pushes, those on one assignment together and in order; gives each its verdict.

    Yields the changes of one assignment after another, each once all of it is judged.
    """
    principal, at = act.principal, act.at
    acting = {id_: _acting(principal, id_) for id_ in {one.agency_id for one in pushes}}
    narrative_id = narrative.id if narrative else None
    for of_assignment in places:
        changes = SubmissionChanges(cases[of_assignment[0][1]].assignment)
        for place, key in of_assignment:
            pushed, verdict, case = pushes[place], verdicts[place], cases[key]
            try:
                receipt = _receipt(principal, case, pushed)
                words = SubmissionWords(pushed.content, narrative_id, receipt=receipt)
                verdict.effect = write_submission(
                    acting[pushed.agency_id], case, changes, words, submit=pushed.submit, at=at
                )
                verdict.result = _result(case)
            except TrackerError as error:
                verdict.error = error
        yield changes


def _by_assignment(places: Iterable[PushPlace]) -> Iterable[Sequence[PushPlace]]:
    found: dict[uuid.UUID, list[PushPlace]] = {}
    for place in places:
        found.setdefault(place[1].assignment_id, []).append(place)
    return found.values()


def _changes_something(verdict: PushVerdict) -> bool:
    return verdict.effect is not None and verdict.effect is not Effect.UNCHANGED


def _receipt(principal: Principal, case: HeldCase, pushed: SubmissionPush) -> Receipt | None:
    """The receipt of a submission that the caller enters for another agency; raises for a caller
    that may not."""
    if pushed.received_on is None:
        return None
    require(principal, Power.ENTER_REPORT, case.plan)
    return Receipt(pushed.received_on, principal.agency_id)


async def _narrative(
    session: AsyncSession,
    principal: Principal,
    shared: Iterable[tuple[Mapping[str, Any], HeldCase]],
) -> Narrative:
    """The narrative that has these words already, of one of the submissions, or a new one, not yet
    stored."""
    known = set()
    for content, case in shared:
        if case.attempt is not None and case.attempt.content == content:
            known.add(case.attempt.narrative_id)
        elif case.submission.draft == content:
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
) -> tuple[list[SubmissionKey | None], Mapping[SubmissionKey, HeldCase]]:
    """Lock the submission of each push; answers its key, and the submissions by their keys.

    A push whose submission is not there has the refusal in its verdict.
    """
    keys = await _keys(sql, pushes, verdicts)
    asked = {key for key in keys if key is not None}
    cases = await queries.submission_cases(sql, asked, day=day, lock=lock) if asked else {}
    if len(cases) < len(asked):
        refusals = await _refusals_of_several(sql, principal, asked - cases.keys())
        for key, verdict in zip(keys, verdicts, strict=True):
            if key is not None and key in refusals:
                verdict.error = refusals[key]
    return keys, cases


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
