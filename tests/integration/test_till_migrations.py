"""The journal's schema moves forward only, with a copy made first; what a newer release wrote is left alone."""

import sqlite3

import pytest

from pos_client.storage.schema import CURRENT_VERSION, MIGRATIONS, migrate
from pos_client.storage.sqlite import connect
from shared.errors import EnvironmentProblem
from tests.integration.till_world import World, sell

NEXT = (*MIGRATIONS, ("ALTER TABLE basket ADD COLUMN colour TEXT NOT NULL DEFAULT ''",))
BROKEN = (*MIGRATIONS, ("CREATE TABLE fine(x)", "CREATE TABLE basket(x)"))


@pytest.fixture
def journal(tmp_path):
    world = World(tmp_path, articles=2)
    till = world.open()
    sell(till)
    till.basket.on_add("S2")
    world.close()
    return world.paths.journal


def version(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_new_journal_has_the_newest_schema(journal):
    assert version(journal) == CURRENT_VERSION
    assert not list(journal.parent.glob("*.before-*"))


def test_a_step_forward_copies_the_file_first(journal):
    connection = connect(journal, synchronous="FULL")
    assert migrate(connection, journal, NEXT) == CURRENT_VERSION + 1
    assert connection.execute("SELECT colour FROM basket").fetchall() == [("",)]
    assert connection.execute("SELECT count(*) FROM journal_event").fetchone()[0] == 2
    connection.close()
    backup = journal.with_name(f"journal.db.before-v{CURRENT_VERSION + 1}")
    assert version(backup) == CURRENT_VERSION
    with sqlite3.connect(backup) as old:
        assert old.execute("SELECT count(*) FROM journal_event").fetchone()[0] == 2


def test_a_step_that_fails_changes_nothing(journal):
    connection = connect(journal, synchronous="FULL")
    with pytest.raises(Exception, match="already exists"):
        migrate(connection, journal, BROKEN)
    assert version(journal) == CURRENT_VERSION
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "fine" not in names
    connection.close()


def test_a_newer_journal_is_left_alone(journal):
    connection = connect(journal, synchronous="FULL")
    migrate(connection, journal, NEXT)
    with pytest.raises(EnvironmentProblem, match="journal_newer"):
        migrate(connection, journal)
    connection.close()
