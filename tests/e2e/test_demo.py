"""The demo in one command: what it plays and leaves behind, twice, on an empty data directory."""

import pytest
from PIL import Image

from tests.support.processes import CENTRE, TILL, environment, free_port, nothing_left, run

SHOWN = (
    "login",
    "shift-open",
    "search",
    "sale-line-deleted",
    "first-pay",
    "first-change",
    "sale-parked",
    "sale-before-the-power-cut",
    "sale-after-the-power-cut",
    "parked",
    "receipts",
    "count",
    "shift-closed",
)


@pytest.fixture
def home(tmp_path):
    with nothing_left(tmp_path / "home"):
        yield tmp_path / "home"


def play(env, out):
    return run(TILL, "demo", "--headless", "--days", "3", "--out", str(out), env=env)


def figures_of(text):
    return next(line.split() for line in text.splitlines() if line.startswith("DE01 "))


def test_the_demo_plays_a_day_in_the_window_and_the_centre_knows_it(home, tmp_path):
    env = environment(home, free_port())
    del env["TRESEN_MODE"]
    out = tmp_path / "out"
    first = play(env, out)
    assert "Kranich & Kater Hamburg" in first
    assert "Kein Kassenbeleg" in first
    assert figures_of(first)[2:4] == ["4", "0"]
    pictures = {path.stem.partition("-")[2]: path for path in out.glob("*.png")}
    assert set(SHOWN) <= set(pictures)
    with Image.open(pictures["sale-after-the-power-cut"]) as picture:
        assert picture.size == (1366, 768)
    papers = sorted((out / "receipts").glob("*.txt"))
    assert len(papers) == len(list((out / "receipts").glob("*.png"))) == 6
    assert sum("Summe EUR" in paper.read_text(encoding="utf-8") for paper in papers) >= 4
    assert figures_of((out / "figures.txt").read_text(encoding="utf-8"))[2] == "4"
    second = play(env, out)
    assert "was loaded before" in second
    assert figures_of(second)[2:4] == ["8", "0"]
    assert "agree" in run(CENTRE, "figures", "--verify", env=env)
    assert "nothing is waiting" in run(CENTRE, "exceptions", "list", env=env)
