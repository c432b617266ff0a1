"""The data of the measurements: 100 plans of 30 tasks and 800 assignments each, with their reports.

And a reorganisation's: 100 further plans of 100 tasks each, all of one agency that leaves.
"""

import hashlib
import hmac
import uuid
from datetime import date

import asyncpg

SECRET = "benchmark-secret-that-no-real-client-has"  # noqa: S105 - of no client
PLANS = 100
AGENCIES = 45
SUCCESSOR = "CQ-MOI"
"""An agency that owes nothing."""
LEAVING = "CQ-DI"
"""The agency that owes 10,000 assignments, none of them done, of tasks that are nobody else's."""
ADMINISTRATOR = 46
"""The number of the client that keeps the registry."""

# Ids follow from what a row is, so that every statement can name the rows of those before it.
STATEMENTS = (
    """
    insert into agency (id, created_at, updated_at, code, kind)
    select md5('agency-' || n)::uuid, now(), now(), 'CQ-' || lpad(n::text, 2, '0'),
           case when n > 32 then 'district_committee' else 'department' end
      from generate_series(1, {agencies}) n
     union all
    select md5('successor')::uuid, now(), now(), '{successor}', 'department'
     union all
    select md5('leaving')::uuid, now(), now(), '{leaving}', 'department'
    """,
    """
    insert into agency_name (id, created_at, agency_id, name)
    select gen_random_uuid(), now(), md5('agency-' || n)::uuid,
           case when n > 32 then 'Ủy ban nhân dân huyện thứ ' else 'Sở, ban, ngành thứ ' end || n
      from generate_series(1, {agencies}) n
     union all
    select gen_random_uuid(), now(), md5('successor')::uuid, 'Sở sau sắp xếp'
     union all
    select gen_random_uuid(), now(), md5('leaving')::uuid, 'Sở trước sắp xếp'
    """,
    """
    insert into plan (id, created_at, updated_at, title, number, issued_on, starts_on, ends_on,
                      owner_id, issuer_id, coordinator_id, legal_bases, status, issued_at)
    select md5('plan-' || p)::uuid, now(), now(),
           'Kế hoạch triển khai thực hiện Chương trình hành động số ' || p || ' của tỉnh',
           p || '/KH-UBND', make_date({year} - 1, 1, 15), make_date({year} - 1, 1, 1),
           make_date({year} + 4, 12, 31), md5('agency-1')::uuid, md5('agency-1')::uuid,
           md5('agency-2')::uuid, '{{}}', 'issued', now()
      from generate_series(1, {plans}) p
    """,
    """
    insert into reporting_regime (id, created_at, updated_at, plan_id, effective_from, frequency,
        data_window, due_month_offset, due_day, coordinating_agencies_report)
    select gen_random_uuid(), now(), now(), id, issued_on, 'year', 'decree_09', 0, 20, true
      from plan
    """,
    """
    insert into task_group (id, created_at, updated_at, plan_id, position, ordinal, title,
                            source_cells)
    select md5(id::text || '-group-' || g)::uuid, now(), now(), id, g, g::text,
           'Nhóm nhiệm vụ và giải pháp thứ ' || g, '[]'
      from plan, generate_series(1, 5) g
    """,
    """
    insert into task (id, created_at, updated_at, plan_id, task_group_id, position, ordinal, title,
                      time_frame_text, time_frame_kind, source_cells)
    select md5(id::text || '-task-' || t)::uuid, now(), now(), id,
           md5(id::text || '-group-' || (t - 1) / 6 + 1)::uuid, t,
           (t - 1) / 6 + 1 || '.' || (t - 1) % 6 + 1,
           'Tổ chức thực hiện các hoạt động thông tin, tuyên truyền, quảng bá hình ảnh của tỉnh '
           || 'trên các phương tiện thông tin đại chúng trong nước và ngoài nước, lần ' || t,
           case when t <= 18 then 'Hằng năm' else '{year}' end,
           case when t <= 18 then 'annual' else 'year' end, '[]'
      from plan, generate_series(1, 30) t
    """,
    """
    insert into assignee (id, created_at, updated_at, task_id, role, position, source_text,
                          is_related_only, suggestions)
    select md5(task.id::text || role)::uuid, now(), now(), task.id, role, 1,
           'Các sở, ban, ngành', false, '[]'
      from task, (values ('lead'), ('coordinating')) roles (role)
    """,
    """
    create temporary table made as
    select md5(task.id::text || a || occurrence)::uuid as id, task.plan_id, task.id as task_id,
           md5('agency-' || (a + task.position * 7 + {agencies}) % {agencies} + 1)::uuid
             as agency_id,
           case when a = 0 then 'lead' else 'coordinating' end as role, occurrence,
           case when occurrence = 'once' then make_date({year}, 6, 30) + task.position * 7
                else make_date(occurrence::int, 12, 31) end as deadline_on,
           abs(hashtext(task.id::text || a || occurrence)) as dice
      from task, generate_series(0, 16) a,
           lateral (select unnest(case when task.position <= 18
                                       then array['{year}', '{year_before}']
                                       else array['once'] end) as occurrence) o
    """,
    """
    insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id,
        role, occurrence, starts_on, deadline_on, original_deadline_on, status, changed_on)
    select id, now(), now(), plan_id, task_id, agency_id, md5(task_id::text || role)::uuid, role,
           occurrence, make_date({year} - 1, 1, 15), deadline_on,
           case when dice % 10 = 0 then deadline_on - 30 else deadline_on end, 'not_started',
           make_date({year} - 1, 1, 15)
      from made order by plan_id, task_id
    """,
    """
    update assignment set status = 'in_progress', changed_on = make_date({year} - 1, 6, 1)
      from made where made.id = assignment.id and dice % 4 > 0
    """,
    """
    update assignment set status = 'completed', reported_on = assignment.deadline_on - 20,
           completed_on = least(assignment.deadline_on - 20 + dice % 30, make_date({year}, 3, 1)),
           changed_on = make_date({year}, 3, 1)
      from made where made.id = assignment.id and made.occurrence = '{year_before}'
       and dice % 4 > 0
    """,
    """
    insert into submission (id, created_at, updated_at, assignment_id, period, data_from, data_to,
                            due_on, expected_on, status, attempts)
    select md5(id::text || '-{year}')::uuid, now(), now(), id, '{year}',
           make_date({year} - 1, 12, 15), make_date({year}, 12, 14), make_date({year}, 12, 20),
           starts_on, 'expected', 0
      from assignment
    """,
    """
    insert into client (id, created_at, updated_at, client_id, name, agency_id, roles)
    select md5('client-' || n)::uuid, now(), now(), 'bench-' || lpad(n::text, 2, '0'),
           'Hệ thống đo tốc độ', md5('agency-' || n)::uuid, '{{reporter}}'
      from generate_series(1, {agencies}) n
     union all
    select md5('client-{administrator}')::uuid, now(), now(), 'bench-{administrator}',
           'Danh mục cơ quan', md5('agency-1')::uuid, array['administrator']
    """,
)

