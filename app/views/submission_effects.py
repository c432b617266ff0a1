from collections import Counter
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.submissions.effects import SubmissionEffect
from app.schemas.submission_effects import SubmissionEffectOut, SubmissionEffectsOut
from app.views.labels import agency_labels

MOST = 200


async def effects_out(
    session: AsyncSession, effects: Sequence[SubmissionEffect]
) -> SubmissionEffectsOut:
    """The submissions that come, go and move, counted; the first of them by name."""
    counted = Counter(one.change for one in effects)
    shown = effects[:MOST]
    labels = await agency_labels(session, (one.owed.agency_id for one in shown))
    return SubmissionEffectsOut(
        comes=counted["comes"],
        goes=counted["goes"],
        moves=counted["moves"],
        items=[
            SubmissionEffectOut.of(
                one.owed,
                change=one.change,
                agency=labels[one.owed.agency_id],
                due_on_before=one.due_on_before,
            )
            for one in shown
        ],
    )
