"""Keyed PINs: the same on both sides, and different for every person, PIN and chain."""

from shared.wire.pins import PIN_KEY_BYTES, keyed_pin

KEY = bytes(range(PIN_KEY_BYTES))


def test_the_example_of_the_protocol_page():
    made = keyed_pin(KEY, "101", "493817")
    assert made == "23611caad1d5086de0ddb9262eef13d634e5c993adfcca073cc908a1598f29cc"


def test_person_pin_and_key_all_count():
    made = {
        keyed_pin(KEY, "101", "493817"),
        keyed_pin(KEY, "102", "493817"),
        keyed_pin(KEY, "101", "493818"),
        keyed_pin(KEY[::-1], "101", "493817"),
    }
    assert len(made) == 4
