"""The keys of links: nobody makes one up, and none outlives its end."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.auth import page_links as keys
from app.config import Settings

END = datetime(2026, 12, 31, 17, tzinfo=UTC)
LINK = uuid.UUID(int=7)


def settings_of(secret: str) -> Settings:
    return Settings.model_construct(secret=SecretStr(secret))


OURS = settings_of("a" * 40)


@given(st.uuids(), st.integers(0, 2**32 - 2))
def test_a_key_names_its_link_until_its_end(link_id: uuid.UUID, seconds: int) -> None:
    end = datetime.fromtimestamp(seconds, UTC)
    key = keys.sign(OURS, link_id, end)

    assert keys.read(OURS, key, at=end - timedelta(seconds=1)) == link_id
    assert keys.read(OURS, key, at=end) is None
    assert len(key) <= keys.MAX_KEY


@given(st.integers(0, 47), st.sampled_from("ABCxyz019-_"))
def test_a_key_with_one_letter_changed_opens_nothing(place: int, letter: str) -> None:
    key = keys.sign(OURS, LINK, END)
    changed = key[:place] + letter + key[place + 1 :]

    found = keys.read(OURS, changed, at=END - timedelta(1))
    assert found == (LINK if changed == key else None)


@given(st.text(max_size=80))
def test_what_is_no_key_opens_nothing(text: str) -> None:
    assert keys.read(OURS, text, at=END) is None


def test_a_key_under_another_secret_opens_nothing() -> None:
    key = keys.sign(settings_of("b" * 40), LINK, END)

    assert keys.read(OURS, key, at=END - timedelta(1)) is None
