import json
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.deps import Reporter, Reviewer, charge, not_for_that_agency
from app.auth.principal import Principal
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.submissions import entries, share
from app.domain.submissions import push as domain
from app.errors import (
    InvalidError,
    Text,
    TrackerError,
    UnsupportedMediaTypeError,
    invalid_at,
)
from app.http import batches
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.problems import from_database, from_integrity, refusals
from app.http.sessions import SessionDep
from app.http.settings import settings_of
from app.queries.registry.agencies import find_agency
from app.schemas.submission_pushes import (
    ENTRY,
    MAX_ROWS,
    SAMPLE,
    EntryBody,
    PushBatchOut,
    PushBody,
    PushedOut,
    SharedOut,
    SharedReportBody,
)
from app.schemas.submissions import ReportBody
from app.views.submission_pushes import pushes_answer

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

ROWS_A_UNIT = 20
"""The rows that cost as much time as one request."""

PushModel = TypeVar("PushModel", bound=BaseModel)
Atomic = Annotated[
    bool, Query(description="Một dòng bị từ chối thì không lưu gì / all rows or none")
]


def _batch(whole: str, row: str, sample: dict[str, Any]) -> dict[str, Any]:
    """The request body of a batch in the contract: JSON, or NDJSON with a row a line."""
    said = f"Mỗi dòng một {row} / one {row} a line"
    return {
        "required": True,
        "content": {
            batches.JSON: {"schema": {"$ref": f"#/components/schemas/{whole}"}},
            batches.NDJSON: {
                "schema": {"type": "string", "description": said},
                "example": json.dumps(sample, ensure_ascii=False) + "\n",
            },
        },
    }


@router.post(
    "/submissions/batch",
    summary="Gửi nhiều báo cáo một lần / Push many submissions",
    status_code=207,
    max_body_size=16 * 1024 * 1024,
    responses=refusals(batches.TooManyRowsError, UnsupportedMediaTypeError),
    openapi_extra={"requestBody": _batch("PushBatchBody", "PushBody", SAMPLE)},
)
async def push_submissions(
    request: Request,
    session: SessionDep,
    principal: Reporter,
    atomic: Atomic = False,
    dry_run: batches.DryRun = False,
) -> Answer[PushBatchOut]:
    """Ghi hoặc nộp đến 1.000 báo cáo, mỗi dòng như một lần `PUT`; dòng sai không cản dòng đúng.

    Saves or files up to 1,000 reports as JSON or NDJSON (one row a line, blank lines aside). Each
    row is what a single push is, by the same rules, and sees what the rows before it did; a row
    that is wrong is `rejected` with a problem of its own and hides no other. `created` is the first
    word of a report that was only expected, `changed` a later one, `unchanged` a retry. Nothing is
    stored (`applied` is false, and the verdicts say what would have been) with `dry_run`, and with
    `atomic` when a row is rejected. `problems` tells once what many rows have in common.
    """
    return await _pushed(
        request,
        session,
        principal,
        PushBody,
        partial(_push, request, principal),
        domain.push_submissions,
        atomic=atomic,
        dry_run=dry_run,
    )


@router.post(
    "/submissions/entries",
    summary="Nhập báo cáo thay cơ quan khác / Enter reports of other agencies",
    status_code=207,
    max_body_size=16 * 1024 * 1024,
    responses=refusals(batches.TooManyRowsError, UnsupportedMediaTypeError),
    openapi_extra={"requestBody": _batch("EntryBatchBody", "EntryBody", ENTRY)},
)
async def enter_submissions(
    request: Request,
    session: SessionDep,
    principal: Reviewer,
    atomic: Atomic = False,
    dry_run: batches.DryRun = False,
) -> Answer[PushBatchOut]:
    """Cơ quan theo dõi, cơ quan ban hành nhập đến 1.000 báo cáo giấy, kèm số văn bản, ngày nhận.

    The plan's coordinator or its issuer enters up to 1,000 reports that came on paper or by the
    document system, each with its document and its day of receipt, by which it is judged. The
    agency whose report it is sees who entered it. Rows are read, judged and answered like those of
    a batch of pushes.
    """
    return await _pushed(
        request,
        session,
        principal,
        EntryBody,
        partial(_entry, session, {}),
        entries.enter_submissions,
        atomic=atomic,
        dry_run=dry_run,
    )


