"""Why a command can't go on."""

from app.errors import Text


class StartError(Exception):
    """What stands in the way of starting, for the person at the terminal."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.detail = Text(vi, en)
