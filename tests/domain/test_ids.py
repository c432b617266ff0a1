"""Ids that are made without Python's constructor are as those made with it."""

import copy
import uuid

from hypothesis import given
from hypothesis import strategies as st

from app.models.base import id_of, id_of_text, new_id


@given(st.integers(0, (1 << 128) - 1))
def test_an_id_is_that_of_its_number(number: int) -> None:
    made, known = id_of(number), uuid.UUID(int=number)

    assert (made, hash(made), str(made), repr(made)) == (
        known, hash(known), str(known), repr(known),
    )  # fmt: skip
    assert (made.bytes, made.version, made.variant, made.is_safe) == (
        known.bytes, known.version, known.variant, known.is_safe,
    )  # fmt: skip
    assert copy.deepcopy(made) == known
    assert id_of_text(str(known)) == known


def test_new_ids_are_of_version_7_and_all_different() -> None:
    made = [new_id() for _ in range(1000)]

    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert len(set(made)) == 1000
