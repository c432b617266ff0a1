"""`tiendo migrate`"""

import asyncio
import sys
import time
from collections.abc import Sequence

import typer
from alembic import command
from alembic.config import Config

from app.cli.database import MIGRATIONS, missing_steps, wait_for_database
from app.cli.roles import ensure_roles
from app.cli.settings import load_settings
from app.config import Settings
from app.home.progress import INTERVAL, say

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Cập nhật lược đồ cơ sở dữ liệu. / Bring the database's schema up to date."""
    settings = load_settings()
    state = asyncio.run(wait_for_database(settings))
    # Also where nothing is missing: a migration that is under way is waited for.
    upgrade(settings, missing_steps(state.revision))


def upgrade(settings: Settings, steps: Sequence[str] = ()) -> None:
    """Run the migrations that a database lacks; a second one at the same time waits."""
    # By path and not by pyproject.toml, so that it works from any folder and in the image.
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = settings.sqlalchemy_url()
    config.attributes["on_step"] = Count(len(steps)) if steps else None
    command.upgrade(config, "head")
    asyncio.run(ensure_roles(settings))


class Count:
    """Prints how many of the missing migrations are done, as often as a person wants to read it."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.done = 0
        self._say()

    def __call__(self, **_: object) -> None:
        """Called by Alembic after each."""
        self.done += 1
        if time.monotonic() - self.said > INTERVAL / 2 or self.done == self.steps:
            self._say()

    def _say(self) -> None:
        self.said = time.monotonic()
        say(f"Cập nhật lược đồ / Migrating: {self.done}/{self.steps}", to=sys.stderr)
