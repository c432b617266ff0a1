"""A reading of a file as JSON: every row with its words and their meaning, as it is answered."""

from collections.abc import Mapping
from typing import Any

from app.documents.agency_names import NameBook
from app.documents.tables.people import without_people
from app.documents.tables.plan_rows import PlanProse, RowKind, RowWarning
from app.domain.plans.near_misses import suggestions_of
from app.domain.plans.readings import (
    AssigneeReading,
    PlanReading,
    RowReading,
    group_above,
    kept_words,
)

LEFT_OUT_NAMED = 500
"""At most so many of the rows that are not read are named; all are counted."""


def _counts(reading: PlanReading) -> dict[str, int]:
    """The numbers of groups, tasks and assignees that were read, and of unresolved assignees."""
    tasks = [row for row in reading.rows if row.row.kind is RowKind.TASK]
    names = [assignee for row in tasks for assignee in row.assignees]
    return {
        "groups": len(reading.rows) - len(tasks),
        "tasks": len(tasks),
        "assignees": len(names),
        "unresolved": sum(name.mention.code is None for name in names),
    }


def describe_reading(
    reading: PlanReading, book: NameBook, labels: Mapping[str, str]
) -> dict[str, Any]:
    """The reading as JSON: every row with its words and their meaning; *labels* are the names of
    agencies and collectives by their codes."""
    document = reading.document
    return {
        "as_of": reading.as_of.isoformat(),
        "title": document.title,
        "number": document.number,
        "issued_on": document.issued_on and document.issued_on.isoformat(),
        "starts_on": reading.starts_on and reading.starts_on.isoformat(),
        "ends_on": reading.ends_on and reading.ends_on.isoformat(),
        "body": _body(document.body, book),
        "counts": _counts(reading),
        "file_rows": {
            "seen": document.rows_seen,
            "read": document.rows_seen - len(document.left_out),
            "left_out": len(document.left_out),
        },
        "warnings": list(map(_of, reading.warnings)),
        "left_out": [
            {"number": one.number, "text": _kept(one.text, " | "), "reason": _of(one.reason)}
            for one in document.left_out[:LEFT_OUT_NAMED]
        ],
        "rows": [_row(row, labels) for row in reading.rows],
    }


def _body(body: PlanProse, book: NameBook) -> dict[str, Any]:
    """The words of the plan's text without people, and the agencies that are found in them."""

    def named(words: str | None) -> dict[str, Any] | None:
        codes = [one.code for one in book.read_cell(words or "") if one.code]
        return {"text": without_people(words), "codes": codes} if words else None

    return {
        "issuer": named(body.issuer),
        "coordinator": named(body.coordinator),
        "overseers": named(body.overseers),
        "legal_bases": list(body.bases),
        "recipients": list(map(without_people, body.recipients)),
        "sections": [
            {"heading": heading, "text": _kept(text, "\n")} for heading, text in body.sections
        ],
    }


def _kept(text: str, parting: str) -> str:
    """The text without people; a cell, or a line, that names a person and nothing else is hidden,
    as below a signature."""
    return parting.join(map(kept_words, text.split(parting)))


def _row(reading: RowReading, labels: Mapping[str, str]) -> dict[str, Any]:
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
        "assignees": [_assignee(assignee, labels) for assignee in reading.assignees],
        "cells": [{"heading": heading, "text": text} for heading, text in row.cells],
        "warnings": list(map(_of, reading.warnings)),
    }


def _assignee(reading: AssigneeReading, labels: Mapping[str, str]) -> dict[str, Any]:
    mention = reading.mention
    return {
        "role": reading.role.value,
        "source_text": mention.source_text,
        "resolution": mention.kind.value if mention.kind else "unresolved",
        "code": mention.code,
        "name": labels.get(mention.code or ""),
        "is_related_only": mention.is_related_only,
        "suggestions": suggestions_of(mention),
        "note": mention.note and {"vi": mention.note.vi, "en": mention.note.en},
    }


def _of(warning: RowWarning) -> dict[str, Any]:
    return {"code": warning.code, "detail": warning.detail._asdict()}


def groups_of(reading: PlanReading) -> list[int | None]:
    """The index of the nearest group over each row, counted from 0."""
    return [group_above(reading.rows, place) for place in range(len(reading.rows))]
