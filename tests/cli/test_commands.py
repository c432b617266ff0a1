"""The properties that every command shares: its help, its version, and its words where nothing
runs."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli import COMMANDS
from tests.support import runs
from tests.support.commands import terminal

HIDDEN = {"prepare", "socket_number"}


def tiendo(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=runs.ROOT, env={**runs.environment(home, 8000), **variables},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def parameters() -> Iterator[tuple[str, Any]]:
    """Each option and argument of each command."""
    for name, line in COMMANDS.items():
        command: Any = typer.main.get_command(import_module(line.module).app)
        for one in (command, *getattr(command, "commands", {}).values()):
            for parameter in one.params:
                yield f"{name} {one.name} {parameter.name}", parameter


def test_every_option_is_explained_in_both_languages() -> None:
    found = [(name, one) for name, one in parameters() if one.name not in HIDDEN]

    assert len(found) > 15
    assert [name for name, one in found if " / " not in (getattr(one, "help", "") or "")] == []


def test_no_command_installs_completion_or_shows_the_form_of_a_date_to_programmers() -> None:
    named = [option for _, one in parameters() for option in (*one.opts, one.metavar or "")]

    assert "--day" in named
    assert "YYYY-MM-DD" in named
    assert not [one for one in named if "completion" in one or "%" in one]


def test_help_itself_is_explained_in_both_languages(tmp_path: Path) -> None:
    for words in ((), ("figures", "check")):
        done = tiendo(*words, "--help", home=tmp_path)

        assert "Hiện hướng dẫn này. / Show this" in done.stdout
        assert "%Y" not in done.stdout


def test_version_is_the_project_s(tmp_path: Path) -> None:
    project = tomllib.loads((runs.ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    done = tiendo("--version", home=tmp_path)

    assert done.stdout == f"tiendo {project['project']['version']}\n"


@pytest.mark.parametrize("was_killed", [False, True])
def test_command_where_nothing_runs_says_to_start_it(tmp_path: Path, was_killed: bool) -> None:
    if was_killed:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "tiendo_database_url").write_text("postgresql://gone/tiendo")
        (tmp_path / "lock").write_text("4194304")

    done = tiendo("client", "list", home=tmp_path)

    assert done.returncode == 1
    assert "start `make run` first" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_vietnamese_is_written_whatever_the_locale_is(tmp_path: Path) -> None:
    done = tiendo("client", "list", home=tmp_path, LC_ALL="C", PYTHONUTF8="0")

    assert "hãy chạy `make run` trước" in done.stderr


def test_schema_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with terminal(tmp_path / "secrets") as term:
        term.rows("update alembic_version set version_num = '9999' returning 1")
        done = term.run("migrate")

    assert done.code == 1
    assert "The database's schema (9999) is newer than this code" in done.stderr
    assert len(done.stderr.splitlines()) == 2
