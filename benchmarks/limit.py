"""The limit: the same answers from Starlette and asyncpg alone, on the same database.

It asks nobody for a token, checks nothing, and keeps neither an audit entry nor an event. Reads run
the very statements of `app.queries`; a push does the least that must be written.
"""

import contextlib
import hmac
import json
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.auth.principal import Principal, Role
from app.auth.secrets import digest
from app.auth.tokens import TokenKeys
from app.clock import local_day, utc_now
from app.config import Settings, get_settings
from app.models.base import new_id
from app.queries import events, lists
from app.queries.assignments import assignments_json as assignments
from app.queries.figures import plan, workload
from app.queries.submissions import push_writes
from app.queries.submissions import submissions_json as submissions
from app.reading import compiled
from benchmarks.limit_rows import filed, pushed, rows_to_store

CREDENTIALS = """
select s.digest, c.roles from client c join client_secret s on s.client_id = c.id
where c.client_id = $1 and c.disabled_at is null
"""
CASE_OF = """
select u.id, u.attempts, u.data_from, u.data_to, u.due_on, a.id as assignment_id, a.plan_id,
  a.status, t.ordinal, g.id as agency_id, g.code, n.name, c.id as client_id
from submission u join assignment a on a.id = u.assignment_id join task t on t.id = a.task_id
join agency g on g.id = a.agency_id join agency_name n on n.agency_id = g.id
join client c on c.agency_id = g.id
where u.assignment_id = $1 and u.period = $2
for update of u, a
"""
ADD_ATTEMPT = """
insert into submission_attempt (id, created_at, submission_id, number, content, submitted_at,
  received_on, agency_id, client_id)
values ($1, $2, $3, $4, $5, $2, $6, $7, $8)
"""
FILE = """
update submission set status = 'submitted', attempts = $2, received_on = $3, updated_at = $4
where id = $1
"""
PROGRESS = """
update assignment set status = 'in_progress', changed_on = $2, updated_at = $3
where id = $1 and status = 'not_started'
"""

CASES = """
select u.id, u.attempts, u.due_on, u.period, a.id as assignment_id, a.plan_id, a.status, t.ordinal,
  a.agency_id, c.id as client_id, l.content
from unnest($1::uuid[]) asked (id) join assignment a on a.id = asked.id
join submission u on u.assignment_id = a.id and u.period = $2
join task t on t.id = a.task_id join client c on c.agency_id = a.agency_id
left join submission_attempt l on l.submission_id = u.id and l.number = u.attempts
order by a.id for update of u, a
"""

Asked = tuple[str, list[Any], bool]
"""The text, its arguments, and whether it is a list's, which is planned for their values."""


class Recorded(Exception):  # noqa: N818 - nothing went wrong
    """A statement that was about to run, with its parameters."""

    def __init__(
        self, statement: sa.TextClause, parameters: dict[str, Any], by_value: bool
    ) -> None:
        self.by_value = by_value
        self.statement = statement
        self.parameters = parameters


class Recorder:
    """Takes the place of a reader, to learn what a query would ask the database."""

    async def fetch(
        self, statement: sa.TextClause, parameters: dict[str, Any], *, by_value: bool = False
    ) -> None:
        """Nothing is executed."""
        raise Recorded(statement, parameters, by_value)


async def recorded(query: Callable[[Any], Awaitable[Any]]) -> Asked:
    """The SQL and the arguments of *query*, as asyncpg takes them."""
    try:
        await query(Recorder())
    except Recorded as found:
        sql, names = compiled(found.statement)
        return sql, [found.parameters[name] for name in names], found.by_value
    raise AssertionError("the query ran nothing")


