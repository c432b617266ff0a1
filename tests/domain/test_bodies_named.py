"""The body that has to decide on a proposal: the one that it names first."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.consolidated_reports.bodies_named import BodiesNamed
from app.models import AgencyKind
from app.queries.registry.agencies import AgencyNamesRow

UBND = "Ủy ban nhân dân tỉnh Hà Tĩnh"
HEALTH, POLICE, CULTURE = "Sở Y tế", "Công an tỉnh", "Sở Văn hóa, Thể thao và Du lịch"


def row(name: str, *aliases: str, short: str | None = None) -> AgencyNamesRow:
    return AgencyNamesRow(uuid.uuid4(), name, AgencyKind.DEPARTMENT, name, short, aliases)


NAMES = [
    row(UBND, "UBND tỉnh"),
    row(HEALTH, "SYT"),
    row("Sở Y tế và Dân số"),
    row(POLICE, "CA"),
    row(CULTURE, "Sở VHTTDL", short="(VHTTDL)"),
]
BODIES = BodiesNamed(NAMES)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Đề nghị Sở Y tế, UBND tỉnh xem xét.", HEALTH),
        ("đề nghị ubnd tỉnh hà tĩnh bố trí kinh phí", UBND),
        ("Kính đề nghị Ủy ban nhân dân tỉnh Hà Tĩnh quan tâm", UBND),
        # The longest spelling that stands there.
        ("Sở Y tế và Dân số chủ trì", "Sở Y tế và Dân số"),
        ("Sở Y tế và các sở", HEALTH),
        # Whole words alone.
        ("Các địa phương báo cáo cao hơn", None),
        ("Đề nghị CA các xã", POLICE),
        ("SYTE", None),
        ("Sở Y tếp", None),
        ("Đề nghị các cơ quan liên quan phối hợp", None),
        ("Đề nghị Sở Văn hóa, Thể thao và Du lịch.", CULTURE),
        ("theo hướng dẫn của (VHTTDL)", CULTURE),
        ("", None),
    ],
)
def test_body_that_is_named_first_decides(text: str, named: str | None) -> None:
    assert BODIES.first(text, but="") == named


def test_nobody_decides_on_what_it_proposes_itself() -> None:
    text = "Sở Y tế đề nghị Công an tỉnh phối hợp"

    assert BODIES.first(text, but=HEALTH) == POLICE
    assert BODIES.first(text, but=POLICE) == HEALTH


@given(
    before=st.text(alphabet="abđ ,.", max_size=20),
    name=st.sampled_from([one.name for one in NAMES]),
    after=st.text(alphabet="abđ ,.", max_size=20),
)
def test_a_name_is_found_wherever_it_stands_alone(before: str, name: str, after: str) -> None:
    assert BODIES.first(f"{before} {name} {after}", but="") == name
