"""Reading the items of an amendment: the words of its tasks before and after it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.amendments.snapshots import (
    FIELDS,
    MEANING,
    Path,
    Snapshot,
    frame_as_json,
    is_repeated,
    path_of,
    path_of_task,
    snapshot_of,
)
from app.domain.plans.imports import meaning_of_name
from app.domain.plans.time_frames import TimeFrame, read_time_frame
from app.errors import Fault, InvalidError, NotFoundError, Text
from app.models import AmendmentChange, AmendmentItem, AmendmentKind, AssigneeRole, Plan, Task
from app.queries.plans import tasks as task_queries
from app.queries.plans.plans import visible_plan_id
from app.queries.registry import agencies, collectives

C = AmendmentChange


@dataclass(slots=True)
class AmendmentReading:
    """A plan's tasks while an amendment is read: each as the items so far leave it."""

    plan: Plan
    kind: AmendmentKind
    day: date
    tasks: dict[uuid.UUID, Task]
    group_ids: frozenset[uuid.UUID]
    task_of: dict[uuid.UUID, uuid.UUID]
    """The task of each assignee that the plan names now."""
    meanings: dict[tuple[str, str], uuid.UUID]
    words: dict[uuid.UUID, Snapshot]
    names: dict[str, Snapshot] = field(default_factory=dict)
    """The meaning that is read in the words of assignees of which nobody says whom they mean."""
    added: list[Snapshot] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, pointer: str, code: str, text: Text) -> None:
        """Add a fault of the body."""
        self.faults.append(Fault(pointer, code, text))

    def paths(self) -> Iterator[Path]:
        """The group and the ordinal that each task would have; dropped tasks keep theirs."""
        for task_id, task in self.tasks.items():
            yield path_of(self.words[task_id]) if task_id in self.words else path_of_task(task)
        for snapshot in self.added:
            yield path_of(snapshot)


async def read_items(
    session: AsyncSession,
    plan: Plan,
    given: Sequence[Mapping[str, Any]],
    *,
    kind: AmendmentKind,
    day: date,
) -> list[AmendmentItem]:
    """The rows of the items, each read against its task as the items before it leave it.

    *day* gives the year of time frames without one. Raises `InvalidError` with all faults together.
    """
    reading = await _begin(session, plan, given, kind=kind, day=day)
    read = [_read(reading, item, f"#/items/{number}") for number, item in enumerate(given)]
    rows = [row for row in read if row is not None]
    paths = list(reading.paths())
    for number, (item, row) in enumerate(zip(given, read, strict=True)):
        if "ordinal" in item and row and row.after and is_repeated(path_of(row.after), paths):
            text = _repeated(item["ordinal"])
            reading.fault(f"#/items/{number}/ordinal", "ordinal_repeated", text)
    if reading.faults:
        raise InvalidError(faults=reading.faults)
    for position, row in enumerate(rows, start=1):
        row.position = position
    return rows


def _repeated(ordinal: str) -> Text:
    return Text(
        f"Số thứ tự {ordinal} đã có trong kế hoạch.", f"The plan has a task {ordinal} already."
    )


async def _begin(
    session: AsyncSession,
    plan: Plan,
    given: Sequence[Mapping[str, Any]],
    *,
    kind: AmendmentKind,
    day: date,
) -> AmendmentReading:
    tasks = {
        task.id: task for task in await task_queries.list_tasks(session, visible_plan_id(plan))
    }
    groups = await task_queries.list_groups(session, visible_plan_id(plan))
    named = await task_queries.assignees_of(session, list(tasks))
    task_of = {row.id: task_id for task_id, rows in named.items() for row in rows}
    touched = {item["task"] for item in given if "task" in item}
    touched |= {task_of.get(item["assignee"]) for item in given if "assignee" in item}
    words = {one: snapshot_of(tasks[one], named[one]) for one in tasks.keys() & touched}
    reading = AmendmentReading(
        plan, kind, day, tasks, frozenset(g.id for g in groups), task_of, {}, words
    )
    for number, item in enumerate(given):
        await _find_meanings(session, reading, item, f"#/items/{number}")
    return reading


