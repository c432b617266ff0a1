"""The address of the next page says what that of this page said, as a browser writes it."""

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request

from app.http.lists import page_url

WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
NAMES = st.sampled_from(["cursor", "limit", "q", "status"])


def next_address(query: str) -> str:
    app = SimpleNamespace(state=SimpleNamespace(settings=SimpleNamespace(base_url="http://a")))
    scope = {
        "type": "http", "path": "/v1/plans", "query_string": query.encode("latin-1"), "app": app
    }  # fmt: skip
    return page_url(Request(scope), "cursor", "Ab-_9")


@given(st.lists(st.tuples(NAMES, st.from_regex(r"[\w.~-]{0,6}") | WORDS), max_size=4))
def test_the_other_parameters_are_those_of_this_page(sent: list[tuple[str, str]]) -> None:
    kept = [(name, value) for name, value in sent if name != "cursor"]

    wanted = urlencode([*kept, ("cursor", "Ab-_9")])
    assert next_address(urlencode(sent)) == f"http://a/v1/plans?{wanted}"


@given(st.text(st.sampled_from("abcursor=&%63+.-_~ é"), max_size=20))
@example("%63ursor=x&limit=2")
@example("limit=2&&q")
@example("cursor=a=b&limit=2")
def test_however_a_query_is_written_it_is_read_alike(query: str) -> None:
    sent = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in sent if name != "cursor"]

    _, _, found = next_address(query).partition("?")
    assert parse_qsl(found, keep_blank_values=True) == [*kept, ("cursor", "Ab-_9")]
