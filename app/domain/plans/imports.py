"""Importing a plan document as a draft plan; a dry run stops before anything is stored."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.documents.agency_names import KnownName, Mention, NameBook, NamedKind
from app.documents.tables.plan_rows import RowKind
from app.domain.acts import PersonalAct
from app.domain.plans.import_files import keep_file
from app.domain.plans.near_misses import suggestions_of
from app.domain.plans.reading_apart import DayNames, Understood, understand_apart
from app.domain.records import Subject
from app.models import Assignee, Plan, PlanImport, Task, TaskGroup
from app.models.base import new_id
from app.queries.bulk import insert_rows
from app.queries.registry import agencies, collectives

OPERATION = "plan_import"
"""The kind of the operation that does an import whose caller does not wait for it."""
ROWS_AT_ONCE = 500
"""So many rows are inserted by one statement: others get their turn in between."""
UNTITLED = "Kế hoạch chưa có tên"


@dataclass(frozen=True, slots=True)
class RegistryNames:
    """The names that a cell may use on a day, and the rows behind their codes."""

    day: DayNames
    agency_ids: dict[str, UUID]
    collective_ids: dict[str, UUID]

    @property
    def book(self) -> NameBook:
        """The names made ready to be looked for: for one name, not for a file's."""
        return NameBook(self.day.names)


async def read_file(
    session: AsyncSession, content: bytes, *, file_name: str, as_of: date | None, today: date
) -> tuple[Understood, RegistryNames]:
    """Read a file with the agency names of the plan's day; stores nothing.

    Raises `UnreadableFileError` or `FileTooLargeError`.
    """
    registries: list[RegistryNames] = []

    async def names_on(day: date) -> DayNames:
        registries.append(await registry_names_on(session, day))
        return registries[-1].day

    understood = await understand_apart(
        content, file_name=file_name, as_of=as_of, today=today, names_on=names_on
    )
    return understood, registries[-1]


async def registry_names_on(session: AsyncSession, day: date) -> RegistryNames:
    """The names of all agencies and collectives on a day, every spelling included."""
    names: list[KnownName] = []
    agency_ids, collective_ids, labels = {}, {}, {}
    for agency in await agencies.names_on(session, day):
        agency_ids[agency.code] = agency.id
        labels[agency.code] = agency.name
        spellings = {agency.name, agency.short_name or agency.name, agency.code, *agency.aliases}
        names += [
            KnownName(agency.code, NamedKind.AGENCY, spelling, agency.kind)
            for spelling in sorted(spellings)
        ]
    for collective in await collectives.list_with_aliases(session):
        collective_ids[collective.code] = collective.id
        labels[collective.code] = collective.name
        names += [
            KnownName(collective.code, NamedKind.COLLECTIVE, spelling, None)
            for spelling in sorted({collective.name, collective.code, *collective.aliases})
        ]
    return RegistryNames(DayNames(names, labels), agency_ids, collective_ids)


async def meaning_of_name(
    session: AsyncSession, plan: Plan, words: str, *, today: date
) -> dict[str, Any]:
    """The meaning of an assignee's words by the registry of the plan's own day.

    The fields of an `Assignee`; without a meaning, but with suggestions and a note, where the words
    are not one name.
    """
    registry = await registry_names_on(session, plan.issued_on or plan.starts_on or today)
    mentions = registry.book.read_cell(words)
    if len(mentions) != 1:
        return {}
    return _meaning(mentions[0], registry)


