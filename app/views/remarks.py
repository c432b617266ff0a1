from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.evaluation import remarks as domain
from app.models import Remark
from app.queries.evaluation.remarks import RemarkCase
from app.schemas.remarks import AboutOut, RemarkAnswerOut, RemarkOut
from app.views.labels import AgencyLabels, agency_labels


async def remarks_out(
    session: AsyncSession, principal: Principal, cases: Sequence[RemarkCase]
) -> list[RemarkOut]:
    """Remarks with their answers, and what the caller may do with each."""
    await session.flush()
    rows = [case.remark for case in cases]
    labels = await agency_labels(
        session,
        (one for row in rows for one in (row.agency_id, row.author_id, row.answered_for_id)),
    )
    return [_remark_out(principal, case, labels) for case in cases]


async def remark_out(session: AsyncSession, principal: Principal, case: RemarkCase) -> RemarkOut:
    """One remark with its answer, and what the caller may do with it."""
    return (await remarks_out(session, principal, [case]))[0]


def _remark_out(principal: Principal, case: RemarkCase, labels: AgencyLabels) -> RemarkOut:
    remark = case.remark
    noun, row_id = domain.noun_of(remark)
    return RemarkOut.of(
        remark,
        plan=case.plan,
        about=AboutOut(noun=noun, id=row_id),
        agency=labels.optional(remark.agency_id),
        state=domain.state_of(remark),
        author=labels[remark.author_id],
        answer=_answer_out(remark, labels),
        allowed_actions=domain.allowed_actions(principal, case),
    )


def _answer_out(remark: Remark, labels: AgencyLabels) -> RemarkAnswerOut | None:
    if remark.answered_for_id is None or remark.answer is None or remark.answered_at is None:
        return None
    return RemarkAnswerOut(
        text=remark.answer, agency=labels[remark.answered_for_id], answered_at=remark.answered_at
    )
