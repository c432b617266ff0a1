from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency
from app.queries.registry import agency_views
from app.queries.registry.agencies import AgencyLabel
from app.schemas.agencies import AgencyNameOut, AgencyNoticeOut, AgencyOut, SuccessionSideOut
from app.schemas.plans import AgencyLabelOut
from app.views.labels import agency_label


async def agencies_out(
    session: AsyncSession, agencies: Sequence[Agency], *, day: date
) -> list[AgencyOut]:
    """Agencies as of *day*, each with its names, its parent, whom it succeeded and who did it."""
    found = await agency_views.describe(session, agencies, day=day)
    return [
        AgencyOut(
            id=view.id,
            code=view.code,
            identifier=view.identifier,
            identifier_source=view.identifier_source,
            as_of=view.as_of,
            exists=view.exists,
            name=view.name,
            short_name=view.short_name,
            names=[
                AgencyNameOut(
                    name=row.name,
                    short_name=row.short_name,
                    valid_from=row.valid_from,
                    valid_until=row.valid_until,
                )
                for row in view.names
            ],
            aliases=view.aliases,
            kind=view.kind,
            parent=_label(view.parent),
            valid_from=view.valid_from,
            valid_until=view.valid_until,
            unit_code=view.unit_code,
            certainty=view.certainty,
            predecessors=[_side_out(side) for side in view.predecessors],
            successors=[_side_out(side) for side in view.successors],
            notice=None if view.notice is None else notice_out(view.notice),
            updated_at=view.updated_at,
        )
        for view in found
    ]


async def agency_out(session: AsyncSession, agency: Agency, *, day: date) -> AgencyOut:
    """One agency as of *day*."""
    return (await agencies_out(session, [agency], day=day))[0]


def notice_out(notice: agency_views.Notice) -> AgencyNoticeOut:
    """The notice of an agency that had ended: its last day, and its successors."""
    return AgencyNoticeOut(
        code=notice.code,
        ended_on=notice.ended_on,
        successors=[_side_out(side) for side in notice.successors],
    )


def _side_out(side: agency_views.SuccessionSide) -> SuccessionSideOut:
    return SuccessionSideOut(
        agency=_label(side.agency),
        effective_on=side.effective_on,
        kind=side.kind,
        scope=side.scope,
        basis=side.basis,
        certainty=side.certainty,
    )


def _label(label: AgencyLabel | None) -> AgencyLabelOut | None:
    return None if label is None else agency_label(label)
