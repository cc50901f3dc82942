"""Joining a centre, again, and after an interruption."""

import sqlite3
import stat

import httpx
import pytest

from pos_client.app.cli import main
from pos_client.app.translations import TillTexts
from pos_client.storage.identity import IdentityFile
from pos_client.storage.paths import DataPaths
from pos_client.sync.keys import TillKey
from pos_client.sync.ports import CentreRefusedError
from pos_client.sync.provisioning import provision
from pos_client.sync.transport import request_provisioning
from shared.errors import DomainError
from tests.integration.till_rig import Rig
from tests.integration.till_world import (
    sell,
)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def ask(centre):
    return lambda request: request_provisioning(
        "http://127.0.0.1:9", request, build="t", via=httpx.MockTransport(centre.answer)
    )


def test_a_till_joins_with_a_key_that_never_leaves_it(rig, tmp_path):
    paths = DataPaths(tmp_path / "new")
    made = provision(paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    assert made == IdentityFile(paths).load() == rig.world.identity
    assert rig.centre.asked.public_key == TillKey.load(paths.key).public_text()
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    assert not paths.key_pending.exists()


def test_a_refused_code_keeps_the_key_for_the_next_try(rig, tmp_path):
    paths = DataPaths(tmp_path / "new")
    with pytest.raises(CentreRefusedError, match="code_unknown"):
        provision(paths, "http://127.0.0.1:9", "WRONG", ask(rig.centre), build="t")
    key = paths.key_pending.read_bytes()
    provision(paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    assert paths.key.read_bytes() == key


def test_joining_again_is_a_new_incarnation_with_a_new_journal(rig):
    sell(rig.till)
    rig.till.close()
    rig.world.opened.clear()
    rig.centre.identity = rig.world.identity.model_copy(update={"incarnation": 2})
    with pytest.raises(DomainError, match="provision_unsent"):
        provision(rig.paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t")
    old_key = rig.paths.key.read_bytes()
    provision(
        rig.paths,
        "http://127.0.0.1:9",
        "ABCD-1234",
        ask(rig.centre),
        build="t",
        abandon_unsent=True,
    )
    assert rig.paths.key.read_bytes() != old_key
    rig.till = rig.world.open()
    assert str(sell(rig.till).receipt_id) == "DE01-T1-2-1"
    archived = list(rig.paths.archive.glob("journal-DE01-T1.1-*.db"))
    assert len(archived) == 1
    with sqlite3.connect(archived[0]) as connection:
        assert connection.execute("SELECT count(*) FROM journal_event").fetchone()[0] == 2


def test_an_interrupted_change_of_identity_is_completed_at_the_next_start(rig):
    sell(rig.till)
    rig.till.close()
    rig.world.opened.clear()
    new = rig.world.identity.model_copy(update={"incarnation": 2})
    TillKey.make_or_load(rig.paths.key_pending)
    rig.paths.identity_pending.write_text(new.model_dump_json())
    rig.till = rig.world.open()
    assert rig.till.identity.incarnation == 2
    assert rig.till.journal.head.seq == 1


def contents(paths):
    """Every file of a till, by its bytes."""
    return {path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("checks", [True, False], ids=["centre refuses", "older centre"])
def test_a_code_of_another_till_changes_nothing(rig, checks):
    rig.till.close()
    rig.world.opened.clear()
    rig.centre.checks_till = checks
    rig.centre.identity = rig.world.identity.model_copy(update={"till_id": "DE01-T2"})
    before = contents(rig.paths)
    with pytest.raises(DomainError) as caught:
        provision(
            rig.paths,
            "http://127.0.0.1:9",
            "ABCD-1234",
            ask(rig.centre),
            build="t",
            till_id="DE01-T1",
            abandon_unsent=True,
        )
    assert caught.value.code == "provision_other_till"
    for language in ("de", "en"):
        text, _ = TillTexts(language, "DE", "EUR").error(caught.value)
        assert "DE01-T1" in text
        assert "DE01-T2" in text
    assert contents(rig.paths) == before


def test_a_code_of_another_till_keeps_the_key_that_waits_for_a_lost_answer(rig, tmp_path):
    paths = DataPaths(tmp_path / "new")
    paths.prepare()
    TillKey.make_or_load(paths.key_pending)
    before = contents(paths)
    with pytest.raises(DomainError, match="provision_other_till"):
        provision(
            paths, "http://127.0.0.1:9", "ABCD-1234", ask(rig.centre), build="t", till_id="DE01-T9"
        )
    assert contents(paths) == before


@pytest.mark.parametrize(
    "code", ["", "  ABC  ", "A" * 65, "ABCD_1234", "ABCD\u20131234", "ÄBCD-1234"]
)
def test_what_is_no_code_is_refused_before_anything_is_done(rig, tmp_path, code):
    paths = DataPaths(tmp_path / "new")
    with pytest.raises(DomainError, match="provision_code_malformed"):
        provision(paths, "http://127.0.0.1:9", code, ask(rig.centre), build="t")
    assert not paths.root.exists()


def test_the_command_says_in_one_line_that_a_code_is_none(tmp_path, capsys):
    folder = tmp_path / "new"
    words = ("provision", "--data", str(folder), "--server", "http://127.0.0.1:9", "--code", "X")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("tresen provision: ")
    assert len(said.splitlines()) == 1
    assert "error." not in said
    assert not folder.exists()
