"""A list holds all that an agency may read, whether it is looked up first or not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.config import Settings
from app.models import Reminder, Task
from app.queries import grounds
from app.queries.assignments import extensions, focal_points
from app.queries.documents import documents
from app.queries.evaluation import remarks
from app.queries.lists import FoundPage, PageRequest
from app.queries.reminders import reminders
from app.queries.row_security import reach_all
from tests.queries.test_readable_submissions import share_and_file
from tests.support.sample import Sample, opened
from tests.support.transactions import Engines

Pages = Callable[[AsyncSession, Principal, PageRequest], Awaitable[FoundPage[Any]]]
LISTS: dict[str, tuple[Pages, Callable[[Any], UUID]]] = {
    "extensions": (extensions.page_of_extensions, lambda row: row.extension.id),
    "documents": (documents.page_of_documents, lambda row: row.id),
    "reminders": (reminders.page_of_reminders, lambda row: row.id),
    "remarks": (remarks.page_of_remarks, lambda row: row.remark.id),
    "focal points": (focal_points.page_of_focal_points, lambda row: row.id),
}
# Rows on each ground: about assignments and submissions of every agency, of one that has neither,
# and by an agency about what another one has by now.
ROWS = """
insert into extension (id, created_at, updated_at, assignment_id, number, old_deadline_on,
  wanted_deadline_on, reason, basis, asked_at, asked_on, agency_id, client_id, state)
select gen_random_uuid(), now(), now(), a.id, 1, current_date, current_date + 30, 'Chờ.', '1/CV',
  now(), current_date, coalesce(filed.agency_id, a.agency_id), :client, 'pending'
from assignment a left join lateral (
  select t.agency_id from submission s join submission_attempt t on t.submission_id = s.id
   where s.assignment_id = a.id limit 1) filed on true;
insert into document (id, created_at, kind, sender_id, sender_organ_id, document_id, subject,
  type_number, type_name, business, attachments, task_codes, problems, sha256, size, envelope,
  has_signature, received_at, client_id)
select a.id, now(), 'result', :office, 'H36', a.id::text, 'Báo cáo', 9, 'Báo cáo', 'new', '[]', 1,
  '[]', encode(sha256(a.id::text::bytea), 'hex'), 9, '', false, now(), :client from assignment a;
insert into document_evidence (id, created_at, document_id, assignment_id, task_code)
select gen_random_uuid(), now(), id, id, 'H36.1' from assignment;
insert into document (id, created_at, kind, sender_id, sender_organ_id, business, attachments,
  task_codes, problems, attempt_id, status_code, sha256, size, envelope, has_signature, received_at,
  client_id)
select id, now(), 'status', :office, 'H36', 'new', '[]', 0, '[]', id, '03',
  encode(sha256(id::text::bytea), 'hex'), 9, '', false, now(), :client from submission_attempt;
insert into plan_import (id, created_at, plan_id, file_name, media_type, sha256, size, reading)
select id, now(), id, 'a.docx', 'application/octet-stream', encode(sha256('x'), 'hex'), 9, '{}'
from plan;
insert into document (id, created_at, kind, sender_id, sender_organ_id, document_id, subject,
  type_number, type_name, business, attachments, task_codes, problems, plan_import_id, sha256, size,
  envelope, has_signature, received_at, client_id)
select id, now(), 'plan', :office, 'H36', 'plan', 'Kế hoạch', 9, 'Kế hoạch', 'new', '[]', 0, '[]',
  id, encode(sha256(id::text::bytea), 'hex'), 9, '', false, now(), :client from plan;
insert into reminder (id, created_at, updated_at, on_day, trigger, agency_id, receiver,
  receiver_key, tries, assignments, submissions, agency_reports, missing)
select id, now(), now(), current_date, 'rule', id, 'clients', 'clients', 0, 1, 0, 0, 0 from agency;
insert into reminder_item (reminder_id, number, kind, plan_id, assignment_id, due_on, step)
select distinct on (agency_id) agency_id, 1, 'assignment', plan_id, id, current_date, 1
from assignment order by agency_id, id;
insert into remark (id, created_at, updated_at, plan_id, assignment_id, text, made_at, author_id,
  client_id)
select gen_random_uuid(), now(), now(), plan_id, id, 'Cần khẩn trương.', now(), :office, :client
from assignment;
insert into remark (id, created_at, updated_at, plan_id, submission_id, text, made_at, author_id,
  client_id)
select gen_random_uuid(), now(), now(), a.plan_id, s.id, 'Cần khẩn trương.', now(), :office,
  :client from submission s join assignment a on a.id = s.assignment_id;
insert into remark (id, created_at, updated_at, plan_id, agency_id, text, made_at, author_id,
  client_id)
select gen_random_uuid(), now(), now(), :plan, id, 'Cần khẩn trương.', now(), :office, :client
from agency;
insert into remark (id, created_at, updated_at, plan_id, task_id, text, made_at, author_id,
  client_id)
select gen_random_uuid(), now(), now(), :plan, :task, 'Cần khẩn trương.', now(), id, :client
from agency;
insert into focal_point (id, created_at, updated_at, agency_id, plan_id, assignment_id, level, name,
  email, valid_from)
select gen_random_uuid(), now(), now(), agency_id, plan_id, id, 'focal', 'Trần Văn A',
  'a@example.vn', current_date from assignment where role = 'coordinating';
insert into focal_point (id, created_at, updated_at, agency_id, plan_id, level, name, email,
  valid_from)
