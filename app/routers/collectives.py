import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.auth.deps import Reader, RegistryAdmin
from app.clock import local_day, utc_now
from app.domain.acts import Act, PersonalAct
from app.domain.references import agency_named
from app.domain.registry import collectives as domain
from app.domain.registry.lifetimes import Validity
from app.http.answers import Answer
from app.http.etags import ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.registry import collectives as queries
from app.schemas.collectives import (
    CollectiveBody,
    CollectiveFilters,
    CollectiveMemberOut,
    CollectiveOut,
    EndMemberBody,
    MemberFilters,
    NewCollectiveBody,
    NewMemberBody,
)
from app.schemas.common import Day, Page
from app.views import collectives as views
from app.views.expansions import page_answer

router = APIRouter(prefix="/v1/collectives", tags=["registry"], route_class=Route)

CollectivesDep = Annotated[
    ListRequest[CollectiveOut],
    Depends(paged(queries.COLLECTIVES, CollectiveOut, CollectiveFilters)),
]
MembersDep = Annotated[
    ListRequest[CollectiveMemberOut],
    Depends(paged(queries.MEMBERS, CollectiveMemberOut, MemberFilters)),
]
CollectiveRef = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9.-]{1,64}$",
        examples=["SO-BAN-NGANH"],
        description="Mã nhóm hoặc id / a collective's code or id",
    ),
]


@router.get("", summary="Danh sách nhóm cơ quan / List collectives")
async def list_collectives(
    session: ReadingSessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    paging: CollectivesDep,
) -> Answer[Page[CollectiveOut]]:
    """Các nhóm mà kế hoạch gọi chung, như “các sở, ban, ngành”, xếp theo mã.

    The classes that plans name as one, such as "các sở, ban, ngành", in order of code.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_collectives(session, asked)
    return paging.answer(await views.collectives_out(session, rows), last)


@router.post(
    "",
    summary="Thêm nhóm cơ quan / Enter a collective",
    status_code=201,
    responses=refusals(TakenError),
)
async def create_collective(
    session: SessionDep, principal: RegistryAdmin, tagging: MakingDep, body: NewCollectiveBody
) -> CollectiveOut:
    """Thêm một nhóm, chưa có thành viên. / Enters a collective, as yet without members."""
    given = domain.NewCollective(**body.model_dump())
    collective = await domain.create(Act(session, principal, utc_now()), given)
    tagging.mark_new(collective, f"/v1/collectives/{collective.code}")
    return await views.collective_out(session, collective)


@router.get("/{code}", summary="Một nhóm cơ quan / Get a collective")
async def get_collective(
    session: ReadingSessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    tagging: ReadingDep,
    code: CollectiveRef,
) -> CollectiveOut:
    """Nhóm theo mã hoặc id. / The collective of a code or an id."""
    collective = await queries.get_collective(session, code)
    tagging.mark(collective)
    return await views.collective_out(session, collective)


@router.patch(
    "/{code}",
    summary="Sửa nhóm cơ quan / Change a collective",
    responses=refusals(domain.NotEnumerableError),
)
async def update_collective(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ChangingDep,
    code: CollectiveRef,
    body: CollectiveBody,
) -> CollectiveOut:
    """Sửa tên, cách gọi khác của nhóm. / Changes the name and the other wordings."""
    collective = await queries.get_collective_for_update(session, code)
    tagging.check(collective)
    changes = body.model_dump(exclude_unset=True)
    await domain.change(PersonalAct(session, principal, utc_now()), collective, changes)
    await session.flush()
    return await views.collective_out(session, collective)


@router.get("/{code}/members", summary="Thành viên của nhóm / List a collective's members")
async def list_collective_members(
    session: ReadingSessionDep,
    principal: Reader,
    paging: MembersDep,
    code: CollectiveRef,
    as_of: Annotated[
        Day | None,
        Query(description="Mặc định là hôm nay tại tỉnh / by default today in the province"),
    ] = None,
) -> Answer[Page[CollectiveMemberOut]]:
    """Các cơ quan là thành viên vào ngày đã cho và tồn tại ngày đó, với tên của ngày đó.

    The agencies that belong on a day and exist then, by their names of that day.
    """
    day = as_of or local_day(utc_now())
    collective = await queries.get_collective(session, code)
    asked = await paging.asked(session, collective=collective.id)
    members, last = await queries.page_of_memberships_on(session, day, asked)
    items = await views.members_out(session, members, day=day)
    refs = ({"agency": row.agency_id} for row in members)
    return await page_answer(session, principal, paging, items, refs=refs, last=last)


@router.post(
    "/{code}/members",
    summary="Thêm thành viên / Add a member",
    status_code=201,
    responses=refusals(TakenError, domain.NotEnumerableError),
)
async def add_collective_member(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: MakingDep,
    code: CollectiveRef,
    body: NewMemberBody,
) -> CollectiveMemberOut:
    """Thêm một cơ quan vào nhóm trong một khoảng thời gian cơ quan đó tồn tại.

    An agency belongs to the collective for a time within its own life.
    """
    now = utc_now()
    collective = await queries.get_collective_for_update(session, code)
    agency = await agency_named(session, body.agency, pointer="#/agency")
    period = Validity(body.valid_from, body.valid_until)
    member = await domain.add_member(
        PersonalAct(session, principal, now), collective, agency, period
    )
    tagging.mark_new(member, f"/v1/collectives/{collective.code}/members/{member.id}")
    return await views.member_out(session, member, day=local_day(now))


@router.get("/{code}/members/{member_id}", summary="Thông tin thành viên / Get a membership")
async def get_collective_member(
    session: ReadingSessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    tagging: ReadingDep,
    code: CollectiveRef,
    member_id: uuid.UUID,
) -> CollectiveMemberOut:
    """Cơ quan nào thuộc nhóm, trong thời gian nào. / Which agency belongs, and when."""
    collective = await queries.get_collective(session, code)
    member, _ = await queries.get_member(session, collective, member_id)
    tagging.mark(member)
    return await views.member_out(session, member, day=local_day(utc_now()))


@router.patch(
    "/{code}/members/{member_id}",
    summary="Kết thúc tham gia nhóm / End a membership",
    responses=refusals(TakenError),
)
async def end_collective_member(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ChangingDep,
    code: CollectiveRef,
    member_id: uuid.UUID,
    body: EndMemberBody,
) -> CollectiveMemberOut:
    """Đặt ngày từ đó cơ quan không còn là thành viên; lịch sử vẫn được giữ.

    Sets the day from which the agency belongs no more; the days before stay as they were.
    """
    now = utc_now()
    collective = await queries.get_collective_for_update(session, code)
    member, agency = await queries.get_member(session, collective, member_id, lock=True)
    tagging.check(member)
    until = body.valid_until
    await domain.end_member(PersonalAct(session, principal, now), member, agency, valid_until=until)
    await session.flush()
    return await views.member_out(session, member, day=local_day(now))
