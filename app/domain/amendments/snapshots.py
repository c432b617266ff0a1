"""Snapshots: the words of a task and their meaning, as an amendment stores them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.plans.tasks import time_frame_of
from app.domain.plans.time_frames import TimeFrame
from app.models import Assignee, Task, TimeFrameKind

Snapshot = dict[str, Any]
"""The words of a task and their meaning, as JSON."""


FIELDS = ("ordinal", "title", "time_frame_text", "expected_result", "note")


MEANING = ("agency_id", "collective_id", "is_related_only")


FRAME = ("kind", "starts_on", "ends_on", "due_month", "due_day")


def snapshot_of(task: Task, assignees: Sequence[Assignee]) -> Snapshot:
    """The words of a task as the plan has them now."""
    frame = time_frame_of(task)
    return {name: getattr(task, name) for name in FIELDS} | {
        "task_group_id": task.task_group_id and str(task.task_group_id),
        "time_frame": {name: _json(frame[name]) for name in FRAME},
        "assignees": [
            {
                "id": str(row.id),
                "role": row.role.value,
                "source_text": row.source_text,
                "agency_id": row.agency_id and str(row.agency_id),
                "collective_id": row.collective_id and str(row.collective_id),
                "is_related_only": row.is_related_only,
            }
            for row in assignees
        ],
    }


Path = tuple[str | None, str]
"""A task's group and its ordinal: numbering may begin again in each group."""


def path_of(snapshot: Mapping[str, Any]) -> Path:
    """The path of a task as a snapshot has it."""
    return snapshot["task_group_id"], snapshot["ordinal"]


def path_of_task(task: Task) -> Path:
    """The path of a task as the plan has it."""
    return str(task.task_group_id) if task.task_group_id else None, task.ordinal


def is_repeated(path: Path, paths: Sequence[Path]) -> bool:
    """True if another of the paths names the same; one without a group may be in any."""
    group, ordinal = path
    same = [one for one, number in paths if number == ordinal]
    return len(same) > 1 and (group is None or None in same or same.count(group) > 1)


def frame_in(snapshot: Mapping[str, Any]) -> TimeFrame:
    """The meaning of a snapshot's time frame."""
    stored = snapshot["time_frame"]
    starts_on, ends_on = (
        stored[name] and date.fromisoformat(stored[name]) for name in ("starts_on", "ends_on")
    )
    kind = TimeFrameKind(stored["kind"])
    return TimeFrame(kind, starts_on, ends_on, stored["due_month"], stored["due_day"])


def frame_as_json(frame: TimeFrame) -> Snapshot:
    """The meaning of a time frame as a snapshot has it."""
    return {name: _json(getattr(frame, name)) for name in FRAME}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