async def _find_meanings(
    session: AsyncSession, reading: AmendmentReading, item: Mapping[str, Any], pointer: str
) -> None:
    """Find the agencies and collectives that an item names, each of them once."""
    places = [(pointer, item)]
    places += [(f"{pointer}/assignees/{n}", one) for n, one in enumerate(item.get("assignees", ()))]
    for place, one in places:
        for noun in ("agency", "collective"):
            ref = one.get(noun)
            if ref is None or (noun, ref) in reading.meanings:
                continue
            try:
                found: Any = (
                    await agencies.get_agency(session, ref)
                    if noun == "agency"
                    else await collectives.get_collective(session, ref)
                )
            except NotFoundError as error:
                reading.fault(f"{place}/{noun}", f"unknown_{noun}", error.detail)
            else:
                reading.meanings[noun, ref] = found.id
        await _read_name(session, reading, one)


async def _read_name(
    session: AsyncSession, reading: AmendmentReading, one: Mapping[str, Any]
) -> None:
    """Read an assignee's words as an import does, where nobody says whom they mean."""
    words = one.get("source_text")
    if words is None or one.get("agency") or one.get("collective") or words in reading.names:
        return
    meaning = await meaning_of_name(session, reading.plan, words, today=reading.day)
    reading.names[words] = {
        "agency_id": _as_text(meaning.get("agency_id")),
        "collective_id": _as_text(meaning.get("collective_id")),
        "is_related_only": meaning.get("is_related_only", False),
    }


def _read(reading: AmendmentReading, item: Mapping[str, Any], pointer: str) -> AmendmentItem | None:
    """The words of one item's task before and after it; None where something is wrong with it."""
    change = C(item["change"])
    if reading.kind == AmendmentKind.CORRECTION and not _keeps_words(item):
        text = Text(
            "Đính chính chỉ nêu cách hiểu nguyên văn, không thêm nội dung mới.",
            "A correction says what the words mean; new words take an amendment.",
        )
        reading.fault(f"{pointer}/change", "new_words", text)
        return None
    if change == C.ADD:
        after = _added(reading, item, pointer)
        reading.added.append(after)
        return AmendmentItem(amendment_id=uuid.UUID(int=0), position=0, change=change, after=after)
    task = _task_of(reading, item, pointer)
    if task is None:
        return None
    before = reading.words[task.id]
    after = deepcopy(before)
    if change == C.CHANGE:
        _change(reading, after, item)
    elif change == C.REASSIGN:
        after["assignees"] = _assignees(reading, item, before["assignees"])
    elif change == C.RESOLVE:
        _resolve(reading, after, item)
    if change == C.DROP:
        reading.words.pop(task.id)
    else:
        reading.words[task.id] = after
        _require_lead(reading, after, pointer)
    return AmendmentItem(
        amendment_id=uuid.UUID(int=0),
        position=0,
        change=change,
        task_id=task.id,
        task_version=task.version,
        before=before,
        after=None if change == C.DROP else after,
    )


def _keeps_words(item: Mapping[str, Any]) -> bool:
    if item["change"] == C.CHANGE:
        return item.keys() == {"change", "task", "time_frame"}
    return bool(item["change"] == C.RESOLVE)


