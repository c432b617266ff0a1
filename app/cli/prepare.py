"""Getting the database ready before the service starts: migrated, and with the sample if empty."""

import asyncio

from app.cli.database import missing_steps, wait_for_database
from app.cli.roles import ensure_roles
from app.config import Settings
from app.home.folder import Home
from app.home.progress import say


def prepare(settings: Settings, home: Home) -> bool:
    """Migrate a schema that is behind and fill an empty database; where there is nothing to do, be
    quick. Returns whether there was something to do."""
    state = asyncio.run(wait_for_database(settings))
    steps = missing_steps(state.revision)
    # Imported only here: what they need takes half a second, which is half of a start.
    if steps:
        from app.cli.migrate import upgrade  # noqa: PLC0415 - loaded when first needed

        upgrade(settings, steps)
    else:
        # Also a database that stands since before there were roles, or was restored, has them.
        asyncio.run(ensure_roles(settings))
    if state.is_empty:
        say("Đang nạp dữ liệu mẫu… / Loading the sample…")
        from app.cli.sample import ensure_sample  # noqa: PLC0415 - loaded when first needed

        ensure_sample(settings, home)
    return bool(steps) or state.is_empty
