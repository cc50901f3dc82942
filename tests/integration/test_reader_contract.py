"""Readers on a serial line: what is scanned, swiped or held to them arrives whole, and payment cards do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_client.devices.lines import LineBrokenError, SerialForm, SerialLine
from pos_client.devices.reader.device import SerialReader
from pos_client.devices.reader.port import Reading, Source
from pos_client.devices.reader.simulator import ReaderSimulator, send_words
from pos_client.devices.reader.stripe import check_character, is_stripe, read_stripe
from pos_client.devices.reader.tag import read_tag
from pos_client.devices.simulated import PtyPlace
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread
from shared.errors import DomainError
from shared.identity.payment_cards import is_payment_card
from tests.conftest import LONG

CARD = "4000001234567899"  # invented; its check digit is right


@pytest.fixture
def plug():
    """Plug a reader of a kind in: its simulator and the till's end of it."""
    plugged = []

    def make(source):
        place = PtyPlace()
        simulator = ReaderSimulator(place)
        line = SerialLine(place.path, SerialForm(9600), 1)
        plugged.extend((line, simulator))
        return simulator, SerialReader(line, source, 0.15)

    yield make
    for each in plugged:
        each.close()


def test_codes_arrive_whole_and_in_order(plug):
    simulator, device = plug(Source.SCANNER)
    simulator.scan("4006381333931")
    simulator.scan("Größe\x1dXL", "]Q3")
    assert device.read(2) == Reading(Source.SCANNER, "]E04006381333931")
    assert device.read(2) == Reading(Source.SCANNER, "]Q3Größe\x1dXL")


def test_a_code_without_an_end_is_ended_by_the_pause(plug):
    simulator, device = plug(Source.SCANNER)
    simulator.send(b"40063")
    simulator.send(b"81333931")
    assert device.read(2) == Reading(Source.SCANNER, "4006381333931")


def test_a_flood_is_damage_and_not_memory(plug):
    simulator, device = plug(Source.SCANNER)
    simulator.send(b"x" * 20_000 + b"\r")
    simulator.scan("1", "")
    assert device.read(2).damaged
    assert device.read(2).text == "1"


def test_the_chains_card_is_read(plug):
    simulator, device = plug(Source.STRIPE)
    simulator.swipe("98700001", "9912", checked=True)
    assert device.read(2) == Reading(Source.STRIPE, "98700001")


def test_a_payment_card_is_dropped(plug):
    simulator, device = plug(Source.STRIPE)
    simulator.swipe(CARD, "26121010000000")
    assert device.read(2) == Reading(Source.STRIPE, dropped=True)


def test_a_tag_is_read(plug):
    simulator, device = plug(Source.TAG)
    simulator.present(bytes.fromhex("0123456789"))
    assert device.read(2) == Reading(Source.TAG, "0123456789")
    simulator.send(b"04:A2:24:5A:11:22:80\r\n")
    assert device.read(2) == Reading(Source.TAG, "04A2245A112280")
    simulator.send(b"\x02012345678900\r\n\x03")
    assert device.read(2).damaged


@pytest.mark.parametrize("source", list(Source))
def test_typed_words_are_sent_as_each_reader_would(plug, source):
    simulator, device = plug(source)
    words = {"scanner": "V-17", "stripe": "98700001", "tag": "04A2245A"}[source]
    send_words(simulator, source, words)
    assert device.read(2) == Reading(source, words)


def test_typed_tracks_are_sent_as_they_are(plug):
    simulator, device = plug(Source.STRIPE)
    send_words(simulator, Source.STRIPE, "%B98700001^EXAMPLE/EVA^2612101?;98700001=2612?")
    assert device.read(2) == Reading(Source.STRIPE, "98700001")


@pytest.mark.parametrize(
    ("source", "words"),
    [("stripe", "98700001€"), ("stripe", "hello"), ("stripe", ";€?"), ("tag", "04A"), ("tag", "x")],
)
def test_typed_words_that_no_carrier_holds_are_refused(plug, source, words):
    simulator, device = plug(Source(source))
    with pytest.raises(DomainError, match="script_unknown"):
        send_words(simulator, Source(source), words)
    assert device.read(0.1) is None


def test_nothing_comes_of_nothing(plug):
    _, device = plug(Source.SCANNER)
    assert device.read(0.05) is None


def test_no_reader_works_in_the_gui_thread(plug):
    _, device = plug(Source.TAG)
    mark_gui_thread()
    try:
        with pytest.raises(RuntimeError, match="GUI thread"):
            device.read(0)
    finally:
        forget_gui_thread()


def test_a_reader_that_is_unplugged_breaks_the_line():
    place = PtyPlace()
    line = SerialLine(place.path, SerialForm(9600), 1)
    device = SerialReader(line, Source.SCANNER)
    place.close()
    with pytest.raises(LineBrokenError):
        device.read(1)
    line.close()


# --- stripes ----------------------------------------------------------------------------------


def test_tracks():
    first = "%B98700001^KUNDE/INA^99120?"
    second = ";98700001=9912?"
    assert read_stripe(first).text == "98700001"
    assert read_stripe(second).text == "98700001"
    assert read_stripe(first + second).text == "98700001"
    assert read_stripe(first + ";98700002=9912?").damaged
    assert read_stripe("98700001").damaged
    assert is_stripe(second)
    assert not is_stripe("4006381333931")


@pytest.mark.parametrize("track", ["%B98700001^KUNDE/INA^99120?", ";98700001=9912?"])
def test_the_check_behind_a_track_is_held_against_it(track):
    base, bits = (0x20, 6) if track[0] == "%" else (0x30, 4)
    right = check_character(track, base, bits)
    wrong = chr(base + ((ord(right) - base) ^ 1))
    assert read_stripe(track + right).text == "98700001"
    if wrong not in "%;":
        assert read_stripe(track + wrong).damaged


@pytest.mark.parametrize(
    "text", [f";{CARD}=2612?", f"%B{CARD}^X/Y^2612?", f"%B98700001^X^9912?;{CARD}=2612?"]
)
def test_a_payment_card_on_either_track_is_dropped(text):
    assert read_stripe(text) == Reading(Source.STRIPE, dropped=True)


@settings(max_examples=10_000 if LONG else 2_000)
@given(st.text(max_size=150), st.binary(max_size=20), st.booleans())
def test_garbage_is_damage_and_nothing_else(text, octets, framed):
    stripe = read_stripe(text)
    assert stripe.damaged or stripe.dropped or stripe.text
    assert not is_payment_card(stripe.text)
    tag = read_tag(octets.decode("latin-1"), framed=framed)
    assert tag.damaged or tag.text