async def _pushed(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    model: type[PushModel],
    push_of: Callable[[PushModel], Awaitable[domain.SubmissionPush | TrackerError]],
    push_all: Callable[..., Awaitable[tuple[list[domain.PushVerdict], bool]]],
    *,
    atomic: bool,
    dry_run: bool,
) -> Answer[PushBatchOut]:
    max_bytes = settings_of(request).batch_bytes
    rows = await batches.read_rows(request, max_bytes=max_bytes, max_rows=MAX_ROWS)
    await charge(request, principal, len(rows) // ROWS_A_UNIT)
    bodies = [batches.validated(row, model) for row in rows]
    errors: dict[int, TrackerError] = {}
    pushes: dict[int, domain.SubmissionPush] = {}
    for index, body in enumerate(bodies):
        found = body if isinstance(body, TrackerError) else await push_of(body)
        if isinstance(found, TrackerError):
            errors[index] = found if found is body else batches.placed(rows[index], found)
        else:
            pushes[index] = found
    verdicts, applied = await push_all(
        PersonalAct(session, principal, utc_now()),
        list(pushes.values()),
        atomic=atomic,
        dry_run=dry_run or (atomic and bool(errors)),
    )
    judged = dict(zip(pushes, verdicts, strict=True))
    errors |= {
        index: batches.placed(rows[index], _refusal(verdict.error))
        for index, verdict in judged.items()
        if verdict.error is not None
    }
    return pushes_answer(request, rows, judged, errors, applied=applied)


@router.post(
    "/submissions/shared",
    summary="Một báo cáo cho nhiều việc / Write one report for several assignments",
)
async def share_report(
    request: Request, session: SessionDep, principal: Reporter, body: SharedReportBody
) -> SharedOut:
    """Lồng ghép: một nội dung ghi hoặc nộp cho nhiều việc, nhiều kế hoạch; tất cả hoặc không gì.

    Each assignment gets the report by the rules of a single push, and may have an outcome and a
    percent
    of its own; all are stored, or none with what is wrong with each. The same again changes
    nothing, and adds the assignments that are new. The reports say what they are `shared_with`.
    """
    await charge(request, principal, len(body.for_) // ROWS_A_UNIT)
    rows = [
        batches.BatchRow(("for", n), one.content(body.content)) for n, one in enumerate(body.for_)
    ]
    contents = [batches.validated(row, ReportBody) for row in rows]
    faults = [f for one in contents if isinstance(one, TrackerError) for f in one.faults]
    if faults:
        raise InvalidError(faults=faults)
    agency_id = principal.agency_id
    pushes = [
        domain.SubmissionPush(
            agency_id, one.assignment(agency_id), one.period, row.value, body.submit
        )
        for one, row in zip(body.for_, rows, strict=True)
    ]
    results = await share.share(PersonalAct(session, principal, utc_now()), pushes)
    return SharedOut(items=[PushedOut.model_validate(result) for result in results])


async def _push(
    request: Request, principal: Principal, body: PushBody
) -> domain.SubmissionPush | TrackerError:
    """The push that a row asks for, in the name of an agency for which the client may act."""
    agency_id = principal.agency_id
    if body.agency is not None:
        agency_id = request.scope["state"]["acts_for"].get(body.agency)
        if agency_id is None:
            return not_for_that_agency()
    assignment = body.assignment(agency_id)
    return domain.SubmissionPush(agency_id, assignment, body.period, body.content(), body.submit)


async def _entry(
    session: AsyncSession, known: dict[str, uuid.UUID | None], body: EntryBody
) -> domain.SubmissionPush | TrackerError:
    """The entry that a row asks for; *known* are the agencies that rows before it named."""
    if body.agency not in known:
        agency = await find_agency(session, body.agency)
        known[body.agency] = agency.id if agency else None
    agency_id = known[body.agency]
    if agency_id is None:
        text = Text("Không có cơ quan này.", "There is no such agency.")
        return invalid_at("#/agency", "unknown_agency", text)
    assignment = body.assignment(agency_id)
    return domain.SubmissionPush(
        agency_id, assignment, body.period, body.content(), True, body.received_on
    )


def _refusal(error: TrackerError | DBAPIError) -> TrackerError:
    if isinstance(error, TrackerError):
        return error
    return from_integrity(error) if isinstance(error, IntegrityError) else from_database(error)
