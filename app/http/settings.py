"""The operator's settings, as routes come by them."""

from typing import Annotated

from fastapi import Depends, Request

from app.config import Settings


def settings_of(request: Request) -> Settings:
    """The settings of the process that answers a request."""
    settings: Settings = request.app.state.settings
    return settings


async def _settings(request: Request) -> Settings:
    return settings_of(request)


SettingsDep = Annotated[Settings, Depends(_settings)]
