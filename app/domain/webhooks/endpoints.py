"""Webhook endpoints: created, changed and deleted by their clients, disabled when they fail."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.auth.sealing import seal
from app.config import Settings
from app.domain.acts import PersonalAct
from app.domain.event_types import matching
from app.domain.records import Subject, record
from app.domain.webhooks.addresses import require_deliverable
from app.errors import ConflictError, PermissionDeniedError, Text
from app.models import DisabledReason, WebhookEndpoint, WebhookEndpointStatus, WebhookQueue
from app.outbound.signatures import new_key
from app.queries.events import last_position
from app.queries.plans import plans
from app.queries.webhooks import endpoints as queries
from app.queries.webhooks import queues
from app.queries.webhooks.delivery_writes import cancel_pending, restart_pending

S = WebhookEndpointStatus
MAX_ENDPOINTS = 10
"""The most endpoints of one client; deleted ones don't count."""
STATUS_WORDS = {S.ACTIVE: "đang nhận", S.DISABLED: "đã ngừng", S.DELETED: "đã xóa"}
ACTIONS = {
    S.ACTIVE: ("update", "rotate_secret", "replay", "ping", "disable", "delete"),
    S.DISABLED: ("update", "rotate_secret", "replay", "enable", "delete"),
    S.DELETED: (),
}


class WebhookEndpointStateError(ConflictError):
    """The endpoint's status does not allow the action."""

    code = "wrong_webhook_endpoint_state"
    title = Text("Trạng thái điểm nhận không cho phép", "Wrong webhook endpoint state")

    def __init__(self, status: WebhookEndpointStatus) -> None:
        super().__init__(
            Text(
                f"Điểm nhận {STATUS_WORDS[status]} nên không làm được việc này.",
                f"The endpoint is {status}: this can't be done.",
            )
        )


class TooManyWebhookEndpointsError(ConflictError):
    """The client has `MAX_ENDPOINTS` endpoints already."""

    code = "too_many_webhook_endpoints"
    title = Text("Quá nhiều điểm nhận", "Too many webhook endpoints")
    detail = Text(
        f"Mỗi hệ thống có nhiều nhất {MAX_ENDPOINTS} điểm nhận.",
        f"A client may have {MAX_ENDPOINTS} endpoints at most.",
    )


class RotationUnderWayError(ConflictError):
    """The previous secret still holds: a third one would cut receivers off."""

    code = "rotation_under_way"
    title = Text("Đang đổi mã bí mật", "A rotation is under way")
    detail = Text(
        "Mã bí mật trước vẫn còn hiệu lực; hãy đợi, hoặc đổi ngay với `overlap_hours = 0`.",
        "The secret before still holds; wait, or end it by overlap_hours = 0.",
    )


def subject(endpoint: WebhookEndpoint) -> Subject:
    """The endpoint as the subject of records, which concern its agency."""
    return Subject("webhook_endpoint", endpoint.id, None, endpoint.agency_id)


def sealing_purpose(endpoint: WebhookEndpoint) -> str:
    """The purpose by which an endpoint's secrets are sealed: another row can't unseal them."""
    return f"webhook secrets of {endpoint.id}"


def is_own(principal: Principal, endpoint: WebhookEndpoint) -> bool:
    """True if the caller created the endpoint for the agency in whose name it acts now."""
    return (endpoint.client_id, endpoint.agency_id) == (principal.client_id, principal.agency_id)


def allowed_actions(principal: Principal, endpoint: WebhookEndpoint) -> list[str]:
    """The actions that the caller may take on the endpoint now."""
    return list(ACTIONS[endpoint.status]) if is_own(principal, endpoint) else []


def sees_address(principal: Principal, endpoint: WebhookEndpoint) -> bool:
    """True for the endpoint's client and for its agency: an address is shown to no other agency."""
    return is_own(principal, endpoint) or principal.agency_id == endpoint.agency_id


def require_action(principal: Principal, endpoint: WebhookEndpoint, action: str) -> None:
    """Raise `PermissionDeniedError` unless the endpoint is the caller's own, and
    `WebhookEndpointStateError` unless its status allows *action*."""
    if not is_own(principal, endpoint):
        raise PermissionDeniedError(
            Text(
                "Chỉ hệ thống đã tạo điểm nhận mới làm được việc này.",
                "Only the client that made the endpoint may do this.",
            )
        )
    if action not in ACTIONS[endpoint.status]:
        raise WebhookEndpointStateError(endpoint.status)


