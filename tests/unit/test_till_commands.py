"""The till's commands meet words that are wrong: one clear line on stderr and status 2, whichever command it is."""

import os

import pytest

from pos_client.app.cli import COMMANDS, main
from pos_client.app.translations import catalogue
from tests.support.processes import TILL, start

WRONG = [
    ("nothing-like-it",),
    ("till",),
    ("till", "--till", "DE01-T1", "--data", "folder"),
    ("till", "--till", "DE01-T1", "--no-such"),
    ("till", "--till", "DE01-T1", "two\nlines"),
    ("sync",),
    ("sync", "--till", "x y"),
    ("provision",),
    ("provision", "--till", "DE01-T1", "--server", "https://centre.example"),
    ("replay",),
    ("replay", "receipts.csv"),
    ("replay", "receipts.csv", "--store", "RT01", "--till", "RT01-T1", "--no-such"),
    ("demo", "--days", "ninety"),
    ("demo", "extra"),
]


def answer(capsys, *words):
    """Exit status and what stderr shows."""
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code
    return status, capsys.readouterr().err


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_words_are_one_clear_line_and_status_2(words, capsys):
    status, said = answer(capsys, *words)
    assert status == 2
    assert said.endswith("\n")
    assert len(said.splitlines()) == 1
    assert said.startswith(f"tresen {words[0]}: " if words[0] in COMMANDS else "tresen: ")


def test_what_is_missing_is_named_with_the_way_to_help(capsys):
    _, said = answer(capsys, "replay")
    assert said == (
        "tresen replay: the following arguments are required: file, --store, --till"
        " (see tresen replay --help)\n"
    )


def in_a_process(*words):
    """As `answer`, for commands that set up logging and signals."""
    process = start(TILL, *words, env={**os.environ, "LANG": "en_GB.UTF-8"})
    _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.mark.parametrize("command", ["till", "sync"])
def test_a_data_directory_that_cannot_be_one_is_named(command, tmp_path):
    file = tmp_path / "file"
    file.touch()
    words = ("--headless",) if command == "till" else ()
    status, said = in_a_process(command, "--data", str(file), *words)
    assert status == 2
    assert len(said.splitlines()) == 1
    assert str(file) in said


def test_what_is_no_till_number_is_named():
    status, said = in_a_process("till", "--till", "de_1", "--headless")
    assert status == 2
    assert len(said.splitlines()) == 1
    assert "[till_id_invalid]" in said


def test_a_sync_process_that_cannot_start_says_so_in_a_sentence(tmp_path):
    status, said = in_a_process("sync", "--data", str(tmp_path))
    sentences = catalogue("en")
    assert status == 2
    assert said == (
        f"tresen sync: {sentences['error.not_provisioned']}"
        f" {sentences['error.not_provisioned.next']} [not_provisioned]\n"
    )


def test_no_command_lists_them_all(capsys):
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert main(["--help"]) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_is_for(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    text = COMMANDS[command].help
    assert text[1:] in " ".join(capsys.readouterr().out.split())