class Limit:
    """The handlers, with what they need made beforehand."""

    def __init__(self, settings: Settings, spec: dict[str, Any]) -> None:
        self.settings = settings
        self.keys = TokenKeys(settings)
        self.plan_id = uuid.UUID(spec["plan_id"])
        self.agency_id = uuid.UUID(spec["agency_id"])
        self.agency_code = spec["agency_code"]
        self.next_page, self.next_owed = spec["next_page"], spec["next_owed"]
        self.tag: str = spec["tag"]
        self.answers: dict[str, str] = spec["answers"]

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Record the statements and hold the pool."""
        self.day = local_day(utc_now())
        as_of = plan.AsOf(self.day, self.settings.due_soon_days)
        view = assignments.Viewpoint(
            self.agency_id,
            reports=True,
            issues=False,
            coordinates=False,
            day=self.day,
            is_past=False,
            due_soon_days=as_of.due_soon_days,
        )
        self.statistics = await recorded(
            lambda session: plan.plan_statistics_json(
                session, as_of, plan_id=self.plan_id, by="agency", mine=self.agency_id
            )
        )
        self.workload = await recorded(
            lambda session: workload.get_workload_json(
                session,
                self.agency_code,
                workload.WorkloadFilter(as_of),
                mine=self.agency_id,
                limit=50,
                after=None,
            )
        )
        self.page = await recorded(
            lambda session: assignments.page_of_assignments_json(
                session,
                view,
                lists.PageRequest({"is_there": True, "plan": self.plan_id}, "id", None, 50),
            )
        )
        # The statements of other paths are run anew, and the service's answer is sent.
        self.shaped = {path: await self._statements(path, view) for path in self.answers}
        sql, names = compiled(push_writes.STORE)
        self.store = list(names), sql
        # Both plan as the service does, so that the ratio is of what surrounds the statements.
        once = _connections(self.settings, plan_cache_mode="force_generic_plan")
        async with once as self.pool, _connections(self.settings) as self.lists:
            yield

    async def _statements(self, path: str, view: assignments.Viewpoint) -> list[Asked]:
        """The statements of the service for one of the other paths."""
        principal = Principal(self.agency_id, self.agency_id, frozenset({Role.REPORTER}))
        row_id = path.rpartition("/")[2]
        if path.startswith("/v1/submissions?"):
            page = lists.PageRequest({}, "id", None, 50)
            return [
                await recorded(
                    lambda sql: submissions.list_submissions_json(
                        sql, principal, page, day=self.day
                    )
                )
            ]
        if path.startswith("/v1/submissions/"):
            ids = [uuid.UUID(row_id)]
            return [
                await recorded(
                    lambda sql: submissions.get_submission_json(
                        sql, principal, day=self.day, ids=ids
                    )
                )
            ]
        if path.startswith("/v1/assignments/"):
            one = uuid.UUID(row_id)
            return [await recorded(lambda sql: assignments.get_assignment_json(sql, view, one))]
        if path.startswith("/v1/events"):
            return await self._statements_of_feed(principal)
        return []

    async def _statements_of_feed(self, principal: Principal) -> list[Asked]:
        """The end of the feed, and its first page of all that the caller may see."""
        given: dict[str, Any] = {"after_transaction": 0, "after_sequence": 0}
        sql, names = compiled(events.BOUNDS)
        bounds = {**given, "stretch": events.STRETCH}
        page, fixed = events.page_statement(principal.roles, frozenset(), self.day)
        given |= {"upto_transaction": 10**15, "upto_sequence": 0, "rows": 51}
        given |= {n: self.agency_id if v == events.CALLER else v for n, v in fixed.items()}
        page_sql, page_names = compiled(page)
        return [
            (sql, [bounds[name] for name in names], False),
            (page_sql, [given[name] for name in page_names], False),
        ]

    async def get_shaped(self, request: Request) -> Response:
        """The service's answer, once its statements were run."""
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        for sql, arguments, by_value in self.shaped[path]:
            await (self.lists if by_value else self.pool).fetch(sql, *arguments)
        if request.headers.get("if-none-match") == self.tag:
            return Response(status_code=304, headers={"ETag": self.tag})
        return _json(self.answers[path])

    async def get_statistics(self, _: Request) -> Response:
        """Statistics of a plan."""
        sql, arguments, _by_value = self.statistics
        return _json(await self.pool.fetchval(sql, *arguments))

    async def get_workload(self, _: Request) -> Response:
        """One agency's workload."""
        sql, arguments, _by_value = self.workload
        row: Any = await self.pool.fetchrow(sql, *arguments)
        return _json(
            f'{{"agency":{row["agency"]},"notice":null,"as_of":"{self.day}",'
            f'"counts":{row["counts"]},"assignments":{row["assignments"]},"next":{self.next_owed}}}'
        )

    async def get_page(self, _: Request) -> Response:
        """A page of assignments."""
        sql, arguments, _by_value = self.page
        row: Any = await self.lists.fetchrow(sql, *arguments)
        return _json(f'{{"items":[{row["body"]}],"next":{self.next_page}}}')

    async def issue_token(self, request: Request) -> Response:
        """A token: the secret is looked up and compared, the token signed."""
        form = await request.form()
        row: Any = await self.pool.fetchrow(CREDENTIALS, form["client_id"])
        if not hmac.compare_digest(
            row["digest"], digest(self.settings, str(form["client_secret"]))
        ):
            return Response(status_code=401)
        scopes = frozenset(row["roles"])
        token, _ = self.keys.issue(str(form["client_id"]), scopes, at=utc_now())
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self.keys.seconds,
                "scope": " ".join(sorted(scopes)),
            }
        )

    async def put_submission(self, request: Request) -> Response:
        """A report filed: one attempt, and what follows from it for the report and the
        assignment."""
        content, now = await request.json(), utc_now()
        day, period = local_day(now), request.path_params["period"]
        async with self.pool.acquire() as connection, connection.transaction():
            case: Any = await connection.fetchrow(
                CASE_OF, uuid.UUID(request.path_params["assignment_id"]), period
            )
            number = case["attempts"] + 1
            await connection.execute(
                ADD_ATTEMPT, new_id(), now, case["id"], number, json.dumps(content), day,
                case["agency_id"], case["client_id"],
            )  # fmt: skip
            await connection.execute(FILE, case["id"], number, day, now)
            await connection.execute(PROGRESS, case["assignment_id"], day, now)
        return JSONResponse(filed(case, period, day, number, content) | {"updated_at": str(now)})

    async def push_batch(self, request: Request) -> Response:
        """Reports filed by the very statement of the service, with nothing judged but repeats."""
        items, now = (await request.json())["items"], utc_now()
        by_id = {item["assignment_id"]: item for item in items}
        period, ids = items[0]["period"], [uuid.UUID(id_) for id_ in by_id]
        async with self.pool.acquire() as connection, connection.transaction():
            cases: Any = await connection.fetch(CASES, ids, period)
            new = [case for case in cases if case["content"] is None]
            if new:
                rows = rows_to_store(new, by_id, now)
                names, sql = self.store
                await connection.execute(sql, *[to_json(rows[name]).decode() for name in names])
        results = [pushed(case, local_day(now)) for case in cases]
        counts = {"created": len(new), "unchanged": len(cases) - len(new)}
        return Response(to_json({"counts": counts, "items": results}), 207)


