"""One header of a request, without a copy of all of them as text."""

from starlette.requests import HTTPConnection


def sent_header(request: HTTPConnection, name: bytes) -> str | None:
    """The header of this *name*, in lower case; the last one where it was sent twice."""
    value = dict(request.scope["headers"]).get(name)
    return None if value is None else value.decode("latin-1")
