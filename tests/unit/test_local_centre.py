"""Commands of the centre on this machine, run by replay and demo: what they print, and why they failed."""

import pytest

from pos_client.app import local_centre
from pos_client.app.local_centre import LocalCentre
from shared.errors import EnvironmentProblem


@pytest.fixture
def centre(tmp_path):
    return LocalCentre(tmp_path, 1)


def failure(centre, *words, **how):
    with pytest.raises(EnvironmentProblem) as caught:
        centre.command(*words, **how)
    assert caught.value.code == "centre_command_failed"
    return caught.value.params


def program(tmp_path, monkeypatch, text):
    """Let this be what runs instead of the centre."""
    (tmp_path / "stand_in.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(local_centre, "_MODULE", "stand_in")
    return LocalCentre(tmp_path, 1)


@pytest.mark.parametrize("show", [True, False])
def test_a_command_that_fails_says_why_whether_or_not_its_progress_was_shown(centre, capsys, show):
    params = failure(centre, "no-such-command", show_progress=show)
    assert params == {
        "command": "no-such-command",
        "said": "there is no command 'no-such-command'; --help lists them",
    }
    assert ("no-such-command" in capsys.readouterr().err) is show


def test_the_reason_is_told_from_the_progress_before_it(tmp_path, monkeypatch, capsys):
    text = "import sys; sys.stderr.write('\\rdemo: prices 3/9tresen: the disk is füll\\n'); sys.exit(1)"
    stand_in = program(tmp_path, monkeypatch, f"# coding: utf-8\n{text}")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    assert failure(stand_in, "demo", show_progress=True)["said"] == "the disk is füll"
    assert "demo: prices 3/9" in capsys.readouterr().err


def test_a_command_that_dies_without_a_word_shows_its_status(tmp_path, monkeypatch):
    stand_in = program(tmp_path, monkeypatch, "import sys; sys.exit(3)")
    assert failure(stand_in, "demo", show_progress=True)["said"] == "status 3"


def test_a_lot_on_both_channels_is_read(tmp_path, monkeypatch):
    text = "import sys; print('x' * 500_000); sys.stderr.write('y' * 500_000)"
    assert len(program(tmp_path, monkeypatch, text).command("demo").strip()) == 500_000
