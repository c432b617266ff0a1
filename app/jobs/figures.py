"""Folding changes into the sums of the figures soon after they are made."""

from app.clock import utc_now
from app.domain.figures.sums import fold_or_rebuild
from app.jobs.loops import LoopContext

REST_SECONDS = 5.0
"""Readers count unfolded changes row by row; each folding writes the sums of later days anew."""


async def figures(work: LoopContext) -> None:
    """Fold changes until the worker is to stop."""
    while not work.stop.is_set():
        async with work.sessions.begin() as session:
            more = await fold_or_rebuild(
                session, due_soon_days=work.settings.due_soon_days, at=utc_now()
            )
        if not more:
            await work.rest(REST_SECONDS)
