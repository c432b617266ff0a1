import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from app.auth.deps import RefWriter
from app.clock import utc_now
from app.domain import external_refs as domain
from app.domain.acts import PersonalAct
from app.http.idempotency import Route
from app.http.problems import refusals
from app.http.sessions import SessionDep
from app.schemas.external_refs import ExternalRefBody, ExternalRefOut, System

router = APIRouter(prefix="/v1", tags=["following"], route_class=Route)

NOUNS = {plural: noun for noun, plural in domain.PLURALS.items()}
Resource = Annotated[
    Literal["plans", "tasks", "assignments", "submissions"],
    Path(examples=["assignments"], description="Loại dòng / the kind of row"),
]


@router.put(
    "/{resource}/{row_id}/external-refs/{system}",
    summary="Ghi mã ở hệ thống khác / Say how another system knows a row",
    responses=refusals(domain.ExternalRefTakenError),
)
async def put_external_ref(
    session: SessionDep,
    principal: RefWriter,
    resource: Resource,
    row_id: uuid.UUID,
    system: System,
    body: ExternalRefBody,
) -> ExternalRefOut:
    """Một hệ thống có một mã cho một dòng; mã đã dùng cho dòng khác thì bị từ chối, kèm dòng đó.

    A system has one id for a row. An id that is in use for another row is refused, and `Location`
    says for which.
    """
    noun = NOUNS[resource]
    known = await domain.get_referenced_row(session, principal, noun, row_id)
    given = domain.NamedRef(system, body.id)
    await domain.put(PersonalAct(session, principal, utc_now()), noun, known, given)
    return ExternalRefOut(system=system, id=body.id)


@router.delete(
    "/{resource}/{row_id}/external-refs/{system}",
    summary="Bỏ mã ở hệ thống khác / Forget how another system knows a row",
    status_code=204,
    response_class=Response,
)
async def remove_external_ref(
    session: SessionDep, principal: RefWriter, resource: Resource, row_id: uuid.UUID, system: System
) -> None:
    """Dòng không còn mã ở hệ thống đó. / The row is no longer known to that system."""
    noun = NOUNS[resource]
    known = await domain.get_referenced_row(session, principal, noun, row_id)
    await domain.remove(PersonalAct(session, principal, utc_now()), noun, known, system)
