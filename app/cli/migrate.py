"""`tiendo migrate`"""

import asyncio

import typer
from alembic import command
from alembic.config import Config

from app.cli.database import MIGRATIONS, newest_revision, wait_for_database
from app.cli.settings import load_settings
from app.config import Settings

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Cập nhật lược đồ cơ sở dữ liệu. / Bring the database's schema up to date."""
    settings = load_settings()
    asyncio.run(wait_for_database(settings))
    newest_revision()
    upgrade(settings)


def upgrade(settings: Settings) -> None:
    """Run the migrations that a database lacks; a second one at the same time waits."""
    # By path and not by pyproject.toml, so that it works from any folder and in the image.
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = settings.sqlalchemy_url
    command.upgrade(config, "head")
