"""Files and functions stay as small as a reader can hold in mind."""

from pathlib import Path
from statistics import median, quantiles

import pytest

import tests
from tests.support.source import FILES, functions, name_of

LINES_OF_FILES = {name_of(path): len(path.read_text().splitlines()) for path in FILES}
LINES_OF_FUNCTIONS = [
    (node.end_lineno or node.lineno) - node.lineno + 1 for path in FILES for node in functions(path)
]
LONGEST_FILE = 400


@pytest.mark.parametrize(
    ("lengths", "middle", "nine_of_ten"),
    [
        # The aim is 80 lines a file and 8 a function: these two numbers only ever fall.
        pytest.param(list(LINES_OF_FILES.values()), 110, 250, id="files"),
        pytest.param(LINES_OF_FUNCTIONS, 10, 25, id="functions"),
    ],
)
def test_most_are_short(lengths: list[int], middle: int, nine_of_ten: int) -> None:
    assert len(lengths) > 80
    assert median(lengths) <= middle
    assert quantiles(lengths, n=10)[-1] <= nine_of_ten


def test_no_file_is_longer_than_400_lines() -> None:
    ours = Path(tests.__file__).parent
    of_tests = {str(path): len(path.read_text().splitlines()) for path in ours.rglob("*.py")}

    every = LINES_OF_FILES | of_tests
    assert len(every) > len(LINES_OF_FILES) > 80
    assert {name: n for name, n in every.items() if n > LONGEST_FILE} == {}
