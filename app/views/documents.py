from collections.abc import Sequence
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Document, DocumentBusiness
from app.queries.documents import documents as queries
from app.schemas.documents import DocumentCountsOut, DocumentOut, HandlingOut
from app.schemas.plans import AgencyLabelOut
from app.views.labels import agency_labels

STANDINGS: dict[DocumentBusiness, Literal["recalled", "updated", "replaced"]] = {
    DocumentBusiness.RECALL: "recalled",
    DocumentBusiness.UPDATE: "updated",
    DocumentBusiness.REPLACE: "replaced",
}


async def documents_out(session: AsyncSession, documents: Sequence[Document]) -> list[DocumentOut]:
    """Documents with the assignments they answer, the documents they change and their standing."""
    labels = await agency_labels(session, (one.sender_id for one in documents))
    facts = await queries.facts_of(session, [one.id for one in documents])
    return [_document_out(one, facts[one.id], labels[one.sender_id]) for one in documents]


def _document_out(
    document: Document, facts: queries.DocumentFacts, sender: AgencyLabelOut
) -> DocumentOut:
    return DocumentOut.of(
        document,
        sender=sender,
        affects=facts.affects,
        standing="current" if facts.fate is None else STANDINGS[facts.fate],
        evidence=facts.evidence,
        counts=_counts_out(document, len(facts.evidence)),
        plan_id=facts.plan_id,
        handling=_handling_out(document, facts.sent),
    )


async def document_out(session: AsyncSession, document: Document) -> DocumentOut:
    """One document with the assignments it answers and its standing."""
    return (await documents_out(session, [document]))[0]


def _counts_out(document: Document, recorded: int) -> DocumentCountsOut:
    problems = sum("/TaskCode/" in problem["pointer"] for problem in document.problems)
    return DocumentCountsOut(task_codes=document.task_codes, recorded=recorded, problems=problems)


def _handling_out(document: Document, sent: queries.SentAttempt | None) -> HandlingOut | None:
    if sent is None or document.status_code is None:
        return None
    return HandlingOut.of(
        sent,
        code=document.status_code,
        description=document.status_description,
        at=document.status_at,
    )
