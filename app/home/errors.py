"""Reasons for which a command can't go on."""

from app.errors import Text


class StartError(Exception):
    """An obstacle to starting, shown to the person at the terminal."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.detail = Text(vi, en)
