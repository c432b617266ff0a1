"""`tiendo import-plan`"""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import local_day, utc_now
from app.config import Settings
from app.documents.tables.plan_rows import RowKind
from app.domain.acts import PersonalAct
from app.domain.plans import imports
from app.errors import Text, UnreadableFileError
from app.queries.access.clients import get_client

app = typer.Typer(add_completion=False)


@app.command()
def import_plan(
    file: Annotated[Path, typer.Argument(help="Tệp .docx, .xlsx, .pdf, .txt… / The plan's file.")],
    client: Annotated[
        str | None,
        typer.Option(help="Hệ thống đứng tên dự thảo. / The client that owns the draft."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Nhận tên theo ngày này. / Names as of this day.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Đọc thử, không lưu gì. / Read it, store nothing.")
    ] = False,
) -> None:
    """Đọc một kế hoạch và tạo dự thảo. / Read a plan and make a draft of it."""
    if client is None and not dry_run:
        raise typer.BadParameter("--client hoặc / or --dry-run")
    day = as_of.date() if as_of else None
    asyncio.run(_import(load_settings(), file, None if dry_run else client, day))


async def _import(settings: Settings, file: Path, client: str | None, as_of: date | None) -> None:
    content = _content(file)
    async with transaction(settings) as session:
        understood, registry = await imports.read_file(
            session, content, file_name=file.name, as_of=as_of, today=local_day(utc_now())
        )
        _print(understood.reading)
        if client is not None:
            row = await imports.store_plan(
                PersonalAct(session, await _principal(session, client), utc_now()),
                settings,
                understood,
                registry,
                content=content,
                file_name=file.name,
            )
            sys.stdout.write(f"Kế hoạch dự thảo / Draft plan: {row.plan_id}\n")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or "?"
        raise UnreadableFileError(
            Text(f"Không mở được tệp {file}: {reason}.", f"Can't open the file {file}: {reason}.")
        ) from error


async def _principal(session: AsyncSession, client_id: str) -> Principal:
    client = await get_client(session, client_id)
    return Principal(client.id, client.agency_id, frozenset(map(Role, client.roles)))


def _print(reading: dict[str, Any]) -> None:
    counts, rows = reading["counts"], reading["file_rows"]
    sys.stdout.write(
        f"{reading['title'] or ''}\n"
        f"{counts['groups']} nhóm / groups, {counts['tasks']} nhiệm vụ / tasks,"
        f" {counts['unresolved']} tên chưa nhận ra / unresolved names\n"
        f"{rows['seen']} dòng / rows, {rows['left_out']} không đọc / not read\n"
    )
    for warning in reading["warnings"]:
        sys.stdout.write(f"! {warning['detail']['vi']} / {warning['detail']['en']}\n")
    for one in reading["left_out"]:
        sys.stdout.write(f"- {one['number']}: {one['text']} ({one['reason']['detail']['vi']})\n")
    for row in reading["rows"]:
        if row["kind"] == RowKind.TASK:
            names = ", ".join(map(_name, row["assignees"]))
            sys.stdout.write(f"{row['ordinal']:>6}  {row['time_frame']['kind']:<12} {names}\n")
        for warning in row["warnings"]:
            sys.stdout.write(f"        ! {warning['detail']['vi']} / {warning['detail']['en']}\n")


def _name(one: dict[str, Any]) -> str:
    return ("*" if one["role"] == "lead" else "") + (one["code"] or f"?{one['source_text']}")
