"""`tiendo template`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.documents.word.template import Template
from app.domain.consolidated_reports.places import check

app = typer.Typer(add_completion=False)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="Tệp .docx của tỉnh. / The province's .docx.")],
) -> None:
    """Kiểm tra tệp mẫu báo cáo của tỉnh: có những chỗ điền nào, chỗ nào ghi sai tên.

    Check a province's template of reports: which places it has, and which it misnames.
    """
    for name in check_file(file):
        sys.stdout.write(f"{{{{{name}}}}}\n")


def check_file(file: Path) -> list[str]:
    """The places of a template. Raises `InvalidError` and `UnreadableFileError`."""
    return check(Template(file.read_bytes()))
