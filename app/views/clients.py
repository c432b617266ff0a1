from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.domain.access import clients as domain
from app.queries.access.client_list import ClientView
from app.schemas.clients import ClientOut, ClientSecretOut, MeOut
from app.views.labels import AgencyLabels, agency_labels


async def clients_out(session: AsyncSession, found: Sequence[ClientView]) -> list[ClientOut]:
    """Clients without their secrets."""
    labels = await _labels(session, found)
    return [
        ClientOut.of(
            view.client,
            agency=labels[view.agency.id],
            acts_for=[labels[agency.id] for agency in view.acts_for],
            secrets=view.secrets,
            allowed_actions=domain.allowed_actions(view.client),
        )
        for view in found
    ]


async def client_out(session: AsyncSession, view: ClientView) -> ClientOut:
    """One client without its secret."""
    return (await clients_out(session, [view]))[0]


async def secret_out(session: AsyncSession, view: ClientView, secret: str) -> ClientSecretOut:
    """One client with its new *secret*."""
    return ClientSecretOut(**dict(await client_out(session, view)), client_secret=secret)


async def me_out(session: AsyncSession, principal: Principal, view: ClientView) -> MeOut:
    """The caller itself, with the permissions of its token."""
    labels = await _labels(session, [view])
    return MeOut.of(
        view.client,
        agency=labels[principal.agency_id],
        own_agency=labels[view.agency.id],
        acts_for=[labels[agency.id] for agency in view.acts_for],
        roles=sorted(principal.roles),
        permissions=[one for one in Permission if principal.may(one)],
    )


async def _labels(session: AsyncSession, found: Sequence[ClientView]) -> AgencyLabels:
    ids = (agency.id for view in found for agency in (view.agency, *view.acts_for))
    return await agency_labels(session, ids)
