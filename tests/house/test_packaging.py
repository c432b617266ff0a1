"""The rules for the image, the composition, make and the lock files that hold without building."""

import json
import os
import re
import subprocess
import sys
import urllib.error
from fnmatch import fnmatch
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(
        r"\\\n|^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M
    ).splitlines()
    if line.strip()
]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
COMMANDS = ("serve", "worker", "migrate")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def instruction(name: str) -> str:
    """The last one of its kind, which is the one that counts."""
    return [rest for found, rest in INSTRUCTIONS if found == name][-1]


def is_ignored(path: str) -> bool:
    """As the builder decides: the last pattern that fits."""
    ignored = False
    for pattern in (ROOT / ".dockerignore").read_text().splitlines():
        if pattern and not pattern.startswith("#") and fnmatch(path, pattern.lstrip("!")):
            ignored = not pattern.startswith("!")
    return ignored


def test_everything_that_is_copied_exists_and_is_not_ignored() -> None:
    copied = [rest.split()[:-1] for name, rest in INSTRUCTIONS if name == "COPY"]
    paths = [path for words in copied for path in words if not words[0].startswith("--from")]

    assert set(paths) == {"requirements.lock", "app", "migrations", "openapi"}
    assert [path for path in paths if not (ROOT / path).exists() or is_ignored(path)] == []
    assert is_ignored(".venv")
    assert is_ignored(".tiendo")


def test_image_runs_a_numbered_user_and_a_command_that_exists() -> None:
    user, *_ = instruction("USER").split(":")

    assert int(user) > 0
    assert json.loads(instruction("ENTRYPOINT")) == ["tiendo"]
    assert json.loads(instruction("CMD")) == ["serve"]


def test_command_of_the_image_is_on_its_path_and_calls_what_it_is_given(tmp_path: Path) -> None:
    text = (ROOT / "Dockerfile").read_text()
    written = re.search(r"(printf '#!/bin/sh.*?) > /opt/tiendo/bin/tiendo", text)
    assert written is not None
    called = tmp_path / "python"
    called.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    called.chmod(0o700)
    command = tmp_path / "tiendo"
    shell = f"{written[1].replace('/opt/tiendo/bin/python', str(called))} > {command}"
    subprocess.run(["/bin/sh", "-c", shell], check=True)
    command.chmod(0o700)

    done = subprocess.run([command, "client", "a b"], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n") == ["-P", "-m", "app.cli", "client", "a b", ""]
    assert instruction("ENV").startswith("PATH=/opt/tiendo/bin:")


def test_health_check_is_a_program_that_fails_where_nothing_answers() -> None:
    command = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])

    done = subprocess.run(
        [sys.executable, *command[1:]],
        env={**os.environ, "TIENDO_PORT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert command[0] == "python"
    assert done.returncode == 1
    assert urllib.error.URLError.__name__ in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_image_starts(command: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", command, "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert f"tiendo {command}" in done.stdout


def test_composition_has_a_database_a_migration_an_api_and_a_worker() -> None:
    services = COMPOSE["services"]

    commands = {name: given["command"] for name, given in services.items() if "command" in given}

    assert commands == {"migrate": ["migrate"], "api": ["serve"], "worker": ["worker"]}
    assert services["database"]["image"].startswith("postgres:")
    for name in ("api", "worker"):
        waits_for = services[name]["depends_on"]["migrate"]
        assert waits_for == {"condition": "service_completed_successfully"}


def test_composition_knows_no_password() -> None:
    named = {name for given in COMPOSE["services"].values() for name in given["secrets"]}

    assert named == set(COMPOSE["secrets"])
    assert all(
        given["file"].startswith("${TIENDO_SECRETS") for given in COMPOSE["secrets"].values()
    )
    variables = COMPOSE["services"]["database"]["environment"]
    assert "POSTGRES_PASSWORD" not in variables
    assert not any(variable.startswith("TIENDO_SECRET=") for variable in variables)


def test_make_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", text, flags=re.M))

    done = subprocess.run(
        ["/usr/bin/env", "make", "--no-print-directory"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert listed == targets
    assert listed >= {"install", "run", "test", "check", "fix", "openapi", "bench", "migration"}


def test_recipes_that_need_no_shell_begin_with_a_program() -> None:
    text = (ROOT / "Makefile").read_text().replace("\\\n", "")
    recipes = [line.lstrip("\t@") for line in text.splitlines() if line.startswith("\t")]
    # Other makes than GNU's look for whatever such a line begins with among the programs.
    plain = [line for line in recipes if not re.search(r"[;&|<>\"'=*]", line)]
    first = {line.split()[0] for line in plain}

    assert len(recipes) > len(plain) > 10
    assert {word for word in first if not re.search("[$/]", word) and not which(word)} == set()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_file_has_hashes_for_everything_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()

    requirements = re.split(r"\n(?! )", text.strip())

    assert len(requirements) > 30
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in text


def test_development_has_the_versions_of_production() -> None:
    pins = [set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(), flags=re.M)) for name in LOCKS]

    assert pins[0] <= pins[1]
