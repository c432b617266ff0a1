"""What an operator may set of where webhooks go."""

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import Settings

REQUIRED = {
    "TIENDO_DATABASE_URL": "postgresql://h/d",
    "TIENDO_SECRET": "x" * 32,
    "TIENDO_SIGNING_KEY": "key",
}


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in (REQUIRED | given).items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_by_itself_no_network_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for empty in ({}, {"TIENDO_WEBHOOK_NETWORKS": ""}):
        made = settings(monkeypatch, **empty)
        assert (made.webhook_networks, made.webhook_allow_http) == ((), False)
        assert made.webhook_ports == {443, 8443}


def test_networks_and_ports_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(
        monkeypatch,
        TIENDO_WEBHOOK_NETWORKS="10.0.0.0/8, fd00::/8",
        TIENDO_WEBHOOK_PORTS="443, 8000-8002",
    )

    assert made.webhook_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert made.webhook_ports == {443, 8000, 8001, 8002}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIENDO_WEBHOOK_NETWORKS", "10.0.0.1/8"),
        ("TIENDO_WEBHOOK_NETWORKS", "anywhere"),
        ("TIENDO_WEBHOOK_PORTS", "0"),
        ("TIENDO_WEBHOOK_PORTS", "70000"),
        ("TIENDO_WEBHOOK_PORTS", "443-70000"),
        ("TIENDO_WEBHOOK_PORTS", "500-400"),
        ("TIENDO_WEBHOOK_PORTS", "https"),
    ],
)
def test_a_slip_of_the_pen_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    with pytest.raises(ValidationError):
        settings(monkeypatch, **{name: value})
