"""The fixtures that tests of the worker's jobs may ask for."""

import pytest

from app.db import SessionMaker
from tests.support.sample import Sample


@pytest.fixture
def sessions(issued: Sample) -> SessionMaker:
    """Sessions of the test's transaction."""
    made: SessionMaker = issued.api.app.state.sessionmaker
    return made
