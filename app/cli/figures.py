"""`tiendo figures rebuild`, `tiendo figures check`"""

import asyncio
import sys
import time
from datetime import date
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import local_day, utc_now
from app.config import DatabaseRole, Settings
from app.domain.figures import sums as domain
from app.queries.figures.checks import FigureDifference, differences

app = typer.Typer(add_completion=False, no_args_is_help=True)
SHOWN = 20
"""The number of differences of a day that are named."""


@app.callback()
def figures() -> None:
    """Các số cộng sẵn cho thống kê. / The sums that keep figures quick."""


@app.command()
def rebuild() -> None:
    """Tính lại tất cả từ các dòng; trong lúc đó dịch vụ vẫn trả lời đúng.

    Count everything anew from the rows; the service answers rightly all the while.
    """
    settings = load_settings()
    sys.stdout.write("Đang tính lại từ mọi dòng… / Counting all rows anew…\n")
    sys.stdout.flush()
    started = time.monotonic()
    asyncio.run(_rebuild(settings))
    taken = f"{time.monotonic() - started:.0f} s"
    sys.stdout.write(f"Đã tính lại các số cộng sẵn: {taken}. / The sums were counted anew.\n")


@app.command()
def check(
    day: Annotated[
        list[str] | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            show_default=False,
            help=(
                "Ngày này, tháng này (YYYY-MM) hoặc từ ngày đến ngày (A..B), lặp lại được."
                " / This day, month, or from day to day; may be repeated."
            ),
        ),
    ] = None,
    years: Annotated[
        int, typer.Option(min=0, max=100, help="Số năm trước năm nay. / Years before this one.")
    ] = 2,
) -> None:
    """So các số cộng sẵn với các dòng: ngày 1 mỗi tháng, hôm nay và sau này. Khác thì kết thúc 1.

    Compare the sums with the rows, on the first of each month, today and ahead: 1 if they differ.
    """
    try:
        days = [one for text in day or () for one in domain.days_named(text)]
    except ValueError:
        text = "Ghi YYYY-MM-DD, YYYY-MM hoặc A..B. / Write YYYY-MM-DD, YYYY-MM or A..B."
        raise typer.BadParameter(text, param_hint="--day") from None
    days = days or domain.days_to_check(local_day(utc_now()), years=years)
    asyncio.run(_check(load_settings(), days))


async def _rebuild(settings: Settings) -> None:
    # The sums are the worker's.
    async with transaction(settings, DatabaseRole.WORKER) as session:
        done, shown = (
            domain.rebuild(session, due_soon_days=settings.due_soon_days, at=utc_now()),
            -1,
        )
        async for percent in done:
            if percent > shown:
                sys.stdout.write(f"{percent:3} %\n")
                sys.stdout.flush()
            shown = percent


async def _check(settings: Settings, days: list[date]) -> None:
    async with transaction(settings) as session:
        await _compare(session, days)


async def _compare(session: AsyncSession, days: list[date]) -> None:
    due_soon_days = await domain.begin_check(session)
    if due_soon_days is None:
        sys.stdout.write("Chưa tính các số cộng sẵn. / The sums are not laid out yet.\n")
        raise typer.Exit(1)
    is_wrong = False
    for number, day in enumerate(days, start=1):
        found = await differences(session, day, due_soon_days=due_soon_days)
        _print(f"{100 * number // len(days):3} % {day}", found)
        is_wrong = is_wrong or bool(found)
    if is_wrong:
        sys.stdout.write("Hãy chạy / Run: tiendo figures rebuild\n")
        raise typer.Exit(1)


def _print(day: str, differences: list[FigureDifference]) -> None:
    if not differences:
        sys.stdout.write(f"{day}: đúng / as the rows say\n")
        sys.stdout.flush()
        return
    sys.stdout.write(f"{day}: {len(differences)} số khác / numbers differ\n")
    for one in differences[:SHOWN]:
        sys.stdout.write(
            f"  {one.plan or one.agency or 'mọi cơ quan / every agency'},"
            f" {one.period or 'mọi kỳ / every period'}, {one.role}, {one.number}:"
            f" {one.kept} cộng sẵn / kept, {one.counted} đếm được / counted\n"
        )
