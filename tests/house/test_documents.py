"""The documents hold: what they show runs as it stands, and what they name exists."""

import ast
import json
import re
import shlex
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

import app
from app.auth.principal import Role
from app.cli import COMMANDS
from app.config import Settings
from tests.support import loopback, runs
from tests.support.homes import Service
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
# A Vietnamese page, and the English one that says the same.
PAIRS = [(ROOT / "README.md", ROOT / "README.en.md")] + [
    (page, ROOT / "docs/en" / page.name) for page in sorted(ROOT.glob("docs/vi/*.md"))
]
BOTH_OPERATE = [ROOT / "docs" / language / "operate.md" for language in ("vi", "en")]
BOTH_INTEGRATE = [ROOT / "docs" / language / "integrate.md" for language in ("vi", "en")]
# Counts the calls that succeeded, and sets what each block says apart.
PRELUDE = """\
curl() {{ command curl "$@" && echo >> {calls}; }}
"""
MARK = "\n--- the next block ---\n"
# The folders that a run makes, and the variables that stand for no setting of the service.
MADE = {".venv", ".tiendo"}
OF_A_RUN = {"TIENDO_HOME", "TIENDO_SECRETS_DIR"}


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def prose(page: Path) -> str:
    """A page without its blocks."""
    return re.sub("^```.*?^```$", "", text(page), flags=re.M | re.S)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def shell(page: Path) -> list[str]:
    return re.findall("^```sh\n(.*?)^```$", text(page), re.M | re.S)


def commands(page: Path) -> list[list[str]]:
    """The words of each command of a page's shell blocks, but for the walk, without comments."""
    blocks = [block for block in shell(page) if block not in walk()]
    whole = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in whole if (words := shlex.split(line, comments=True))]


def walk() -> list[str]:
    """The five requests, with the block before them that helps to make them."""
    return shell(ROOT / "README.md")[2:]


def without_comments(block: str) -> str:
    return re.sub(r" +# .*$", "", block, flags=re.M)


def headings(page: Path) -> list[tuple[int, str]]:
    return [(len(level), name) for level, name in re.findall("^(#+) (.*)$", prose(page), re.M)]


def anchors(page: Path) -> set[str]:
    return {re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-") for _, name in headings(page)}


def rows(page: Path) -> list[list[str]]:
    """The cells of the tables' rows whose first cell is code."""
    found = re.findall(r"^\| *(`.*) *\|$", text(page), re.M)
    return [[cell.strip(" `") for cell in line.split("|")] for line in found]


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "python3"))),
    reason="the walk needs bash, curl and python3, and one of them is not here",
)
def test_walk_in_five_requests_works_by_copy_and_paste(
    sample_service: Service, tmp_path: Path
) -> None:
    [successions] = shell(BOTH_INTEGRATE[0])
    blocks = [*walk(), successions]
    script = PRELUDE.format(calls=tmp_path / "calls") + f"echo '{MARK}'\n".join(blocks)
    # A run without IPv4 prints another address than the page does.
    script = script.replace("http://127.0.0.1", loopback.url(0).rpartition(":")[0])

    done = subprocess.run(
        [shutil.which("bash") or "", "-eu", "-o", "pipefail", "-c", script],
        cwd=ROOT, env=runs.environment(sample_service.home, sample_service.port),
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert len(walk()) == 6
    assert len((tmp_path / "calls").read_text()) == 5 + successions.count("get ")
    answers = done.stdout.split(MARK)
    assert json.loads(answers[3])["status"] == "submitted"
    assert ast.literal_eval(answers[4].strip()) == ["withdraw"]
    rates: dict[str, Any] = ast.literal_eval(answers[5].strip())
    assert all(rate["base"] > 0 for rate in rates.values())
    assert len(rates) == 3
    assert '"notice"' in answers[6]


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "README.en.md"], ids=named)
def test_a_readme_is_read_at_one_sitting(page: Path) -> None:
    assert len(text(page).splitlines()) <= 100


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: named(pair[0]))
def test_both_languages_show_the_same(pair: tuple[Path, Path]) -> None:
    vietnamese, english = pair

    assert [level for level, _ in headings(vietnamese)] == [level for level, _ in headings(english)]
    blocks = [[without_comments(block) for block in shell(page)] for page in pair]
    assert blocks[0] == blocks[1]
    for page, other in (pair, reversed(pair)):
        assert other.resolve() in {(page.parent / link).resolve() for link in links(page)}


