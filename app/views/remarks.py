from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.evaluation import remarks as domain
from app.queries.evaluation.remarks import RemarkCase
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[RemarkCase]
) -> list[dict[str, Any]]:
    """Remarks as they are answered."""
    await session.flush()
    rows = [case.remark for case in cases]
    named = [one for r in rows for one in (r.agency_id, r.author_id, r.answered_for_id)]
    ids = {one for one in named if one is not None}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [_described(principal, case, labels) for case in cases]


def _described(principal: Principal, case: RemarkCase, labels: Any) -> dict[str, Any]:
    remark = case.remark
    noun, row_id = domain.noun_of(remark)
    answer = None
    if remark.answered_for_id is not None:
        answer = {
            "text": remark.answer,
            "agency": labels[remark.answered_for_id],
            "answered_at": remark.answered_at,
        }
    return remark.model_dump() | {
        "plan": case.plan,
        "about": {"noun": noun, "id": row_id},
        "agency": labels[remark.agency_id] if remark.agency_id else None,
        "author": labels[remark.author_id],
        "state": domain.state_of(remark),
        "answer": answer,
        "allowed_actions": domain.allowed_actions(principal, case),
    }
