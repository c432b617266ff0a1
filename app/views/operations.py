from typing import Any

from fastapi.responses import JSONResponse

from app.http.prefer import RESPOND_ASYNC
from app.http.problems import problem
from app.models import Operation
from app.schemas.operations import OperationOut

ASK_AGAIN_SECONDS = "1"


def described(operation: Operation, *, language: str) -> dict[str, Any]:
    """An operation as it is answered; why it failed in the caller's language."""
    kept = operation.problem
    return operation.model_dump() | {
        "progress": {"done": operation.done, "total": operation.total},
        "problem": None if kept is None else problem(kept, language, operation.request_id),
    }


def promised(operation: Operation, *, language: str) -> JSONResponse:
    """The 202 of work that a worker will do: where to ask for it, and when."""
    body = OperationOut.model_validate(described(operation, language=language))
    headers = {
        "Location": f"/v1/operations/{operation.id}",
        "Preference-Applied": RESPOND_ASYNC,
        "Retry-After": ASK_AGAIN_SECONDS,
    }
    return JSONResponse(body.model_dump(mode="json"), 202, headers)
