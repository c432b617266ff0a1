"""A row that has a tag, and what the tag says."""

from collections.abc import Mapping

import httpx

TITLE = {"title": "Kế hoạch thông tin đối ngoại"}


async def made(http: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> tuple[str, str]:
    """Make a row, and return its address and its tag."""
    answer = await http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.headers["etag"]


def state_in(tag: str) -> str:
    """The part of a tag that stands for the row, without its body."""
    return tag.strip('"').partition(".")[0]
