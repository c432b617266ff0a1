import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from app.auth.deps import Reader, RegistryAdmin
from app.clock import local_day, utc_now
from app.db import SessionDep
from app.domain.references import agency_named
from app.domain.registry import collectives as domain
from app.domain.registry.lifetimes import Validity
from app.http.etags import ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, paged
from app.http.problems import TakenError, refusals
from app.models import Collective
from app.queries.registry import agencies
from app.queries.registry import collectives as queries
from app.schemas.collectives import (
    CollectiveBody,
    CollectiveMemberOut,
    CollectiveOut,
    EndMemberBody,
    NewCollectiveBody,
    NewMemberBody,
)
from app.schemas.common import Day, Page, Ref, UpdatedSince
from app.views.expansions import page

router = APIRouter(prefix="/v1/collectives", tags=["registry"], route_class=Route)

CollectivesDep = Annotated[Paging, Depends(paged(queries.COLLECTIVES, CollectiveOut))]
MembersDep = Annotated[Paging, Depends(paged(queries.MEMBERS, CollectiveMemberOut))]
CollectiveRef = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9.-]{1,64}$",
        examples=["SO-BAN-NGANH"],
        description="Mã nhóm hoặc id / a collective's code or id",
    ),
]


@router.get(
    "",
    summary="Danh sách nhóm cơ quan / List collectives",
    response_model=Page[CollectiveOut],
)
async def list_collectives(
    session: SessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    paging: CollectivesDep,
    is_enumerable: bool | None = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Các nhóm mà kế hoạch gọi chung, như “các sở, ban, ngành”, xếp theo mã.

    The classes that plans name as one, such as "các sở, ban, ngành", in order of code.
    """
    filters = {"is_enumerable": is_enumerable, "updated_since": updated_since}
    rows, last = await queries.page_of_collectives(session, paging.asked(filters))
    return paging.answer(await described(session, rows), last)


@router.post(
    "",
    summary="Thêm nhóm cơ quan / Enter a collective",
    response_model=CollectiveOut,
    status_code=201,
    responses=refusals(TakenError),
)
async def create_collective(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: MakingDep,
    body: NewCollectiveBody,
    response: Response,
) -> Any:
    """Thêm một nhóm, chưa có thành viên. / Enters a collective, as yet without members."""
    given = domain.NewCollective(**body.model_dump())
    collective = await domain.create(session, principal, given, at=utc_now())
    response.headers["Location"] = f"/v1/collectives/{collective.code}"
    await tagging.mark(session, "collective", collective.id)
    return (await described(session, [collective]))[0]


@router.get(
    "/{code}",
    summary="Một nhóm cơ quan / Get a collective",
    response_model=CollectiveOut,
)
async def get_collective(
    session: SessionDep,
    principal: Reader,  # noqa: ARG001
    tagging: ReadingDep,
    code: CollectiveRef,
) -> Any:
    """Nhóm theo mã hoặc id. / The collective of a code or an id."""
    collective = await queries.get_collective(session, code)
    await tagging.spare(session, "collective", collective.id)
    return (await described(session, [collective]))[0]


@router.patch(
    "/{code}",
    summary="Sửa nhóm cơ quan / Change a collective",
    response_model=CollectiveOut,
    responses=refusals(domain.NotEnumerableError),
)
async def update_collective(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ChangingDep,
    code: CollectiveRef,
    body: CollectiveBody,
) -> Any:
    """Sửa tên, cách gọi khác của nhóm. / Changes the name and the other wordings."""
    collective = await queries.get_collective_for_update(session, code)
    await tagging.check(session, "collective", collective.id)
    changes = body.model_dump(exclude_unset=True)
    await domain.change(session, principal, collective, changes, at=utc_now())
    await session.flush()
    await tagging.mark(session, "collective", collective.id)
    return (await described(session, [collective]))[0]


@router.get(
    "/{code}/members",
    summary="Thành viên của nhóm / List a collective's members",
    response_model=Page[CollectiveMemberOut],
)
async def list_collective_members(
    session: SessionDep,
    principal: Reader,
    paging: MembersDep,
    code: CollectiveRef,
    as_of: Annotated[
        Day | None,
        Query(description="Mặc định là hôm nay tại tỉnh / by default today in the province"),
    ] = None,
    agency: Ref | None = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Các cơ quan là thành viên vào ngày đã cho và tồn tại ngày đó, với tên của ngày đó.

    The agencies that belong on a day and exist then, by their names of that day.
    """
    day = as_of or local_day(utc_now())
    collective = await queries.get_collective(session, code)
    filters = {
        "collective": collective.id,
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "updated_since": updated_since,
    }
    members, last = await queries.page_of_memberships_on(session, day, paging.asked(filters))
    labels = await agencies.agency_names(session, [row.agency_id for row in members], day=day)
    items = [row.model_dump() | {"agency": labels[row.agency_id]} for row in members]
    refs = ({"agency": row.agency_id} for row in members)
    return await page(session, principal, paging, items, refs=refs, last=last)


@router.post(
    "/{code}/members",
    summary="Thêm thành viên / Add a member",
    response_model=CollectiveMemberOut,
    status_code=201,
    responses=refusals(TakenError, domain.NotEnumerableError),
)
async def add_collective_member(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: MakingDep,
    code: CollectiveRef,
    body: NewMemberBody,
    response: Response,
) -> Any:
    """Thêm một cơ quan vào nhóm trong một khoảng thời gian cơ quan đó tồn tại.

    An agency belongs to the collective for a time within its own life.
    """
    now = utc_now()
    collective = await queries.get_collective_for_update(session, code)
    agency = await agency_named(session, body.agency, pointer="#/agency")
    period = Validity(body.valid_from, body.valid_until)
    member = await domain.add_member(session, principal, collective, agency, period, at=now)
    response.headers["Location"] = f"/v1/collectives/{collective.code}/members/{member.id}"
    await tagging.mark(session, "collective_member", member.id)
    labels = await agencies.agency_names(session, [agency.id], day=local_day(now))
    return member.model_dump() | {"agency": labels[agency.id]}


@router.get(
    "/{code}/members/{member_id}",
    summary="Một tư cách thành viên / Get a membership",
    response_model=CollectiveMemberOut,
)
async def get_collective_member(
    session: SessionDep,
    principal: Reader,  # noqa: ARG001
    tagging: ReadingDep,
    code: CollectiveRef,
    member_id: uuid.UUID,
) -> Any:
    """Cơ quan nào thuộc nhóm, trong thời gian nào. / Which agency belongs, and when."""
    collective = await queries.get_collective(session, code)
    member, agency = await queries.get_member(session, collective, member_id)
    await tagging.spare(session, "collective_member", member.id)
    labels = await agencies.agency_names(session, [agency.id], day=local_day(utc_now()))
    return member.model_dump() | {"agency": labels[agency.id]}


@router.patch(
    "/{code}/members/{member_id}",
    summary="Kết thúc tư cách thành viên / End a membership",
    response_model=CollectiveMemberOut,
    responses=refusals(TakenError),
)
async def end_collective_member(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ChangingDep,
    code: CollectiveRef,
    member_id: uuid.UUID,
    body: EndMemberBody,
) -> Any:
    """Đặt ngày từ đó cơ quan không còn là thành viên; lịch sử vẫn được giữ.

    Sets the day from which the agency belongs no more; the days before stay as they were.
    """
    now = utc_now()
    collective = await queries.get_collective_for_update(session, code)
    member, agency = await queries.get_member(session, collective, member_id, lock=True)
    await tagging.check(session, "collective_member", member.id)
    until = body.valid_until
    await domain.end_member(session, principal, member, agency, valid_until=until, at=now)
    await session.flush()
    await tagging.mark(session, "collective_member", member.id)
    labels = await agencies.agency_names(session, [agency.id], day=local_day(now))
    return member.model_dump() | {"agency": labels[agency.id]}


async def described(session: SessionDep, collectives: Sequence[Collective]) -> list[dict[str, Any]]:
    """Collectives as they are answered, with their other wordings."""
    aliases = await queries.list_aliases(session, [row.id for row in collectives])
    return [row.model_dump() | {"aliases": aliases.get(row.id, [])} for row in collectives]
