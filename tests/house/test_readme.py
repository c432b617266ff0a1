"""The README holds: its walk runs as it stands, and what it names exists."""

import ast
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from app.auth.principal import Role
from app.cli import COMMANDS
from app.config import Settings
from tests.support import runs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WALK = "## Năm yêu cầu, từ mã truy cập đến số liệu / A walk in five requests"
# Counts the calls that succeeded, and sets what each block says apart.
PRELUDE = """\
curl() {{ command curl "$@" && echo >> {calls}; }}
"""
MARK = "\n--- the next block ---\n"
# What a run makes, and what no setting of the service stands for.
MADE = {".venv", ".tiendo"}
OF_A_RUN = {"TIENDO_HOME", "TIENDO_SECRETS_DIR"}


def section(heading: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    level = heading.partition(" ")[0]
    _, found, text = README.partition(f"\n{heading}\n")
    assert found, f"README.md has no heading {heading!r}"
    return re.split(f"^{level} ", text, flags=re.M)[0]


def shell(text: str) -> list[str]:
    return re.findall("^```sh\n(.*?)^```$", text, re.M | re.S)


def rows(text: str) -> list[list[str]]:
    """The cells of the tables' rows whose first cell is code."""
    lines = re.findall(r"^\| *(`.*) *\|$", text, re.M)
    return [[cell.strip(" `") for cell in line.split("|")] for line in lines]


def outside_blocks() -> str:
    return re.sub("^```.*?^```$", "", README, flags=re.M | re.S)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A run with the sample, as the environment of who calls it."""
    folder, port = tmp_path_factory.mktemp("walk"), runs.free_port()
    with runs.running(folder / "home", port, folder / "log"):
        yield runs.environment(folder / "home", port)


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "python3"))),
    reason="the README's walk needs bash, curl and python3, and one of them is not here",
)
def test_walk_in_five_requests_works_by_copy_and_paste(
    service: dict[str, str], tmp_path: Path
) -> None:
    blocks = shell(section(WALK))
    script = PRELUDE.format(calls=tmp_path / "calls") + f"echo '{MARK}'\n".join(blocks)

    done = subprocess.run(
        [shutil.which("bash") or "", "-eu", "-o", "pipefail", "-c", script],
        cwd=ROOT, env=service, capture_output=True, text=True, timeout=runs.PATIENCE, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert len((tmp_path / "calls").read_text()) == len(blocks) - 1 == 5
    said = done.stdout.split(MARK)
    assert json.loads(said[3])["status"] == "submitted"
    assert ast.literal_eval(said[4].strip()) == ["withdraw"]
    rates: dict[str, Any] = ast.literal_eval(said[5].strip())
    assert all(rate["base"] > 0 for rate in rates.values())
    assert len(rates) == 3


def test_every_link_leads_somewhere() -> None:
    headings = re.findall("^#+ (.*)$", outside_blocks(), re.M)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(([^)]*)\)", outside_blocks())

    assert len(links) > 10
    lost = [
        link
        for link in links
        if not link.startswith("https://")
        and not (link[1:] in slugs if link.startswith("#") else (ROOT / link).exists())
    ]
    assert lost == []


def test_every_path_exists() -> None:
    names = re.findall(r"`([\w.-]+(?:/[\w.-]+)*)`", outside_blocks())
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - MADE
    endings = (".lock", ".toml", ".yaml", ".py", ".md", ".json")
    paths = [
        name
        for name in names
        if name.partition("/")[0] not in MADE
        and (name.partition("/")[0] in folders or name.endswith(endings))
    ]

    assert len(paths) > 2
    assert [path for path in paths if not (ROOT / path).exists()] == []
    tests = re.findall(r"\bT=(\S+)", README)
    assert [path for path in tests if not (ROOT / path).exists()] == []


def test_every_target_of_make_exists() -> None:
    lines = "\n".join(shell(README) + re.findall("`(make [^`]*)`", README))
    named = set(re.findall(r"^make ([a-z]+)", lines, re.M))
    targets = set(re.findall("^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))

    assert {"run", "test"} <= named
    assert named - targets == set()


def test_every_command_and_option_exists() -> None:
    lines = "\n".join(shell(README)).replace("\\\n", " ").splitlines()
    given = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("tiendo ")]

    assert len(given) > 5
    for name, *words in given:
        command: Any = typer.main.get_command(import_module(COMMANDS[name].module).app)
        command = getattr(command, "commands", {}).get(words[0] if words else "", command)
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, (name, words)


def as_told(default: object) -> str:
    """A default as an operator writes it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, frozenset | tuple):
        return ",".join(map(str, sorted(default))) or "–"
    return str(default) or "–"


def test_every_variable_exists_and_has_the_default_that_is_told() -> None:
    told = {row[0]: row[1] for row in rows(README) if row[0].startswith("TIENDO_")}
    fields = {f"TIENDO_{name.upper()}": field for name, field in Settings.model_fields.items()}

    assert set(told) - set(fields) == OF_A_RUN
    for name in set(told) & set(fields):
        field = fields[name]
        if not field.is_required() and field.default is not None:
            assert told[name] == as_told(field.default), name


def test_roles_are_all_there() -> None:
    told = [row[0] for row in rows(section("### Vai trò / Roles"))]

    assert sorted(told) == sorted(Role)