async def create_endpoint(
    act: PersonalAct, settings: Settings, fields: Mapping[str, Any]
) -> tuple[WebhookEndpoint, bytes]:
    """Create an endpoint for the events from now on; answers it and its key, to be shown once."""
    session, principal = act.session, act.principal
    await _check(session, settings, principal, fields)
    if await queries.count_endpoints_locking_client(session, principal.client_id) >= MAX_ENDPOINTS:
        raise TooManyWebhookEndpointsError()
    endpoint = WebhookEndpoint(
        client_id=principal.client_id, agency_id=principal.agency_id, **fields
    )
    key = new_key()
    endpoint.secret = seal(settings, sealing_purpose(endpoint), key)
    session.add(endpoint)
    await session.flush()
    now = await last_position(session)
    session.add(
        WebhookQueue(
            endpoint_id=endpoint.id,
            after_transaction_id=now.transaction_id,
            after_sequence=now.sequence,
        )
    )
    act.note("created", subject(endpoint))
    return endpoint, key


async def update_endpoint(
    act: PersonalAct, settings: Settings, endpoint: WebhookEndpoint, fields: Mapping[str, Any]
) -> None:
    """Change an endpoint's fields; the audit entry names the fields, not their contents."""
    require_action(act.principal, endpoint, "update")
    await _check(act.session, settings, act.principal, fields)
    for name, value in fields.items():
        setattr(endpoint, name, value)
    act.note("changed", subject(endpoint), fields=sorted(fields))


async def _check(
    session: AsyncSession, settings: Settings, principal: Principal, fields: Mapping[str, Any]
) -> None:
    if "url" in fields:
        require_deliverable(settings, fields["url"])
    for place, pattern in enumerate(fields.get("event_types", ())):
        matching(pattern, pointer=f"#/event_types/{place}")
    if fields.get("plan_id") is not None:
        await plans.get_plan(session, principal, fields["plan_id"])


def rotate_secret(
    act: PersonalAct, settings: Settings, endpoint: WebhookEndpoint, *, overlap: timedelta
) -> bytes:
    """Give the endpoint a new key; messages are signed with the old one too for *overlap*.

    Without overlap the old key ends at once. Raises `RotationUnderWayError` for an overlap while
    the key before still holds.
    """
    require_action(act.principal, endpoint, "rotate_secret")
    until = endpoint.previous_secret_until
    if overlap and until is not None and until > act.at:
        raise RotationUnderWayError()
    key = new_key()
    endpoint.previous_secret = endpoint.secret if overlap else None
    endpoint.previous_secret_until = act.at + overlap if overlap else None
    endpoint.secret = seal(settings, sealing_purpose(endpoint), key)
    act.note("secret_rotated", subject(endpoint))
    return key


def disable_endpoint(act: PersonalAct, endpoint: WebhookEndpoint) -> None:
    """Stop sending at the client's request; its queue is kept."""
    require_action(act.principal, endpoint, "disable")
    _disable(endpoint, DisabledReason.REQUESTED, at=act.at)
    act.note("disabled", subject(endpoint), reason=endpoint.disabled_reason)


def disable_by_service(
    session: AsyncSession, endpoint: WebhookEndpoint, reason: DisabledReason, *, at: datetime
) -> None:
    """Stop sending to an active endpoint for *reason*, and record it; others stay as they are."""
    if endpoint.status == S.ACTIVE:
        _disable(endpoint, reason, at=at)
        record(session, None, "disabled", subject(endpoint), at=at, reason=reason)


def _disable(endpoint: WebhookEndpoint, reason: DisabledReason, *, at: datetime) -> None:
    endpoint.status = S.DISABLED
    endpoint.disabled_reason = reason
    endpoint.disabled_at = at


async def enable_endpoint(
    act: PersonalAct, endpoint: WebhookEndpoint, *, skip_missed: bool
) -> None:
    """Send again from where the queue stopped, or with *skip_missed* events from now on alone."""
    session = act.session
    require_action(act.principal, endpoint, "enable")
    endpoint.status = S.ACTIVE
    endpoint.disabled_reason = endpoint.disabled_at = None
    queue = await queues.lock_queue(session, endpoint.id)
    queue.failures, queue.failing_since, queue.resting_until = 0, None, None
    if skip_missed:
        queue.after_transaction_id, queue.after_sequence = await last_position(session)
        await cancel_pending(session, endpoint.id, at=act.at)
    else:
        await restart_pending(session, endpoint.id, at=act.at)
    act.note("enabled", subject(endpoint), skip_missed=skip_missed)


async def delete_endpoint(act: PersonalAct, endpoint: WebhookEndpoint) -> None:
    """Delete an endpoint for good with its secrets; its delivery log stays readable."""
    require_action(act.principal, endpoint, "delete")
    _disable(endpoint, DisabledReason.REQUESTED, at=act.at)
    endpoint.status = S.DELETED
    endpoint.secret = endpoint.previous_secret = endpoint.previous_secret_until = None
    await queues.lock_queue(act.session, endpoint.id)
    await cancel_pending(act.session, endpoint.id, at=act.at)
    act.note("deleted", subject(endpoint))
