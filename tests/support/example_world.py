"""The sample as every operation is asked in it, by the contract's own examples."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import httpx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.sample_story import play, principal
from app.clock import utc_now
from app.config import Settings
from app.domain.acts import PersonalAct
from app.domain.operations import promise
from app.http.answers import PARTIAL
from app.models import (
    Agency,
    Assignee,
    AssigneeRole,
    Assignment,
    Client,
    Collective,
    CollectiveMember,
    Handover,
    HandoverState,
    PlanImport,
    Submission,
    SubmissionStatus,
    Succession,
    TaskGroup,
)
from tests.support import databases
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, Json, example_of, faults, resolved
from tests.support.sample import fill, load_registry
from tests.support.sample_facts import DEPARTMENTS, FOREIGN_AFFAIRS, LABOUR

# The operations whose answer has an id, with the name of the id.
MADE = {
    "createPlan": "plan_id",
    "putPlan": "plan_id",
    "addTaskGroup": "group_id",
    "addTask": "task_id",
    "addAssignee": "assignee_id",
    "draftAmendment": "amendment_id",
    "addCollectiveMember": "member_id",
    "putSubmission": "submission_id",
    "putAgencyReport": "report_id",
    "consolidateReport": "consolidated_report_id",
    "nameFocalPoint": "focal_point_id",
    "sendReminder": "reminder_id",
    "createWebhookEndpoint": "endpoint_id",
    "requestReports": "report_request_id",
    "requestExtension": "extension_id",
    "addIndicator": "indicator_id",
    "putRating": "rating_id",
    "makeBoardLink": "link_id",
    "makePlanImportLink": "link_id",
    "makeBoardsLink": "link_id",
    "makeRemark": "remark_id",
}
READERS = {
    "getPlanImport": "sample-issuer",
    "getPlanImportFile": "sample-issuer",
    "getOperation": "sample-issuer",
    "listFocalPoints": "sample-coordinator",
}
WEBHOOKS = {"webhook_networks": (ip_network("10.0.0.0/8"),)}


class World:
    """The sample, and whoever asks it by the contract's own examples."""

    def __init__(
        self, session: AsyncSession, api: Api, ids: dict[str, str], secrets: list[Json]
    ) -> None:
        self.session = session
        self.api = api
        self.ids = ids
        self.secrets = secrets

    async def by(self, client_id: str) -> httpx.AsyncClient:
        """One of the sample's clients."""
        statement = select(Client).where(Client.client_id == client_id)
        return self.api.by((await self.session.exec(statement)).one())

    def anybody(self) -> httpx.AsyncClient:
        """Somebody without a token."""
        return self.api.by()

    async def ask(self, client_id: str, name: str, *, narrowed: bool = False) -> None:
        """Call an operation by its examples and hold the answer to what is declared."""
        method, path, operation = OPERATIONS[name]
        query = {}
        for parameter in map(resolved, operation.get("parameters", ())):
            asked = narrowed or (parameter["in"] == "query" and "required" in parameter)
            # `updated_since` does not go with a past day; a row is not asked of a day before it.
            left_out = {"updated_since", *(("as_of",) if name == "getSubmission" else ())}
            if asked and "examples" in parameter["schema"] and parameter["name"] not in left_out:
                query[parameter["name"]] = parameter["schema"]["examples"][0]
            if parameter["in"] == "path":
                value = self.ids.get(parameter["name"]) or parameter["example"]
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        body = example_of(operation)
        if isinstance(body, dict) and "assignment_id" in body:
            body = body | {"assignment_id": self.ids["assignment_id"]}
        async with await self.by(client_id) as http:
            if isinstance(body, dict) and "attempt" in body:
                # Whoever decides names what was filed last.
                read = await http.get(
                    path.rpartition("/")[0]
                    if "AgencyReport" in name
                    else f"/v1/submissions/{self.ids['submission_id']}"
                )
                body = body | {"attempt": read.json()["attempts"]}
            answer = await http.request(method, path, params=query, json=body)
        check(name, answer)
        if name in MADE:
            self.ids[MADE[name]] = answer.json()["id"]


