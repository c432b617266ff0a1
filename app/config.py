"""Settings of an operator, by `TIENDO_…` variables or by files in `TIENDO_SECRETS_DIR`."""

import enum
import os
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, InstanceOf, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LAST_PORT = 65535
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable, read by prometheus-client at its import, that names the folder in which the
processes of one port keep what they measure."""


def _between_commas(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that one setting names, held as ranges: as many numbers as there are ports would
    take 4 MB of each process."""

    ranges: tuple[range, ...]

    def __contains__(self, port: object) -> bool:
        return any(port in one for one in self.ranges)

    def __str__(self) -> str:
        return ",".join(
            f"{one[0]}" if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in self.ranges
        )


def _ports(value: object) -> object:
    """The ports of `443,8000-8100`."""
    if not isinstance(value, str):
        return value
    ranges: list[range] = []
    for part in value.split(","):
        first, _, last = part.partition("-")
        if not 1 <= int(first) <= int(last or first) <= LAST_PORT:
            raise ValueError(f"{part.strip()} is no port and no range of ports")
        ranges.append(range(int(first), int(last or first) + 1))
    return Ports(tuple(ranges))


def connections_of_this_machine() -> int:
    """Two connections a core: more backends than that wait for a core, and not for a disk."""
    return 2 * (os.cpu_count() or 1)


Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_between_commas)
]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_between_commas)]
WebhookPorts = Annotated[InstanceOf[Ports], NoDecode, BeforeValidator(_ports)]


class DatabaseRole(enum.StrEnum):
    """The roles of the database as which processes work; `tiendo migrate` makes them.

    They own nothing. Whoever migrates owns the tables.
    """

    SERVICE = "tiendo_service"
    WORKER = "tiendo_worker"


