"""The addresses to which webhooks may go, by the operator's settings."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from app.config import Settings
from app.errors import ConflictError, Fault, InvalidError, Text
from app.outbound.addresses import is_allowed


class WebhooksNotEnabledError(ConflictError):
    """The operator has allowed no network to which webhooks may go."""

    code = "webhooks_not_enabled"
    title = Text("Chưa cho phép gửi webhook", "Webhooks are not enabled")
    detail = Text(
        "Đơn vị vận hành chưa cho phép gửi webhook đến mạng nào (TIENDO_WEBHOOK_NETWORKS).",
        "The operator has allowed no network to which webhooks may go (TIENDO_WEBHOOK_NETWORKS).",
    )


def require_deliverable(settings: Settings, url: str) -> None:
    """Refuse an address that no connection could be made to; names are resolved at each connection.

    Raises `WebhooksNotEnabledError`, or `InvalidError` for an address that the operator's rules
    exclude.
    """
    if not settings.webhook_networks:
        raise WebhooksNotEnabledError()
    fault = _fault(settings, url)
    if fault is not None:
        raise InvalidError(faults=[fault])


def _fault(settings: Settings, url: str) -> Fault | None:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        text = Text("Địa chỉ không được chứa tài khoản.", "The address must not hold a user.")
        return Fault("#/url", "url_with_user", text)
    if parts.fragment:
        text = Text("Địa chỉ không được có phần #.", "The address must not have a fragment.")
        return Fault("#/url", "url_with_fragment", text)
    if parts.scheme != "https" and not settings.webhook_allow_http:
        text = Text(
            "Địa chỉ phải là https; đơn vị vận hành không cho phép http.",
            "The address must be https; the operator does not allow http.",
        )
        return Fault("#/url", "https_required", text)
    if not _may_be_allowed(settings, parts.hostname or "", parts.port or _port(parts.scheme)):
        text = Text(
            "Địa chỉ hoặc cổng không nằm trong các mạng mà đơn vị vận hành cho phép.",
            "The address or its port is not in the networks that the operator allows.",
        )
        return Fault("#/url", "address_refused", text)
    return None


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _may_be_allowed(settings: Settings, host: str, port: int) -> bool:
    if port not in settings.webhook_ports:
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return bool(host)
    return is_allowed(address, settings.webhook_networks)
