"""The four CSV files of a registry: their rows, and the faults of rows that can't be read."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.documents.files.csv_cells import BadRowError, CsvCells, CsvPlace
from app.documents.files.csv_files import CsvColumns, SourceFile, read_csv
from app.domain.registry.identifiers import checked_identifier
from app.errors import Fault, Text
from app.models import AgencyKind, SuccessionKind

AGENCIES = CsvColumns(
    ("code", "name", "kind"),
    ("short_name", "identifier", "parent", "valid_from", "valid_until", "aliases", "certainty",
     "unit_code"),
)  # fmt: skip
COLLECTIVES = CsvColumns(("code", "name", "enumerable"), ("aliases",))
MEMBERS = CsvColumns(("collective", "agency"), ("valid_from", "valid_until"))
SUCCESSIONS = CsvColumns(
    ("predecessor", "successor", "effective_on", "kind"), ("scope", "basis", "certainty")
)

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}")
UNIT_CODE = re.compile(r"[0-9]{2,5}")
ALL = "*"
"""In `unread`: a file has rows whose code is unreadable, so that any code may be among them."""


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in a file; None is an empty cell, which leaves the stored value."""

    place: CsvPlace
    code: str
    name: str
    kind: AgencyKind
    short_name: str | None
    identifier: str | None
    identifier_source: str | None
    parent: str | None
    valid_from: date | None
    valid_until: date | None
    aliases: tuple[str, ...]
    certainty: str | None
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class CollectiveLine:
    """A collective in a file."""

    place: CsvPlace
    code: str
    name: str
    is_enumerable: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A membership in a file."""

    place: CsvPlace
    collective: str
    agency: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    """A succession in a file."""

    place: CsvPlace
    predecessor: str
    successor: str | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """All good rows, all faults, and the codes that the bad rows would have defined."""

    agencies: tuple[AgencyLine, ...] = ()
    collectives: tuple[CollectiveLine, ...] = ()
    members: tuple[MemberLine, ...] = ()
    successions: tuple[SuccessionLine, ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: frozenset[str] = frozenset()


def read_registry(
    *,
    agencies: SourceFile | None = None,
    collectives: SourceFile | None = None,
    members: SourceFile | None = None,
    successions: SourceFile | None = None,
) -> RegistryFiles:
    """Read the files that are given; faults are collected, so that all are refused together."""
    reader = _FilesReader()
    return RegistryFiles(
        agencies=reader.read(agencies, AGENCIES, _agency, lambda row: row.code),
        collectives=reader.read(collectives, COLLECTIVES, _collective, lambda row: row.code),
        members=reader.read(
            members, MEMBERS, _member, lambda row: (row.collective, row.agency, row.valid_from)
        ),
        successions=reader.read(
            successions,
            SUCCESSIONS,
            _succession,
            lambda row: (row.predecessor, row.successor, row.effective_on),
        ),
        faults=tuple(reader.faults),
        unread=frozenset(reader.unread),
    )


LineT = TypeVar("LineT", AgencyLine, CollectiveLine, MemberLine, SuccessionLine)


class _FilesReader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.unread: set[str] = set()

    def read(
        self,
        file: SourceFile | None,
        columns: CsvColumns,
        parse: Callable[[CsvCells], LineT],
        key: Callable[[LineT], Hashable],
    ) -> tuple[LineT, ...]:
        """The good rows of a file; a second row with the same key is a fault."""
        if file is None:
            return ()
        table = read_csv(file, columns)
        faults = list(table.faults)
        if faults:
            self.unread.add(ALL)
        known: dict[Hashable, LineT] = {}
        for csv_row in table.rows:
            cells = CsvCells(csv_row)
            try:
                row = parse(cells)
            except BadRowError:
                faults += cells.faults
                self.unread.add(csv_row.cells.get("code", ""))
                continue
            first = known.setdefault(key(row), row)
            if first is not row:
                text = Text(
                    f"Trùng với dòng {first.place.line}.", f"The same as line {first.place.line}."
                )
                faults.append(row.place.fault("repeated_row", text))
        self.faults += sorted(faults, key=lambda fault: _line(fault, file))
        return tuple(known.values())


def _line(fault: Fault, file: SourceFile) -> int:
    return int(fault.pointer.removeprefix(f"{file.name}:").partition(":")[0])


def _code(cells: CsvCells) -> str:
    code = cells.required("code")
    if code and CODE.fullmatch(code) is None:
        cells.refuse(
            "code",
            f"“{code}” không phải mã: chỉ dùng A-Z, 0-9, dấu chấm và gạch ngang.",
            f"“{code}” is no code: only A-Z, 0-9, dots and hyphens.",
        )
    return code


def _period(cells: CsvCells) -> tuple[date | None, date | None]:
    begins, ends = cells.day("valid_from"), cells.day("valid_until")
    if begins is not None and ends is not None and begins >= ends:
        cells.refuse(
            "valid_until",
            "Phải sau valid_from; chính ngày valid_until không còn tính.",
            "Must be after valid_from; valid_until itself is not counted.",
        )
    return begins, ends


def _agency(cells: CsvCells) -> AgencyLine:
    begins, ends = _period(cells)
    given = cells.text("identifier")
    identifier = None
    if given is not None:
        try:
            identifier = checked_identifier(given)
        except ValueError:
            cells.refuse(
                "identifier",
                f"“{given}” không phải mã định danh, như H27.01 hoặc 000.00.01.H27.",
                f"“{given}” is no identifier, such as H27.01 or 000.00.01.H27.",
            )
    unit_code = cells.text("unit_code")
    if unit_code is not None and UNIT_CODE.fullmatch(unit_code) is None:
        cells.refuse("unit_code", "Phải là 2 đến 5 chữ số.", "Must be 2 to 5 digits.")
    code, name, kind = _code(cells), cells.required("name"), cells.one_of("kind", AgencyKind)
    short_name, parent = cells.text("short_name"), cells.text("parent")
    aliases, certainty = cells.spellings("aliases"), cells.text("certainty")
    cells.done()
    return AgencyLine(
        place=cells.place,
        code=code,
        name=name,
        kind=AgencyKind(kind),
        short_name=short_name,
        identifier=identifier,
        identifier_source=given,
        parent=parent,
        valid_from=begins,
        valid_until=ends,
        aliases=aliases,
        certainty=certainty,
        unit_code=unit_code,
    )


def _collective(cells: CsvCells) -> CollectiveLine:
    code, name = _code(cells), cells.required("name")
    enumerable = cells.one_of("enumerable", ("true", "false"))
    aliases = cells.spellings("aliases")
    cells.done()
    return CollectiveLine(cells.place, code, name, enumerable == "true", aliases)


def _member(cells: CsvCells) -> MemberLine:
    begins, ends = _period(cells)
    collective, agency = cells.required("collective"), cells.required("agency")
    cells.done()
    return MemberLine(cells.place, collective, agency, begins, ends)


def _succession(cells: CsvCells) -> SuccessionLine:
    predecessor, successor = cells.required("predecessor"), cells.text("successor")
    day, kind = cells.required_day("effective_on"), cells.one_of("kind", SuccessionKind)
    if predecessor and predecessor == successor:
        cells.refuse("successor", "Trùng với predecessor.", "The same as the predecessor.")
    if kind in set(SuccessionKind) and (successor is None) != (kind == SuccessionKind.ABOLITION):
        cells.refuse(
            "successor",
            "Chỉ để trống, và phải để trống, khi kind là abolition.",
            "Empty if, and only if, the kind is abolition.",
        )
    scope, basis, certainty = (cells.text(name) for name in ("scope", "basis", "certainty"))
    cells.done()
    return SuccessionLine(
        place=cells.place,
        predecessor=predecessor,
        successor=successor,
        effective_on=day,
        kind=SuccessionKind(kind),
        scope=scope,
        basis=basis,
        certainty=certainty,
    )
