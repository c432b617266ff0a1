import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.deps import Reader, ReminderSender, charge
from app.clock import local_day, utc_now
from app.documents.edxml.writer import write_package
from app.domain.acts import PersonalAct
from app.domain.plans.plans import PlanStateError
from app.domain.references import agency_named, plan_named
from app.domain.reminders import remind as domain
from app.domain.reminders import rules
from app.domain.reminders.letters import MOST_LINES, package_of
from app.http import batches
from app.http.answers import Answer
from app.http.etags import ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, PagingDep, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.models import ItemKind
from app.queries.plans import plans
from app.queries.reminders import reminders as queries
from app.queries.reminders.due import Ladder
from app.schemas.common import Day, Page
from app.schemas.reminders import (
    NewReminderBody,
    OverdueReminderBody,
    ReminderFilters,
    ReminderItemOut,
    ReminderOut,
    ReminderPreviewOut,
    ReminderRuleBody,
    ReminderRuleOut,
    RemindersSentOut,
)
from app.views import reminders as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

RemindersDep = Annotated[
    ListRequest[ReminderOut], Depends(paged(queries.REMINDERS, ReminderOut, ReminderFilters))
]
ItemsDep = Annotated[ListRequest[ReminderItemOut], Depends(paged(queries.ITEMS, ReminderItemOut))]
EDXML = "application/xml"


