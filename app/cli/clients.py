"""`tiendo client …`: the systems that may call the service. A secret is shown once, alone on
stdout."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import typer

from app.auth.principal import Role
from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import PROVINCE, utc_now
from app.config import Settings
from app.domain.access import clients as domain
from app.domain.acts import Act
from app.errors import InvalidError, Text
from app.models.client import CLIENT_ID
from app.queries.access.client_list import ClientView, get_client_for_update, list_clients
from app.queries.registry.agencies import get_agency

app = typer.Typer(add_completion=False, no_args_is_help=True)
Result = TypeVar("Result")
ClientId = Annotated[
    str, typer.Argument(metavar="CLIENT_ID", help="Mã hệ thống. / The client's id.")
]


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

    async def work(act: Act) -> str:
        _require_form(client_id)
        _, secret = await domain.create(
            act, settings, await get_agency(act.session, agency),
            client_id=client_id, name=name or client_id, roles=role,
            acts_for=[await get_agency(act.session, ref) for ref in acts_for or ()],
        )  # fmt: skip
        return secret

    secret = _run(settings, work)
    _hint(
        f"Đã tạo hệ thống {client_id}. Mã bí mật chỉ hiện lần này, hãy cất ngay.",
        f"Made the client {client_id}. Its secret is shown this once: keep it now.",
    )
    sys.stdout.write(secret + "\n")


@app.command()
def change(
    client_id: ClientId,
    name: Annotated[str | None, typer.Option(help="Tên mới. / Its new name.")] = None,
    role: Annotated[
        list[Role] | None, typer.Option(help="Thay mọi vai trò. / Replaces all its roles.")
    ] = None,
    acts_for: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="Thay mọi cơ quan. / Replaces all that it acts for."),
    ] = None,
    own_agency_only: Annotated[
        bool,
        typer.Option("--own-agency-only", help="Thôi thay mặt cơ quan khác. / Acts for no other."),
    ] = False,
) -> None:
    """Đổi tên, vai trò, cơ quan được thay mặt. / Change name, roles or whom it acts for."""

    async def work(act: Act) -> None:
        agencies = [await get_agency(act.session, ref) for ref in acts_for or ()]
        await domain.change(
            act, await get_client_for_update(act.session, client_id),
            name=name, roles=role, acts_for=agencies if acts_for or own_agency_only else None,
        )  # fmt: skip

    _run(load_settings(), work)
    _hint(f"Đã sửa hệ thống {client_id}.", f"The client {client_id} is changed.")


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

    async def work(act: Act) -> str:
        held = await get_client_for_update(act.session, client_id)
        return await domain.rotate(act, settings, held, overlap=overlap)

    secret = _run(settings, work)
    _hint(
        f"Mã bí mật mới của {client_id}, chỉ hiện lần này; mã cũ còn {overlap_hours} giờ.",
        f"The new secret of {client_id}, shown this once; the old one lasts {overlap_hours} hours.",
    )
    sys.stdout.write(secret + "\n")


@app.command()
def disable(client_id: ClientId) -> None:
    """Ngừng một hệ thống: mã truy cập của nó hết tác dụng sau vài giây. / End a client."""

    async def work(act: Act) -> bool:
        try:
            domain.disable(act, await get_client_for_update(act.session, client_id))
        except domain.ClientDisabledError:
            return False
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

    async def work(act: Act) -> list[ClientView]:
        return await list_clients(act.session, at=act.at)

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
        view.agency.code,
        ",".join(held.roles),
        "active" if held.disabled_at is None else "disabled",
        _moment(held.last_used_at),
        ", ".join(_moment(one.expires_at, "never") for one in view.secrets) or "-",
    )


def _moment(moment: datetime | None, none: str = "-") -> str:
    return none if moment is None else moment.astimezone(PROVINCE).strftime("%Y-%m-%d %H:%M")


def _require_form(client_id: str) -> None:
    if re.fullmatch(CLIENT_ID, client_id) is None:
        raise InvalidError(
            Text(
                "CLIENT_ID gồm 3 đến 64 chữ thường, chữ số, gạch ngang, như he-thong-van-ban.",
                "CLIENT_ID is 3 to 64 small letters, digits and hyphens, like document-system.",
            )
        )


def _run(settings: Settings, work: Callable[[Act], Awaitable[Result]]) -> Result:
    """Run the command in one transaction; nothing is printed before it is committed."""

    async def run() -> Result:
        async with transaction(settings) as session:
            return await work(Act(session, None, utc_now()))

    return asyncio.run(run())


def _hint(vi: str, en: str) -> None:
    sys.stderr.write(f"{vi}\n{en}\n")
