"""The day on which a test runs."""

from datetime import date, timedelta

from app.clock import local_day, utc_now


def today() -> date:
    """In the province. A test asks when it runs: what was asked when its module was imported is
    yesterday where a run goes on past midnight."""
    return local_day(utc_now())


def tomorrow() -> date:
    """The day after."""
    return today() + timedelta(1)
