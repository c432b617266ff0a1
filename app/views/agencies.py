from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency
from app.queries.registry import agency_views
from app.schemas.agencies import AgencyOut


async def agencies_out(
    session: AsyncSession, agencies: Sequence[Agency], *, day: date
) -> list[AgencyOut]:
    """Agencies as of *day*, each with its names, its parent, whom it succeeded and who did it."""
    found = await agency_views.describe(session, agencies, day=day)
    return [AgencyOut.model_validate(view) for view in found]


async def agency_out(session: AsyncSession, agency: Agency, *, day: date) -> AgencyOut:
    """One agency as of *day*."""
    return (await agencies_out(session, [agency], day=day))[0]
