import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain import submissions as domain
from app.domain.reviewing import AnyAttempt, AnyCase
from app.models import RefNoun
from app.queries import agencies
from app.queries import submissions as queries
from app.queries.external_refs import Refs, refs_of


async def answered(
    session: AsyncSession,
    principal: Principal,
    case: AnyCase,
    attempt: AnyAttempt | None,
) -> dict[str, Any]:
    """One submission as it is answered after an action, with the attempt that stands now."""
    labels = await agencies.agency_names(session, _named([case]), day=local_day(utc_now()))
    # The moment of the change is set when the rows are written, not when the answer is read.
    await session.flush()
    known_as = await refs_of(session, RefNoun.SUBMISSION, [case.submission.id])
    return _described(principal, case, attempt, labels, known_as)


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.Case]
) -> list[dict[str, Any]]:
    """Submissions as they are answered; a draft's words only to its own agency."""
    await session.flush()
    submission_ids = [case.submission.id for case in cases]
    attempts = await queries.latest_attempts(session, submission_ids)
    known_as = await refs_of(session, RefNoun.SUBMISSION, submission_ids)
    labels = await agencies.agency_names(session, _named(cases), day=local_day(utc_now()))
    return [
        _described(principal, case, attempts.get(case.submission.id), labels, known_as)
        for case in cases
    ]


def _named(cases: Sequence[AnyCase]) -> set[uuid.UUID]:
    authors = {case.submission.drafted_by_id for case in cases}
    return {case.assignment.agency_id for case in cases} | {one for one in authors if one}


def _described(
    principal: Principal,
    case: AnyCase,
    attempt: AnyAttempt | None,
    labels: dict[uuid.UUID, agencies.AgencyLabel],
    known_as: Refs,
) -> dict[str, Any]:
    submission, agency_id = case.submission, case.assignment.agency_id
    is_draft = submission.draft is not None and agency_id == principal.agency_id
    author_id = submission.drafted_by_id
    filed = attempt.content if attempt is not None else None
    day = submission.submitted_on
    return {
        "id": submission.id,
        "assignment_id": case.assignment.id,
        "plan_id": case.plan.id,
        "task_ordinal": case.task.ordinal,
        "agency": labels[agency_id],
        "report_request_id": submission.report_request_id,
        "period": submission.period,
        "data_from": submission.data_from,
        "data_to": submission.data_to,
        "due_on": submission.due_on,
        "status": submission.status,
        "attempts": submission.attempts,
        "submitted_on": day,
        "is_late": None if day is None else day > submission.due_on,
        "waived_reason": submission.waived_reason,
        "is_draft": is_draft,
        "drafted_by": labels[author_id] if is_draft and author_id is not None else None,
        "content": content_out(submission.draft if is_draft else filed),
        "external_refs": known_as[submission.id],
        "updated_at": submission.updated_at,
        "allowed_actions": domain.allowed_actions(principal, case, attempt),
    }


def content_out(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was written, as it is answered; answers are kept only where there are some."""
    return None if content is None else {"answers": [], **content}


def refs(case: queries.Case) -> dict[str, uuid.UUID | None]:
    """What a submission may be expanded by."""
    return {
        "plan": case.plan.id,
        "task": case.task.id,
        "assignment": case.assignment.id,
        "agency": case.assignment.agency_id,
    }


async def attempts_out(
    session: AsyncSession, filed: Sequence[queries.Filed]
) -> list[dict[str, Any]]:
    """Filings as they are answered, each with what was decided on it."""
    ids = {one.attempt.agency_id for one in filed} | {
        one.review.agency_id for one in filed if one.review is not None
    }
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        one.attempt.model_dump()
        | {
            "content": content_out(one.attempt.content),
            "agency": labels[one.attempt.agency_id],
            "review": one.review
            and one.review.model_dump() | {"agency": labels[one.review.agency_id]},
        }
        for one in filed
    ]
