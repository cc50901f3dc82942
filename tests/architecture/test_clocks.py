"""Time is asked of a clock that was passed in.

Why: dunning, expiry, campaigns and the end of the business day are tested by moving the clock; one
`datetime.now()` among them moves not. And a till whose clock jumps back must notice it, in one place.
A database's own `now()` is a third clock that nobody can move.
"""

import pytest

from tests.architecture.sources import offences, sample, used_names

READINGS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.sleep",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.sql.func.now",
}


def reads_time(source):
    if source.name == "clock" or source.path == "run.py":
        return
    for node, full in used_names(source):
        if full in READINGS:
            yield source.at(node, f"{full}: take a Clock")


def test_only_clocks_read_the_time():
    assert offences(reads_time) == []


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime as dt, UTC\ndt.now(UTC)",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as d\nd.date.today()",
        "import time\nx = time.time",
        "from time import sleep",
        "from sqlalchemy import func\nfunc.now()",
    ],
)
def test_readings_are_caught(code):
    assert list(reads_time(sample(code)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/identity/clock.py", "from datetime import datetime, UTC\ndatetime.now(UTC)"),
        ("pos_client/sync/clock.py", "import time\ntime.sleep(1)"),
        ("shared/money/money.py", "import time\ntime.monotonic()"),
        ("shared/money/money.py", "def f(clock): clock.now()"),
    ],
)
def test_clocks_and_durations_pass(path, code):
    assert not list(reads_time(sample(code, path)))
