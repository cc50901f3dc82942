"""`run.py simulation`: what it says of seeds that fail, and how it ends."""

from collections import Counter

import pytest

from tests.simulation import __main__ as command
from tests.simulation.seeds import Result


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["simulation", *words])
    return command.main()


def test_a_seed_that_fails_is_printed_with_how_to_play_it_alone(monkeypatch, capsys):
    def play(seed, steps):
        return Result(seed, Counter(killed=1), "it went wrong" if seed == 12 else "")

    monkeypatch.setattr(command, "play", play)
    status = run(monkeypatch, "--seeds", "3", "--first", "11", "--jobs", "1", "--steps", "9")
    said = capsys.readouterr()
    assert status == 1
    assert "python3 run.py simulation --seeds 1 --first 12 --steps 9\nit went wrong\n" in said.out
    assert said.out.endswith("1 failed [12]\n")
    assert "killed 3" in said.err


def test_seeds_that_hold_end_well(monkeypatch, capsys):
    assert run(monkeypatch, "--seeds", "2", "--jobs", "1", "--steps", "6") == 0
    assert capsys.readouterr().out.startswith("2 seeds in ")


def test_no_seeds_are_not_played(monkeypatch):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--seeds", "0")
    assert ended.value.code == 2
