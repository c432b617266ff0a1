import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.config import Settings
from tests.support.commands import Terminal, terminal
from tests.support.sample_facts import HOME_AFFAIRS, INFORMATION

AGENCIES = "code,name,kind\nSTTTT,Sở TT&TT,department\nSNV,Sở Nội vụ,department\n"


@pytest.fixture(scope="module")
def tiendo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Commands on a database with two agencies."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "agencies.csv").write_text(AGENCIES)
    with terminal(tmp_path_factory.mktemp("secrets")) as tiendo:
        tiendo.run("registry", "import", "--agencies", str(folder / "agencies.csv"))
        yield tiendo


def make(tiendo: Terminal, name: str) -> str:
    """A reporter of STTTT that may act for SNV; its secret."""
    done = tiendo.run(
        "client", "create", name, "--agency", INFORMATION, "--role", "reporter", "--role", "reader",
        "--name", "Hệ thống văn bản", "--acts-for", HOME_AFFAIRS, "--acts-for", INFORMATION,
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert name in done.stderr
    (secret,) = done.stdout.splitlines()
    assert secret not in done.stderr
    return secret


def digest(tiendo: Terminal, secret: str) -> bytes:
    """The digest that the database holds of a secret."""
    settings = Settings(_secrets_dir=tiendo.secrets, database_url=SecretStr(tiendo.url))
    return hmac.digest(settings.secret.get_secret_value().encode(), secret.encode(), hashlib.sha256)


def actions(tiendo: Terminal, name: str) -> list[str]:
    """The audit entries about a client."""
    return [
        action
        for (action,) in tiendo.rows(
            "select e.action from audit_entry e join client c on c.id = e.row_id"
            " where e.noun = 'client' and c.client_id = $1 order by e.occurred_at",
            name,
        )
    ]


def test_a_client_is_made_and_its_secret_said_once(tiendo: Terminal) -> None:
    secret = make(tiendo, "van-ban")

    assert len(secret) >= 43
    assert tiendo.rows(
        "select c.name, a.code, c.roles, s.digest, s.expires_at from client c"
        " join agency a on a.id = c.agency_id join client_secret s on s.client_id = c.id"
        " where c.client_id = 'van-ban'"
    ) == [("Hệ thống văn bản", INFORMATION, ["reader", "reporter"], digest(tiendo, secret), None)]
    assert tiendo.rows(
        "select a.code from client_acts_for f join agency a on a.id = f.agency_id"
        " join client c on c.id = f.client_id where c.client_id = 'van-ban'"
    ) == [(HOME_AFFAIRS,)]
    entries = tiendo.rows("select detail from audit_entry where noun = 'client'")
    assert all(secret not in json.dumps(entry) for entry in map(str, entries))
    assert actions(tiendo, "van-ban") == ["created"]
    # Clients are nothing for other systems to follow.
    assert tiendo.rows("select 1 from event where subject like '%client%'") == []


def test_what_cannot_be_made_is_said_in_a_sentence(tiendo: Terminal) -> None:
    make(tiendo, "da-co")
    for arguments, said in [
        (["da-co", "--agency", HOME_AFFAIRS, "--role", "reader"], "Đã có hệ thống da-co."),
        (["Hệ-thống", "--agency", HOME_AFFAIRS, "--role", "reader"], "3 đến 64 chữ thường"),
        (["moi", "--agency", "LA", "--role", "reader"], "Không có cơ quan LA."),
        (["moi", "--agency", HOME_AFFAIRS, "--role", "reader", "--acts-for", "LA"], "cơ quan LA."),
        (["moi", "--agency", HOME_AFFAIRS, "--role", "boss"], "'boss' is not one of"),
    ]:
        done = tiendo.run("client", "create", *arguments)
        assert (done.code > 0, done.stdout) == (True, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert tiendo.rows("select 1 from client where client_id = 'moi'") == []


def test_a_secret_is_rotated_once_until_the_old_one_ends(tiendo: Terminal) -> None:
    first = make(tiendo, "xoay")
    done = tiendo.run("client", "rotate", "xoay", "--overlap-hours", "2")
    again = tiendo.run("client", "rotate", "xoay")

    (second,) = done.stdout.splitlines()
    secrets = tiendo.rows(
        "select s.digest, extract(epoch from s.expires_at - now()) / 3600 from client_secret s"
        " join client c on c.id = s.client_id where c.client_id = 'xoay' order by s.created_at"
    )
    assert [row[0] for row in secrets] == [digest(tiendo, first), digest(tiendo, second)]
    assert 1.9 < float(secrets[0][1]) <= 2.0
    assert secrets[1][1] is None
    assert (again.code, again.stdout) == (1, "")
    assert "hai mã bí mật còn hiệu lực" in again.stderr
    assert actions(tiendo, "xoay") == ["created", "secret_rotated"]


def test_what_a_client_acts_for_is_changed(tiendo: Terminal) -> None:
    make(tiendo, "doi")
    acts_for = (
        "select a.code from client_acts_for f join agency a on a.id = f.agency_id"
        " join client c on c.id = f.client_id where c.client_id = 'doi'"
    )

    named = tiendo.run("client", "change", "doi", "--name", "Mới", "--role", "reader")
    kept = tiendo.rows(acts_for)
    tiendo.run("client", "change", "doi", "--own-agency-only")
    none = tiendo.rows(acts_for)
    given = tiendo.run("client", "change", "doi", "--acts-for", HOME_AFFAIRS)

    assert (named.code, given.code) == (0, 0)
    assert tiendo.rows("select name, roles from client where client_id = 'doi'") == [
        ("Mới", ["reader"])
    ]
    assert (kept, none, tiendo.rows(acts_for)) == ([(HOME_AFFAIRS,)], [], [(HOME_AFFAIRS,)])
    assert actions(tiendo, "doi") == ["created", "changed", "changed", "changed"]


def test_a_client_is_disabled_for_good(tiendo: Terminal) -> None:
    make(tiendo, "ngung")
    first = tiendo.run("client", "disable", "ngung")
    second = tiendo.run("client", "disable", "ngung")
    rotated = tiendo.run("client", "rotate", "ngung")
    unknown = tiendo.run("client", "disable", "la")

    assert (first.code, second.code) == (0, 0)
    assert "từ trước" in second.stderr
    assert (rotated.code, unknown.code) == (1, 1)
    assert "The client ngung is disabled." in rotated.stderr
    assert "There is no client la." in unknown.stderr
    assert actions(tiendo, "ngung") == ["created", "disabled"]


def test_the_list_shows_no_secret(tiendo: Terminal) -> None:
    secret = make(tiendo, "liet-ke")
    done = tiendo.run("client", "list")

    (line,) = [line for line in done.stdout.splitlines() if line.startswith("liet-ke ")]
    assert line.split() == ["liet-ke", INFORMATION, "reader,reporter", "active", "-", "never"]
    assert secret not in done.stdout + done.stderr


def test_commands_without_a_database_say_so(tiendo: Terminal, tmp_path: Path) -> None:
    nowhere = Terminal("postgresql+asyncpg://nobody@127.0.0.1:1/none", tmp_path / "secrets")
    done = nowhere.run("client", "list")

    assert (done.code, done.stdout) == (1, "")
    assert "TIENDO_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