class Settings(BaseSettings):
    """One process's settings; secrets are masked wherever they are printed."""

    model_config = SettingsConfigDict(env_prefix="TIENDO_", extra="ignore")

    database_url: SecretStr
    """`postgresql://user:password@host/name`, by which migrations run; PostgreSQL 15 or newer."""
    service_database_url: SecretStr | None = None
    """The same database by a login of the API's own; the API works by `database_url` without."""
    worker_database_url: SecretStr | None = None
    """The same database by a login of the worker's own."""
    secret: SecretStr = Field(min_length=32)
    """The pepper of stored client secrets; changing it makes every client secret invalid."""
    signing_key: SecretStr
    """A P-256 private key as PEM; signs access tokens (ES256)."""
    previous_signing_key: SecretStr | None = None
    """The key before a rotation: still accepted and published, no longer used to sign."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=LAST_PORT)
    public_url: str | None = None
    """The address at which clients reach the service: `iss` and `aud` of tokens, base of links."""
    cors_origins: Origins = ()
    """`https://portal.example.vn,…`: pages of these origins may call from a browser."""
    frame_ancestors: Origins = ()
    """`https://portal.example.vn,…`: pages of these origins may show a board in a frame."""
    report_template: Path | None = None
    """A .docx with named places in which letters of consolidated reports are written."""
    database_pool: int = Field(default_factory=connections_of_this_machine, ge=1, le=100)
    """Connections that a process uses at once, for reading and writing together."""
    token_seconds: int = Field(default=900, ge=60, le=3600)
    client_cache_seconds: float = Field(default=2.0, ge=0, le=5)
    """The seconds for which a process trusts the cached row of a client; disabling works within
    them."""
    body_bytes: int = Field(default=1024 * 1024, ge=1024)
    batch_bytes: int = Field(default=8 * 1024 * 1024, ge=1024, le=16 * 1024 * 1024)
    """The most bytes of one batch of submissions."""
    file_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    request_seconds: float = Field(default=30.0, gt=0)
    header_seconds: float = Field(default=10.0, gt=0)
    """Seconds in which the headers of a request must have come; the connection is cut else."""
    proxy_networks: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    """`10.0.0.0/8,…`: where proxies stand, which are believed whom they speak for
    (`X-Forwarded-For`)."""
    event_days: int = Field(default=90, ge=1, le=3650)
    """Days for which an event can be read; who follows changes must ask at least that often."""
    rate_per_second: float = Field(default=50, ge=0, le=100_000)
    """Units that a client may spend a second in the long run; 0 sets no limit."""
    rate_burst: int = Field(default=1_000, ge=100, le=1_000_000)
    """Units that it may spend at once; a request is one, a batch one for every few rows."""
    stored_bytes: int = Field(default=1024**3, ge=0)
    """Bytes that a client may send to be stored in a week, stored answers included; 0 sets no
    limit."""
    client_turns: int = Field(default=5, ge=1, le=100)
    """Requests of one client that a process works on at once; the others wait."""
    operation_days: int = Field(default=30, ge=1, le=365)
    """Days for which an operation that has ended can be read."""
    due_soon_days: int = Field(default=30, ge=0, le=365)
    webhook_networks: Networks = ()
    """`10.0.0.0/8,fd00::/8`: where webhooks may go. Loopback only where it is listed by itself."""
    webhook_ports: WebhookPorts = Ports((range(443, 444), range(8443, 8444)))
    """`443,8000-8100`: the ports in these networks that webhooks may go to."""
    webhook_allow_http: bool = False
    """True lets webhooks go without TLS; they are signed, and readable on their way."""
    webhook_ca_file: Path | None = None
    """Certificates (PEM) to be trusted besides the system's, e.g. of the province's own CA."""
    reminder_hour: int = Field(default=7, ge=0, le=23)
    """The hour of the province's day from which reminders are sent."""
    smtp_host: str = Field(default="", pattern=r"^[A-Za-z0-9.:-]*$")
    """The server that takes reminders to persons; empty: they go by event and webhook alone."""
    smtp_port: int = Field(default=587, ge=1, le=LAST_PORT)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`tls` from the first byte (usually port 465); `none` only within the machine room."""
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_from: str = Field(default="", pattern=r"^([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)?$")
    """The address that reminders come from."""
    smtp_seconds: float = Field(default=20.0, gt=0, le=300)
    smtp_ca_file: Path | None = None
    """Certificates (PEM) to be trusted besides the system's."""
    telemetry_endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """`http://collector:4318`: where traces and metrics go by OTLP/HTTP; empty sends nothing."""
    metrics_networks: Networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    """`10.0.0.0/8,…`: from where `/metrics` is answered; for all others it is not there."""
    log_level: str = "info"

    @model_validator(mode="before")
    @classmethod
    def _a_process_needs_its_own_login_alone(cls, given: dict[str, Any]) -> dict[str, Any]:
        own = given.get("service_database_url") or given.get("worker_database_url")
        return {"database_url": own, **given} if own else given

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_host and not self.smtp_from:
            raise ValueError("TIENDO_SMTP_FROM is needed where TIENDO_SMTP_HOST is set")
        return self

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def login_urls(self) -> dict[DatabaseRole, str]:
        """The addresses of the roles' own logins, as they were written."""
        given = {
            DatabaseRole.SERVICE: self.service_database_url,
            DatabaseRole.WORKER: self.worker_database_url,
        }
        return {role: url.get_secret_value() for role, url in given.items() if url}

    def sqlalchemy_url(self, role: DatabaseRole | None = None) -> str:
        """The database for SQLAlchemy's asyncpg dialect, however its scheme was written."""
        return self._url("postgresql+asyncpg", role)

    def driver_url(self, role: DatabaseRole | None = None) -> str:
        """The database for asyncpg itself."""
        return self._url("postgresql", role)

    def _url(self, scheme: str, role: DatabaseRole | None) -> str:
        """The address by which a process works as *role*; None: as whoever migrates."""
        own = self.login_urls.get(role) if role else None
        url = own or self.database_url.get_secret_value()
        _, _, rest = url.partition("://")
        return f"{scheme}://{rest}"


@lru_cache
def get_settings() -> Settings:
    """Read once a process; raises `pydantic.ValidationError` naming every missing variable."""
    secrets = os.environ.get("TIENDO_SECRETS_DIR")
    return Settings(_secrets_dir=Path(secrets) if secrets else None)
