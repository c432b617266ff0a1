"""The sample that a local run starts with."""

from app.config import Settings
from app.home.folder import Home


def ensure_sample(_settings: Settings, _home: Home) -> bool:
    """Load the sample into an empty database; False when there was something in it."""
    return False
