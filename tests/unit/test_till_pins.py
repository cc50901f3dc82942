"""PINs at the till: keyed with the chain's secret, and what came before there was one."""

import pytest
from argon2 import PasswordHasher

from pos_client.app.pins import Argon2Pins
from shared.errors import EnvironmentProblem
from shared.wire.pins import KEYED, keyed_pin

KEY = b"k" * 32
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
VERIFIER = KEYED + CHEAP.hash(keyed_pin(KEY, "101", "493817"))


def test_a_keyed_pin_matches_its_person_only():
    pins = Argon2Pins(lambda: KEY)
    assert pins.matches("101", VERIFIER, "493817")
    assert not pins.matches("101", VERIFIER, "493818")
    assert not pins.matches("102", VERIFIER, "493817")


def test_another_chains_key_opens_nothing():
    assert not Argon2Pins(lambda: b"x" * 32).matches("101", VERIFIER, "493817")


def test_without_the_key_nobody_is_called_wrong():
    with pytest.raises(EnvironmentProblem, match="pin_key_missing"):
        Argon2Pins(lambda: None).matches("101", VERIFIER, "493817")


def test_a_pin_of_before_there_was_a_key_still_opens():
    pins = Argon2Pins(lambda: None)
    assert pins.matches("101", CHEAP.hash("493817"), "493817")
    assert not pins.matches("101", CHEAP.hash("493817"), "1")
    assert not pins.matches("101", "rubbish", "493817")
    pins.waste_time()
