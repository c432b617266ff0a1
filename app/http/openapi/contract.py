"""The contract as it is served: the files that `tiendo openapi` wrote, byte for byte.

To work it out takes seconds, in which a process would answer nobody else, and 20 MB for as long as
it lives.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

import app
from app.http.etags import tags_in
from app.http.openapi.languages import Language

FOLDER = Path(app.__file__).parent.parent / "openapi"
FILES: dict[Language, str] = {"vi": "openapi.json", "en": "openapi.en.json"}


class Contract(NamedTuple):
    """The bytes of one language, and the entity tag that names them, without its quotes."""

    content: bytes
    tag: str


@lru_cache
def contract_in(language: Language) -> Contract:
    """The committed contract in a language; raises `OSError` where the folder `openapi/` does not
    stand beside `app/`."""
    content = (FOLDER / FILES[language]).read_bytes()
    return Contract(content, hashlib.sha256(content).hexdigest()[:16])


def answer_contract(request: Request, language: Language) -> Response:
    """The contract, or 304 to whoever has it (RFC 9110, 13.1.2)."""
    contract = contract_in(language)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "ETag": f'"{contract.tag}"',
        "Vary": "Accept-Language",
    }
    sent = ", ".join(request.headers.getlist("if-none-match"))
    if {"*", contract.tag} & tags_in(sent):
        return Response(status_code=304, headers=headers)
    return Response(contract.content, headers=headers, media_type="application/json")
