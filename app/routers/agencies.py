from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.auth.deps import Reader, RegistryAdmin
from app.clock import local_day, utc_now
from app.domain.acts import Act, PersonalAct
from app.domain.registry import agencies as domain
from app.errors import ConflictError
from app.http.answers import Answer, Shape, shaped
from app.http.etags import ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.locks import lock_handovers
from app.queries.registry import agencies as queries
from app.schemas.agencies import AgencyBody, AgencyFilters, AgencyOut, NewAgencyBody
from app.schemas.common import CONTROLS, Day, Page, Ref
from app.views import agencies as views
from app.views.expansions import item_answer, page_answer

router = APIRouter(prefix="/v1/agencies", tags=["registry"], route_class=Route)

AgenciesDep = Annotated[
    ListRequest[AgencyOut], Depends(paged(queries.AGENCIES, AgencyOut, AgencyFilters))
]
AgencyShapeDep = Annotated[Shape[AgencyOut], Depends(shaped(AgencyOut))]
DayAsked = Annotated[
    Day | None,
    Query(
        description="Ngày cần xem; mặc định là hôm nay tại tỉnh / by default today in the province"
    ),
]


@router.get("", summary="Danh sách cơ quan / List agencies")
async def list_agencies(
    session: ReadingSessionDep,
    principal: Reader,
    paging: AgenciesDep,
    as_of: DayAsked = None,
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            pattern=CONTROLS,
            description="Tìm trong tên, mã, không phân biệt dấu / in names and codes, marks aside",
        ),
    ] = None,
    include_ended: Annotated[
        bool, Query(description="Cả cơ quan đã kết thúc trước ngày đó / also those that ended")
    ] = False,
) -> Answer[Page[AgencyOut]]:
    """Các cơ quan tồn tại vào ngày đã cho, với tên gọi của ngày đó, xếp theo mã.

    The agencies that exist on a day, by the names of that day, in order of code. `q` also finds
    former names and other spellings.
    """
    day = as_of or local_day(utc_now())
    ids = None
    if q is not None:
        candidates = await queries.list_agencies(session, day=day, include_ended=include_ended)
        ids = [found.id for found in await domain.search(session, candidates, q)]
    begun = {"begun_by" if include_ended else "day": day}
    asked = await paging.asked(session, ids=ids, **begun)
    agencies, last = await queries.page_of_agencies(session, asked)
    items = await views.agencies_out(session, agencies, day=day)
    refs = ({"parent": agency.parent_id} for agency in agencies)
    return await page_answer(session, principal, paging, items, refs=refs, last=last)


@router.post(
    "",
    summary="Thêm cơ quan / Enter an agency",
    status_code=201,
    responses=refusals(TakenError, ConflictError),
)
async def create_agency(
    session: SessionDep, principal: RegistryAdmin, tagging: MakingDep, body: NewAgencyBody
) -> AgencyOut:
    """Thêm một cơ quan vào danh mục, với thời gian tồn tại và tên gọi.

    Enters an agency into the registry, with the days that it exists and its name.
    """
    now = utc_now()
    given = domain.NewAgency(**body.model_dump())
    agency = await domain.create(Act(session, principal, now), given)
    tagging.mark_new(agency, f"/v1/agencies/{agency.id}")
    return await views.agency_out(session, agency, day=local_day(now))


@router.get("/{ref}", summary="Một cơ quan / Get an agency")
async def get_agency(
    session: ReadingSessionDep,
    principal: Reader,
    tagging: ReadingDep,
    shape: AgencyShapeDep,
    ref: Ref,
    as_of: DayAsked = None,
) -> Answer[AgencyOut]:
    """Cơ quan theo id, mã, hoặc mã định danh (dạng mới hay cũ); cơ quan đã kết thúc vẫn tìm thấy.

    By id, code or identifier, in its new or old form. An agency that has ended is found too, with
    its dates and who took over.
    """
    agency = await queries.get_agency(session, ref)
    tagging.mark(agency)
    item = await views.agency_out(session, agency, day=as_of or local_day(utc_now()))
    return await item_answer(session, principal, shape, item, refs=[{"parent": agency.parent_id}])


@router.patch(
    "/{ref}",
    summary="Sửa, đổi tên, kết thúc cơ quan / Change, rename or end an agency",
    responses=refusals(TakenError, ConflictError),
)
async def update_agency(
    session: SessionDep, principal: RegistryAdmin, tagging: ChangingDep, ref: Ref, body: AgencyBody
) -> AgencyOut:
    """Sửa thông tin; `rename` đặt tên mới từ một ngày, tên cũ vẫn giữ trong lịch sử.

    Changes what is known. `rename` gives a new name from a day on: the old one ends that day and
    stays on record. `valid_until` is the first day on which the agency exists no more.
    """
    now = utc_now()
    if "valid_until" in body.model_fields_set:
        await lock_handovers(session)
    agency = await queries.get_agency_for_update(session, ref)
    tagging.check(agency)
    changes = body.model_dump(exclude_unset=True, exclude={"rename"})
    await domain.change(PersonalAct(session, principal, now), agency, changes)
    if body.rename is not None:
        new = domain.NewName(body.rename.name, body.rename.short_name, body.rename.from_)
        await domain.rename(PersonalAct(session, principal, now), agency, new)
    await session.flush()
    return await views.agency_out(session, agency, day=local_day(now))