async def store_plan(
    act: PersonalAct,
    settings: Settings,
    understood: Understood,
    registry: RegistryNames,
    *,
    content: bytes,
    file_name: str,
    plan_id: UUID | None = None,
) -> PlanImport:
    """Make the draft plan of what was *understood*, which the caller's agency owns and is to issue.

    The file itself is kept sealed beside it.
    """
    session, reading = act.session, understood.reading
    plan = Plan(
        id=plan_id or new_id(),
        title=reading["title"] or UNTITLED,
        number=reading["number"],
        issued_on=_day(reading["issued_on"]),
        starts_on=_day(reading["starts_on"]),
        ends_on=_day(reading["ends_on"]),
        owner_id=act.principal.agency_id,
        issuer_id=act.principal.agency_id,
    )
    session.add(plan)
    await session.flush()
    await store_rows(session, plan, understood, registry)
    row = PlanImport(
        plan_id=plan.id,
        file_name=file_name,
        media_type=understood.media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        reading=reading,
    )
    session.add(row)
    subject = Subject("plan", plan.id, plan.id, plan.owner_id)
    act.note("imported", subject, file_sha256=row.sha256)
    await session.flush()
    keep_file(session, settings, row, content)
    await session.flush()
    return row


async def store_rows(
    session: AsyncSession, plan: Plan, understood: Understood, registry: RegistryNames
) -> None:
    """Store the groups, the tasks and their assignees, in the order of the file."""
    groups: dict[int, dict[str, Any]] = {}
    tasks: list[dict[str, Any]] = []
    assignees: list[dict[str, Any]] = []
    for place, row in enumerate(understood.reading["rows"]):
        common = {
            "id": new_id(),
            "plan_id": plan.id,
            "position": place + 1,
            "ordinal": row["ordinal"],
            "title": row["title"],
            "source_cells": [[cell["heading"], cell["text"]] for cell in row["cells"]],
        }
        if row["kind"] == RowKind.GROUP:
            groups[place] = common
            continue
        above = understood.groups[place]
        group_id = groups[above]["id"] if above is not None else None
        tasks.append({**common, "task_group_id": group_id, **_task_words(row)})
        assignees += _assignees(common["id"], row["assignees"], registry)
    for table, rows in ((TaskGroup, list(groups.values())), (Task, tasks), (Assignee, assignees)):
        for first in range(0, len(rows), ROWS_AT_ONCE):
            await insert_rows(session, table, rows[first : first + ROWS_AT_ONCE])


def _task_words(row: dict[str, Any]) -> dict[str, Any]:
    frame = row["time_frame"]
    return {
        "expected_result": row["expected_result"],
        "note": row["note"],
        "time_frame_text": frame["text"],
        "time_frame_kind": frame["kind"],
        "time_frame_starts_on": frame["starts_on"],
        "time_frame_ends_on": frame["ends_on"],
        "due_month": frame["due_month"],
        "due_day": frame["due_day"],
    }


def _assignees(
    task_id: UUID, found: list[dict[str, Any]], registry: RegistryNames
) -> list[dict[str, Any]]:
    rows = []
    for position, one in enumerate(found, start=1):
        code, note = one["code"] or "", one["note"] or {}
        of = one["resolution"]
        rows.append(
            {
                "id": new_id(),
                "task_id": task_id,
                "role": one["role"],
                "position": position,
                "source_text": one["source_text"],
                "agency_id": registry.agency_ids[code] if of == NamedKind.AGENCY else None,
                "collective_id": (
                    registry.collective_ids[code] if of == NamedKind.COLLECTIVE else None
                ),
                "is_related_only": one["is_related_only"],
                "suggestions": one["suggestions"],
                "note_vi": note.get("vi"),
                "note_en": note.get("en"),
            }
        )
    return rows


def _meaning(mention: Mention, registry: RegistryNames) -> dict[str, Any]:
    code, note = mention.code or "", mention.note
    is_agency = mention.kind is NamedKind.AGENCY
    is_collective = mention.kind is NamedKind.COLLECTIVE
    return {
        "agency_id": registry.agency_ids.get(code) if is_agency else None,
        "collective_id": registry.collective_ids.get(code) if is_collective else None,
        "is_related_only": mention.is_related_only,
        "suggestions": suggestions_of(mention),
        "note_vi": note.vi if note else None,
        "note_en": note.en if note else None,
    }


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