def links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)]*)\)", prose(page))
    return [link for link in found if not link.startswith("https://")]


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_every_link_leads_somewhere() -> None:
    found = [(page, link) for page in PAGES for link in links(page)]

    assert len(found) > 100
    assert [
        f"{named(page)}: {link}" for page, link in found if not leads_somewhere(page, link)
    ] == []


def test_every_page_is_reached_from_another() -> None:
    reached = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in links(page)
        if link.partition("#")[0]
    }

    assert [named(page) for page in PAGES if page not in reached] == []


def paths(page: Path) -> list[str]:
    """The paths of this repository, by their looks, that a page writes as code."""
    names = re.findall(r"`([\w.-]+(?:/[\w.-]+)*)`", prose(page))
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - MADE
    endings = (".lock", ".toml", ".yaml", ".py", ".md", ".json", ".sql")
    return [
        name
        for name in names
        if name.partition("/")[0] not in MADE
        # The noun that CONTRIBUTING adds is made up.
        and "milestone" not in name
        and (name.partition("/")[0] in folders or name.endswith(endings))
    ] + re.findall(r"\bT=(\S+)", text(page))


def test_every_path_exists() -> None:
    found = [(page, path) for page in PAGES for path in paths(page)]

    assert len(found) > 5
    assert [f"{named(page)}: {path}" for page, path in found if not (ROOT / path).exists()] == []


def is_in(name: str, file: Path) -> bool:
    """True if a function, class, constant or trigger of this name begins in a file."""
    begins = rf"^(?:(?:async def|def|class|create.*) )?{name}\b"
    return bool(re.search(begins, file.read_text(encoding="utf-8"), re.M))


def test_a_name_that_is_shown_in_a_file_is_there() -> None:
    shown = [
        (page, name, path)
        for page in PAGES
        for name, path in re.findall(
            r"`(\w+)` (?:in|of) (?:the )?\[[^\]]*\]\(([^)]*\.(?:py|sql))\)", prose(page)
        )
    ]

    assert len(shown) > 10
    assert [
        f"{named(page)}: {name} in {path}"
        for page, name, path in shown
        if not is_in(name, page.parent / path)
    ] == []


@cache
def addresses() -> list[str]:
    contract = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    return list(contract["paths"])


def is_served(address: str) -> bool:
    """True if the contract has an address; `…` stands for any beginning, `{…}` for a parameter."""
    begins = "" if address.startswith("…") else "^"
    steps = [
        r"\{\w+\}" if step.startswith("{") else re.escape(step)
        for step in address.removeprefix("…").split("/")
    ]
    pattern = re.compile(begins + "/".join(steps) + "$")
    return any(pattern.search(one) for one in addresses())


def test_every_address_is_in_the_contract() -> None:
    verb = r"(?:GET|PUT|POST|PATCH|DELETE)"
    shown = {
        (page, address)
        for page in PAGES
        for address in re.findall(rf"`(?:{verb} )?((?:…|/v1)/[^`?]*)", prose(page))
    }

    assert len(shown) > 40
    assert not is_served("/v1/nothing")
    assert [f"{named(page)}: {one}" for page, one in shown if not is_served(one)] == []


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall("^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    shown = "\n".join(
        command
        for page in PAGES
        for command in shell(page) + re.findall("`(make [^`]*)`", prose(page))
    )
    used = set(re.findall(r"^make ([a-z-]+)", shown, re.M))

    assert {"run", "test"} <= used
    assert used - targets == set()


