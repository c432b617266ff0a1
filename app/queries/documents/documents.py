"""Reading received documents. Every statement starts from those that the principal may see."""

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Permission, Principal
from app.errors import Text
from app.models import (
    Assignment,
    Document,
    DocumentBusiness,
    DocumentEffect,
    DocumentEvidence,
    DocumentKind,
    Plan,
    PlanImport,
    Submission,
    SubmissionAttempt,
)
from app.queries.grounds import on_grounds
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, first, read_page
from app.queries.plans.plans import visible_plans
from app.queries.rows import grouped, is_any_found, one_of
from app.queries.submissions.submissions import has_part_in_assignment, visible_submissions

NO_SUCH_DOCUMENT = Text("Không có văn bản này.", "There is no such document.")

# An envelope may have a megabyte, and no answer shows it.
UNSEEN = defer(Document.envelope, raiseload=True)  # type: ignore[arg-type] # SQLModel types it as its value
DOCUMENTS = Listing(
    conditions={
        "kind": "document.kind = any(:kind)",
        "agency": "document.sender_id = :agency",
        "number": "document.number = :number",
        "assignment": "exists (select from document_evidence e"
        " where e.document_id = document.id and e.assignment_id = :assignment)",
    },
    orders={"id": (SortPart("document.id", "uuid"),)},
    selective=frozenset({"number", "assignment"}),
)
GROUNDS = on_grounds(
    DOCUMENTS,
    col(Document.id),
    "select id from document where sender_id = :mine",
    "select id from document where plan_import_id is not null",
    of_readable=(
        """select document_id as id from readable
    join document_evidence evidence on evidence.assignment_id = readable.id
    where not once_filed""",
        # That it is about an attempt tells PostgreSQL how few documents are.
        """select document.id from readable
    join submission on submission.assignment_id = readable.id
    join submission_attempt attempt on attempt.submission_id = submission.id
    join document on document.attempt_id = attempt.id
    where document.attempt_id is not null""",
        """select document.id from submission_attempt own
    join submission_attempt attempt on attempt.submission_id = own.submission_id
    join document on document.attempt_id = attempt.id
    where own.agency_id = :mine and document.attempt_id is not null""",
    ),
)


class SentAttempt(NamedTuple):
    """The attempt of a submission that a status message is about."""

    submission_id: uuid.UUID
    attempt: int


def visible_documents(principal: Principal) -> SelectOfScalar[Document]:
    """Documents of kind plan like plans; others like filed submissions: those of the caller's
    agency, on tasks that it leads, in plans that it coordinates, or all by role.

    Envelopes are not loaded.
    """
    return select(Document).where(_sees(principal)).options(UNSEEN)


def _sees(principal: Principal) -> sa.ColumnElement[bool]:
    is_plan = col(Document.kind) == DocumentKind.PLAN
    mine = col(Document.sender_id) == principal.agency_id
    plans = visible_plans(principal).with_only_columns(col(Plan.id))
    imports = select(PlanImport.id).where(col(PlanImport.plan_id).in_(plans))
    seen = sa.and_(is_plan, sa.or_(mine, col(Document.plan_import_id).in_(imports)))
    if principal.reads_all_submissions:
        seen = sa.or_(seen, sa.not_(is_plan))
    elif principal.may(Permission.SUBMISSION_READ):
        seen = sa.or_(seen, mine, _answers_what_concerns(principal), _about_submission(principal))
    return seen


