"""Every answer to a question is what it was: byte for byte, but for what is new in every run.

A file of `tests/http/answers/` has a line for each answer to its operation: status, digest, who
asked in which languages, what was asked; below, one of the answers as it is read. `make answers`
writes the files anew, and every answer to `build/answers/` by its digest, for `diff`.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.config import Settings
from tests.support.answers import READS, ask, loaded_then, record, world_then
from tests.support.example_world import Loaded, World
from tests.support.transactions import Engines

WRITES = os.environ.get("TIENDO_ANSWERS") == "write"
"""Set by `make answers`."""
FOLDER = Path(__file__).with_name("answers")
TEXTS = Path(__file__).parents[2] / "build" / "answers"


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> Iterator[Loaded]:
    with loaded_then(settings) as loaded:
        yield loaded


@pytest.fixture(scope="module")
async def world(loaded: Loaded, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    """Only asked: what is read is the same whoever has read before."""
    async with world_then(loaded, settings, engines) as world:
        yield world


@pytest.mark.parametrize("name", READS)
async def test_answers_are_those_on_record(world: World, name: str) -> None:
    answers = await ask(world, name)

    path, found = FOLDER / f"{name}.txt", record(answers)
    if WRITES:
        path.write_text(found)
    if WRITES or found != path.read_text():
        TEXTS.mkdir(parents=True, exist_ok=True)
        for one in answers:
            (TEXTS / f"{one.digest}.txt").write_text(one.text)
    assert found == path.read_text(), f"`make answers K={name}` writes it anew"


def test_every_file_is_of_an_operation() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == READS
