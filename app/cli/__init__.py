"""The `tiendo` command. A command's module is imported when it is called, so a start is quick."""

import os
import signal
import sys
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from app import __version__
from app.cli.imports import quick_imports
from app.home.progress import say, write_utf8

HELP = "Hiện hướng dẫn này. / Show this text."


class Command(NamedTuple):
    """The module whose `app` is the command, and its line in the list of commands."""

    module: str
    help: str


COMMANDS = {
    "run": Command("app.cli.run", "Chạy tất cả tại máy này. / Run everything on this machine."),
    "serve": Command("app.cli.serve", "Chạy API. / Run the API."),
    "worker": Command("app.cli.worker", "Chạy các việc nền. / Run the background jobs."),
    "migrate": Command("app.cli.migrate", "Cập nhật lược đồ CSDL. / Bring the schema up to date."),
    "import-plan": Command("app.cli.import_plan", "Nhập kế hoạch từ tệp. / Import a plan's file."),
    "sample": Command("app.cli.sample", "Nạp dữ liệu mẫu. / Load the sample."),
    "registry": Command("app.cli.registry", "Nhập danh mục cơ quan. / Import the registry."),
    "calendar": Command("app.cli.calendar", "Lịch ngày nghỉ, làm bù. / The calendar of holidays."),
    "client": Command("app.cli.clients", "Các hệ thống gọi API. / The systems that may call."),
    "figures": Command("app.cli.figures", "Các số cộng sẵn. / The sums that keep figures quick."),
    "report": Command("app.cli.report", "Tổng hợp báo cáo. / Consolidate a plan's report."),
    "template": Command("app.cli.template", "Kiểm tra mẫu báo cáo. / Check a report's template."),
    "openapi": Command("app.cli.openapi", "Ghi openapi.json. / Write openapi.json."),
}


class Commands(TyperGroup):
    """Lists all commands without importing any, and imports the one that is called."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, command in COMMANDS.items():
            self.add_command(TyperCommand(name, help=command.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """Put the real command in the place of its line."""
        name, line, rest = super().resolve_command(ctx, args)
        if name is None or line is None:
            return name, line, rest
        with quick_imports():
            module = import_module(COMMANDS[name].module)
        command = typer.main.get_command(module.app)
        command.name = name
        command.help = command.help or COMMANDS[name].help
        _explain_help(command, ctx)
        return name, command, rest

    def get_help_option(self, ctx: Any) -> Any:
        """Typer's own, explained in both languages."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option


def _explain_help(command: Any, ctx: Any) -> None:
    """Typer explains `--help` in English alone, and keeps the option once it was asked for."""
    option = command.get_help_option(ctx)
    if option is not None:
        option.help = HELP
    for below in getattr(command, "commands", {}).values():
        _explain_help(below, ctx)


app = typer.Typer(
    cls=Commands, add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True
)


def _say_version(asked: bool) -> None:
    if asked:
        say(f"tiendo {__version__}")
        raise typer.Exit


@app.callback()
def tiendo(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Phiên bản. / The version."
        ),
    ] = False,
) -> None:
    """Theo dõi tiến độ thực hiện kế hoạch. / Follow up implementation plans."""


def main() -> None:
    """Run one command; an error that a person can put right is shown as a sentence, without a
    traceback."""
    # A command that has something to put in order first listens itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    write_utf8()
    try:
        app(prog_name="tiendo")
    except Exception as error:
        # Here, since knowing every library's errors takes longer than most commands.
        from app.cli.failures import explain  # noqa: PLC0415 - for the time it takes

        sentences = explain(error)
        if sentences is None or os.environ.get("TIENDO_LOG_LEVEL", "").lower() == "debug":
            raise
        sys.stderr.write("\n".join(sentences) + "\n")
        sys.exit(1)
