"""The demo in one command: what it prints, twice, on an empty data directory."""

import pytest

from tests.support.processes import CENTRE, TILL, environment, free_port, nothing_left, run


@pytest.fixture
def home(tmp_path):
    with nothing_left(tmp_path / "home"):
        yield tmp_path / "home"


def test_the_demo_sells_and_the_centre_knows_it(home):
    env = environment(home, free_port())
    del env["TRESEN_MODE"]
    first = run(TILL, "demo", "--headless", "--days", "3", env=env)
    assert "Kranich & Kater Hamburg" in first
    assert "Kein Kassenbeleg" in first
    figures = [line.split() for line in first.splitlines() if line.startswith("DE01 ")]
    assert figures[0][2:4] == ["5", "1"]
    second = run(TILL, "demo", "--headless", "--days", "3", env=env)
    assert "was loaded before" in second
    figures = [line.split() for line in second.splitlines() if line.startswith("DE01 ")]
    assert figures[0][2:4] == ["10", "2"]
    assert "agree" in run(CENTRE, "figures", "--verify", env=env)
    assert "nothing is waiting" in run(CENTRE, "exceptions", "list", env=env)
