"""`tiendo openapi`"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from app.config import Settings
from app.home.secrets import ensure_secrets
from app.http.openapi import document
from app.http.openapi.contract import FILES, FOLDER
from app.main import create_app

WIDTH = 500

app = typer.Typer(add_completion=False)


@app.command()
def openapi(
    folder: Annotated[Path, typer.Argument(help="Thư mục để ghi. / Where to write.")] = FOLDER,
) -> None:
    """Ghi mô tả API, hai thứ tiếng. / Write the description of the API in either language, the
    same at every run."""
    with tempfile.TemporaryDirectory() as secrets:
        # The description depends on no setting, and writing it must not ask for any.
        ensure_secrets(Path(secrets))
        url = SecretStr("postgresql://nowhere/tiendo")
        service = create_app(Settings(_secrets_dir=secrets, database_url=url))
    folder.mkdir(parents=True, exist_ok=True)
    for language, name in FILES.items():
        text = written(document.openapi(service, language))
        (folder / name).write_text(f"{text}\n", encoding="utf-8")


def written(node: Any) -> str:
    """JSON to be compared line by line; a value that fits into a line is on one.

    It has no indents and no spaces: they would add a third to its size.
    """
    line = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    if len(line) <= WIDTH or not isinstance(node, dict | list):
        return line
    if isinstance(node, dict):
        items = [f"{json.dumps(name)}:{written(item)}" for name, item in node.items()]
        return "{\n" + ",\n".join(items) + "\n}"
    return "[\n" + ",\n".join(map(written, node)) + "\n]"
