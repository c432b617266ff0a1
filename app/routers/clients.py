from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.auth.deps import ClientAdmin
from app.clock import utc_now
from app.domain.access import clients as domain
from app.domain.acts import Act
from app.errors import ConflictError
from app.http.answers import Answer
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.models import Agency
from app.queries.access import client_list as queries
from app.queries.registry.agencies import get_agency
from app.schemas.clients import (
    ClientBody,
    ClientFilters,
    ClientOut,
    ClientPath,
    ClientSecretOut,
    NewClientBody,
    RotateClientSecretBody,
)
from app.schemas.common import Page
from app.views import clients as views

router = APIRouter(prefix="/v1/clients", tags=["tokens"], route_class=Route)

ClientsDep = Annotated[
    ListRequest[ClientOut], Depends(paged(queries.CLIENTS, ClientOut, ClientFilters))
]
ENDED = refusals(domain.ClientDisabledError)


@router.get("", summary="Các hệ thống / List clients")
async def list_clients(
    session: ReadingSessionDep,
    principal: ClientAdmin,  # noqa: ARG001 - admits administrators
    paging: ClientsDep,
) -> Answer[Page[ClientOut]]:
    """Mọi hệ thống, kể cả đã ngừng; không bao giờ có mã bí mật. / All of them, never a secret."""
    asked = await paging.asked(session)
    found, last = await queries.page_of_clients(session, asked, at=utc_now())
    return paging.answer(await views.clients_out(session, found), last)


@router.post(
    "",
    summary="Thêm hệ thống / Create a client",
    status_code=HTTPStatus.CREATED,
    responses=refusals(ConflictError),
)
async def create_client(
    request: Request,
    session: SessionDep,
    principal: ClientAdmin,
    tagging: MakingDep,
    body: NewClientBody,
) -> ClientSecretOut:
    """Mã bí mật chỉ hiện lần này, không lưu ở đâu, kể cả theo `Idempotency-Key`.

    The secret is shown this once and kept nowhere: no `Idempotency-Key` is taken. Who lost it
    rotates it.
    """
    act = Act(session, principal, utc_now())
    client, secret = await domain.create(
        act,
        settings_of(request),
        await get_agency(session, body.agency),
        client_id=body.client_id,
        name=body.name,
        roles=body.roles,
        acts_for=await _agencies(session, body.acts_for),
    )
    await session.flush()
    tagging.mark_new(client, f"/v1/clients/{client.client_id}")
    return await views.secret_out(session, await _view(act, client.client_id), secret)


@router.get("/{client_id}", summary="Một hệ thống / Get a client")
async def get_client(
    session: ReadingSessionDep,
    principal: ClientAdmin,  # noqa: ARG001 - admits administrators
    tagging: ReadingDep,
    client_id: ClientPath,
) -> ClientOut:
    """Vai trò, cơ quan được thay mặt, hạn của các mã bí mật. / Never with its secrets."""
    view = await queries.get_view(session, client_id, at=utc_now())
    tagging.mark(view.client)
    return await views.client_out(session, view)


@router.patch("/{client_id}", summary="Sửa hệ thống / Update a client", responses=ENDED)
async def update_client(
    session: SessionDep,
    principal: ClientAdmin,
    tagging: ChangingDep,
    client_id: ClientPath,
    body: ClientBody,
) -> ClientOut:
    """Đổi tên, vai trò, các cơ quan được thay mặt; có hiệu lực trong vài giây.

    `acts_for` and `roles` replace the whole list. Running tokens follow within seconds.
    """
    client = await queries.get_client_for_update(session, client_id)
    tagging.check(client)
    act = Act(session, principal, utc_now())
    acts_for = None if body.acts_for is None else await _agencies(session, body.acts_for)
    await domain.change(act, client, name=body.name, roles=body.roles, acts_for=acts_for)
    return await views.client_out(session, await _view(act, client_id))


@router.post(
    "/{client_id}/rotate-secret",
    summary="Đổi mã bí mật / Rotate a client's secret",
    responses=refusals(domain.ClientDisabledError, domain.TooManySecretsError),
)
async def rotate_client_secret(
    request: Request,
    session: SessionDep,
    principal: ClientAdmin,
    tagging: ActingDep,
    client_id: ClientPath,
    body: RotateClientSecretBody,
) -> ClientSecretOut:
    """Mã mới, hiện một lần; mã cũ còn dùng được một thời gian. / The old one lasts a while."""
    client = await queries.get_client_for_update(session, client_id)
    tagging.check(client)
    act = Act(session, principal, utc_now())
    overlap = timedelta(hours=body.overlap_hours)
    secret = await domain.rotate(act, settings_of(request), client, overlap=overlap)
    await session.flush()
    return await views.secret_out(session, await _view(act, client_id), secret)


@router.post("/{client_id}/disable", summary="Ngừng hệ thống / Disable a client", responses=ENDED)
async def disable_client(
    session: SessionDep, principal: ClientAdmin, tagging: ActingDep, client_id: ClientPath
) -> ClientOut:
    """Không được cấp mã truy cập nữa; mã đang dùng hết tác dụng sau vài giây. / Ended for good."""
    client = await queries.get_client_for_update(session, client_id)
    tagging.check(client)
    act = Act(session, principal, utc_now())
    domain.disable(act, client)
    await session.flush()
    return await views.client_out(session, await _view(act, client_id))


async def _view(act: Act, client_id: str) -> queries.ClientView:
    return await queries.get_view(act.session, client_id, at=act.at)


async def _agencies(session: SessionDep, refs: list[str]) -> list[Agency]:
    return [await get_agency(session, ref) for ref in refs]
