"""Importing a plan document as a draft plan; a dry run stops before anything is stored."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.agency_names import KnownName, Mention, NameBook, NamedKind
from app.documents.plan_rows import PlanBody, PlanRow, RowKind, RowWarning
from app.documents.reader_process import read_plan_apart
from app.domain.acts import PersonalAct
from app.domain.plans.readings import (
    AssigneeReading,
    PlanReading,
    RowReading,
    day_of,
    group_above,
    kept_words,
    read_plan,
)
from app.domain.plans.time_frames import TimeFrame
from app.domain.records import Subject
from app.models import Assignee, Plan, PlanImport, Task, TaskGroup
from app.models.base import new_id
from app.queries.registry import agencies, collectives
from app.threads import in_thread

OPERATION = "plan_import"
"""The kind of the operation that does an import whose caller does not wait for it."""
LEFT_OUT_NAMED = 500
"""Of the rows that are not read, at most so many are named; all are counted."""
UNTITLED = "Kế hoạch chưa có tên"


@dataclass(frozen=True, slots=True)
class RegistryNames:
    """The names that a cell may use on a day, and the rows behind their codes."""

    book: NameBook
    agency_ids: dict[str, UUID]
    collective_ids: dict[str, UUID]
    labels: dict[str, str]


async def read_file(
    session: AsyncSession, content: bytes, *, file_name: str, as_of: date | None, today: date
) -> tuple[PlanReading, RegistryNames]:
    """Read a file with the agency names of the plan's day; stores nothing.

    Raises `UnreadableFileError`, `FileTooLargeError` or `UnsupportedMediaTypeError`.
    """
    document = await read_plan_apart(content, file_name=file_name)
    day = day_of(document, as_of=as_of, today=today)
    registry = await registry_names_on(session, day)
    return await in_thread(read_plan, document, registry.book, as_of=day), registry


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
    return RegistryNames(NameBook(names), agency_ids, collective_ids, labels)


async def meaning_of_name(
    session: AsyncSession, plan: Plan, words: str, *, today: date
) -> dict[str, Any]:
    """What the registry of the plan's own day understands by an assignee's words.

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
    reading: PlanReading,
    registry: RegistryNames,
    *,
    content: bytes,
    file_name: str,
    plan_id: UUID | None = None,
) -> PlanImport:
    """Make the draft plan of *reading*, which the caller's agency owns and is to issue."""
    session = act.session
    document = reading.document
    plan = Plan(
        id=plan_id or new_id(),
        title=document.title or UNTITLED,
        number=document.number,
        issued_on=document.issued_on,
        starts_on=reading.starts_on,
        ends_on=reading.ends_on,
        owner_id=act.principal.agency_id,
        issuer_id=act.principal.agency_id,
    )
    session.add(plan)
    await session.flush()
    await _store_rows(session, plan, reading, registry)
    row = PlanImport(
        plan_id=plan.id,
        file_name=file_name,
        media_type=document.media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        reading=describe_reading(reading, registry),
    )
    session.add(row)
    subject = Subject("plan", plan.id, plan.id, plan.owner_id)
    act.note("imported", subject, file_sha256=row.sha256)
    await session.flush()
    return row


async def _store_rows(
    session: AsyncSession, plan: Plan, reading: PlanReading, registry: RegistryNames
) -> None:
    groups: dict[int, TaskGroup] = {}
    for position, row in enumerate(reading.rows, start=1):
        frame = row.time_frame
        if frame is None:
            heading = TaskGroup(
                plan_id=plan.id,
                position=position,
                ordinal=row.row.ordinal,
                title=row.row.title,
                source_cells=[list(cell) for cell in row.row.cells],
            )
            groups[position - 1] = heading
            session.add(heading)
            await session.flush()
        else:
            group_at = group_above(reading.rows, position - 1)
            task = _task(
                plan,
                groups.get(group_at) if group_at is not None else None,
                position,
                row.row,
                frame,
            )
            session.add(task)
            await session.flush()
            session.add_all(_assignees(task, row.assignees, registry))
    await session.flush()


def _task(
    plan: Plan, group: TaskGroup | None, position: int, row: PlanRow, frame: TimeFrame
) -> Task:
    return Task(
        plan_id=plan.id,
        task_group_id=group.id if group else None,
        position=position,
        ordinal=row.ordinal,
        title=row.title,
        expected_result=row.expected_result,
        note=row.note,
        time_frame_text=row.time_frame,
        time_frame_kind=frame.kind,
        time_frame_starts_on=frame.starts_on,
        time_frame_ends_on=frame.ends_on,
        due_month=frame.due_month,
        due_day=frame.due_day,
        source_cells=[list(cell) for cell in row.cells],
    )


