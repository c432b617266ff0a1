"""Files and functions stay as small as a reader can hold in mind."""

from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.support.source import FILES, ROOT, functions, name_of

LONGEST_FILE = 400


def lines_of_files() -> dict[str, int]:
    """The number of lines of each file, by name."""
    return {name_of(path): len(path.read_text().splitlines()) for path in FILES}


def lines_of_functions() -> dict[str, int]:
    """The number of lines of each function, by its place."""
    return {
        f"{name_of(path)}:{node.lineno}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in FILES
        for node in functions(path)
    }


@pytest.mark.parametrize(
    ("count", "middle", "nine_of_ten"),
    [
        # The aim is 80 lines a file; the first of these numbers only ever falls.
        pytest.param(lines_of_files, 100, 250, id="files"),
        pytest.param(lines_of_functions, 8, 25, id="functions"),
    ],
)
def test_most_are_short(count: Callable[[], dict[str, int]], middle: int, nine_of_ten: int) -> None:
    lengths = list(count().values())

    assert len(lengths) > 80
    assert median(lengths) <= middle
    assert quantiles(lengths, n=10)[-1] <= nine_of_ten


def test_no_file_is_longer_than_400_lines() -> None:
    beside = [path for folder in ("tests", "benchmarks", "tools") for path in python_of(folder)]
    others = {str(path): len(path.read_text().splitlines()) for path in beside}

    of_app = lines_of_files()
    every = of_app | others
    assert len(every) > len(of_app) > 80
    assert {name: n for name, n in every.items() if n > LONGEST_FILE} == {}


def python_of(folder: str) -> list[Path]:
    """The files of a folder beside `app`; at least one."""
    found = sorted((ROOT.parent / folder).rglob("*.py"))
    assert found, folder
    return found
