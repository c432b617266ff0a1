import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from app.auth.deps import Reader
from app.auth.principal import Principal
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.webhooks import deliveries
from app.domain.webhooks import endpoints as domain
from app.domain.webhooks.addresses import WebhooksNotEnabledError
from app.http.answers import Answer
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import SettingsDep
from app.models import WebhookEndpointStatus
from app.outbound.signatures import secret_text
from app.queries.webhooks import deliveries as delivery_queries
from app.queries.webhooks import endpoints as queries
from app.schemas.common import Page
from app.schemas.webhook_deliveries import WebhookDeliveryFilters, WebhookDeliveryOut
from app.schemas.webhook_endpoints import (
    EnableWebhookEndpointBody,
    NewWebhookEndpointBody,
    ReplayBody,
    RotateSecretBody,
    WebhookEndpointBody,
    WebhookEndpointFilters,
    WebhookEndpointOut,
    WebhookSecretOut,
)
from app.views import webhook_endpoints as views

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["following"], route_class=Route)

EndpointsDep = Annotated[
    ListRequest[WebhookEndpointOut],
    Depends(paged(queries.ENDPOINTS, WebhookEndpointOut, WebhookEndpointFilters)),
]
DeliveriesDep = Annotated[
    ListRequest[WebhookDeliveryOut],
    Depends(paged(delivery_queries.DELIVERIES, WebhookDeliveryOut, WebhookDeliveryFilters)),
]
KEPT = [status for status in WebhookEndpointStatus if status != WebhookEndpointStatus.DELETED]
MOVES = refusals(domain.WebhookEndpointStateError)


@router.get("", summary="Các điểm nhận / List webhook endpoints")
async def list_webhook_endpoints(
    session: ReadingSessionDep, principal: Reader, paging: EndpointsDep
) -> Answer[Page[WebhookEndpointOut]]:
    """Điểm nhận của mình; quản trị thấy của mọi hệ thống. Đã xóa thì chỉ thấy khi lọc `deleted`.

    The caller's own; administrators see those of all clients. Deleted ones by `status=deleted`.
    """
    asked = await paging.asked(session, status=KEPT)
    found, last = await queries.page_of_endpoints(session, principal, asked)
    return paging.answer(await views.endpoints_out(session, principal, found), last)


@router.post(
    "",
    summary="Thêm điểm nhận / Create a webhook endpoint",
    status_code=HTTPStatus.CREATED,
    responses=refusals(WebhooksNotEnabledError, domain.TooManyWebhookEndpointsError),
)
async def create_webhook_endpoint(
    session: SessionDep,
    settings: SettingsDep,
    principal: Reader,
    tagging: MakingDep,
    body: NewWebhookEndpointBody,
) -> WebhookSecretOut:
    """Từ nay báo sự kiện đến địa chỉ này, ký theo Standard Webhooks. Mã bí mật chỉ hiện lần này.

    From now on events are told to this address, signed by Standard Webhooks: what the caller may
    see, at least once, in no promised order. The secret is shown this once. Deliveries carry ids
    only: read what changed at `data.subject`. Only 2xx is success; the rest is tried again for
    about three days.
    """
    endpoint, key = await domain.create_endpoint(
        PersonalAct(session, principal, utc_now()), settings, _fields(body.model_dump())
    )
    tagging.mark_new(endpoint, f"/v1/webhook-endpoints/{endpoint.id}")
    known = await queries.get_endpoint(session, principal, endpoint.id)
    return await views.secret_out(session, principal, known, secret_text(key))


@router.get("/{endpoint_id}", summary="Một điểm nhận / Get a webhook endpoint")
async def get_webhook_endpoint(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, endpoint_id: uuid.UUID
) -> WebhookEndpointOut:
    """Địa chỉ, bộ lọc, trạng thái và lý do. / Its address, filters, state and the reason for it."""
    known = await queries.get_endpoint(session, principal, endpoint_id)
    tagging.mark(known.endpoint)
    return await views.endpoint_out(session, principal, known)


@router.patch(
    "/{endpoint_id}",
    summary="Sửa điểm nhận / Update a webhook endpoint",
    responses=refusals(WebhooksNotEnabledError, domain.WebhookEndpointStateError),
)
async def update_webhook_endpoint(
    session: SessionDep,
    settings: SettingsDep,
    principal: Reader,
    tagging: ChangingDep,
    endpoint_id: uuid.UUID,
    body: WebhookEndpointBody,
) -> WebhookEndpointOut:
    """Đổi địa chỉ, mô tả, bộ lọc; áp dụng cho lần gửi sau. / Holds for what is sent from now on."""
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    fields = _fields(body.model_dump(exclude_unset=True))
    await domain.update_endpoint(
        PersonalAct(session, principal, utc_now()), settings, known.endpoint, fields
    )
    await session.flush()
    return await views.endpoint_out(session, principal, known)


@router.delete(
    "/{endpoint_id}", summary="Xóa điểm nhận / Delete a webhook endpoint", responses=MOVES
)
async def delete_webhook_endpoint(
    session: SessionDep, principal: Reader, tagging: ChangingDep, endpoint_id: uuid.UUID
) -> WebhookEndpointOut:
    """Ngừng hẳn và hủy mã bí mật; nhật ký gửi vẫn đọc được. / For good; its log stays readable."""
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    await domain.delete_endpoint(PersonalAct(session, principal, utc_now()), known.endpoint)
    return await views.endpoint_out(session, principal, known)


