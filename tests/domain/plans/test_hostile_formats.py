"""PDF, RTF, HTML, OpenDocument and OLE made to do harm: refused in time, and nothing is fetched."""

import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from hashlib import shake_256
from pathlib import Path

import pytest

from app.cli.listen import bind
from app.documents.files import conversion
from app.errors import FileTooLargeError, UnreadableFileError
from tests.domain.plans.test_reading_apart import NEEDS_OFFICE, read_apart
from tests.support import loopback
from tests.support.hostile_files import OLE, blanks, html, odt, pdf, pdf_of, rtf
from tests.support.plan_files import DOCX
from tests.support.sample_facts import HOME_AFFAIRS

SECRET = "BI-MAT-CUA-MAY-CHU"
# Made where they are asked for: whoever only collects the tests makes none.
PAGES: dict[str, Callable[[], bytes]] = {
    "a stream of 1.5 GB": lambda: pdf(blanks(1_500)),
    "a bomb in a bomb": lambda: pdf(
        zlib.compress(blanks(1_500)), filters=b"[/FlateDecode/FlateDecode]"
    ),
    "a form that draws itself": lambda: pdf(zlib.compress(b"/X Do")),
    "pages that are their own": lambda: pdf_of(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]
    ),
    "a script that is opened": lambda: pdf(
        zlib.compress(b"BT /F 9 Tf (STT) Tj ET"),
        catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/AA<</WC<</S/Launch/F(sh)>>>>",
    ),
    "cut": lambda: b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >>",
    "a root that is its own": lambda: (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>"
    ),
    "deep": lambda: b"%PDF-1.7\n1 0 obj " + b"[" * 200_000,
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_hostile_pdf_is_refused_and_does_no_harm(name: str) -> None:
    with pytest.raises((UnreadableFileError, FileTooLargeError)):
        await read_apart(PAGES[name](), file_name="plan.pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"{\\rtf1 " + b"{\\b " * 200_000,
        rtf("\\trowd\\cellx9 a\\cell\\row " * 20_000),
        b"{\\rtf1 {\\pict\\bin2000000000 aaaa}}",
    ],
    ids=["groups within groups", "very many rows", "a picture longer than the file"],
)
async def test_an_rtf_that_would_take_for_ever_is_not_converted(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def convert(*_: object) -> bytes:
        return DOCX

    monkeypatch.setattr(conversion, "_convert", convert)

    with pytest.raises(FileTooLargeError):
        await read_apart(content, file_name="plan.rtf")


@NEEDS_OFFICE
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.doc", OLE + shake_256(b"doc").digest(20_000)),
        ("plan.xls", OLE + shake_256(b"xls").digest(9_000) + "Workbook".encode("utf-16-le")),
        ("plan.odt", b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument."),
        ("plan.rtf", b"{\\rtf1 {\\object\\objautlink\\objupdate{\\*\\objdata 0105000001000000}}}"),
    ],
)
async def test_what_the_office_cannot_read_is_refused(name: str, content: bytes) -> None:
    with pytest.raises((UnreadableFileError, FileTooLargeError)):
        await read_apart(content, file_name=name)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server on this machine, and what it was asked."""
    server, heard = bind(loopback.HOST, 0), list[bytes]()
    server.listen()

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                heard.append(connection.recv(200))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield loopback.url(server.getsockname()[1], "/x.png"), heard
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def linking(url: str, file: str) -> dict[str, bytes]:
    """Documents that ask a server and name a file of this machine wherever their format may."""
    section = f'<text:section text:name="s"><text:section-source xlink:href="file://{file}"/>'
    image = f'<draw:image xlink:href="{url}" xlink:actuate="onLoad"/>'
    return {
        "plan.html": html(
            f'<link rel=stylesheet href="{url}"><script src="{url}"></script>',
            f'<img src="{url}"><iframe src="file://{file}"></iframe><embed src="{url}">'
            f'<object data="file://{file}"></object>',
        ),
        "plan.odt": odt(
            f"{section}<text:p/></text:section><text:p><draw:frame>{image}</draw:frame></text:p>"
            f'<text:p><draw:frame><draw:object xlink:href="file://{file}"/></draw:frame></text:p>'
        ),
        "plan.rtf": rtf(
            f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{url}" \\\\d}}{{\\fldrslt x}}}}'
            f'{{\\field{{\\*\\fldinst INCLUDETEXT "{file}"}}{{\\fldrslt y}}}}'
            f'{{\\field{{\\*\\fldinst DDEAUTO excel "{file}" a}}{{\\fldrslt z}}}}'
        ),
    }


@NEEDS_OFFICE
@pytest.mark.parametrize("name", ["plan.html", "plan.odt", "plan.rtf"])
async def test_nothing_is_fetched_even_where_the_kernel_lends_no_network_of_its_own(
    name: str,
    asked: tuple[str, list[bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, heard = asked
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    monkeypatch.setattr(conversion, "_ALONE", "there-is-no-such-command")

    understood = await read_apart(linking(url, str(secret))[name], file_name=name)

    [row] = understood.reading["rows"]
    assert [one["code"] for one in row["assignees"]] == [HOME_AFFAIRS]
    assert SECRET not in str(understood)
    assert heard == []
