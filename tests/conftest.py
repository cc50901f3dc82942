"""What every test gets: no network but loopback, Hypothesis profiles, and long tests only on demand."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import socket
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from central_server.platform.garbage import set_aside_what_stays
from tests.support.engines import share_compiled_statements

# What is imported and collected stays; nobody looks through it for cycles.
gc.disable()

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.chromium",
    "tests.support.centre",
    "tests.support.head_office",
    "tests.support.office_site",
]

share_compiled_statements()

# Qt draws without a display in all tests but those that start one themselves.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LONG = os.environ.get("TRESEN_LONG") == "1"
LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")

# What a test writes need not outlive the machine: it waits for no disk where there is memory enough.
MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes its folder there, for this user alone)
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 6 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# CI repeats itself exactly; the long profile looks further, with fresh examples each time.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("long" if LONG else "ci")


class NetworkRefusedError(RuntimeError):
    """A test tried to reach beyond this machine. It is a bug in the test, so it is no OSError."""


def pytest_collection_modifyitems(items):
    if LONG:
        return
    skip = pytest.mark.skip(reason="long: python3 run.py test --long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


def pytest_collection_finish():
    gc.enable()
    set_aside_what_stays()


@pytest.fixture(autouse=True)
def _own_log():
    """Give the log back as it was: a command run in the test's process sets it up for the whole process."""
    root = logging.getLogger()
    kept, handlers, level = structlog.get_config(), root.handlers[:], root.level
    yield
    structlog.configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def _only_loopback(request, monkeypatch):
    """Refuse connections to other machines, unless the test is marked ``allow_socket``."""
    if request.node.get_closest_marker("allow_socket"):
        return
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


def _guarded(connect):
    def guarded(self, address):
        local = self.family not in {socket.AF_INET, socket.AF_INET6}
        if local or str(address[0]).startswith(LOOPBACK):
            return connect(self, address)
        raise NetworkRefusedError(f"a test tried to connect to {address}")

    return guarded
