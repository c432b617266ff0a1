"""`tiendo figures`: the sums are checked against the rows, and counted anew."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.commands import Terminal, terminal
from tests.support.days import today
from tests.support.sample import with_issued_plan


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A database with an issued plan, of which nothing was summed yet."""
    folder = tmp_path_factory.mktemp("home") / "secrets"
    with terminal(folder, like=with_issued_plan()) as term:
        yield term


def test_sums_that_were_never_made_are_no_sums(term: Terminal) -> None:
    term.rows("delete from figure_basis")

    done = term.run("figures", "check")

    assert (done.code, done.stdout) == (
        1,
        "Chưa tính các số cộng sẵn. / The sums are not laid out yet.\n",
    )


def test_what_was_counted_anew_is_what_the_rows_say(term: Terminal) -> None:
    rebuilt = term.run("figures", "rebuild")
    checked = term.run("figures", "check", "--years", "1")

    assert rebuilt.code == 0
    done = [line for line in rebuilt.stdout.splitlines() if line.endswith(" %")]
    assert (len(done) > 1, done[-1], sorted(done)) == (True, "100 %", done)
    assert checked.code == 0, checked.stdout
    lines = checked.stdout.splitlines()
    assert len(lines) == 12 + today().month - (today().day == 1) + 4
    assert all(line.endswith("đúng / as the rows say") for line in lines)
    assert lines[-1] == f"100 % {today() + timedelta(366)}: đúng / as the rows say"
    assert lines[0].startswith("  ")
    assert term.rows("select count(*) from figure_change") == [(0,)]
    assert term.rows("select count(*) from reporting_change") == [(0,)]


def test_days_months_and_ranges_are_checked(term: Terminal) -> None:
    term.run("figures", "rebuild")

    for given, days in (("2025-02-03", 1), ("2025-02", 28), ("2025-02-27..2025-03-02", 4)):
        checked = term.run("figures", "check", "--day", given)
        assert (checked.code, len(checked.stdout.splitlines())) == (0, days), checked.stdout


def test_a_wrong_number_of_reporting_is_found(term: Terminal) -> None:
    term.run("figures", "rebuild")
    term.rows(
        "update reporting_figure set late = late + 1 where (agency_id, period, role, since) in ("
        " select agency_id, period, role, max(since) from reporting_figure"
        "  where role = 'lead' group by agency_id, period, role order by 1, 2 limit 1)"
        " returning 1"
    )
    far = str(today().replace(year=today().year + 20, day=1))

    checked = term.run("figures", "check", "--day", far)

    assert (checked.code, "every period, lead, late: " in checked.stdout) == (1, True)
    assert term.run("figures", "rebuild").code == 0


def test_a_wrong_number_is_found_and_mended(term: Terminal) -> None:
    term.run("figures", "rebuild")
    [(code,)] = term.rows(
        "with wrong as ("
        " update figure set not_started = not_started + 1"
        " where (agency_id, occurrence, role, since) in ("
        "  select agency_id, '', 'lead', max(since) from figure f"
        "  where occurrence = '' and role = 'lead' and agency_id = ("
        "   select id from agency where code = 'SNGV') group by agency_id)"
        " returning agency_id) select code from agency join wrong on id = agency_id"
    )
    far = str(today().replace(year=today().year + 20, day=1))

    checked = term.run("figures", "check", "--day", far)

    assert checked.code == 1
    assert checked.stdout.startswith(f"100 % {far}: 1 số khác / numbers differ\n  {code}, ")
    assert "every period, lead, not_started: " in checked.stdout
    assert term.run("figures", "rebuild").code == 0
    assert term.run("figures", "check", "--day", far).code == 0


def test_a_wrong_number_of_a_plan_is_found(term: Terminal) -> None:
    term.run("figures", "rebuild")
    [(number,)] = term.rows(
        "with wrong as ("
        " update plan_figure set completed = completed + 1"
        " where (plan_id, role, since) in (select plan_id, role, max(since) from plan_figure"
        "  where role = 'lead' group by plan_id, role order by plan_id limit 1)"
        " returning plan_id) select number from plan join wrong on id = plan_id"
    )
    far = str(today().replace(year=today().year + 20, day=1))

    checked = term.run("figures", "check", "--day", far)

    assert checked.code == 1
    assert checked.stdout.startswith(f"100 % {far}: 1 số khác / numbers differ\n  {number}, ")
    assert "every period, lead, completed: " in checked.stdout
    assert term.run("figures", "rebuild").code == 0


def test_a_day_that_cannot_be_read_is_refused(term: Terminal) -> None:
    done = term.run("figures", "check", "--day", "5/2026")

    assert done.code == 2
    assert "YYYY-MM" in done.stderr
