"""Reading received documents. Every statement starts from those that the principal may see."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
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
from app.queries.rows import is_any_found, one_of
from app.queries.submissions.submissions import has_part_in_assignment, visible_submissions
from app.reading import fetch, read_json

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


FACTS = sa.text("""
select document.id,
  (select json_agg(json_build_object('task_code', e.task_code, 'assignment_id', e.assignment_id)
      order by e.id)
    from document_evidence e where e.document_id = document.id) as evidence,
  array(select e.earlier_id from document_effect e
    where e.document_id = document.id order by e.id) as affects,
  (select later.business from document_effect e join document later on later.id = e.document_id
    where e.earlier_id = document.id order by e.id desc limit 1) as fate,
  (select i.plan_id from plan_import i where i.id = document.plan_import_id) as plan_id,
  attempt.submission_id, attempt.number as attempt
from document left join submission_attempt attempt on attempt.id = document.attempt_id
where document.id = any(:ids)
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The rows that belong to a document: the assignments that it answers, in the order of its task
    codes; the earlier documents that it recalls, updates or replaces; what the latest document
    about it does to it; the plan of its import; and the attempt that it is about."""

    evidence: list[dict[str, str]]
    affects: list[uuid.UUID]
    fate: DocumentBusiness | None
    plan_id: uuid.UUID | None
    sent: SentAttempt | None


async def facts_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, DocumentFacts]:
    """The facts of each of these documents, whoever may see them."""
    return {
        row.id: DocumentFacts(
            read_json(row.evidence) or [],
            row.affects,
            None if row.fate is None else DocumentBusiness(row.fate),
            row.plan_id,
            None if row.attempt is None else SentAttempt(row.submission_id, row.attempt),
        )
        for row in (await fetch(session, FACTS, {"ids": list(ids)}) if ids else ())
    }
