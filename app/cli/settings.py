"""The settings of a command."""

import os

from app.config import Settings, get_settings
from app.home.errors import StartError
from app.home.folder import find_home, is_held


def load_settings() -> Settings:
    """The settings of the environment and, where it lacks them, those of the local run of this
    folder.

    So `tiendo client …` and its like work beside `tiendo run` without any variable being set.
    Refused where neither is there: a run that was killed leaves the address of its database behind.
    """
    home = find_home()
    if "TIENDO_SECRETS_DIR" not in os.environ:
        if "TIENDO_DATABASE_URL" not in os.environ and not is_held(home):
            raise StartError(
                "Chưa có dịch vụ nào chạy ở đây: hãy chạy `make run` trước, "
                "hoặc đặt TIENDO_DATABASE_URL.",
                "Nothing runs here: start `make run` first, or set TIENDO_DATABASE_URL.",
            )
        if home.secrets.is_dir():
            os.environ["TIENDO_SECRETS_DIR"] = str(home.secrets)
    return get_settings()
