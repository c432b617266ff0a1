from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.models import Document, DocumentBusiness
from app.queries.documents import documents as queries
from app.queries.registry import agencies

STANDINGS = {
    DocumentBusiness.RECALL: "recalled",
    DocumentBusiness.UPDATE: "updated",
    DocumentBusiness.REPLACE: "replaced",
}


async def described(session: AsyncSession, documents: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents as they are answered: what they answer, what they change, what became of them."""
    ids = [one.id for one in documents]
    labels = await agencies.agency_names(
        session, {one.sender_id for one in documents}, day=local_day(utc_now())
    )
    evidence = await queries.evidence_of(session, ids)
    effects = await queries.effects_of(session, ids)
    fates = await queries.latest_effects_of(session, ids)
    plans = await queries.plans_of(session, documents)
    sent = await queries.sent_attempts(session, documents)
    return [
        one.model_dump(exclude={"envelope"})
        | {
            "sender": labels[one.sender_id],
            "affects": effects[one.id],
            "standing": STANDINGS[fates[one.id]] if one.id in fates else "current",
            "evidence": evidence[one.id],
            "counts": _counts(one, len(evidence[one.id])),
            "plan_id": plans[one.plan_import_id] if one.plan_import_id else None,
            "handling": _handling(one, sent[one.attempt_id]) if one.attempt_id else None,
        }
        for one in documents
    ]


def _counts(document: Document, recorded: int) -> dict[str, int]:
    problems = sum("/TaskCode/" in problem["pointer"] for problem in document.problems)
    return {
        "task_codes": document.task_codes,
        "recorded": recorded,
        "problems": problems,
    }


def _handling(document: Document, sent: queries.SentAttempt) -> dict[str, Any]:
    return {
        "submission_id": sent.submission_id,
        "attempt": sent.attempt,
        "code": document.status_code,
        "description": document.status_description,
        "at": document.status_at,
    }
