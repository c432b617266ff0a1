"""`tiendo client …`: who may call the service. A secret is said once, alone on stdout."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, TypeVar

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.cli.settings import load_settings
from app.clock import PROVINCE, utc_now
from app.config import Settings
from app.db import make_engine, make_sessionmaker
from app.domain.access import clients as domain
from app.domain.records import Subject, audit
from app.errors import ConflictError, InvalidError, Text, TrackerError
from app.models import Client, ClientActsFor
from app.queries.access.client_list import ClientView, get_client_for_update, list_clients
from app.queries.access.clients import find_client
from app.queries.registry.agencies import get_agency

CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")

app = typer.Typer(add_completion=False, no_args_is_help=True)
Answer = TypeVar("Answer")
ClientId = Annotated[
    str, typer.Argument(metavar="CLIENT_ID", help="Mã hệ thống. / The client's id.")
]


class ClientDisabledError(TrackerError):
    """A client that was ended gets no new secret."""

    status = HTTPStatus.CONFLICT
    code = "client_disabled"
    title = Text("Hệ thống đã bị ngừng", "The client is disabled")

    def __init__(self, client_id: str) -> None:
        super().__init__(
            Text(f"Hệ thống {client_id} đã bị ngừng.", f"The client {client_id} is disabled.")
        )


@app.callback()
def client() -> None:
    """Các hệ thống được gọi API. / The systems that may call the API."""


@app.command()
def create(
    client_id: ClientId,
    agency: Annotated[
        str,
        typer.Option(
            help="Cơ quan chủ quản: mã, mã định danh, id. / Whose it is: code, identifier, id."
        ),
    ],
    role: Annotated[
        list[Role], typer.Option(help="Vai trò, lặp lại được. / Its role; may be repeated.")
    ],
    name: Annotated[str | None, typer.Option(help="Tên hệ thống. / What it is called.")] = None,
    acts_for: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="Được thay mặt cơ quan này. / May act for this agency."),
    ] = None,
) -> None:
    """Thêm một hệ thống và in mã bí mật, một lần duy nhất. / Make a client, print its secret."""
    settings = load_settings()

    async def work(session: AsyncSession) -> str:
        await _require_new(session, client_id)
        owner = await get_agency(session, agency)
        others = {row.id: row for row in [await get_agency(session, ref) for ref in acts_for or ()]}
        others.pop(owner.id, None)
        made, secret = await domain.create(
            session, settings, owner, client_id=client_id, name=name or client_id, roles=role
        )
        session.add_all(ClientActsFor(client_id=made.id, agency_id=key) for key in others)
        codes = sorted(row.code for row in others.values())
        _audit(session, made, "created", agency=owner.code, roles=made.roles, acts_for=codes)
        return secret

    secret = _run(settings, work)
    _hint(
        f"Đã tạo hệ thống {client_id}. Mã bí mật chỉ hiện lần này, hãy cất ngay.",
        f"Made the client {client_id}. Its secret is shown this once: keep it now.",
    )
    sys.stdout.write(secret + "\n")


@app.command()
def rotate(
    client_id: ClientId,
    overlap_hours: Annotated[
        int,
        typer.Option(
            min=0,
            max=24 * 365,
            help="Mã cũ còn dùng được mấy giờ. / Hours that the old secret lasts.",
        ),
    ] = 24,
) -> None:
    """Cấp mã bí mật mới; mã cũ còn dùng được một thời gian. / A new secret beside the old one."""
    settings = load_settings()
    overlap = timedelta(hours=overlap_hours)

    async def work(session: AsyncSession) -> str:
        held = await get_client_for_update(session, client_id)
        if held.disabled_at is not None:
            raise ClientDisabledError(client_id)
        secret = await domain.rotate(session, settings, held, at=utc_now(), overlap=overlap)
        _audit(session, held, "secret_rotated", overlap_hours=overlap_hours)
        return secret

    secret = _run(settings, work)
    _hint(
        f"Mã bí mật mới của {client_id}, chỉ hiện lần này; mã cũ còn {overlap_hours} giờ.",
        f"The new secret of {client_id}, shown this once; the old one lasts {overlap_hours} hours.",
    )
    sys.stdout.write(secret + "\n")


@app.command()
def disable(client_id: ClientId) -> None:
    """Ngừng một hệ thống: mã truy cập của nó hết tác dụng sau vài giây. / End a client."""

    async def work(session: AsyncSession) -> bool:
        held = await get_client_for_update(session, client_id)
        if held.disabled_at is not None:
            return False
        domain.disable(held, at=utc_now())
        _audit(session, held, "disabled")
        return True

    if _run(load_settings(), work):
        _hint(f"Đã ngừng hệ thống {client_id}.", f"The client {client_id} is disabled.")
    else:
        _hint(
            f"Hệ thống {client_id} đã bị ngừng từ trước.",
            f"The client {client_id} was disabled already.",
        )


@app.command("list")
def show() -> None:
    """Liệt kê các hệ thống, không có mã bí mật. / List the clients, without secrets."""

    async def work(session: AsyncSession) -> list[ClientView]:
        return await list_clients(session, at=utc_now())

    rows = [("CLIENT_ID", "AGENCY", "ROLES", "STATE", "LAST USED", "SECRETS END")]
    rows += [_cells(view) for view in _run(load_settings(), work)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def _cells(view: ClientView) -> tuple[str, str, str, str, str, str]:
    held = view.client
    return (
        held.client_id,
        view.agency_code,
        ",".join(held.roles),
        "active" if held.disabled_at is None else "disabled",
        _moment(held.last_used_at),
        ", ".join("never" if ends is None else _moment(ends) for ends in view.expiries) or "-",
    )


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else moment.astimezone(PROVINCE).strftime("%Y-%m-%d %H:%M")


async def _require_new(session: AsyncSession, client_id: str) -> None:
    if CLIENT_ID.fullmatch(client_id) is None:
        raise InvalidError(
            Text(
                "CLIENT_ID gồm 3 đến 64 chữ thường, chữ số, gạch ngang, như he-thong-van-ban.",
                "CLIENT_ID is 3 to 64 small letters, digits and hyphens, like document-system.",
            )
        )
    if await find_client(session, client_id) is not None:
        raise ConflictError(
            Text(f"Đã có hệ thống {client_id}.", f"There is a client {client_id} already.")
        )


def _audit(session: AsyncSession, held: Client, action: str, **detail: object) -> None:
    audit(
        session, None, action, Subject("client", held.id), at=utc_now(),
        client_id=held.client_id, **detail,
    )  # fmt: skip


def _run(settings: Settings, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    """One transaction; nothing is said before it is committed."""

    async def run() -> Answer:
        engine = make_engine(settings)
        try:
            async with make_sessionmaker(engine).begin() as session:
                return await work(session)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _hint(vi: str, en: str) -> None:
    sys.stderr.write(f"{vi}\n{en}\n")
