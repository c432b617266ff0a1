"""The rules for all request bodies."""

import pytest
from pydantic import Field, ValidationError

from app.schemas.common import Body


class Inner(Body):
    """A body in a body."""

    is_done: bool = False


class Outer(Body):
    """A body with numbers, alone and in lists."""

    count: int | None = None
    share: float = 0
    days: list[int] = Field(default=[])
    inner: Inner = Inner()


@pytest.mark.parametrize(
    "sent",
    [
        {"count": "5"},
        {"count": True},
        {"share": "0.5"},
        {"share": False},
        {"count": 5.5},
        {"days": [1, "2"]},
        {"inner": {"is_done": 1}},
        {"inner": {"is_done": "true"}},
        {"unknown": 1},
    ],
)
def test_nothing_is_read_as_if_it_were_something_else(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Outer.model_validate(sent)


def test_what_json_has_is_taken() -> None:
    body = Outer.model_validate({"count": 5.0, "share": 1, "days": [1], "inner": {"is_done": True}})

    assert (body.count, body.share, body.days, body.inner.is_done) == (5, 1.0, [1], True)


def test_a_body_within_bodies_is_made_strict_once() -> None:
    class One(Body):
        outer: Outer

    class Another(Body):
        outer: Outer

    schemas = [str(kind.__pydantic_core_schema__) for kind in (One, Another)]
    # `count` and each of `days`.
    assert [schema.count("_no_other_kind") for schema in schemas] == [2, 2]
