import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.submissions import review as domain
from app.domain.submissions.states import AnyAttempt
from app.http.answers import Answer
from app.models import SubmissionReview
from app.queries.submissions import submissions as queries
from app.queries.submissions.case_rows import HeldCase
from app.queries.submissions.narratives import AttemptSource, NarrativeUse, sources_of, uses_of
from app.queries.submissions.submissions_json import get_submission_json
from app.reading import Sql
from app.schemas.submissions import (
    SELDOM,
    AcceptedOut,
    AttemptOut,
    ReportOut,
    ReviewOut,
    SharedWithOut,
    SourceOut,
    SubmissionOut,
)
from app.views.labels import AgencyLabels, agency_labels


class _Origin(NamedTuple):
    """The narrative of which a content is a use, and the attempts from which its words came."""

    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID]


class _Related(NamedTuple):
    """The uses and the sources of all contents of one answer."""

    uses: Mapping[uuid.UUID, Sequence[NarrativeUse]]
    sources: Mapping[uuid.UUID, AttemptSource]

    def shared_with(self, origin: _Origin, submission_id: uuid.UUID) -> list[SharedWithOut]:
        """The other submissions for which the same was written."""
        uses = self.uses[origin.narrative_id] if origin.narrative_id else ()
        return [SharedWithOut.model_validate(use) for use in uses if use.id != submission_id]

    def taken_from(self, origin: _Origin) -> list[SourceOut]:
        """The attempts of coordinating agencies whose words the content took over."""
        found = [self.sources[attempt_id] for attempt_id in origin.sources]
        return [SourceOut.model_validate(source) for source in found]


async def changed_submission_answer(
    session: AsyncSession, principal: Principal, submission_id: uuid.UUID
) -> Answer[SubmissionOut]:
    """A submission after an act of the session."""
    row = await changed_submission(session, principal, submission_id)
    return Answer((await submission_texts(session, principal, [row]))[0])


async def changed_submission(
    session: AsyncSession, principal: Principal, submission_id: uuid.UUID
) -> Any:
    """The row of a submission after an act of the session, which is flushed."""
    await session.flush()
    day = local_day(utc_now())
    return await get_submission_json(session, principal, day=day, ids=[submission_id])


async def submission_texts(
    sql: Sql, principal: Principal, rows: Sequence[Any], *, past: date | None = None
) -> list[str]:
    """The JSON of submissions that were read, with those that share their words and the attempts
    that these came from; as of a *past* day, or of today."""
    origins = [_Origin(row.narrative_id, row.sources or ()) for row in rows]
    if not any(map(any, origins)):
        return [row.body for row in rows]
    related = await _related(sql, principal, origins, day=past)
    return [
        _with_related(row, origin, related) if any(origin) else row.body
        for row, origin in zip(rows, origins, strict=True)
    ]


def _with_related(row: Any, origin: _Origin, related: _Related) -> str:
    item = from_json(row.body)
    found = {
        "shared_with": related.shared_with(origin, row.id),
        "sources": related.taken_from(origin),
    }
    # `fields` may leave out one or both.
    return to_json(item | {name: one for name, one in found.items() if name in item}).decode()


async def filed_submission_out(sql: Sql, principal: Principal, case: HeldCase) -> SubmissionOut:
    """A submission as its own agency has just written or filed it."""
    origin = _origin(case)
    return _submission_out(principal, case, origin, await _related(sql, principal, [origin]))


async def _related(
    sql: Sql, principal: Principal, origins: Sequence[_Origin], *, day: date | None = None
) -> _Related:
    narratives = {one.narrative_id for one in origins if one.narrative_id is not None}
    attempts = {source for one in origins for source in one.sources}
    return _Related(
        await uses_of(sql, principal, narratives),
        await sources_of(sql, attempts, day=day or local_day(utc_now())),
    )


def _origin(case: HeldCase) -> _Origin:
    submission = case.submission
    if submission.draft is not None:
        return _Origin(submission.draft_narrative_id, submission.draft_sources or ())
    return _Origin(None, ()) if case.attempt is None else _origin_of_attempt(case.attempt)


def _origin_of_attempt(attempt: AnyAttempt) -> _Origin:
    return _Origin(attempt.narrative_id, attempt.sources or ())


def _submission_out(
    principal: Principal, case: HeldCase, origin: _Origin, related: _Related
) -> SubmissionOut:
    submission = case.submission
    is_draft = submission.draft is not None
    filed = case.attempt.content if case.attempt is not None else None
    content = submission.draft if is_draft else filed
    day = submission.received_on
    return SubmissionOut.of(
        submission,
        assignment_id=case.assignment.id,
        plan_id=case.plan.id,
        task_ordinal=case.task.ordinal,
        agency=case.label,
        status=submission.shown_status,
        updated_at=submission.changed_at,
        received_on=day,
        is_late=None if day is None else day > submission.due_on,
        is_draft=is_draft,
        drafted_by=case.drafter_label if is_draft else None,
        content=None if content is None else content_out(content),
        shared_with=related.shared_with(origin, submission.id),
        sources=related.taken_from(origin),
        external_refs=case.external_refs,
        allowed_actions=domain.allowed_actions(principal, case, case.attempt),
    )


def content_out(content: Mapping[str, Any]) -> ReportOut:
    """The words of a submission, with nulls for members that it lacks."""
    return ReportOut.model_validate({"answers": [], **dict.fromkeys(SELDOM), **content})


def accepted_out(case: queries.SubmissionCase) -> AcceptedOut:
    """An accepted submission, with the effect on its assignment."""
    return AcceptedOut(
        id=case.submission.id,
        assignment_id=case.assignment.id,
        status=case.submission.status,
        assignment_status=case.assignment.status,
    )


async def attempts_out(
    session: AsyncSession, principal: Principal, filed: Sequence[queries.FiledAttempt]
) -> list[AttemptOut]:
    """Attempts, each with the decision on it."""
    origins = [_origin_of_attempt(one.attempt) for one in filed]
    related = await _related(session, principal, origins)
    labels = await agency_labels(
        session,
        (one.attempt.agency_id for one in filed),
        (one.attempt.entered_by_id for one in filed),
        (one.review.agency_id for one in filed if one.review is not None),
    )
    return [
        AttemptOut.of(
            attempt,
            content=content_out(attempt.content),
            received_on=(review and review.received_on) or attempt.received_on,
            agency=labels[attempt.agency_id],
            entered_by=labels.optional(attempt.entered_by_id),
            shared_with=related.shared_with(origin, attempt.submission_id),
            sources=related.taken_from(origin),
            review=None if review is None else _review_out(review, labels),
        )
        for (attempt, review), origin in zip(filed, origins, strict=True)
    ]


def _review_out(review: SubmissionReview, labels: AgencyLabels) -> ReviewOut:
    return ReviewOut.of(review, agency=labels[review.agency_id])
