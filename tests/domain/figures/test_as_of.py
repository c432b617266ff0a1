from datetime import date, timedelta

import pytest

from app.domain.figures.as_of import DayInFutureError, day_asked

DAY = date(2024, 12, 31)


def test_a_day_that_has_not_come_is_refused() -> None:
    assert day_asked(None, today=DAY) == DAY
    assert day_asked(DAY, today=DAY) == DAY
    with pytest.raises(DayInFutureError):
        day_asked(DAY + timedelta(1), today=DAY)