def _assignees(
    task: Task, readings: tuple[AssigneeReading, ...], registry: RegistryNames
) -> list[Assignee]:
    rows = []
    for position, reading in enumerate(readings, start=1):
        rows.append(
            Assignee(
                task_id=task.id,
                role=reading.role,
                position=position,
                source_text=reading.mention.source_text,
                **_meaning(reading.mention, registry),
            )
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
        "suggestions": _suggestions(mention),
        "note_vi": note.vi if note else None,
        "note_en": note.en if note else None,
    }


def count_readings(reading: PlanReading) -> dict[str, int]:
    """The numbers of groups, tasks and assignees that were read, and of unresolved assignees."""
    tasks = [row for row in reading.rows if row.row.kind is RowKind.TASK]
    names = [assignee for row in tasks for assignee in row.assignees]
    return {
        "groups": len(reading.rows) - len(tasks),
        "tasks": len(tasks),
        "assignees": len(names),
        "unresolved": sum(name.mention.code is None for name in names),
    }


def describe_reading(reading: PlanReading, registry: RegistryNames) -> dict[str, Any]:
    """The reading as JSON: every row with its words and their meaning."""
    document = reading.document
    return {
        "as_of": reading.as_of.isoformat(),
        "title": document.title,
        "number": document.number,
        "issued_on": document.issued_on and document.issued_on.isoformat(),
        "starts_on": reading.starts_on and reading.starts_on.isoformat(),
        "ends_on": reading.ends_on and reading.ends_on.isoformat(),
        "body": _body(document.body, registry),
        "counts": count_readings(reading),
        "file_rows": {
            "seen": document.rows_seen,
            "read": document.rows_seen - len(document.left_out),
            "left_out": len(document.left_out),
        },
        "warnings": list(map(_of, reading.warnings)),
        "left_out": [
            {"number": one.number, "text": kept_words(one.text), "reason": _of(one.reason)}
            for one in document.left_out[:LEFT_OUT_NAMED]
        ],
        "rows": [_row(row, registry) for row in reading.rows],
    }


def _body(body: PlanBody, registry: RegistryNames) -> dict[str, Any]:
    """The words of the plan's text, and the agencies that the registry finds in them."""

    def named(words: str | None) -> dict[str, Any] | None:
        codes = [one.code for one in registry.book.read_cell(words or "") if one.code]
        return {"text": words, "codes": codes} if words else None

    return {
        "issuer": named(body.issuer),
        "coordinator": named(body.coordinator),
        "overseers": named(body.overseers),
        "legal_bases": list(body.bases),
        "recipients": list(body.recipients),
        "sections": [{"heading": heading, "text": text} for heading, text in body.sections],
    }


def _row(reading: RowReading, registry: RegistryNames) -> dict[str, Any]:
    row, frame = reading.row, reading.time_frame
    return {
        "number": row.number,
        "kind": row.kind.value,
        "ordinal": row.ordinal,
        "title": row.title,
        "expected_result": row.expected_result,
        "note": row.note,
        "time_frame": frame
        and {
            "text": row.time_frame,
            "kind": frame.kind.value,
            "starts_on": frame.starts_on and frame.starts_on.isoformat(),
            "ends_on": frame.ends_on and frame.ends_on.isoformat(),
            "due_month": frame.due_month,
            "due_day": frame.due_day,
            "needs_person": frame.needs_person,
        },
        "assignees": [_assignee(assignee, registry) for assignee in reading.assignees],
        "cells": [{"heading": heading, "text": text} for heading, text in row.cells],
        "warnings": list(map(_of, reading.warnings)),
    }


def _assignee(reading: AssigneeReading, registry: RegistryNames) -> dict[str, Any]:
    mention = reading.mention
    return {
        "role": reading.role.value,
        "source_text": mention.source_text,
        "resolution": mention.kind.value if mention.kind else "unresolved",
        "code": mention.code,
        "name": registry.labels.get(mention.code or ""),
        "is_related_only": mention.is_related_only,
        "suggestions": _suggestions(mention),
        "note": mention.note and {"vi": mention.note.vi, "en": mention.note.en},
    }


def _suggestions(mention: Mention) -> list[dict[str, Any]]:
    return [
        {"code": s.code, "name": s.name, "score": round(s.score, 1)} for s in mention.suggestions
    ]


def _of(warning: RowWarning) -> dict[str, Any]:
    return {"code": warning.code, "detail": warning.detail._asdict()}
