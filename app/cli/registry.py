"""`tiendo registry import`"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import utc_now
from app.config import Settings
from app.documents.files.csv_files import SourceFile
from app.domain.registry.importing.files import RegistryFiles, read_registry
from app.domain.registry.importing.importer import RegistryCounts, import_registry
from app.errors import Text, UnreadableFileError

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def registry() -> None:
    """Danh mục cơ quan, nhóm cơ quan. / The registry of agencies and collectives."""


@app.command("import")
def import_(
    agencies: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Các cơ quan. / The agencies.")
    ] = None,
    collectives: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Các nhóm cơ quan. / The collectives.")
    ] = None,
    members: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="Thành viên của các nhóm. / Who belongs to the collectives."
        ),
    ] = None,
    successions: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="Cơ quan nào kế thừa cơ quan nào. / Which agency succeeds which."
        ),
    ] = None,
) -> None:
    """Nhập danh mục từ các tệp CSV (UTF-8): thêm và sửa, không xóa; nhập lại không đổi gì.

    Ô trống giữ nguyên dữ liệu đã có. Có một dòng sai thì không nhập gì, và mọi dòng sai được nêu.

    Import the registry from CSV files (UTF-8): adds and corrects, never erases; again without
    harm. An empty cell leaves what is stored. One bad row, and nothing is stored.
    """
    if agencies is collectives is members is successions is None:
        raise typer.BadParameter(
            "cần ít nhất một tệp / at least one of"
            " --agencies, --collectives, --members, --successions"
        )
    files = read_registry(
        agencies=_source(agencies),
        collectives=_source(collectives),
        members=_source(members),
        successions=_source(successions),
    )
    counts = asyncio.run(_import(load_settings(), files))
    for path, vi, en, count in (
        (agencies, "Cơ quan", "agencies", counts.agencies),
        (collectives, "Nhóm", "collectives", counts.collectives),
        (members, "Thành viên", "members", counts.members),
        (successions, "Kế thừa", "successions", counts.successions),
    ):
        if path is not None:
            sys.stdout.write(
                f"{vi} / {en}: {count.created} mới / created, {count.changed} sửa / changed,"
                f" {count.unchanged} giữ nguyên / unchanged\n"
            )


async def _import(settings: Settings, files: RegistryFiles) -> RegistryCounts:
    async with transaction(settings) as session:
        return await import_registry(session, files, at=utc_now())


def _source(path: Path | None) -> SourceFile | None:
    if path is None:
        return None
    try:
        return SourceFile(str(path), path.read_bytes())
    except OSError as error:
        reason = error.strerror or "?"
        raise UnreadableFileError(
            Text(f"Không mở được tệp {path}: {reason}.", f"Can't open the file {path}: {reason}.")
        ) from error
