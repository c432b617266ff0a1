from app.http.answers import Answer
from app.http.prefer import RESPOND_ASYNC
from app.http.problems import problem
from app.models import Operation
from app.schemas.operations import OperationOut

ASK_AGAIN_SECONDS = "1"


def operation_out(operation: Operation, *, language: str) -> OperationOut:
    """An operation; the problem of one that failed is in the caller's language."""
    failed = operation.problem
    shown = None if failed is None else problem(failed, language, operation.request_id)
    return OperationOut.of(operation, progress=operation, problem=shown)


def promise_answer(operation: Operation, *, language: str) -> Answer[OperationOut]:
    """The 202 of work that a worker will do: where to ask for it, and when."""
    body = operation_out(operation, language=language)
    headers = {
        "Location": f"/v1/operations/{operation.id}",
        "Preference-Applied": RESPOND_ASYNC,
        "Retry-After": ASK_AGAIN_SECONDS,
    }
    return Answer(body.model_dump_json(), 202, headers)
