"""The settings of a command."""

import os

from app.config import Settings, get_settings
from app.home.folder import find_home


def load_settings() -> Settings:
    """The environment's, and where it says nothing those of the local run of this folder.

    So `tiendo client …` and its like work beside `tiendo run` without any variable being set.
    """
    secrets = find_home().secrets
    if "TIENDO_SECRETS_DIR" not in os.environ and secrets.is_dir():
        os.environ["TIENDO_SECRETS_DIR"] = str(secrets)
    return get_settings()
