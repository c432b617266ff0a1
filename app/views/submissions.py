import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.submissions import review as domain
from app.domain.submissions.review import AnyAttempt, AnyCase
from app.models import RefNoun, SubmissionReview
from app.queries.submissions import submissions as queries
from app.queries.submissions.narratives import AttemptSource, NarrativeUse, sources_of, uses_of
from app.schemas.submissions import (
    AttemptOut,
    ReportOut,
    ReviewOut,
    SharedWithOut,
    SourceOut,
    SubmissionOut,
)
from app.views.external_refs import ExternalRefs, external_refs_out
from app.views.labels import AgencyLabels, agency_labels


class _Origin(NamedTuple):
    """The narrative of which a content is a use, and the attempts from which its words came."""

    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID]


class _Related(NamedTuple):
    """The uses and the sources of all contents of one answer, and the agencies by name."""

    labels: AgencyLabels
    uses: Mapping[uuid.UUID, Sequence[NarrativeUse]]
    sources: Mapping[uuid.UUID, AttemptSource]

    def shared_with(self, origin: _Origin, submission_id: uuid.UUID) -> list[SharedWithOut]:
        """The other submissions for which the same was written."""
        uses = self.uses[origin.narrative_id] if origin.narrative_id else ()
        return [
            SharedWithOut(id=use.id, status=use.status) for use in uses if use.id != submission_id
        ]

    def taken_from(self, origin: _Origin) -> list[SourceOut]:
        """The attempts of coordinating agencies whose words the content took over."""
        found = [self.sources[attempt_id] for attempt_id in origin.sources]
        return [
            SourceOut(
                submission_id=source.submission_id,
                number=source.number,
                agency=self.labels[source.agency_id],
            )
            for source in found
        ]


async def submission_out(
    session: AsyncSession, principal: Principal, case: queries.SubmissionCase
) -> SubmissionOut:
    """One submission; a draft's words only to its own agency."""
    return (await submissions_out(session, principal, [case]))[0]


async def submissions_out(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.SubmissionCase]
) -> list[SubmissionOut]:
    """Submissions; a draft's words only to its own agency."""
    await session.flush()
    attempts = await queries.latest_attempts(session, [case.submission.id for case in cases])
    pairs = [(case, attempts.get(case.submission.id)) for case in cases]
    return await _pairs_out(session, principal, pairs)


async def acted_on_out(
    session: AsyncSession, principal: Principal, case: AnyCase, attempt: AnyAttempt | None
) -> SubmissionOut:
    """One submission after an action, with the attempt that stands now."""
    # The moment of the change is set when the rows are written, not when the answer is read.
    await session.flush()
    return (await _pairs_out(session, principal, [(case, attempt)]))[0]


async def _pairs_out(
    session: AsyncSession,
    principal: Principal,
    pairs: Sequence[tuple[AnyCase, AnyAttempt | None]],
) -> list[SubmissionOut]:
    origins = [_origin(principal, case, attempt) for case, attempt in pairs]
    ids = [
        one
        for case, _ in pairs
        for one in (case.assignment.agency_id, case.submission.drafted_by_id)
    ]
    related = await _related(session, principal, origins, ids)
    external_refs = await external_refs_out(
        session, RefNoun.SUBMISSION, [case.submission.id for case, _ in pairs]
    )
    return [
        _submission_out(principal, case, attempt, related, external_refs) for case, attempt in pairs
    ]


async def _related(
    session: AsyncSession,
    principal: Principal,
    origins: Sequence[_Origin],
    agency_ids: Sequence[uuid.UUID | None],
) -> _Related:
    narratives = {one.narrative_id for one in origins if one.narrative_id is not None}
    uses = await uses_of(session, principal, narratives)
    sources = await sources_of(session, {source for one in origins for source in one.sources})
    labels = await agency_labels(
        session, agency_ids, (source.agency_id for source in sources.values())
    )
    return _Related(labels, uses, sources)


def _is_draft(principal: Principal, case: AnyCase) -> bool:
    """True where this caller is shown the draft instead of the last attempt."""
    is_own = case.assignment.agency_id == principal.agency_id
    return case.submission.draft is not None and is_own


def _origin(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> _Origin:
    if _is_draft(principal, case):
        submission = case.submission
        return _Origin(submission.draft_narrative_id, submission.draft_sources or ())
    return _Origin(None, ()) if attempt is None else _origin_of_attempt(attempt)


def _origin_of_attempt(attempt: AnyAttempt) -> _Origin:
    return _Origin(attempt.narrative_id, attempt.sources or ())


def _submission_out(
    principal: Principal,
    case: AnyCase,
    attempt: AnyAttempt | None,
    related: _Related,
    external_refs: ExternalRefs,
) -> SubmissionOut:
    submission = case.submission
    is_draft = _is_draft(principal, case)
    filed = attempt.content if attempt is not None else None
    content = submission.draft if is_draft else filed
    origin = _origin(principal, case, attempt)
    day = submission.submitted_on
    return SubmissionOut(
        id=submission.id,
        assignment_id=case.assignment.id,
        plan_id=case.plan.id,
        task_ordinal=case.task.ordinal,
        agency=related.labels[case.assignment.agency_id],
        report_request_id=submission.report_request_id,
        period=submission.period,
        data_from=submission.data_from,
        data_to=submission.data_to,
        due_on=submission.due_on,
        status=submission.status,
        attempts=submission.attempts,
        submitted_on=day,
        is_late=None if day is None else day > submission.due_on,
        waived_reason=submission.waived_reason,
        is_draft=is_draft,
        drafted_by=related.labels.optional(submission.drafted_by_id if is_draft else None),
        content=None if content is None else content_out(content),
        shared_with=related.shared_with(origin, submission.id),
        sources=related.taken_from(origin),
        external_refs=external_refs[submission.id],
        updated_at=submission.updated_at,
        allowed_actions=domain.allowed_actions(principal, case, attempt),
    )


def content_out(content: Mapping[str, Any]) -> ReportOut:
    """The words of a submission; `answers` are kept only where there are some."""
    return ReportOut.model_validate({"answers": [], **content})


def refs(case: queries.SubmissionCase) -> dict[str, uuid.UUID | None]:
    """The ids of the resources by which a submission may be expanded."""
    return {
        "plan": case.plan.id,
        "task": case.task.id,
        "assignment": case.assignment.id,
        "agency": case.assignment.agency_id,
    }


async def attempts_out(
    session: AsyncSession, principal: Principal, filed: Sequence[queries.FiledAttempt]
) -> list[AttemptOut]:
    """Attempts, each with the decision on it."""
    origins = [_origin_of_attempt(one.attempt) for one in filed]
    ids = [one.attempt.agency_id for one in filed]
    ids += [one.review.agency_id for one in filed if one.review is not None]
    related = await _related(session, principal, origins, ids)
    return [
        AttemptOut(
            number=attempt.number,
            content=content_out(attempt.content),
            submitted_at=attempt.submitted_at,
            submitted_on=attempt.submitted_on,
            agency=related.labels[attempt.agency_id],
            shared_with=related.shared_with(origin, attempt.submission_id),
            sources=related.taken_from(origin),
            review=None if review is None else _review_out(review, related.labels),
        )
        for (attempt, review), origin in zip(filed, origins, strict=True)
    ]


def _review_out(review: SubmissionReview, labels: AgencyLabels) -> ReviewOut:
    return ReviewOut(
        decision=review.decision,
        reason=review.reason,
        decided_at=review.decided_at,
        decided_on=review.decided_on,
        agency=labels[review.agency_id],
    )
