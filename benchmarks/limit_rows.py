"""The rows that the limit stores and the reports that it answers, made of what was asked."""

from datetime import date, datetime
from typing import Any

import asyncpg

from app.clock import local_day
from app.models.base import new_id


def rows_to_store(
    cases: list[asyncpg.Record], by_id: dict[str, dict[str, Any]], now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """What the service's own statement stores of a batch, by the names of its parameters."""
    day, kept = local_day(now), ("outcome", "percent", "results")
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("attempts", "audit_entries", "events", "assignments", "submissions", "drafts")
    }
    for case in cases:
        id_, agency, client = str(case["id"]), str(case["agency_id"]), str(case["client_id"])
        assignment_id, detail = str(case["assignment_id"]), {"attempt": case["attempts"] + 1}
        item = by_id[assignment_id]
        made = {"created_at": now, "agency_id": agency, "client_id": client}
        filed = {"submitted_at": now, "received_on": day, "number": case["attempts"] + 1}
        content = {name: item[name] for name in kept}
        rows["attempts"].append(
            {"id": new_id(), "submission_id": id_, "content": content, **made, **filed}
        )
        about = {"noun": "submission", "row_id": id_, "occurred_at": now, **made}
        rows["audit_entries"].append(
            {"id": new_id(), "action": "submitted", "detail": detail, **about}
        )
        told = {"type": "tiendo.submission.submitted", "subject": f"/v1/submissions/{id_}"}
        plan_id = str(case["plan_id"])
        rows["events"].append({"id": new_id(), "plan_id": plan_id, "data": detail, **told, **about})
        changed = {"id": id_, "status": "submitted", "updated_at": now, "draft": None}
        rows["submissions"].append(changed | {"attempts": 1, "received_on": day})
        if case["status"] == "not_started":
            begun = {"id": assignment_id, "status": "in_progress", "changed_on": day}
            rows["assignments"].append(begun | {"updated_at": now})
    return rows


def pushed(case: asyncpg.Record, day: date) -> dict[str, Any]:
    """One filed report of a batch, as its answer shows it."""
    return {
        "id": str(case["id"]),
        "assignment_id": str(case["assignment_id"]),
        "plan_id": str(case["plan_id"]),
        "task_ordinal": case["ordinal"],
        "period": case["period"],
        "status": "submitted",
        "received_on": day,
        "is_late": day > case["due_on"],
    }


def filed(
    case: asyncpg.Record, period: str, day: date, number: int, content: dict[str, Any]
) -> dict[str, Any]:
    """One filed report, as the answer to its push shows it."""
    return {
        "id": str(case["id"]),
        "assignment_id": str(case["assignment_id"]),
        "plan_id": str(case["plan_id"]),
        "task_ordinal": case["ordinal"],
        "agency": {"id": str(case["agency_id"]), "code": case["code"], "name": case["name"]},
        "period": period,
        "data_from": str(case["data_from"]),
        "data_to": str(case["data_to"]),
        "due_on": str(case["due_on"]),
        "status": "submitted",
        "attempts": number,
        "received_on": str(day),
        "is_late": day > case["due_on"],
        "waived_reason": None,
        "is_draft": False,
        "content": {
            "difficulties": "",
            "proposals": "",
            "not_applicable_reason": None,
            "evidence": [],
            **content,
        },
        "allowed_actions": ["withdraw"],
    }
