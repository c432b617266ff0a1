"""Decisions on the sample's assignments and their deadlines, made over HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import time_machine

from app.auth.principal import Role
from app.models import Assignment
from tests.support.reports import COMPLETED, key
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FOREIGN_AFFAIRS,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_RESOLUTION,
)

ORDER = {"reason": "Chờ hướng dẫn của Bộ Ngoại giao.", "basis": "15/TB-UBND"}
REASON = {"reason": "Không thuộc chức năng của cơ quan."}
WISH = {"reason": "Đoàn công tác lùi lịch.", "basis": "310/SNgV-VP"}
WORDS = ("Đoàn công tác lùi lịch.", "Không thuộc chức năng của cơ quan.")
REPORTER = (FOREIGN_AFFAIRS, Role.REPORTER)
COORDINATOR = (INFORMATION, Role.COORDINATOR)
ISSUER = (PROVINCIAL_COMMITTEE, Role.ISSUER)
OWED = (FOREIGN_AFFAIRS, TEACH_THE_RESOLUTION, "once")
"""The assignment that the tests are about: owed once, by 31/12/2024, and led by its agency."""
Who = tuple[str, Role]


def at(day: str) -> Any:
    """Nine in the morning of a day in the province."""
    return time_machine.travel(f"{day}T02:00:00Z")


async def send(issued: Sample, who: Who, path: str, **json: Any) -> httpx.Response:
    """The answer to a client that posts this."""
    async with await issued.by(*who) as http:
        return await http.post(f"/v1/{path}", json=json)


async def done(issued: Sample, who: Who, path: str, **json: Any) -> dict[str, Any]:
    """The same for what is carried out."""
    answer = await send(issued, who, path, **json)
    assert answer.status_code in (200, 201), answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def asked(
    issued: Sample, assignment: Assignment, wanted: date | str, who: Who = REPORTER
) -> dict[str, Any]:
    """An extension that was asked for."""
    row_id, day = str(assignment.id), str(wanted)
    return await done(
        issued, who, "extensions", assignment_id=row_id, wanted_deadline_on=day, **WISH
    )


async def completed(issued: Sample) -> dict[str, Any]:
    """Its end, reported for 2024 and not decided on yet."""
    async with await issued.by(*REPORTER) as http:
        answer = await http.put(f"{await key(issued, *OWED)}?submit=true", json=COMPLETED)
    assert answer.status_code == 200, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def read(issued: Sample, who: Who, path: str) -> Any:
    """The body of the answer to a client that reads this."""
    async with await issued.by(*who) as http:
        answer = await http.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown(issued: Sample, row_id: UUID, who: Who = REPORTER, **query: str) -> dict[str, Any]:
    """An assignment as it is answered."""
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    answered: dict[str, Any] = await read(issued, who, f"assignments/{row_id}?{tail}")
    return answered
