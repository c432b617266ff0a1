"""An operator's settings of webhook addresses, and of mail."""

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import LAST_PORT, Settings

EVERY_PORT = range(LAST_PORT + 1)
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
        assert [port for port in EVERY_PORT if port in made.webhook_ports] == [443, 8443]


def test_networks_and_ports_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(
        monkeypatch,
        TIENDO_WEBHOOK_NETWORKS="10.0.0.0/8, fd00::/8",
        TIENDO_WEBHOOK_PORTS="443, 8000-8002",
    )

    assert made.webhook_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    named = [port for port in EVERY_PORT if port in made.webhook_ports]
    assert named == [443, 8000, 8001, 8002]


def test_very_many_ports_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch, TIENDO_WEBHOOK_PORTS="80,443,1024-65535")

    assert str(made.webhook_ports) == "80,443,1024-65535"
    assert made.webhook_ports.ranges == (range(80, 81), range(443, 444), range(1024, 65536))


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


def test_by_itself_no_mail_is_sent_and_who_sends_says_from_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings(monkeypatch).smtp_host == ""
    with pytest.raises(ValidationError):
        settings(monkeypatch, TIENDO_SMTP_HOST="mail.tinh.example")
    made = settings(
        monkeypatch,
        TIENDO_SMTP_HOST="mail.tinh.example",
        TIENDO_SMTP_FROM="don-doc@tinh.example",
        TIENDO_SMTP_PASSWORD="mat-khau-thu",
    )

    assert (made.smtp_port, made.smtp_security) == (587, "starttls")
    assert "mat-khau-thu" not in repr(made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIENDO_REMINDER_HOUR", "24"),
        ("TIENDO_SMTP_SECURITY", "ssl"),
        ("TIENDO_SMTP_PORT", "0"),
        ("TIENDO_SMTP_FROM", "Đôn đốc <don-doc@tinh.example>"),
        ("TIENDO_SMTP_FROM", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_a_slip_about_mail_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError):
        settings(monkeypatch, **{name: value})
