"""Queries that are looked up instead of read."""

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from starlette.requests import Request

from app.http import lists, requests
from app.http.requests import ApiRequest, query_of

QUERIES = st.one_of(
    st.binary(max_size=2 * requests.SHORT),
    st.lists(
        st.sampled_from(["a=1", "a=2", "b=%C4%91", "b", "=", "limit=5", "cursor=WyJ4Il0", "%", "+"])
    ).map(lambda pairs: "&".join(pairs).encode()),
)


def scope(query: bytes, path: str = "/v1/plans") -> dict[str, object]:
    return {"type": "http", "query_string": query, "path": path, "headers": []}


def filters(query: bytes, path: str) -> str:
    return lists._filters(ApiRequest(scope(query, path)))


@given(query=QUERIES)
def test_a_query_is_what_starlette_reads_from_it_the_first_time_and_the_second(
    query: bytes,
) -> None:
    wanted = Request(scope(query)).query_params

    for _ in range(2):
        found = ApiRequest(scope(query)).query_params
        assert found.multi_items() == wanted.multi_items()
        assert dict(found) == dict(wanted)


def test_a_long_query_is_not_remembered() -> None:
    short, long = b"q=" + b"x" * (requests.SHORT - 2), b"q=" + b"x" * (requests.SHORT - 1)

    assert query_of(short) is query_of(short)
    assert query_of(long) is not query_of(long)
    assert query_of(long) == QueryParams(long)


@given(query=QUERIES, path=st.sampled_from(["/v1/plans", "/v1/" + "x" * requests.SHORT]))
def test_a_cursor_holds_for_the_list_and_its_filters_however_they_are_ordered(
    query: bytes, path: str
) -> None:
    turned = b"&".join(reversed(query.split(b"&"))) + b"&cursor=WyJ4Il0&limit=7"

    for _ in range(2):
        assert filters(query, path) == filters(turned, path)
        assert filters(query + b"&and=more", path) != filters(query, path)
        assert filters(query, path + "/1") != filters(query, path)


def test_cursors_that_were_handed_out_before_still_hold() -> None:
    """A version of the service that made them otherwise would refuse those of the one before."""
    request = ApiRequest(scope(b"status=issued&limit=2&cursor=x&q=%C4%91"))

    assert lists.make_cursor(request, ["a", 1]) == "WyI0N2Y4MzY1OTkxOTkiLCJhIiwiMSJd"
