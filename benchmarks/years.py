"""The data of measurements as the years add up: plans of a thousand assignments, year after year.

Plans of old years are closed, mostly completed, each assignment with two or three states and its
report; this year's are open. Everything is written by a few statements on whole tables, with
triggers off and indexes made afterwards; the sums of the figures are then counted by the service's
own command.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import date

import asyncpg

# ruff: noqa: S608 - numbers of our own

AGENCIES = 150
CLIENTS = 9
"""The number of clients, those of the first agencies."""
TASKS, ASSIGNEES = 50, 20
"""The tasks of a plan and the assignees of a task; a thousand assignments together."""
LOADED = (
    "assignment",
    "assignment_state",
    "submission",
    "submission_attempt",
    "submission_review",
    "task",
    "assignee",
)
CONTENT = json.dumps(
    {
        "outcome": "completed",
        "percent": 100,
        "results": "Đã tổ chức 02 lớp tập huấn và đăng 15 tin, bài trên các báo.",
        "difficulties": "",
        "proposals": "",
        "not_applicable_reason": None,
        "evidence": [],
    },
    ensure_ascii=False,
)
# Ids follow from numbers and sort as they do, as those that the service makes.
ID = "('00000000-0000-7{kind}-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def _id(kind: int, number: str) -> str:
    return ID.format(kind=f"{kind:03}", number=number)


YEAR = "({this_year} - {years} + 1 + (p - 1) * {years} / {plans})"
"""SQL of the year of a plan: as many plans in every year."""
CLOSED_ON = "least(make_date(occurrence::int + 1, 3, 1), date '{today}')"
"""SQL of the day on which an assignment in a plan of an old year is closed."""
STATEMENTS = (
    """
    insert into agency (id, created_at, updated_at, code, kind)
    select md5('agency-' || n)::uuid, now(), now(), 'CQ-' || lpad(n::text, 3, '0'), 'department'
      from generate_series(1, {agencies}) n
    """,
    """
    insert into agency_name (id, created_at, agency_id, name)
    select gen_random_uuid(), now(), md5('agency-' || n)::uuid, 'Cơ quan thứ ' || n
      from generate_series(1, {agencies}) n
    """,
    f"""
    insert into plan (id, created_at, updated_at, title, number, issued_on, starts_on, ends_on,
      owner_id, issuer_id, coordinator_id, legal_bases, status, issued_at, closed_at)
    select {_id(1, "p")}, now(), now(), 'Kế hoạch công tác thứ ' || p, p || '/KH-UBND',
      make_date(y, 1, 15), make_date(y, 1, 1), make_date(y, 12, 31), md5('agency-1')::uuid,
      md5('agency-1')::uuid, md5('agency-2')::uuid, '{{{{}}}}',
      case when y < {{this_year}} then 'closed' else 'issued' end, make_date(y, 1, 15),
      case when y < {{this_year}} then least(make_date(y + 1, 3, 1), date '{{today}}') end
    from generate_series(1, {{plans}}) p, lateral (select {YEAR} as y) of_year
    """,
    """
    insert into reporting_regime (id, created_at, updated_at, plan_id, effective_from, frequency,
      data_window, due_month_offset, due_day, coordinating_agencies_report)
    select gen_random_uuid(), now(), now(), id, issued_on, 'year', 'decree_09', 0, 20, true
    from plan
    """,
    f"""
    insert into task (id, created_at, updated_at, plan_id, position, ordinal, title,
      time_frame_text, time_frame_kind, source_cells)
    select {_id(2, "(p - 1) * {tasks} + t")}, now(), now(), {_id(1, "p")}, t, t::text,
      'Nhiệm vụ thứ ' || t, 'Trong năm', 'year', '[]'
    from generate_series(1, {{plans}}) p, generate_series(1, {{tasks}}) t
    """,
    """
    insert into assignee (id, created_at, updated_at, task_id, role, position, source_text,
      is_related_only, suggestions)
    select md5(task.id::text || role)::uuid, now(), now(), task.id, role, 1,
      'Các sở, ban, ngành', false, '[]'
    from task, (values ('lead'), ('coordinating')) roles (role)
    """,
    # Nine in ten of old years are completed, one in ten of those late; of this year one in twenty.
    f"""
    insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id,
      role, occurrence, starts_on, deadline_on, original_deadline_on, status, reported_on,
      completed_on, changed_on, plan_closed)
    select {_id(3, "n")}, now(), now(), {_id(1, "p")}, task_id,
      md5('agency-' || (t * 7 + a * 3 + p) % {{agencies}} + 1)::uuid,
      md5(task_id::text || role)::uuid, role, y::text, make_date(y, 1, 15), due,
      case when dice % 12 = 0 then due - 30 else due end, status,
      case when status = 'awaiting_confirmation' or status = 'completed' then done end,
      case when status = 'completed' then done end,
      case when y < {{this_year}} then least(make_date(y + 1, 3, 1), date '{{today}}')
        when status in ('not_started', 'in_progress') then make_date(y, 1, 15) else done end,
      y < {{this_year}}
    from generate_series(1, {{plans}}) p, generate_series(1, {{tasks}}) t,
      generate_series(0, {{assignees}} - 1) a,
      lateral (select {YEAR} as y, ((p - 1) * {{tasks}} + t - 1) * {{assignees}} + a + 1 as n)
      of_year,
      lateral (
        select {_id(2, "(p - 1) * {tasks} + t")} as task_id, abs(hashint4(n::int4)) as dice,
          case when a = 0 then 'lead' else 'coordinating' end as role,
          case when t % 10 < 7
            then (make_date(y, 1 + t % 12, 1) + interval '1 month - 1 day')::date
            else make_date(y, 1, 31) + abs(hashint4((p * 100 + t)::int4)) % 330 end as due
      ) of_task,
      lateral (
        select case when y < {{this_year}} then case when dice % 100 < 90 then 'completed'
            when dice % 100 < 97 then 'unfinished_at_close' else 'not_applicable' end
          else case when dice % 100 < 5 then 'completed' when dice % 100 < 30 then 'in_progress'
            when dice % 100 < 35 then 'awaiting_confirmation' else 'not_started' end end as status,
          least(greatest(due - 25 + dice / 100 % 28, make_date(y, 1, 16)),
                date '{{today}}') as done
      ) of_assignment
    order by n
    """,
    """
    insert into client (id, created_at, updated_at, client_id, name, agency_id, roles)
    select md5('client-' || n)::uuid, now(), now(), 'bench-' || lpad(n::text, 2, '0'),
      'Hệ thống đo tốc độ', md5('agency-' || n)::uuid, '{{reporter}}'
    from generate_series(1, {clients}) n
    """,
)
DONE_ON = "coalesce(completed_on, reported_on, starts_on)"
"""The day of the last change of an assignment while its plan was open."""
STATES = (
    f"""
    insert into assignment_state (assignment_id, since, until, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, awaits_handover, starts_on)
    select id, starts_on, {DONE_ON}, plan_id, task_id, agency_id, role, occurrence, deadline_on,
      original_deadline_on, 'in_progress', false, starts_on
    from assignment where {DONE_ON} > starts_on
    """,
    f"""
    insert into assignment_state (assignment_id, since, until, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, awaits_handover, reported_on,
      completed_on, starts_on)
    select id, {DONE_ON}, case when plan_closed then {CLOSED_ON} end, plan_id, task_id, agency_id,
      role, occurrence, deadline_on, original_deadline_on,
      case when status = 'unfinished_at_close' then 'in_progress' else status end, false,
      reported_on, completed_on, starts_on
    from assignment
    """,
    f"""
    insert into assignment_state (assignment_id, since, plan_id, task_id, agency_id, role,
      occurrence, deadline_on, original_deadline_on, status, awaits_handover, reported_on,
      completed_on, starts_on, plan_closed)
    select id, {CLOSED_ON}, plan_id, task_id, agency_id, role, occurrence, deadline_on,
      original_deadline_on, status, false, reported_on, completed_on, starts_on, true
    from assignment where plan_closed
    """,
)
REPORTS = (
    f"""
    insert into submission (id, created_at, updated_at, assignment_id, period, data_from, data_to,
      due_on, expected_on, status, attempts, accepted_attempt, received_on, waived_reason,
      waived_on)
    select ('00000000-0000-7004' || substr(id::text, 19))::uuid, now(), now(), id, occurrence,
      make_date(occurrence::int - 1, 12, 15), make_date(occurrence::int, 12, 14),
      make_date(occurrence::int, 12, 20), starts_on,
      case when status = 'completed' then 'accepted' when plan_closed then 'waived'
        else 'expected' end,
      case when status = 'completed' then 1 else 0 end,
      case when status = 'completed' then 1 end, completed_on,
      case when status <> 'completed' and plan_closed then 'Kế hoạch đã kết thúc.' end,
      case when status <> 'completed' and plan_closed then {CLOSED_ON} end
    from assignment
    """,
    """
    insert into submission_attempt (id, created_at, submission_id, number, content, submitted_at,
      received_on, agency_id, client_id)
    select ('00000000-0000-7005' || substr(u.id::text, 19))::uuid, now(), u.id, 1, '{content}',
      now(), u.received_on, a.agency_id, md5('client-1')::uuid
    from submission u join assignment a on a.id = u.assignment_id where u.attempts > 0
    """,
    """
    insert into submission_review (id, created_at, attempt_id, decision, decided_at, decided_on,
      agency_id, client_id)
    select gen_random_uuid(), now(), id, 'accepted', now(),
      least(received_on + abs(hashtext(id::text)) % 15, date '{today}'),
      md5('agency-2')::uuid, md5('client-1')::uuid
    from submission_attempt
    """,
)
INDEXES = """
select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
from pg_index where indrelid = any($1::regclass[]) and not exists (
  select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
"""


async def fill(url: str, *, assignments: int, years: int, today: date) -> None:
    """So many assignments over so many years, the last of them this one, in an empty database."""
    numbers = {
        "plans": assignments // (TASKS * ASSIGNEES),
        "years": years,
        "this_year": today.year,
        "today": today,
        "agencies": AGENCIES,
        "clients": CLIENTS,
        "tasks": TASKS,
        "assignees": ASSIGNEES,
        "content": CONTENT,
    }
    made, states, reports = (
        [statement.format(**numbers) for statement in statements]
        for statements in (STATEMENTS, STATES, REPORTS)
    )
    connection = await asyncpg.connect(url)
    try:
        indexes = await connection.fetch(INDEXES, list(LOADED))
        for index in indexes:
            await connection.execute(f"drop index {index['name']}")
        await _run(url, made)
        await asyncio.gather(_run(url, states), _run(url, reports))
        made = [index["definition"] for index in indexes]
        await asyncio.gather(_run(url, made[::2]), _run(url, made[1::2]))
        await connection.execute("vacuum (analyze, freeze)")
    finally:
        await connection.close()


async def _run(url: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        # Neither triggers nor foreign keys: what is written here holds by its making.
        await connection.execute("set session_replication_role = replica")
        await connection.execute("set maintenance_work_mem = '1GB'; set synchronous_commit = off")
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def unreported(url: str, *, agency: int, year: int, count: int) -> list[str]:
    """Assignments of the year whose report the agency has still to file."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "select a.id::text from assignment a where a.agency_id = md5('agency-' || $1)::uuid"
            " and a.occurrence = $3 and a.status in ('not_started', 'in_progress')"
            " order by md5(a.id::text) limit $2",
            str(agency),
            count,
            str(year),
        )
        return [row["id"] for row in rows]
    finally:
        await connection.close()


def plan_id(assignments: int) -> str:
    """The last plan: one of this year."""
    return f"00000000-0000-7001-8000-{assignments // (TASKS * ASSIGNEES):012x}"


def task_id(assignments: int) -> str:
    """The last task of the last plan."""
    return f"00000000-0000-7002-8000-{assignments // ASSIGNEES:012x}"