def _answers_what_concerns(principal: Principal) -> sa.ColumnElement[bool]:
    evidence = (
        select(DocumentEvidence.id)
        .join(Assignment, col(Assignment.id) == col(DocumentEvidence.assignment_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(
            col(DocumentEvidence.document_id) == col(Document.id),
            has_part_in_assignment(principal.agency_id),
        )
    )
    return is_any_found(evidence)


def _about_submission(principal: Principal) -> sa.ColumnElement[bool]:
    readable = (
        visible_submissions(principal)
        .join(SubmissionAttempt, col(SubmissionAttempt.submission_id) == col(Submission.id))
        .where(col(SubmissionAttempt.id) == col(Document.attempt_id))
        .with_only_columns(col(Submission.id))
        .params(mine=principal.agency_id)
    )
    return is_any_found(readable)


async def get_document(
    session: AsyncSession, principal: Principal, document_id: uuid.UUID
) -> Document:
    """One visible document; raises `NotFoundError`."""
    statement = visible_documents(principal).where(col(Document.id) == document_id)
    return await one_of(session, statement, NO_SUCH_DOCUMENT)


async def page_of_documents(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[Document]:
    """A page of visible documents, and the key after which the next page begins."""
    statement = select(Document, col(Document.id)).where(_sees(principal)).options(UNSEEN)
    if not principal.reads_all_submissions:
        few = await GROUNDS.among_few(session, principal, asked)
        statement = statement.where(few)
    return await read_page(session, statement, DOCUMENTS, asked, first)


async def find_by_bytes(
    session: AsyncSession, sender_id: uuid.UUID, sha256: str
) -> Document | None:
    """The sender's document with this digest, if it sent the same bytes before."""
    rows = await session.exec(
        select(Document).where(col(Document.sender_id) == sender_id, col(Document.sha256) == sha256)
    )
    return rows.one_or_none()


async def find_sent(
    session: AsyncSession, sender_id: uuid.UUID, document_ids: Collection[str]
) -> list[Document]:
    """The documents that a sender sent under these ids of its own, oldest first."""
    rows = await session.exec(
        select(Document)
        .where(col(Document.sender_id) == sender_id, col(Document.document_id).in_(document_ids))
        .order_by(col(Document.id))
        .options(UNSEEN)
    )
    return list(rows)


async def find_attempt(
    session: AsyncSession, submission_id: uuid.UUID, number: int
) -> SubmissionAttempt | None:
    """One attempt of a submission, by its number."""
    rows = await session.exec(
        select(SubmissionAttempt).where(
            col(SubmissionAttempt.submission_id) == submission_id,
            col(SubmissionAttempt.number) == number,
        )
    )
    return rows.one_or_none()


async def evidence_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[DocumentEvidence]]:
    """The evidence for assignments in each document, in the order of its task codes."""
    rows = await session.exec(
        select(DocumentEvidence)
        .where(col(DocumentEvidence.document_id).in_(ids))
        .order_by(col(DocumentEvidence.id))
    )
    return grouped(ids, ((row.document_id, row) for row in rows))


async def effects_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The ids of the earlier documents that each document recalls, updates or replaces."""
    rows = await session.exec(
        select(DocumentEffect)
        .where(col(DocumentEffect.document_id).in_(ids))
        .order_by(col(DocumentEffect.id))
    )
    return grouped(ids, ((row.document_id, row.earlier_id) for row in rows))


async def latest_effects_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, DocumentBusiness]:
    """The effect of the latest document about each one; documents without one are absent."""
    rows = await session.exec(
        select(col(DocumentEffect.earlier_id), col(Document.business))
        .join(Document, col(Document.id) == col(DocumentEffect.document_id))
        .where(col(DocumentEffect.earlier_id).in_(ids))
        .order_by(col(DocumentEffect.id))
    )
    return dict(rows.all())


async def plans_of(
    session: AsyncSession, documents: Sequence[Document]
) -> dict[uuid.UUID, uuid.UUID]:
    """The plan that each import made, by the import's id."""
    ids = [one.plan_import_id for one in documents if one.plan_import_id]
    rows = await session.exec(
        select(PlanImport.id, PlanImport.plan_id).where(col(PlanImport.id).in_(ids))
    )
    return dict(rows.all())


async def sent_attempts(
    session: AsyncSession, documents: Sequence[Document]
) -> dict[uuid.UUID, SentAttempt]:
    """The attempts that status messages among the documents are about, by their id."""
    ids = [one.attempt_id for one in documents if one.attempt_id]
    rows = await session.exec(
        select(
            SubmissionAttempt.id, SubmissionAttempt.submission_id, SubmissionAttempt.number
        ).where(col(SubmissionAttempt.id).in_(ids))
    )
    return {row[0]: SentAttempt(row[1], row[2]) for row in rows}
