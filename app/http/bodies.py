"""Bodies of requests as routes take them: JSON or a form, and a refusal that names the accepted
types."""

import email.message
import json
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from fastapi._body_limit import get_body_limit_error
from fastapi._compat import Undefined
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.requests import Request

from app.errors import Text, UnsupportedMediaTypeError
from app.http.endings import endings_of
from app.http.headers import sent_header
from app.http.json_texts import RepeatedMemberError, parsed

URL_ENCODED = "application/x-www-form-urlencoded"
FORMS = {"multipart/form-data", URL_ENCODED}
MOST_FIELDS = 1000
"""So many fields may a form have, as many as Starlette takes."""
NO_JSON = UnsupportedMediaTypeError(
    Text(
        "Nội dung gửi lên phải là JSON, kèm Content-Type: application/json.",
        "The body has to be JSON, with Content-Type: application/json.",
    )
)
NO_FORM = UnsupportedMediaTypeError(
    Text(
        f"Nội dung gửi lên phải là biểu mẫu ({', '.join(sorted(FORMS))}).",
        f"The body has to be a form ({', '.join(sorted(FORMS))}).",
    )
)
ENCODED = UnsupportedMediaTypeError(
    Text(
        "Nội dung gửi lên không được nén (Content-Encoding).",
        "Bodies of requests are not compressed (Content-Encoding).",
    )
)
ENCODED.headers = {"Accept-Encoding": "identity"}


def refuse_encoded(request: Request) -> None:
    """Refuse a compressed body as such, whoever reads it."""
    headers = request.scope["headers"]
    if b"content-encoding" not in dict(headers):
        return
    for name, value in headers:
        if name == b"content-encoding" and value.lower() != b"identity":
            raise ENCODED


async def content_of(request: Request, read: Callable[[Request], Coroutine[Any, Any, Any]]) -> Any:
    """The body of a request, as FastAPI reads it and with its refusals."""
    try:
        return await read(request)
    except json.JSONDecodeError as error:
        wrong = {
            "type": "json_invalid",
            "loc": ("body", error.pos),
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": error.msg},
        }
        raise RequestValidationError([wrong], body=error.doc) from error
    except RepeatedMemberError as error:
        raise RequestValidationError([error.fault]) from error
    except (HTTPException, UnsupportedMediaTypeError):
        raise
    except Exception as error:
        if MAX_BODY_SIZE_SCOPE_KEY in request.scope and (limit := get_body_limit_error(error)):
            raise limit from error
        raise HTTPException(400, "There was an error parsing the body") from error


async def read_bytes(request: Request) -> Any:
    """The body as it came, `Undefined` without one."""
    return await request.body() or Undefined


async def read_form(request: Request) -> Any:
    """The form in the body."""
    kind = (sent_header(request, b"content-type") or "").partition(";")[0].strip().lower()
    if kind == URL_ENCODED:
        # Starlette parses such a form as it comes in, for five times as long; ours are short.
        text = (await request.body()).decode("latin-1")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        return FormData([*fields])
    if kind not in FORMS and await request.body():
        raise NO_FORM
    form = await request.form()
    endings_of(request).push_async_callback(form.close)
    return form


async def read_json(request: Request) -> Any:
    """The JSON of the body, `Undefined` without one."""
    content = await request.body()
    if not content:
        return Undefined
    if not _is_json(sent_header(request, b"content-type") or ""):
        raise NO_JSON
    return parsed(content)


@lru_cache(maxsize=100)
def _is_json(content_type: str) -> bool:
    message = email.message.Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    is_ours = subtype == "json" or subtype.endswith("+json")
    return message.get_content_maintype() == "application" and is_ours