def check(name: str, answer: httpx.Response) -> None:
    """The answer is the success that the operation declares, in its form."""
    status = str(answer.status_code)
    declared = OPERATIONS[name][2]["responses"]
    assert status < "300", f"{name}: {answer.text}"
    assert status in declared, name
    content = resolved(declared[status]).get("content", {})
    # Nobody asked for some members only; a file is in one of its forms.
    kinds = content.keys() - {PARTIAL}
    given = answer.headers.get("content-type", "")
    assert not kinds or given.startswith(tuple(kinds)), name
    if "application/json" in kinds:
        assert faults(answer.json(), content["application/json"]["schema"]) == [], name


@dataclass
class Loaded:
    """A database with the whole sample as `tiendo sample load` makes it."""

    url: str
    secrets: list[Json] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    async def find_ids(self, session: AsyncSession) -> None:
        """Find the ids of rows that the document can't name, since they are numbered anew in every
        database."""
        statement = (
            select(Submission.id, Submission.assignment_id, Assignment.task_id)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .where(col(Agency.code) == FOREIGN_AFFAIRS, col(Submission.period) == "2026")
            .where(col(Submission.status) == SubmissionStatus.EXPECTED)
            .where(col(Assignment.occurrence) == "once")
            .where(col(Assignment.role) == AssigneeRole.LEAD)
        )
        row = (await session.exec(statement.order_by(col(Submission.id)).limit(1))).one()
        imported = (await session.exec(select(PlanImport.id))).one()
        group = (
            await session.exec(select(TaskGroup.id).order_by(col(TaskGroup.id)).limit(1))
        ).one()
        assignee = (
            await session.exec(select(Assignee.id).order_by(col(Assignee.id)).limit(1))
        ).one()
        members = (
            select(CollectiveMember.id).join(Collective).where(col(Collective.code) == DEPARTMENTS)
        )
        member = (await session.exec(members.order_by(col(CollectiveMember.id)).limit(1))).one()
        issuer = await principal(session, "sample-issuer")
        operation = await promise(PersonalAct(session, issuer, utc_now()), "plan_import", {})
        succession = (
            await session.exec(select(Succession.id).order_by(col(Succession.id)).limit(1))
        ).one()
        waiting = (
            select(Handover.id)
            .join(Agency, col(Agency.id) == col(Handover.from_agency_id))
            .where(col(Agency.code) == LABOUR, col(Handover.state) == HandoverState.PENDING)
        )
        handover = (await session.exec(waiting.order_by(col(Handover.id)).limit(1))).one()
        found = {
            "succession_id": succession,
            "handover_id": handover,
            "submission_id": row[0],
            "assignment_id": row[1],
            "row_id": row[1],
            "task_id": row[2],
            "import_id": imported,
            "group_id": group,
            "assignee_id": assignee,
            "member_id": member,
            "operation_id": operation.id,
        }
        self.ids = {name: str(value) for name, value in found.items()}


def with_sample(settings: Settings, name: str = "example") -> str:
    """The template with the whole sample, which is loaded once a run for each *name*."""

    def make(url: str) -> None:
        loaded = Loaded(url)

        async def story(session: AsyncSession) -> None:
            loaded.secrets = await play(session, settings)
            await loaded.find_ids(session)

        asyncio.run(fill(url, load_registry, story))
        _noted(name).write_text(json.dumps({"secrets": loaded.secrets, "ids": loaded.ids}))

    return databases.keep_template(name, make)


@contextmanager
def load_sample(settings: Settings, name: str = "example") -> Iterator[Loaded]:
    """A database of one's own with the whole sample."""
    with databases.new_database(like=with_sample(settings, name)) as url:
        yield Loaded(url, **json.loads(_noted(name).read_text()))


def _noted(name: str) -> Path:
    return databases.folder_of_run() / f"{name}.json"
