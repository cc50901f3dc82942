"""The simulated processes log nothing: what counts is what they leave behind."""

import logging

import pytest
import structlog


@pytest.fixture(autouse=True)
def _quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
