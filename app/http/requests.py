"""Requests whose query is read once for all of them that ask the same.

Portals ask for the same lists again and again, and reading a query takes as long as some of the
steps that answer it.
"""

from functools import lru_cache

from starlette.datastructures import QueryParams
from starlette.requests import Request

SHORT = 200
"""Bytes of a query that is remembered: longer ones would let callers fill the memory."""
REMEMBERED = 500
"""Queries that are remembered: those that were asked last."""


class ApiRequest(Request):
    """A request that looks its query up before it reads it."""

    _query_params: QueryParams

    @property
    def query_params(self) -> QueryParams:
        """The parameters of the query, which nobody can change."""
        if not hasattr(self, "_query_params"):
            self._query_params = query_of(self.scope["query_string"])
        return self._query_params


def query_of(query: bytes) -> QueryParams:
    """The parameters of a query as it was sent."""
    return _remembered(query) if len(query) <= SHORT else QueryParams(query)


_remembered = lru_cache(maxsize=REMEMBERED)(QueryParams)
