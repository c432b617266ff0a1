"""Whoever sends slowly, or without end, is cut off, and holds nothing up meanwhile."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.http.protocol import MAX_HEAD, TOO_LARGE, TOO_SLOW
from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.serving import exchange, served

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a service that waits for hardly anything."""
    folder = tmp_path_factory.mktemp("served")
    with served(folder, header_seconds="0.5", request_seconds="1") as port:
        yield port


@pytest.mark.parametrize("first", [b"", b"\r\n", b"G", HEAD, HEAD + b"X-A: "])
def test_headers_that_do_not_end_are_cut(port: int, first: bytes) -> None:
    with socket.create_connection((loopback.HOST, port), timeout=PATIENCE) as connection:
        connection.sendall(first)
        answer = connection.recv(1000)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert connection.recv(1000) == b""


def test_bytes_that_come_now_and_then_give_no_more_time(port: int) -> None:
    answer = exchange(port, HEAD, *[b"X-A: 1\r\n"] * 20, pause=0.1)

    assert b" 200 " not in answer


def test_headers_behind_an_answer_are_waited_for_as_shortly(port: int) -> None:
    whole = HEAD + b"\r\n"
    answer = exchange(port, whole, HEAD)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(TOO_SLOW)


def test_a_body_that_does_not_end_is_refused_as_what_it_is(port: int) -> None:
    head = (
        b"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    answer = exchange(port, head, b"grant_type=")

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b'"code":"request_timeout"' in answer


def test_many_slow_ones_hold_nobody_up(port: int) -> None:
    connections = [
        socket.create_connection((loopback.HOST, port), timeout=PATIENCE) for _ in range(200)
    ]
    for connection in connections:
        connection.sendall(HEAD)
    answer = exchange(port, HEAD + b"Connection: close\r\n\r\n")
    for connection in connections:
        connection.close()

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_whoever_goes_on_in_time_is_answered(port: int) -> None:
    answer = exchange(port, HEAD, b"Connection: close\r\n", b"\r\n", pause=0.05)

    assert answer.startswith(b"HTTP/1.1 200 ")
    time.sleep(0.6)
    # A connection is not cut behind headers that came in time.
    slow = HEAD + b"\r\n"
    assert exchange(port, slow, pause=0).count(b" 200 ") == 1


CHUNKED = (
    b"POST /oauth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n2\r\na=\r\n0\r\n"
)


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (HEAD + b"X-A: ", b"a"),
        (HEAD, b"X-A: a\r\n"),
        (b"GET /", b"a"),
        (b"GET /healthz?", b"a"),
        (CHUNKED, b"X-A: a\r\n"),
        (CHUNKED + b"X-A: ", b"a"),
        (CHUNKED.removesuffix(b"0\r\n") + b"1;", b"a"),
    ],
)
def test_a_head_without_end_is_cut_before_it_fills_the_memory(
    port: int, first: bytes, more: bytes
) -> None:
    part = more * (MAX_HEAD // len(more))
    with socket.create_connection((loopback.HOST, port), timeout=PATIENCE) as connection:
        connection.sendall(first)
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            connection.sendall(part * 400)


def test_who_sends_too_large_a_head_is_told_so(port: int) -> None:
    large = exchange(port, HEAD + b"X-A: " + b"a" * MAX_HEAD)
    small = exchange(
        port, HEAD + b"X-A: " + b"a" * (MAX_HEAD // 2) + b"\r\nConnection: close\r\n\r\n"
    )

    assert large == TOO_LARGE
    assert small.startswith(b"HTTP/1.1 200 ")