# Made last, so that what the others count and page through is not touched.
LEAVING_STATEMENTS = (
    """
    create temporary table leaving as
    select md5('leaving-plan-' || p)::uuid as plan_id, p from generate_series(1, {plans}) p
    """,
    """
    insert into plan (id, created_at, updated_at, title, number, issued_on, starts_on, ends_on,
                      owner_id, issuer_id, coordinator_id, legal_bases, status, issued_at)
    select plan_id, now(), now(), 'Kế hoạch của một cơ quan, số ' || p, 1000 + p || '/KH-UBND',
           make_date({year} - 1, 1, 15), make_date({year} - 1, 1, 1), make_date({year} + 4, 12, 31),
           md5('agency-1')::uuid, md5('agency-1')::uuid, md5('agency-2')::uuid, '{{}}', 'issued',
           now()
      from leaving
    """,
    """
    insert into reporting_regime (id, created_at, updated_at, plan_id, effective_from, frequency,
        data_window, due_month_offset, due_day, coordinating_agencies_report)
    select gen_random_uuid(), now(), now(), plan_id, make_date({year} - 1, 1, 15), 'year',
           'decree_09', 0, 20, true
      from leaving
    """,
    """
    insert into task (id, created_at, updated_at, plan_id, position, ordinal, title,
                      time_frame_text, time_frame_kind, source_cells)
    select md5(plan_id::text || '-task-' || t)::uuid, now(), now(), plan_id, t, t::text,
           'Nhiệm vụ thường xuyên thứ ' || t, '{year}', 'year', '[]'
      from leaving, generate_series(1, 100) t
    """,
    """
    insert into assignee (id, created_at, updated_at, task_id, role, position, source_text,
                          is_related_only, suggestions)
    select md5(task.id::text || 'lead')::uuid, now(), now(), task.id, 'lead', 1,
           'Sở trước sắp xếp', false, '[]'
      from task join leaving using (plan_id)
    """,
    """
    insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id,
        role, occurrence, starts_on, deadline_on, original_deadline_on, status, changed_on)
    select md5(task.id::text || 'once')::uuid, now(), now(), plan_id, task.id,
           md5('leaving')::uuid, md5(task.id::text || 'lead')::uuid, 'lead', 'once',
           make_date({year} - 1, 1, 15), make_date({year}, 12, 31), make_date({year}, 12, 31),
           'in_progress', make_date({year} - 1, 6, 1)
      from task join leaving using (plan_id) order by plan_id, task.position
    """,
    """
    insert into submission (id, created_at, updated_at, assignment_id, period, data_from, data_to,
                            due_on, expected_on, status, attempts)
    select md5(id::text || '-{year}')::uuid, now(), now(), id, '{year}',
           make_date({year} - 1, 12, 15), make_date({year}, 12, 14), make_date({year}, 12, 20),
           starts_on, 'expected', 0
      from assignment join leaving using (plan_id)
    """,
)


