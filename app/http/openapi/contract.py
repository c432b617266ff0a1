"""The contract as it is served: the files that `tiendo openapi` wrote, byte for byte.

To work it out takes seconds, in which a process would answer nobody else, and 20 MB for as long as
it lives.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

import app
from app.http.etags import tags_in
from app.http.openapi.languages import Language

FOLDER = Path(app.__file__).parent.parent / "openapi"
FILES: dict[Language, str] = {"vi": "openapi.json", "en": "openapi.en.json"}


def answer_contract(request: Request, language: Language) -> Response:
    """The contract, or 304 to whoever has it (RFC 9110, 13.1.2); raises `OSError` where the folder
    `openapi/` does not stand beside `app/`."""
    file = FOLDER / FILES[language]
    tag = _tag(file, file.stat().st_mtime_ns)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "ETag": f'"{tag}"',
        "Vary": "Accept-Language",
    }
    sent = ", ".join(request.headers.getlist("if-none-match"))
    if {"*", tag} & tags_in(sent):
        return Response(status_code=304, headers=headers)
    # Read anew each time: it is seldom asked for, and would take 600 KB for as long as we live.
    return Response(file.read_bytes(), headers=headers, media_type="application/json")


@lru_cache(maxsize=len(FILES))
def _tag(file: Path, changed_at: int) -> str:  # noqa: ARG001 - a changed file has another tag
    """The entity tag of a contract, without its quotes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
