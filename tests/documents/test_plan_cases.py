"""Small files made by hand, one of a kind that offices really have, read as a whole.

What is expected stands beside each file of `tests/plans`, in one that ends in `.read.txt`.
"""

from pathlib import Path

import pytest

from tests.support.plan_readings import PLANS, reading_of, told

READ = sorted(path for path in PLANS.iterdir() if path.suffix in {".docx", ".xlsx"})


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_each_file_is_read_as_is_written_beside_it(path: Path) -> None:
    expected = path.with_suffix(".read.txt").read_text()

    assert told(reading_of(path.read_bytes(), path.name)) == expected