def _task_of(reading: AmendmentReading, item: Mapping[str, Any], pointer: str) -> Task | None:
    """The task that an item is about, if it is one that this plan has and still has here."""
    if item["change"] == C.RESOLVE:
        noun, task_id = "assignee", reading.task_of.get(item["assignee"])
    else:
        noun, task_id = "task", item["task"]
    task = reading.tasks.get(task_id) if task_id is not None else None
    if task is None:
        missing = task_queries.NO_SUCH_TASK if noun == "task" else task_queries.NO_SUCH_ASSIGNEE
        reading.fault(f"{pointer}/{noun}", f"unknown_{noun}", missing)
        return None
    if task.dropped_on is not None or task.id not in reading.words:
        text = Text(f"Nhiệm vụ {task.ordinal} đã bị bỏ.", f"Task {task.ordinal} is dropped.")
        reading.fault(f"{pointer}/{noun}", "task_dropped", text)
        return None
    return task


def _added(reading: AmendmentReading, item: Mapping[str, Any], pointer: str) -> Snapshot:
    group_id = item.get("task_group_id")
    if group_id is not None and group_id not in reading.group_ids:
        text = task_queries.NO_SUCH_GROUP
        reading.fault(f"{pointer}/task_group_id", "unknown_task_group", text)
    after: Snapshot = {name: item.get(name) for name in FIELDS}
    after["task_group_id"] = group_id and str(group_id)
    after["time_frame"] = _meaning_of(reading, item, item["time_frame_text"])
    after["assignees"] = _assignees(reading, item, ())
    _require_lead(reading, after, pointer)
    return after


def _change(reading: AmendmentReading, after: Snapshot, item: Mapping[str, Any]) -> None:
    after |= {name: item[name] for name in FIELDS if name in item}
    if "time_frame_text" in item or "time_frame" in item:
        after["time_frame"] = _meaning_of(reading, item, after["time_frame_text"])


def _meaning_of(reading: AmendmentReading, item: Mapping[str, Any], text: str) -> Snapshot:
    """The meaning that a person gives, else the one that is read in the words."""
    if item.get("time_frame") is not None:
        return frame_as_json(TimeFrame(**item["time_frame"]))
    return frame_as_json(read_time_frame(text, plan_year=reading.day.year))


def _assignees(
    reading: AmendmentReading, item: Mapping[str, Any], before: Sequence[Snapshot]
) -> list[Snapshot]:
    """The assignees of a task after the item; one that is named as before keeps its row."""
    found: list[Snapshot] = []
    before_by_meaning = {_named(row): row for row in before}
    for one in item["assignees"]:
        row = {"id": None, "role": AssigneeRole(one["role"]).value} | {
            "source_text": one["source_text"],
            **_meaning(reading, one),
        }
        same = before_by_meaning.pop(_named(row), None)
        found.append(same or row | reading.names.get(one["source_text"], {}))
    return sorted(found, key=lambda row: row["role"] != AssigneeRole.LEAD)


def _named(row: Snapshot) -> tuple[Any, ...]:
    return (row["role"], row["source_text"], *(row[name] for name in MEANING))


def _meaning(reading: AmendmentReading, one: Mapping[str, Any]) -> Snapshot:
    """The ids that a person's meaning stands for; an unknown one is None and a fault already."""
    found = {
        f"{noun}_id": reading.meanings.get((noun, one.get(noun) or ""))
        for noun in ("agency", "collective")
    }
    return {**{name: _as_text(row_id) for name, row_id in found.items()}, "is_related_only": False}


def _as_text(row_id: uuid.UUID | None) -> str | None:
    return None if row_id is None else str(row_id)


def _resolve(reading: AmendmentReading, after: Snapshot, item: Mapping[str, Any]) -> None:
    for row in after["assignees"]:
        if row["id"] == str(item["assignee"]):
            row.update(_meaning(reading, item))


def _require_lead(reading: AmendmentReading, after: Snapshot, pointer: str) -> None:
    if not any(row["role"] == AssigneeRole.LEAD for row in after["assignees"]):
        text = Text(
            f"Nhiệm vụ {after['ordinal']} chưa có cơ quan chủ trì.",
            f"Task {after['ordinal']} has no lead.",
        )
        reading.fault(f"{pointer}/assignees", "lead_missing", text)
