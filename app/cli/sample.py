"""`tiendo sample load`, and the sample that a local run starts with."""

import asyncio
import json

import asyncpg
import typer

from app.cli.sample_story import play, registry_files
from app.cli.settings import load_settings
from app.cli.transaction import transaction
from app.clock import utc_now
from app.config import Settings
from app.domain.registry.importing.importer import import_registry
from app.home.folder import Home, find_home
from app.home.progress import say
from app.home.secrets import write_private
from app.queries.planner import analyze

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def sample() -> None:
    """Dữ liệu mẫu: kế hoạch thông tin đối ngoại của Hà Tĩnh. / The sample: Hà Tĩnh's plan."""


@app.command()
def load() -> None:
    """Nạp dữ liệu mẫu; nạp lại không làm hỏng gì. / Load the sample; again without harm."""
    ensure_sample(load_settings(), find_home())


def ensure_sample(settings: Settings, home: Home) -> bool:
    """Load the missing rows of the sample; the secrets of clients made now go to the home, mode
    0600. All in one transaction. Returns whether any client was made."""
    made = asyncio.run(_load(settings))
    if made:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(home.sample_clients, json.dumps(made, ensure_ascii=False, indent=2) + "\n")
        say(f"Đã nạp dữ liệu mẫu. / Loaded the sample: {home.sample_clients}")
        asyncio.run(_analyze(settings))
    return bool(made)


async def _load(settings: Settings) -> list[dict[str, object]]:
    async with transaction(settings) as session:
        await import_registry(session, registry_files(), at=utc_now())
        return await play(session, settings, is_lively=True)


async def _analyze(settings: Settings) -> None:
    """Analyze the tables as the login that migrates, since the service owns no table."""
    connection = await asyncpg.connect(settings.driver_url())
    try:
        await analyze(connection)
    finally:
        await connection.close()
