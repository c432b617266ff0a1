"""The time and the memory that the files of a report take: `python -m benchmarks.report_files`.

A made-up content of so many assignments with a text each is written as Word and Excel by the very
process that the service starts; what that process took is what the kernel says of it.
"""

import argparse
import asyncio
import resource
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice, repeat
from typing import Any

from app.documents.confined.processes import run_module
from app.domain.consolidated_reports.content import (
    AcceptedText,
    AgencyResult,
    Attention,
    FigureGroup,
    GroupResults,
    NamedAgency,
    ReportContent,
    ReportedPlan,
    ReportGaps,
    ReportNotes,
    ReportSender,
    RoleFigures,
    TaskResult,
    canonical,
    digest,
)
from app.domain.consolidated_reports.files import WRITER
from app.domain.consolidated_reports.forms import FileAsked, FileForm
from app.models import AssigneeRole, Outcome, ReportKind
from app.schemas.flows import FlowsOut
from app.schemas.statistics import DeadlinesOut, StatisticsOut

DAY = date(2025, 12, 14)
SENTENCE = "Đã tổ chức hội nghị quán triệt, ban hành kế hoạch và báo cáo kết quả thực hiện. "


def main() -> None:
    """Write both files of each size, and print what each took."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--assignments", type=int, nargs="*", default=[731, 20_000])
    given.add_argument("--characters", type=int, default=2_000)
    asked = given.parse_args()
    print(f"{'việc / assignments':>20} {'tệp':>6} {'giây':>7} {'CPU s':>7} {'MB':>6} {'tệp MB':>7}")
    for count in asked.assignments:
        content = canonical(content_of(count, asked.characters))
        text, sha256 = content.encode(), digest(content)
        for form in FileForm:
            before = _used()
            seconds, packed = asyncio.run(_write(form, text, sha256))
            cpu, most = _used()[0] - before[0], _used()[1]
            print(f"{count:>20} {form:>6} {seconds:>7.1f} {cpu:>7.1f} {most:>6.0f} {packed:>7.1f}")


def _used() -> tuple[float, float]:
    """The CPU seconds of all processes so far, and the most MB that any of them had."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime, of.ru_maxrss / 1024


async def _write(form: FileForm, text: bytes, sha256: str) -> tuple[float, float]:
    header = (
        FileAsked(form=form, sha256=sha256, signing=None, template=None).model_dump_json().encode()
    )
    begun = time.perf_counter()
    file = await run_module(WRITER, header, b"\n", text, seconds=600)
    return time.perf_counter() - begun, len(file) / 1024**2


def content_of(count: int, characters: int) -> ReportContent:
    """A content of so many assignments in tasks of fifty, each with a text of its own."""
    agencies = [
        NamedAgency(id=uuid.uuid4(), code=f"CQ{one}", name=f"Ủy ban nhân dân xã số {one}")
        for one in range(50)
    ]
    groups = [_group(one) for one in range(10)]
    figures = RoleFigures(
        statistics=_zeros(StatisticsOut),
        deadlines=_zeros(DeadlinesOut),
        flows=_zeros(FlowsOut),
        by_group=groups,
        by_agency=groups,
        by_occurrence=groups[:2],
    )
    results = (_result(number, agencies[number % 50]) for number in range(1, count + 1))
    tasks = list(_tasks(results))
    return ReportContent(
        kind=ReportKind.PERIODIC,
        period="2025",
        data_from=date(2024, 12, 15),
        data_to=DAY,
        as_of=DAY,
        frozen_at=datetime(2025, 12, 20, tzinfo=UTC),
        title="Kết quả thực hiện kế hoạch năm 2025",
        version=1,
        agency=agencies[0],
        sender=ReportSender(superior=None, lines=["Sở"], place="Hà Tĩnh", signs_as=["Giám đốc"]),
        own=None,
        with_plans=[],
        plan=ReportedPlan(
            id=uuid.uuid4(),
            number=None,
            issued_on=None,
            title="Mẫu",
            bases=["Nghị quyết số 47/NQ-CP ngày 15/4/2024 của Chính phủ"],
            issuer=None,
            coordinator=None,
            recipients=[],
        ),
        notes=ReportNotes(**dict.fromkeys(ReportNotes.model_fields, "")),
        lead=figures,
        coordinating=figures,
        results=[GroupResults(plan=None, ordinal="1", title="Nhóm nhiệm vụ", tasks=tasks)],
        texts=[_text(number, characters) for number in range(1, count + 1)],
        indicators=[],
        reporting=[],
        assessments=[],
        attention=Attention(**{name: [] for name in Attention.model_fields}),
        proposals=[],
        next_year=[],
        evidence=[],
        gaps=ReportGaps(**{name: [] for name in ReportGaps.model_fields}),
    )


def _zeros(schema: Any) -> dict[str, Any]:
    """A tree of figures of a schema in which everything is nought."""
    found: dict[str, Any] = {}
    for name, field in schema.model_fields.items():
        of = field.annotation
        if hasattr(of, "model_fields"):
            found[name] = _zeros(of)
        elif name == "by_original_deadline":
            found[name] = found["by_current_deadline"]
        else:
            found[name] = 0 if of is int else None
    return found


def _of_one() -> dict[str, Any]:
    """The figures of one assignment, which is in time."""
    found = _zeros(StatisticsOut)
    now = found["by_current_deadline"]
    now["total"] = now["not_completed"]["total"] = now["not_completed"]["in_time"]["total"] = 1
    return found


def _group(number: int) -> FigureGroup:
    return FigureGroup(
        key=str(number),
        code=str(number),
        label=f"Nhóm nhiệm vụ {number}",
        kind=None,
        statistics=_of_one(),
        deadlines=_zeros(DeadlinesOut),
        flows=None,
    )


def _tasks(results: Iterator[AgencyResult]) -> Iterator[TaskResult]:
    number = 0
    while some := list(islice(results, 50)):
        number += 1
        yield TaskResult(
            id=uuid.uuid4(),
            ordinal=f"1.{number}",
            title=f"Nhiệm vụ số {number}",
            time_frame="Hằng năm",
            completed=0,
            total=len(some),
            assignments=some,
        )


def _result(number: int, agency: NamedAgency) -> AgencyResult:
    return AgencyResult(
        assignment_id=uuid.uuid4(),
        agency=agency,
        collective=None,
        role=AssigneeRole.LEAD,
        occurrence="2025",
        standing="in_progress",
        timeliness="in_time",
        deadline_on=DAY,
        original_deadline_on=DAY,
        reported_on=None,
        completed_on=None,
        outcome=Outcome.IN_PROGRESS,
        percent=40,
        text=number,
    )


def _text(number: int, characters: int) -> AcceptedText:
    words = "".join(repeat(f"Báo cáo {number}: {SENTENCE}", characters // len(SENTENCE) + 1))
    return AcceptedText(
        number=number,
        agency=f"Ủy ban nhân dân xã số {number % 50}",
        period="2025",
        received_on=DAY,
        is_shared=False,
        results=words[:characters],
        difficulties="",
        proposals="",
        late_reason=None,
    )


if __name__ == "__main__":
    main()
