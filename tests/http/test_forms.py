"""Forms in the body of a request."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from app.config import Settings
from app.http.bodies import MOST_FIELDS, read_form
from tests.support.clients import Api

URL_ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}


def sent(content: bytes, kind: bytes = b"application/x-www-form-urlencoded") -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": content, "more_body": False}

    return Request({"type": "http", "headers": [(b"content-type", kind)]}, receive)


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=20)), max_size=5),
    st.sampled_from([b"", b"; charset=UTF-8"]),
)
def test_a_form_is_what_starlette_reads(fields: list[tuple[str, str]], more: bytes) -> None:
    content = urlencode(fields, errors="replace").encode()
    kind = b"Application/X-WWW-Form-Urlencoded" + more

    async def read() -> list[Any]:
        forms = await read_form(sent(content, kind)), await sent(content).form()
        return [form.multi_items() for form in forms]

    ours, theirs = asyncio.run(read())
    assert ours == theirs


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"a=b=c&d", [("a", "b=c"), ("d", "")]),
        (b"a+b=%2B+%C4%91", [("a b", "+ đ")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a=%FF%zz", [("a", "�%zz")]),
        (b"&&", []),
        (b"", []),
    ],
)
async def test_unusual_forms_are_read_as_browsers_write_them(
    content: bytes, fields: list[tuple[str, str]]
) -> None:
    assert (await read_form(sent(content))).multi_items() == fields


async def test_a_form_of_too_many_fields_is_refused(
    connection: AsyncConnection, settings: Settings
) -> None:
    auth = ("nobody", "no secret")
    async with Api(connection, settings).by() as http:
        few, many = [
            await http.post(
                "/oauth/token",
                content=urlencode({f"a{n}": 1 for n in range(count)}),
                headers=URL_ENCODED,
                auth=auth,
            )
            for count in (MOST_FIELDS, MOST_FIELDS + 1)
        ]

    assert (few.status_code, many.status_code) == (401, 400)
    assert many.json()["error"] == "invalid_request"
