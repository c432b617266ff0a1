"""`tiendo report`"""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.settings import load_settings
from app.cli.template import check_file
from app.cli.transaction import transaction
from app.clock import local_day, utc_now
from app.config import Settings
from app.domain.consolidated_reports.build import ReportRequested, content_of
from app.domain.consolidated_reports.content import ReportContent, ReportNotes
from app.domain.consolidated_reports.days import days_of, require_begun, title_of, window_of
from app.domain.consolidated_reports.forms import FileForm, name_of
from app.domain.consolidated_reports.written import write_file
from app.errors import NotFoundError, Text
from app.models import Agency, Plan, ReportKind
from app.queries.plans.plans import find_issued

app = typer.Typer(add_completion=False)


@app.command()
def report(
    plan: Annotated[str, typer.Argument(help="Số, ký hiệu hoặc id. / The plan's number or id.")],
    period: Annotated[str, typer.Option(help="Kỳ báo cáo, ví dụ 2025. / The period.")],
    out: Annotated[Path, typer.Option(help="Thư mục ghi tệp. / Where the files go.")] = Path(),
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Số liệu tính đến hết ngày. / As at the end of which day.",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="Tệp mẫu .docx của tỉnh. / The province's own template."),
    ] = None,
) -> None:
    """Tổng hợp báo cáo của kế hoạch thành tệp Word, Excel; không lưu gì.

    Add a plan's report up and write it as Word and Excel files; nothing is stored.
    """
    settings = load_settings()
    layout = template or settings.report_template
    if layout is not None:
        check_file(layout)
    day = as_of.date() if as_of else None
    _say(0, "đang tổng hợp / adding up")
    content = asyncio.run(_content(settings, plan, period, day))
    out.mkdir(parents=True, exist_ok=True)
    for number, form in enumerate(FileForm, 1):
        file = out / name_of(content, form)
        file.write_bytes(write_file(content, None, form, layout))
        _say(100 * number // len(FileForm), str(file))


def _say(percent: int, what: str) -> None:
    sys.stdout.write(f"{percent:3} % {what}\n")
    sys.stdout.flush()


async def _content(settings: Settings, ref: str, period: str, as_of: date | None) -> ReportContent:
    async with transaction(settings) as session:
        plan = await _plan(session, ref)
        return await add_up(session, plan, period, as_of, due_soon_days=settings.due_soon_days)


async def add_up(
    session: AsyncSession, plan: Plan, period: str, as_of: date | None, *, due_soon_days: int
) -> ReportContent:
    """The report that the plan's coordinator would freeze now, without words of its own."""
    agency = await session.get_one(Agency, plan.coordinator_id or plan.owner_id)
    now = utc_now()
    first, last = await days_of(session, plan, period)
    window = window_of(first, last, as_of, local_day(now), due_soon_days)
    require_begun([plan], window, "#/period")
    notes = ReportNotes(**dict.fromkeys(ReportNotes.model_fields, ""))
    asked = ReportRequested(
        ReportKind.PERIODIC, period, window, title_of(period, window), notes, 1, now, None
    )
    return await content_of(session, plan, agency, asked)


async def _plan(session: AsyncSession, ref: str) -> Plan:
    found = await find_issued(session, ref)
    if len(found) != 1:
        raise NotFoundError(
            Text(
                f"{len(found)} kế hoạch đã ban hành có số hoặc id {ref}; hãy nêu id.",
                f"{len(found)} issued plans have the number or id {ref}: name it by its id.",
            )
        )
    return found[0]