@router.get("/reminders", summary="Các lần đôn đốc / List reminders")
async def list_reminders(
    session: ReadingSessionDep, principal: Reader, paging: RemindersDep
) -> Answer[Page[ReminderOut]]:
    """Đã đôn đốc ai, ngày nào, vì sao; của cơ quan mình và của kế hoạch mình theo dõi.

    Whom the service or a person reminded, when and why: those to the caller's agency and those of
    plans that it coordinates; issuers and supervisors see all.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_reminders(session, principal, asked)
    return paging.answer(await views.reminders_out(session, rows), last)


@router.post(
    "/reminders",
    summary="Đôn đốc một cơ quan / Remind an agency",
    status_code=201,
    responses=refusals(PlanStateError, domain.ReminderLimitError),
)
async def send_reminder(
    request: Request,
    session: SessionDep,
    principal: ReminderSender,
    tagging: MakingDep,
    body: NewReminderBody,
) -> ReminderOut:
    """Cơ quan theo dõi, ban hành đôn đốc, nêu lý do, văn bản; mỗi cơ quan một lần mỗi ngày.

    Goes to the agency's clients by event, to its focal point and head by e-mail. Answers what goes
    to the clients; the others are in the list.
    """
    plan = await plan_named(session, principal, body.plan, pointer="#/plan", lock=True)
    agency = await agency_named(session, body.agency, pointer="#/agency")
    given = domain.ReminderByHand(
        assignments=body.assignments,
        submissions=body.submissions,
        agency_reports=body.agency_reports,
        missing=[ItemKind(one) for one in body.missing],
        reason=body.reason,
        basis=body.basis,
    )
    has_mail = bool(settings_of(request).smtp_host)
    row = await domain.remind_by_hand(
        PersonalAct(session, principal, utc_now()), plan, agency, given, has_mail=has_mail
    )
    tagging.mark_new(row, f"/v1/reminders/{row.id}")
    return await views.reminder_out(session, row)


@router.post(
    "/plans/{plan_id}/reminders",
    summary="Đôn đốc mọi cơ quan quá hạn / Remind all that are overdue in a plan",
    status_code=207,
    responses=refusals(PlanStateError),
)
async def remind_overdue(
    request: Request,
    session: SessionDep,
    principal: ReminderSender,
    plan_id: uuid.UUID,
    body: OverdueReminderBody,
    dry_run: batches.DryRun = False,
) -> RemindersSentOut:
    """Mỗi cơ quan có việc, báo cáo quá hạn trong kế hoạch được gửi một lần; xét riêng từng cơ quan.

    Each agency with something overdue is reminded of that alone, as by `POST /v1/reminders`; one
    that was reminded today already is `rejected` and hinders no other.
    """
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    given = domain.ReminderByHand(overdue_only=True, reason=body.reason, basis=body.basis)
    has_mail = bool(settings_of(request).smtp_host)
    act = PersonalAct(session, principal, utc_now())
    async with session.begin_nested() as ahead:
        found = await domain.remind_overdue(act, plan, given, has_mail=has_mail)
        await charge(request, principal, len(found) // batches.ROWS_A_UNIT)
        problems = [batches.problem_of(request, one.verdict) for one in found]
        answer = await views.sent_out(session, found, problems, applied=not dry_run)
        if dry_run:
            await ahead.rollback()
    return answer


@router.get("/reminders/preview", summary="Ngày đó sẽ đôn đốc ai / Preview a day's reminders")
async def preview_reminders(
    session: SessionDep,
    principal: Reader,
    paging: PagingDep,
    on: Annotated[
        Day | None,
        Query(description="Hôm nay hoặc ngày sau; mặc định hôm nay / today or a later day"),
    ] = None,
    plan: uuid.UUID | None = None,
) -> Page[ReminderPreviewOut]:
    """Không gửi, không ghi gì: theo dữ liệu hiện nay, ngày đó sẽ gửi ai, bao nhiêu việc.

    Writes nothing. Of today: what is still to be sent; of a later day: as things stand now.
    """
    today = local_day(utc_now())
    wanted = await domain.preview(session, principal, day=on or today, plan_id=plan, today=today)
    shown = paging.positions()
    items = await views.previews_out(session, wanted[shown], before=shown.start)
    return paging.page_at_position(items, of=len(wanted))


@router.get("/reminders/{reminder_id}", summary="Một lần đôn đốc / Get a reminder")
async def get_reminder(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, reminder_id: uuid.UUID
) -> ReminderOut:
    """Gửi ai, do lịch hay do ai, thư điện tử đến đâu. / To whom, by what, and how its mail is."""
    row = await queries.get_reminder(session, principal, reminder_id)
    tagging.mark(row)
    return await views.reminder_out(session, row)


@router.get(
    "/reminders/{reminder_id}/items", summary="Đôn đốc việc gì / List what a reminder is about"
)
async def list_reminder_items(
    session: ReadingSessionDep, principal: Reader, paging: ItemsDep, reminder_id: uuid.UUID
) -> Answer[Page[ReminderItemOut]]:
    """Từng việc, báo cáo được đôn đốc, hạn và số ngày còn lại hôm đó. / By the day it is due."""
    row = await queries.get_reminder(session, principal, reminder_id)
    asked = await paging.asked(session, reminder=row.id)
    found, last = await queries.page_of_lines(session, principal, row, asked)
    return paging.answer(await views.items_out(session, row, found), last)


@router.get(
    "/reminders/{reminder_id}/edxml",
    summary="Đôn đốc thành gói edXML / Get a reminder as an edXML package",
    response_class=Response,
    responses={200: {"content": {EDXML: {"schema": {"type": "string"}}}}},
)
async def get_reminder_package(
    session: SessionDep, principal: Reader, reminder_id: uuid.UUID
) -> Response:
    """Công văn đôn đốc thành gói để văn thư lấy số, ký và gửi. / For the clerk to number and send.

    From who reminded, by rule the plan's coordinator. A reply names the codes in its file.
    """
    row = await queries.get_reminder(session, principal, reminder_id)
    found = await queries.first_lines(session, principal, row, limit=MOST_LINES)
    return Response(write_package(await package_of(session, row, found)), media_type=EDXML)


@router.get(
    "/plans/{plan_id}/reminder-rules",
    summary="Lịch đôn đốc / Get when reminders of a plan are sent",
)
async def get_reminder_rules(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, plan_id: uuid.UUID
) -> ReminderRuleOut:
    """Đôn đốc trước, sau hạn bao nhiêu ngày; khi nào gửi lãnh đạo, Văn phòng. / The ladder."""
    plan = await plans.get_plan(session, principal, plan_id)
    tagging.mark(plan)
    return views.rule_out(plan.id, await queries.find_rule(session, plan.id))


@router.put(
    "/plans/{plan_id}/reminder-rules",
    summary="Đặt lịch đôn đốc / Set when reminders of a plan are sent",
    responses=refusals(PlanStateError),
)
async def set_reminder_rules(
    session: SessionDep,
    principal: ReminderSender,
    tagging: ChangingDep,
    plan_id: uuid.UUID,
    body: ReminderRuleBody,
) -> ReminderRuleOut:
    """Áp dụng cho những mốc từ nay về sau. / For the steps that fall from now on."""
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    ladder = Ladder(tuple(body.days), body.every_days, body.head_from, body.office_from)
    row = await rules.set_rule(PersonalAct(session, principal, utc_now()), plan, ladder)
    return views.rule_out(plan.id, row)
