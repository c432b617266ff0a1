import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.submissions import review as domain
from app.domain.submissions.review import AnyAttempt, AnyCase
from app.models import RefNoun
from app.queries.external_refs import Refs, refs_of
from app.queries.registry import agencies
from app.queries.submissions import submissions as queries
from app.queries.submissions.narratives import AttemptSource, NarrativeUse, sources_of, uses_of


class Around(NamedTuple):
    """What is told of reports beside their own rows."""

    labels: dict[uuid.UUID, agencies.AgencyLabel]
    known_as: Refs
    uses: Mapping[uuid.UUID, Sequence[NarrativeUse]]
    sources: Mapping[uuid.UUID, AttemptSource]


class Origin(NamedTuple):
    """Of which narrative a content is a use, and from which attempts its words came."""

    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID]


async def answered(
    session: AsyncSession,
    principal: Principal,
    case: AnyCase,
    attempt: AnyAttempt | None,
) -> dict[str, Any]:
    """One submission as it is answered after an action, with the attempt that stands now."""
    # The moment of the change is set when the rows are written, not when the answer is read.
    await session.flush()
    around = await _around(session, principal, [(case, attempt)])
    return _described(principal, case, attempt, around)


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.SubmissionCase]
) -> list[dict[str, Any]]:
    """Submissions as they are answered; a draft's words only to its own agency."""
    await session.flush()
    attempts = await queries.latest_attempts(session, [case.submission.id for case in cases])
    pairs = [(case, attempts.get(case.submission.id)) for case in cases]
    around = await _around(session, principal, pairs)
    return [_described(principal, case, attempt, around) for case, attempt in pairs]


async def _around(
    session: AsyncSession,
    principal: Principal,
    pairs: Sequence[tuple[AnyCase, AnyAttempt | None]],
) -> Around:
    ids = {case.assignment.agency_id for case, _ in pairs}
    authors = {case.submission.drafted_by_id for case, _ in pairs}
    ids |= {author_id for author_id in authors if author_id is not None}
    origins = [_origin(principal, case, attempt) for case, attempt in pairs]
    uses, sources = await _origins(session, principal, origins)
    ids |= {source.agency_id for source in sources.values()}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    submission_ids = [case.submission.id for case, _ in pairs]
    known_as = await refs_of(session, RefNoun.SUBMISSION, submission_ids)
    return Around(labels, known_as, uses, sources)


async def _origins(
    session: AsyncSession, principal: Principal, origins: Sequence[Origin]
) -> tuple[Mapping[uuid.UUID, Sequence[NarrativeUse]], Mapping[uuid.UUID, AttemptSource]]:
    narratives = {one.narrative_id for one in origins if one.narrative_id is not None}
    attempts = {source for one in origins for source in one.sources}
    return (
        await uses_of(session, principal, narratives),
        await sources_of(session, attempts),
    )


def _is_draft(principal: Principal, case: AnyCase) -> bool:
    """Whether this caller is shown what is being written, instead of what was filed."""
    is_own = case.assignment.agency_id == principal.agency_id
    return case.submission.draft is not None and is_own


def _origin(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> Origin:
    if _is_draft(principal, case):
        submission = case.submission
        return Origin(submission.draft_narrative_id, submission.draft_sources or ())
    return Origin(None, ()) if attempt is None else _of_attempt(attempt)


def _of_attempt(attempt: AnyAttempt) -> Origin:
    return Origin(attempt.narrative_id, attempt.sources or ())


def _told(origin: Origin, submission_id: uuid.UUID, around: Around) -> dict[str, Any]:
    """Where a content comes from, and what else it was written for."""
    uses = around.uses[origin.narrative_id] if origin.narrative_id else ()
    sources = [around.sources[attempt_id] for attempt_id in origin.sources]
    return {
        "shared_with": [use._asdict() for use in uses if use.id != submission_id],
        "sources": [one._asdict() | {"agency": around.labels[one.agency_id]} for one in sources],
    }


def _described(
    principal: Principal, case: AnyCase, attempt: AnyAttempt | None, around: Around
) -> dict[str, Any]:
    submission, labels = case.submission, around.labels
    is_draft = _is_draft(principal, case)
    author_id = submission.drafted_by_id
    filed = attempt.content if attempt is not None else None
    day = submission.submitted_on
    return {
        "id": submission.id,
        "assignment_id": case.assignment.id,
        "plan_id": case.plan.id,
        "task_ordinal": case.task.ordinal,
        "agency": labels[case.assignment.agency_id],
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
        **_told(_origin(principal, case, attempt), submission.id, around),
        "external_refs": around.known_as[submission.id],
        "updated_at": submission.updated_at,
        "allowed_actions": domain.allowed_actions(principal, case, attempt),
    }


def content_out(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was written, as it is answered; answers are kept only where there are some."""
    return None if content is None else {"answers": [], **content}


def refs(case: queries.SubmissionCase) -> dict[str, uuid.UUID | None]:
    """What a submission may be expanded by."""
    return {
        "plan": case.plan.id,
        "task": case.task.id,
        "assignment": case.assignment.id,
        "agency": case.assignment.agency_id,
    }


async def attempts_out(
    session: AsyncSession, principal: Principal, filed: Sequence[queries.FiledAttempt]
) -> list[dict[str, Any]]:
    """Filings as they are answered, each with what was decided on it."""
    ids = {one.attempt.agency_id for one in filed} | {
        one.review.agency_id for one in filed if one.review is not None
    }
    origins = [_of_attempt(one.attempt) for one in filed]
    uses, sources = await _origins(session, principal, origins)
    ids |= {source.agency_id for source in sources.values()}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    around = Around(labels, {}, uses, sources)
    return [
        one.attempt.model_dump()
        | _told(origin, one.attempt.submission_id, around)
        | {
            "content": content_out(one.attempt.content),
            "agency": labels[one.attempt.agency_id],
            "review": one.review
            and one.review.model_dump() | {"agency": labels[one.review.agency_id]},
        }
        for one, origin in zip(filed, origins, strict=True)
    ]