def test_every_command_and_option_exists() -> None:
    spans = [
        shlex.split(span) for page in PAGES for span in re.findall("`(tiendo [^`…]*)`", prose(page))
    ]
    given = [words for page in PAGES for words in commands(page)] + spans

    assert len([words for words in given if words[0] == "tiendo"]) > 20
    for program, *words in given:
        if program != "tiendo":
            continue
        name, *rest = words
        command: Any = typer.main.get_command(import_module(COMMANDS[name].module).app)
        command = getattr(command, "commands", {}).get(rest[0] if rest else "", command)
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, words


def test_every_block_is_run_or_is_a_command_that_is_looked_at() -> None:
    looked_at = {"make", "tiendo"}
    others = [words for page in PAGES for words in commands(page) if words[0] not in looked_at]

    # Those of the integrators' page are run with the walk; a bundle is carried by hand.
    run = [words for page in BOTH_INTEGRATE for words in commands(page)]
    run += [words for words in others if words[0] in {"scp", "tar", "cd"}]
    assert [words for words in others if words not in run] == []


def in_words(default: object) -> str:
    """A default as an operator writes it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, frozenset | tuple):
        return ",".join(sorted(map(str, default))) or "–"
    return str(default) or "–"


@pytest.mark.parametrize("page", BOTH_OPERATE, ids=named)
def test_every_variable_is_there_with_its_default(page: Path) -> None:
    shown = {row[0]: row[1] for row in rows(page) if row[0].startswith("TIENDO_")}
    fields = {f"TIENDO_{name.upper()}": field for name, field in Settings.model_fields.items()}

    assert set(shown) == set(fields) | OF_A_RUN
    for name, field in fields.items():
        # A value that depends on the machine is written in words.
        if field.default_factory is None and field.default not in (None, PydanticUndefined):
            assert shown[name] == in_words(field.default), name


@pytest.mark.parametrize("page", BOTH_INTEGRATE, ids=named)
def test_roles_are_all_there(page: Path) -> None:
    assert sorted(row[0] for row in rows(page)) == sorted(Role)


def words_of(page: Path, column: int) -> list[str]:
    """One column of the glossary's tables."""
    found = re.findall(r"^\| (\*\*.*) \|$", text(page), re.M)
    return [row.split(" | ")[column].strip("*") for row in found]


def test_words_of_the_glossary_are_those_of_the_code() -> None:
    english, vietnamese = (ROOT / "docs" / one / "glossary.md" for one in ("en", "vi"))
    words = words_of(english, 0)
    package = Path(app.__file__).parent
    files = [package, *package.rglob("*.py"), *(one for one in package.rglob("*") if one.is_dir())]
    known = {path.stem for path in files} | set(SQLModel.metadata.tables)
    for path in package.rglob("*.py"):
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.M):
            known.add(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
    names = [word.replace(" ", "_") for word in words]

    assert len(words) > 40
    assert [name for name in names if not {name, f"{name}s"} & known] == []
    assert words_of(vietnamese, 1) == words
    assert words_of(vietnamese, 0) == words_of(english, 1)


def decisions() -> list[Path]:
    return sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_one_after_another_and_all_in_the_index() -> None:
    index = ROOT / "docs/decisions/README.md"

    assert len(decisions()) > 40
    assert [int(page.name[:4]) for page in decisions()] == list(range(1, len(decisions()) + 1))
    assert [link for link in links(index) if link[0].isdigit()] == [
        page.name for page in decisions()
    ]
    for page in decisions():
        title = headings(page)[0][1].partition(" ")[2]
        assert f"[{title}]({page.name})" in text(index), page.name


def test_a_decision_says_when_why_and_instead_of_what() -> None:
    for page in decisions():
        names = [name for _, name in headings(page)]
        assert names[0].startswith(f"{page.name[:4]}. ")
        assert names[1:] == ["Context", "Decision", "Alternatives", "Consequences"], page.name
        assert re.search(r"^Date: \d{4}-\d\d-\d\d$", text(page), re.M), page.name
        assert 10 < len(text(page).splitlines()) <= 60, page.name
