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
    "extension",
    "remark",
    "document",
    "document_evidence",
    "reminder",
    "reminder_item",
    "focal_point",
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
FOLLOWED_UP = (
    # An extension asked for of each fiftieth assignment, a remark made on another fiftieth.
    """
    insert into extension (id, created_at, updated_at, assignment_id, number, old_deadline_on,
      wanted_deadline_on, reason, basis, asked_at, asked_on, agency_id, client_id, state)
    select gen_random_uuid(), now(), now(), id, 1, deadline_on, deadline_on + 30,
      'Chờ văn bản hướng dẫn.', '12/BC', now(), deadline_on - 10, agency_id,
      md5('client-1')::uuid, 'pending'
    from assignment where abs(hashtext(id::text)) % 50 = 0
    """,
    """
    insert into remark (id, created_at, updated_at, plan_id, assignment_id, text, made_at,
      author_id, client_id)
    select gen_random_uuid(), now(), now(), plan_id, id, 'Cần khẩn trương thực hiện.', now(),
      md5('agency-2')::uuid, md5('client-1')::uuid
    from assignment where abs(hashtext(id::text)) % 50 = 1
    """,
    # Each tenth report came as a document.
    """
    insert into document (id, created_at, kind, sender_id, sender_organ_id, document_id, number,
      promulgated_on, type_number, type_name, subject, business, attachments, task_codes, problems,
      sha256, size, envelope, has_signature, received_at, client_id)
    select md5('document-' || id)::uuid, now(), 'result', agency_id, 'H36', id::text, '12/BC',
      received_on, 9, 'Báo cáo', 'Kết quả thực hiện', 'new', '[]', 1, '[]',
      encode(sha256(id::text::bytea), 'hex'), 1000, '', false, now(), md5('client-1')::uuid
    from submission_attempt where abs(hashtext(id::text)) % 10 = 0
    """,
    """
    insert into document_evidence (id, created_at, document_id, assignment_id, task_code)
    select gen_random_uuid(), now(), md5('document-' || t.id)::uuid, u.assignment_id, 'H36.1'
    from submission_attempt t join submission u on u.id = t.submission_id
    where abs(hashtext(t.id::text)) % 10 = 0
    """,
    # A contact person of each agency in each plan.
    """
    insert into focal_point (id, created_at, updated_at, agency_id, plan_id, level, name, email,
      valid_from)
    select distinct on (plan_id, agency_id) md5(concat('contact-', plan_id, agency_id))::uuid,
      now(), now(), agency_id, plan_id, 'focal', 'Trần Văn A', 'a@example.vn', starts_on
    from assignment
    """,
    # A reminder of what an agency owes of a plan, twice.
    """
    insert into reminder (id, created_at, updated_at, on_day, trigger, agency_id, receiver,
      receiver_key, tries, assignments, submissions, agency_reports, missing)
    select distinct md5(concat('reminder-', plan_id, agency_id, n))::uuid, now(), now(),
      make_date(occurrence::int, 6, 15) + n, 'rule', agency_id, 'clients', 'clients-' || plan_id,
      0, 1, 0, 0, 0
    from assignment, generate_series(1, 2) n
    """,
    """
    insert into reminder_item (reminder_id, number, kind, plan_id, assignment_id, due_on, step)
    select md5(concat('reminder-', plan_id, agency_id, n))::uuid,
      row_number() over (partition by plan_id, agency_id, n order by id), 'assignment', plan_id, id,
      deadline_on, 1
    from assignment, generate_series(1, 2) n
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
        for statements in (STATEMENTS, STATES, (*REPORTS, *FOLLOWED_UP))
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
