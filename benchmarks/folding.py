"""The worker's work for the figures, alone: `python -m benchmarks.folding`.

Its daily work would make next year's assignments, which is not what is measured.
"""

import asyncio
import signal

from app.config import DatabaseRole, get_settings
from app.db import make_engine, make_sessionmaker
from app.jobs.figures import figures
from app.jobs.loops import LoopContext


async def main() -> None:
    """Fold until terminated."""
    engine = make_engine(get_settings(), role=DatabaseRole.WORKER)
    work = LoopContext(get_settings(), make_sessionmaker(engine), asyncio.Event())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.stop.set)
    await figures(work)


if __name__ == "__main__":
    asyncio.run(main())
