import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Document, DocumentBusiness
from app.queries.documents import documents as queries
from app.schemas.documents import DocumentCountsOut, DocumentOut, HandlingOut
from app.views.labels import agency_labels

STANDINGS: dict[DocumentBusiness, Literal["recalled", "updated", "replaced"]] = {
    DocumentBusiness.RECALL: "recalled",
    DocumentBusiness.UPDATE: "updated",
    DocumentBusiness.REPLACE: "replaced",
}


async def documents_out(session: AsyncSession, documents: Sequence[Document]) -> list[DocumentOut]:
    """Documents with the assignments they answer, the documents they change and their standing."""
    ids = [one.id for one in documents]
    labels = await agency_labels(session, (one.sender_id for one in documents))
    evidence = await queries.evidence_of(session, ids)
    effects = await queries.effects_of(session, ids)
    fates = await queries.latest_effects_of(session, ids)
    plans = await queries.plans_of(session, documents)
    sent = await queries.sent_attempts(session, documents)
    return [
        DocumentOut.of(
            one,
            sender=labels[one.sender_id],
            affects=effects[one.id],
            standing=STANDINGS[fates[one.id]] if one.id in fates else "current",
            evidence=evidence[one.id],
            counts=_counts_out(one, len(evidence[one.id])),
            plan_id=plans[one.plan_import_id] if one.plan_import_id else None,
            handling=_handling_out(one, sent),
        )
        for one in documents
    ]


async def document_out(session: AsyncSession, document: Document) -> DocumentOut:
    """One document with the assignments it answers and its standing."""
    return (await documents_out(session, [document]))[0]


def _counts_out(document: Document, recorded: int) -> DocumentCountsOut:
    problems = sum("/TaskCode/" in problem["pointer"] for problem in document.problems)
    return DocumentCountsOut(task_codes=document.task_codes, recorded=recorded, problems=problems)


def _handling_out(
    document: Document, sent: Mapping[uuid.UUID, queries.SentAttempt]
) -> HandlingOut | None:
    if document.attempt_id is None or document.status_code is None:
        return None
    return HandlingOut.of(
        sent[document.attempt_id],
        code=document.status_code,
        description=document.status_description,
        at=document.status_at,
    )
