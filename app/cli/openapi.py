"""`tiendo openapi`"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

import app as package
from app.config import Settings
from app.home.secrets import ensure_secrets
from app.main import create_app

DOCUMENT = Path(package.__file__).parent.parent / "openapi" / "openapi.json"
WIDTH = 300

app = typer.Typer(add_completion=False)


@app.command()
def openapi(
    path: Annotated[Path, typer.Argument(help="Tệp để ghi. / The file to write.")] = DOCUMENT,
) -> None:
    """Ghi mô tả API. / Write the description of the API, the same at every run."""
    with tempfile.TemporaryDirectory() as folder:
        # The description depends on no setting, and writing it must not ask for any.
        ensure_secrets(Path(folder))
        url = SecretStr("postgresql://nowhere/tiendo")
        document = create_app(Settings(_secrets_dir=folder, database_url=url)).openapi()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(document) + "\n", encoding="utf-8")


def written(node: Any) -> str:
    """JSON to be compared line by line; what fits into a line is on one.

    It has no indents and no spaces: they would add a third to its size.
    """
    line = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    if len(line) <= WIDTH or not isinstance(node, dict | list):
        return line
    if isinstance(node, dict):
        items = [f"{json.dumps(name)}:{written(item)}" for name, item in node.items()]
        return "{\n" + ",\n".join(items) + "\n}"
    return "[\n" + ",\n".join(map(written, node)) + "\n]"