async def prepare(connection: asyncpg.Connection, *, pepper: str, today: date) -> None:
    """Make the data in a migrated database that is empty or was made by an earlier run."""
    async with connection.transaction():
        if not await connection.fetchval("select exists (select from agency)"):
            numbers = {
                "plans": PLANS,
                "agencies": AGENCIES,
                "year": today.year,
                "year_before": today.year - 1,
                "successor": SUCCESSOR,
                "leaving": LEAVING,
                "administrator": ADMINISTRATOR,
            }
            for statement in STATEMENTS + LEAVING_STATEMENTS:
                await connection.execute(statement.format(**numbers))
        elif not await connection.fetchval(
            "select exists (select from client where client_id = 'bench-01')"
        ):
            raise SystemExit("TIENDO_BENCH_DATABASE_URL must name an empty database.")
        await set_secrets(connection, pepper, clients=AGENCIES)
    await connection.execute("vacuum analyze")


async def set_secrets(connection: asyncpg.Connection, pepper: str, *, clients: int) -> None:
    """As app.auth.secrets does: the benchmark of a token looks at it from the other side."""
    await connection.execute("delete from client_secret")
    await connection.executemany(
        "insert into client_secret (id, created_at, updated_at, client_id, digest)"
        " values (gen_random_uuid(), now(), now(), md5('client-' || $1)::uuid, $2)",
        [
            (str(n), hmac.digest(pepper.encode(), secret(n).encode(), hashlib.sha256))
            for n in (*range(1, clients + 1), ADMINISTRATOR)
        ],
    )


async def unreported(connection: asyncpg.Connection) -> list[tuple[str, int]]:
    """Assignments whose report is still to be filed, each with the number of its agency, which
    has a client."""
    rows = await connection.fetch(
        """
        select u.assignment_id, right(g.code, 2)::int as number
          from submission u join assignment a on a.id = u.assignment_id
          join agency g on g.id = a.agency_id and g.code ~ '^CQ-[0-9]+$'
         where u.status = 'expected' and a.status in ('not_started', 'in_progress')
         order by md5(u.id::text)
        """
    )
    return [(str(row["assignment_id"]), row["number"]) for row in rows]


def identifier(name: str) -> str:
    """The id of a row by its name, as the statements make it."""
    return str(uuid.UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()))


def secret(number: int) -> str:
    """The secret of the client `bench-NN`."""
    return f"{SECRET}-{number:02}"