select gen_random_uuid(), now(), now(), id, :plan, 'focal', 'Trần Văn A', 'a@example.vn',
  current_date from agency;
"""

# An agency that owes nothing, and is not the one that another test's world makes owe or coordinate.
OFFICE = sa.text("""
select code from agency g where not exists (select from assignment a where a.agency_id = g.id)
order by code offset 1 limit 1
""")


@pytest.fixture(scope="module")
async def world(issued_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The sample with rows on each ground; one for all tests, which only read."""
    async with opened(engines, issued_url, settings) as issued:
        await share_and_file(issued)
        await fill(issued)
        yield issued


async def fill(issued: Sample) -> None:
    """Write the rows."""
    connection, plan = await issued.session.connection(), await issued.the_plan()
    [office] = (await connection.execute(OFFICE)).scalars()
    client = await issued.client(office, Role.REPORTER)
    task = select(Task.id).where(col(Task.plan_id) == plan.id).limit(1)
    values = {
        "plan": plan.id,
        "task": (await issued.session.exec(task)).one(),
        "office": client.agency_id,
        "client": client.id,
    }
    async with reach_all(issued.session):
        for statement in filter(str.strip, ROWS.split(";")):
            clause = sa.text(statement)
            named = {name: values[name] for name in clause._bindparams}
            await connection.execute(clause, named)


async def listed(sample: Sample, agency_id: UUID, name: str, order: str, limit: int) -> list[UUID]:
    """All pages of a list, one after another."""
    pages, id_of = LISTS[name]
    principal = asked_by(agency_id)
    after, found = None, []
    while True:
        page = await pages(sample.session, principal, PageRequest({}, order, after, limit))
        found += [id_of(row) for row in page.rows]
        if page.last is None:
            return found
        after = tuple(page.last.split("\x1f"))


async def agencies_of(sample: Sample) -> list[UUID]:
    """The agencies that are different from each other: the first of each number of assignments,
    those that coordinate, issue or own a plan, that filed or sent something, or follow others."""
    connection = await sample.session.connection()
    alike = sa.text("""
select (array_agg(id order by code))[1] from (
  select g.id, g.code, (select count(*) from assignment a where a.agency_id = g.id) as owes,
    (select count(*) from assignment a where a.agency_id = g.id and a.role = 'lead') as leads,
    (select count(*) from succession s where s.successor_id = g.id) as follows,
    exists (select from plan p where g.id in (p.coordinator_id, p.issuer_id, p.owner_id)) as has,
    exists (select from submission_attempt t where t.agency_id = g.id) as filed,
    exists (select from document d where d.sender_id = g.id) as sent
  from agency g) g group by owes, leads, follows, has, filed, sent""")
    return list((await connection.execute(alike)).scalars())


@pytest.mark.parametrize("name", LISTS)
async def test_each_agency_finds_all_that_it_may_read(
    world: Sample, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sizes = set()
    for agency_id in await agencies_of(world):
        monkeypatch.setattr(grounds, "FEW", 100_000)
        looked_up = await listed(world, agency_id, name, "id", 200)
        monkeypatch.setattr(grounds, "FEW", -1)
        tried = await listed(world, agency_id, name, "id", 200)

        assert looked_up == tried
        sizes.add(len(tried))

    # An agency of few and one of many: where all read alike, nothing would be left out.
    assert len(sizes) > 1


async def coordinator_of(sample: Sample) -> UUID:
    """The agency that coordinates the plan."""
    found = (await sample.the_plan()).coordinator_id
    assert found is not None
    return found


def asked_by(agency_id: UUID) -> Principal:
    """A reporting client of the agency."""
    return Principal(uuid4(), agency_id, frozenset({Role.REPORTER}))


async def test_what_is_more_than_a_few_is_not_looked_up(
    world: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await coordinator_of(world)
    count = len(await listed(world, mine, "reminders", "id", 200))

    async def is_looked_up(few: int, **filters: Any) -> bool:
        monkeypatch.setattr(grounds, "FEW", few)
        asked = PageRequest(filters, "id", None, 200)
        found = await reminders.GROUNDS.among_few(world.session, asked_by(mine), asked)
        return found is not sa.true()

    # The coordinator is reminded of nothing, so that each reminder that it reads is found once.
    assert await is_looked_up(count)
    assert not await is_looked_up(count - 1)
    # Few are of one assignment, whoever reads them.
    assert not await is_looked_up(count, assignment=uuid4())


async def test_too_many_assignments_are_not_looked_up(
    world: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await coordinator_of(world)
    monkeypatch.setattr(grounds, "FEW", 100_000)

    async def is_looked_up(limit: int) -> bool:
        asked = PageRequest({}, "id", None, limit)
        found = await documents.GROUNDS.among_few(world.session, asked_by(mine), asked)
        return found is not sa.true()

    # The larger a page, the more are looked up for it.
    assert not await is_looked_up(1)
    assert await is_looked_up(100_000)


async def test_what_a_reminder_is_about_is_asked_of_each_by_itself(world: Sample) -> None:
    sees = reminders.sees_reminders(asked_by(await coordinator_of(world)))
    statement = select(Reminder.id).where(sees).limit(51)
    connection = await world.session.connection()
    sql = statement.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
    plan = "\n".join((await connection.exec_driver_sql(f"explain {sql}")).scalars())

    # PostgreSQL puts the rows of a hashed subquery together before it asks of the first row.
    assert "SubPlan" in plan
    assert "hashed" not in plan
