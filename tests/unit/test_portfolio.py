"""The test run itself: which parts it runs, when it stops, and what it says at the end."""

import pytest

from tests import portfolio


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree with one passing and one failing test, a broken tool, and an empty folder."""
    for name in ("good", "bad", "empty"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    (tmp_path / "tests/good/test_good.py").write_text(
        "import os, pytest\n"
        "def test_a(): pass\n"
        "@pytest.mark.skipif('TRESEN_LONG' not in os.environ, reason='long')\n"
        "def test_b(): pass\n"
    )
    (tmp_path / "tests/bad/test_bad.py").write_text("def test_a(): assert False\n")
    (tmp_path / "run.py").write_text("print('checked')\n")
    monkeypatch.setattr(portfolio, "ROOT", tmp_path)
    monkeypatch.setattr(portfolio, "MEASURED", tmp_path / "docs/measured.md")
    monkeypatch.delenv("TRESEN_LONG", raising=False)
    return tmp_path


LINT = portfolio.Part("lint", command="lint")
GOOD = portfolio.Part("good", ("good", "missing"))
BAD = portfolio.Part("bad", ("bad",))
EMPTY = portfolio.Part("empty", ("empty",))


def run(monkeypatch, capsys, parts, *arguments):
    monkeypatch.setattr(portfolio, "PARTS", parts)
    status = portfolio.main(list(arguments))
    return status, capsys.readouterr().out.splitlines()


def test_all_parts_pass_and_the_empty_one_is_left_out(tree, monkeypatch, capsys):
    status, lines = run(monkeypatch, capsys, (LINT, EMPTY, GOOD))
    assert status == 0
    assert lines[-1] == "1 passed, 0 failed, 1 skipped"
    assert [line.split()[0] for line in lines[-4:-1]] == ["lint", "good", "all"]
    assert "checked" in lines
    assert not (tree / "docs/measured.md").exists()


def test_the_first_part_that_fails_ends_the_run_with_its_status(tree, monkeypatch, capsys):
    status, lines = run(monkeypatch, capsys, (BAD, GOOD))
    assert status == 1
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert lines[-3].startswith("bad")
    assert lines[-3].endswith("FAILED")
    assert not any(line.startswith("good") for line in lines)


def test_a_tool_that_fails_ends_the_run(tree, monkeypatch, capsys):
    (tree / "run.py").write_text("raise SystemExit(3)\n")
    status, _ = run(monkeypatch, capsys, (LINT, GOOD))
    assert status == 3


def test_what_starts_in_a_run_leaves_its_bytecode_for_the_next(tree, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tree / "run.py").write_text("import sys; print('writes', not sys.dont_write_bytecode)\n")
    _, lines = run(monkeypatch, capsys, (LINT,))
    assert "writes True" in lines


def test_a_long_run_runs_more_and_is_written_down(tree, monkeypatch, capsys):
    status, lines = run(monkeypatch, capsys, (GOOD,), "--long")
    assert status == 0
    assert lines[-1] == "2 passed, 0 failed, 0 skipped"
    assert lines[-1] in (tree / "docs/measured.md").read_text()


def test_a_failed_long_run_leaves_the_last_good_figures(tree, monkeypatch, capsys):
    status, _ = run(monkeypatch, capsys, (BAD,), "--long")
    assert status == 1
    assert not (tree / "docs/measured.md").exists()


def test_every_folder_of_tests_belongs_to_a_part():
    tests = portfolio.Path(portfolio.__file__).parent
    folders = {path.name for path in tests.iterdir() if (path / "__init__.py").exists()}
    known = {folder for part in portfolio.PARTS for folder in part.folders}
    assert folders - known == {"bench", "support"}
