"""The simulated processes log nothing: what counts is what they leave behind."""

import pytest
import structlog

from tests.simulation.seeds import be_quiet


@pytest.fixture(autouse=True)
def _quiet():
    be_quiet()
    yield
    structlog.reset_defaults()
