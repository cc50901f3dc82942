"""Parts of the centre's platform that need no database: secrets, limits, keys, columns, roles."""

import gc
import importlib
import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest
from argon2.exceptions import InvalidHashError
from sqlalchemy import String
from sqlalchemy.dialects import postgresql, sqlite

from central_server.app import cli
from central_server.platform import security
from central_server.platform.access import Role, StaffIdentity
from central_server.platform.clock import SystemClock
from central_server.platform.columns import PRIVACY, UtcDateTime, personal, plain
from central_server.platform.errors import ErrorText, error_body
from central_server.platform.security import (
    RateLimiter,
    hash_secret,
    load_pin_key,
    load_signing_key,
    normal_code,
    random_code,
    same_token,
    token_digest,
    verify_secret,
    verify_signature,
)
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def test_a_secret_is_verified_by_its_hash_only():
    verifier = hash_secret("4938")

    assert verifier.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_secret(verifier, "4938")
    assert not verify_secret(verifier, "4939")
    assert not verify_secret(None, "4938")
    assert not verify_secret("rubbish", "4938")


def test_checking_a_secret_takes_the_same_steps_whether_or_not_somebody_has_one(monkeypatch):
    done = []

    class Counted:
        def hash(self, secret):
            done.append("hash")
            return f"of {secret}"

        def verify(self, verifier, secret):
            done.append("verify")
            raise InvalidHashError

    monkeypatch.setattr(security, "_HASHER", Counted())
    steps = []
    for verifier in ("somebody's", None, None):
        if len(steps) < 2:  # each as the first one after the start
            security._nobodys_verifier.cache_clear()
        verify_secret(verifier, "4938")
        steps.append(done[:])
        done.clear()
    security._nobodys_verifier.cache_clear()
    assert steps == [["hash", "verify"], ["hash", "verify"], ["verify"]]


def test_a_command_is_imported_without_looking_for_cycles(monkeypatch, capsys):
    seen = []
    found = importlib.import_module

    def watched(name):
        seen.append(gc.isenabled())
        return found(name)

    monkeypatch.setattr(cli.importlib, "import_module", watched)
    with pytest.raises(SystemExit):
        cli.main(["clock", "--help"])
    assert seen == [False]
    assert gc.isenabled()


def test_codes_are_random_and_read_as_typed():
    codes = {random_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(len(code) == 14 and not set(code) & set("01IOLU") for code in codes)
    assert normal_code(" ab-cd ef\t") == "ABCDEF"
    assert same_token("a", "a")
    assert not same_token("a", "b")
    assert token_digest("a") != token_digest("b")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first, second = load_signing_key(tmp_path / "keys"), load_signing_key(tmp_path / "keys")

    assert first.public_bytes == second.public_bytes
    assert verify_signature(first.public_bytes, second.sign(b"x"), b"x")
    assert not verify_signature(first.public_bytes, second.sign(b"x"), b"y")
    assert load_pin_key(tmp_path / "keys") == load_pin_key(tmp_path / "keys")
    files = list((tmp_path / "keys").iterdir())
    assert sorted(file.name for file in files) == ["centre_ed25519.pem", "pin.key"]
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("content", [b"", b"not a key"])
def test_a_damaged_key_is_said_and_not_replaced(tmp_path, content):
    load_signing_key(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)

    with pytest.raises(EnvironmentProblem, match="signing_key_unreadable"):
        load_signing_key(tmp_path)
    assert file.read_bytes() == content


def test_a_damaged_pin_key_is_said_and_not_replaced(tmp_path):
    (tmp_path / "pin.key").write_bytes(b"short")
    with pytest.raises(EnvironmentProblem, match="pin_key_unreadable"):
        load_pin_key(tmp_path)
    assert (tmp_path / "pin.key").read_bytes() == b"short"


def test_a_limit_lets_a_few_through_and_then_one_at_a_time():
    clock = FixedClock(NOW)
    limiter = RateLimiter(clock, 6)

    assert [limiter.allow("a") for _ in range(7)] == [True] * 6 + [False]
    assert limiter.allow("b")
    clock.at += timedelta(seconds=10)
    assert [limiter.allow("a") for _ in range(2)] == [True, False]


def test_a_clock_that_jumps_back_opens_no_door():
    clock = FixedClock(NOW)
    limiter = RateLimiter(clock, 2)
    assert [limiter.allow("a") for _ in range(3)] == [True, True, False]

    clock.at -= timedelta(days=1)
    assert not limiter.allow("a")


def test_a_limit_remembers_a_bounded_number_of_names():
    limiter = RateLimiter(FixedClock(NOW), 1, most_names=10)

    for number in range(1000):
        limiter.allow(str(number))

    assert len(limiter._buckets) == 10


def test_columns_say_what_they_hold():
    assert plain("x", String(3)).info[PRIVACY] is None
    column = personal("x", String(3), purpose="a", basis="b", source="c", retention="d")
    assert column.comment == "personal: a; b; c; d"
    with pytest.raises(ValueError, match="retention"):
        personal("x", String(3), purpose="a", basis="b", source="c", retention=" ")


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_times_are_aware_and_come_back_in_utc(dialect):
    kind = UtcDateTime()
    there = kind.process_bind_param(datetime.fromisoformat("2026-11-25T12:00:00+02:00"), dialect)

    assert kind.process_result_value(there, dialect) == NOW
    assert kind.process_result_value(there, dialect).tzinfo is UTC
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match="naive"):
        kind.process_bind_param(datetime(2026, 11, 25), dialect)


def test_times_sort_as_text_on_sqlite():
    kind, dialect = UtcDateTime(), sqlite.dialect()
    moments = [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(days=400)]

    texts = [kind.process_bind_param(moment, dialect) for moment in moments]

    assert texts == sorted(texts)
    assert len({len(text) for text in texts}) == 1


def test_the_system_clock_knows_its_offset():
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_roles_see_their_stores():
    manager = StaffIdentity("1", Role.STORE_MANAGER, frozenset(("DE01",)))
    office = StaffIdentity("2", Role.HEAD_OFFICE, frozenset())

    assert (manager.only_stores(), office.only_stores()) == (frozenset(("DE01",)), None)
    manager.require_store("DE01")
    office.require_store("AT01")
    with pytest.raises(DomainError) as refusal:
        manager.require_store("AT01")
    assert (refusal.value.code, refusal.value.http_status) == ("store_not_allowed", 403)


def test_an_error_is_told_with_its_facts():
    texts = {"x": ErrorText("There is no {thing}.", "Ask {who}.")}

    assert (
        error_body("x", {"thing": "till", "who": "{thing}"}, texts)["message"]
        == "There is no till."
    )
    assert error_body("till_lost", {}, texts)["message"] == "Till lost."
