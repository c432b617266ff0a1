"""`tiendo openapi`"""

import json
from pathlib import Path
from typing import Annotated

import typer

import app as package
from app.main import create_app

DOCUMENT = Path(package.__file__).parent.parent / "openapi" / "openapi.json"

app = typer.Typer(add_completion=False)


@app.command()
def openapi(
    path: Annotated[Path, typer.Argument(help="Tệp để ghi. / The file to write.")] = DOCUMENT,
) -> None:
    """Ghi mô tả API. / Write the description of the API, the same at every run."""
    text = json.dumps(create_app().openapi(), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