def _connections(settings: Settings, **server: str) -> Any:
    return asyncpg.create_pool(
        settings.driver_url(),
        min_size=0,
        max_size=settings.database_pool,
        reset=_leave_as_it_is,
        statement_cache_size=500,
        max_cacheable_statement_size=0,
        server_settings={"jit": "off", "timezone": "UTC", **server},
    )


def _json(body: str) -> Response:
    return Response(body, media_type="application/json")


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Nothing here changes a connection's settings."""


def create_app() -> Starlette:
    """For uvicorn; what is asked for is in the environment."""
    limit = Limit(get_settings(), json.loads(Path(os.environ["TIENDO_BENCH_LIMIT"]).read_text()))
    return Starlette(
        lifespan=limit.lifespan,
        routes=[
            Route("/v1/plans/{plan_id}/statistics", limit.get_statistics),
            Route("/v1/agencies/{ref}/workload", limit.get_workload),
            Route("/v1/assignments", limit.get_page),
            Route("/v1/submissions/batch", limit.push_batch, methods=["POST"]),
            Route("/v1/submissions", limit.get_shaped),
            Route("/v1/submissions/{submission_id}", limit.get_shaped),
            Route("/v1/assignments/{assignment_id}", limit.get_shaped),
            Route("/v1/events", limit.get_shaped),
            Route("/oauth/token", limit.issue_token, methods=["POST"]),
            Route(
                "/v1/assignments/{assignment_id}/submissions/{period}",
                limit.put_submission,
                methods=["PUT"],
            ),
        ],
    )
