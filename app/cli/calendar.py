"""`tiendo calendar seed`"""

import asyncio
import sys
from typing import Annotated

import typer

from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import local_day, utc_now
from app.config import Settings
from app.domain.plans.time_units import YEARS
from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.public_holidays import holidays_of_years
from app.queries.locks import lock_handovers

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def calendar() -> None:
    """Lịch ngày nghỉ, ngày làm bù. / The calendar of days off and days worked."""


@app.command("seed")
def seed_(
    from_year: Annotated[
        int | None,
        typer.Option(
            min=YEARS.start,
            max=YEARS.stop - 1,
            show_default=False,
            help="Từ năm, mặc định năm nay. / From this year; the present one if absent.",
        ),
    ] = None,
    to_year: Annotated[
        int | None,
        typer.Option(
            min=YEARS.start,
            max=YEARS.stop - 1,
            show_default=False,
            help="Đến hết năm, mặc định năm sau. / To the end of this year; the next if absent.",
        ),
    ] = None,
) -> None:
    """Ghi các ngày nghỉ lễ, làm bù đã biết; ngày cán bộ đã ghi, đính chính thì giữ nguyên.

    Mặc định năm nay và năm sau. Chạy lại không đổi gì.

    Enter the public holidays and swapped days that are known; what officials said of a day stays.
    This year and the next if absent; again without harm.
    """
    first = local_day(utc_now()).year if from_year is None else from_year
    last = max(first, local_day(utc_now()).year + 1) if to_year is None else to_year
    if first > last:
        raise typer.BadParameter("--from-year > --to-year")
    made = asyncio.run(_seed(load_settings(), first, last))
    sys.stdout.write(f"{first}–{last}: {made} ngày mới / days entered\n")


async def _seed(settings: Settings, first: int, last: int) -> int:
    async with transaction(settings) as session:
        await lock_handovers(session)
        return await seed_days(session, holidays_of_years(first, last), at=utc_now())