@router.post(
    "/{endpoint_id}/rotate-secret",
    summary="Đổi mã bí mật / Rotate the secret",
    responses=refusals(domain.WebhookEndpointStateError, domain.RotationUnderWayError),
)
async def rotate_webhook_secret(
    session: SessionDep,
    settings: SettingsDep,
    principal: Reader,
    tagging: ActingDep,
    endpoint_id: uuid.UUID,
    body: RotateSecretBody,
) -> WebhookSecretOut:
    """Mã mới, hiện một lần; trong thời gian chuyển tiếp mỗi tin có hai chữ ký.

    A new secret, shown this once; while the old one holds each message has two signatures.
    """
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    overlap = timedelta(hours=body.overlap_hours)
    key = domain.rotate_secret(
        PersonalAct(session, principal, utc_now()), settings, known.endpoint, overlap=overlap
    )
    return await views.secret_out(session, principal, known, secret_text(key))


@router.post(
    "/{endpoint_id}/disable", summary="Ngừng gửi / Disable a webhook endpoint", responses=MOVES
)
async def disable_webhook_endpoint(
    session: SessionDep, principal: Reader, tagging: ActingDep, endpoint_id: uuid.UUID
) -> WebhookEndpointOut:
    """Ngừng gửi, giữ nguyên hàng đợi. / Sends nothing more; the queue is kept."""
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    domain.disable_endpoint(PersonalAct(session, principal, utc_now()), known.endpoint)
    return await views.endpoint_out(session, principal, known)


@router.post(
    "/{endpoint_id}/enable", summary="Gửi trở lại / Enable a webhook endpoint", responses=MOVES
)
async def enable_webhook_endpoint(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    endpoint_id: uuid.UUID,
    body: EnableWebhookEndpointBody,
) -> WebhookEndpointOut:
    """Gửi tiếp từ chỗ đã dừng; `skip_missed` nếu đã tự đọc bù từ `/v1/events`.

    Goes on from where it stopped; with `skip_missed` only with what happens from now on, for who
    has caught up from `/v1/events`.
    """
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    await domain.enable_endpoint(
        PersonalAct(session, principal, utc_now()), known.endpoint, skip_missed=body.skip_missed
    )
    return await views.endpoint_out(session, principal, known)


@router.post("/{endpoint_id}/replay", summary="Gửi lại / Replay deliveries", responses=MOVES)
async def replay_webhook_deliveries(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    endpoint_id: uuid.UUID,
    body: ReplayBody,
) -> WebhookEndpointOut:
    """Gửi lại một lần gửi, mọi lần gửi hỏng, hoặc mọi sự kiện từ một mốc; id tin giữ nguyên.

    One delivery, all that failed, or every event after a point of the feed is sent again, under
    the same message ids. What is far back is sent as fast as the receiver takes it.
    """
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    await _replay(session, principal, known, body)
    return await views.endpoint_out(session, principal, known)


async def _replay(
    session: SessionDep, principal: Principal, known: queries.EndpointCase, body: ReplayBody
) -> None:
    at = utc_now()
    if body.delivery_id is not None:
        await deliveries.replay_one(
            PersonalAct(session, principal, at), known.endpoint, body.delivery_id
        )
    elif body.failed:
        await deliveries.replay_failed(PersonalAct(session, principal, at), known.endpoint)
    else:
        position = None
        if body.after is not None:
            position = await delivery_queries.position_after(session, principal, body.after)
        elif body.since is not None:
            position = await delivery_queries.position_before(session, body.since)
        await deliveries.replay_from(PersonalAct(session, principal, at), known.endpoint, position)


@router.post(
    "/{endpoint_id}/ping",
    summary="Gửi thử / Ping a webhook endpoint",
    status_code=HTTPStatus.ACCEPTED,
    responses=MOVES,
)
async def ping_webhook_endpoint(
    session: SessionDep, principal: Reader, tagging: ActingDep, endpoint_id: uuid.UUID
) -> WebhookDeliveryOut:
    """Gửi một tin `tiendo.ping`, thử một lần; kết quả ở nhật ký gửi. / Its log says how it went."""
    known = await queries.get_endpoint(session, principal, endpoint_id, lock=True)
    tagging.check(known.endpoint)
    delivery = deliveries.send_ping(PersonalAct(session, principal, utc_now()), known.endpoint)
    return (await views.deliveries_out(session, [delivery]))[0]


@router.get("/{endpoint_id}/deliveries", summary="Nhật ký gửi / List deliveries")
async def list_webhook_deliveries(
    session: ReadingSessionDep, principal: Reader, paging: DeliveriesDep, endpoint_id: uuid.UUID
) -> Answer[Page[WebhookDeliveryOut]]:
    """Từng tin, từng lần thử, mới trước; giữ 90 ngày. / Every message and try, newest first."""
    known = await queries.get_endpoint(session, principal, endpoint_id)
    asked = await paging.asked(session, endpoint=known.endpoint.id)
    found, last = await delivery_queries.page_of_deliveries(session, asked)
    return paging.answer(await views.deliveries_out(session, found), last)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """A body's fields as the table has them: an address is text there."""
    return given | ({"url": str(given["url"])} if "url" in given else {})
