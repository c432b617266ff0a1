"""`tiendo openapi`"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

import app as package
from app.config import Settings
from app.home.secrets import ensure_secrets
from app.main import create_app

DOCUMENT = Path(package.__file__).parent.parent / "openapi" / "openapi.json"

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
    # One value a line, so that changes are seen; indenting it would add a third of its size.
    text = json.dumps(document, indent=0, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
