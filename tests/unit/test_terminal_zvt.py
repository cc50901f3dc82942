"""ZVT: published frames and messages of real terminals, and whatever else octets can be."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.reading import card_result
from pos_client.devices.terminal.simulator.script import Outcome, parse_outcome
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt import fields as bmp
from pos_client.devices.terminal.zvt.answers import (
    CUSTOMER,
    MERCHANT,
    Receipts,
    card_number,
    read_abort,
    read_progress,
    read_state,
    read_status,
    read_totals,
)
from pos_client.devices.terminal.zvt.apdu import Apdu, ApduStream, read_apdu
from pos_client.devices.terminal.zvt.errors import ZvtError
from pos_client.devices.terminal.zvt.fields import (
    Fields,
    counted,
    known_tags,
    read_counted,
    read_fields,
)
from pos_client.devices.terminal.zvt.framing import FrameReader, Message, Sign, crc, frame
from pos_client.devices.terminal.zvt.masking import mask_packed, mask_text
from pos_client.devices.terminal.zvt.numbers import from_bcd, to_bcd
from pos_client.devices.terminal.zvt.tlv import Tlv, encode_tlvs, find, read_tlvs
from shared.errors import DomainError
from shared.money.currency import CURRENCIES
from tests.conftest import LONG

VECTORS = json.loads(
    (Path(__file__).resolve().parents[1] / "support" / "zvt_vectors.json").read_text("utf-8")
)["vectors"]
MESSAGES = [v for v in VECTORS if (v.get("apdu") or {}).get("length_consistent")]
BROKEN = [v for v in VECTORS if (v.get("apdu") or {}).get("length_consistent") is False]
FRAGMENTS = [v for v in VECTORS if "fragments" in v]
FRAMES = [v for v in VECTORS if "serial_frame" in v]
# Where the fields begin, behind octets that have no tag.
FIELDS_AT = {
    zvt.STATUS: 0,
    zvt.PRINT_BLOCK: 0,
    zvt.AUTHORISATION: 0,
    zvt.COMPLETION: 0,
    zvt.REGISTRATION: 6,
    zvt.ABORT: 1,
    zvt.INTERMEDIATE: 2,
}
# Its one octet is an error code without a tag: a message of the length rules, not of the fields.
NO_FIELDS = {"040f016c"}


def named(vector):
    return f"{vector.get('test', '')[:40]}-{vector.get('hex', '')[:12]}"


def sample(test):
    return read_apdu(bytes.fromhex(next(v["hex"] for v in VECTORS if v.get("test") == test)))


# --- published messages -----------------------------------------------------------------------


@pytest.mark.parametrize("vector", MESSAGES, ids=named)
def test_messages_of_real_terminals_come_back_octet_for_octet(vector):
    octets = bytes.fromhex(vector["hex"])
    message = read_apdu(octets)
    assert message.control == int(vector["apdu"]["control_field"], 16)
    assert message.encode() == octets
    at = FIELDS_AT.get(message.control)
    if at is not None and vector["hex"] not in NO_FIELDS:
        said = read_fields(message.data[at:])
        assert said.unread == b""
        assert said.encode() == message.data[at:]
        assert encode_tlvs(said.objects()) == (said.get(bmp.CONTAINER) or b"")


def test_the_file_holds_what_it_is_said_to_hold():
    assert (len(MESSAGES), len(BROKEN), len(FRAGMENTS), len(FRAMES)) == (66, 3, 2, 3)


@pytest.mark.parametrize("vector", BROKEN, ids=named)
def test_messages_of_a_wrong_length_are_refused(vector):
    with pytest.raises(ZvtError):
        read_apdu(bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("vector", FRAGMENTS, ids=named)
def test_a_message_in_pieces_is_one(vector):
    stream = ApduStream()
    *before, last = (bytes.fromhex(piece) for piece in vector["fragments"])
    assert [stream.feed(piece) for piece in before] == [[]] * len(before)
    (message,) = stream.feed(last)
    assert message.control == zvt.PRINT_BLOCK
    assert stream.pending == 0
    receipts = Receipts()
    receipts.take(message)
    assert receipts.rows


@pytest.mark.parametrize("vector", FRAMES, ids=named)
def test_published_frames(vector):
    message = bytes.fromhex(vector["apdu_hex"])
    assert frame(message).hex() == vector["serial_frame"]
    assert FrameReader().feed(bytes.fromhex(vector["serial_frame"])) == [Message(message)]


def test_the_frame_of_the_papers():
    octets = bytes.fromhex("1002060F0BF0F0F7322E31342E3135001003B111")
    (message,) = FrameReader().feed(octets)
    assert read_state(read_apdu(message.data)) == (0, "2.14.15")
    assert frame(message.data) == octets


def test_commands_are_what_terminals_know():
    assert zvt.authorisation(1_000, "EUR").encode().hex() == "06010a040000000010004909" + "78"
    assert zvt.with_password(zvt.END_OF_DAY, 0).encode().hex() == "065003000000"
    assert zvt.registration(123456, "EUR").encode().hex() == "060006123456be0978"
    assert zvt.reversal(0, 470).encode().hex() == "06300600000087" + "0470"
    assert zvt.refund(0, 5, "GBP").encode().hex() == "06310d0000000400000000000549" + "0826"
    with pytest.raises(ValueError, match="XTS"):
        zvt.registration(0, "XTS")


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_till_of_any_store_can_log_on_and_is_understood(currency):
    """A store's currency without a number would end the worker that asks the terminal, and the sale with it."""
    assert zvt.registration(0, currency).encode()
    assert zvt.currency_name(zvt.currency_number(currency)) == currency


def test_a_good_payment_of_a_real_terminal():
    result = card_result(
        read_status(sample("Parse_PaymentGood1_Successful")), Receipts(), None, finished=True
    )
    assert (result.amount, result.currency, result.trace) == (2_040, "EUR", 470)
    assert (result.receipt_number, result.terminal_id) == (470, "28004869")
    assert (result.card, result.card_name) == ("************4771", "Debit Mastercard")
    assert (result.text, result.at) == ("GEN.NR.:611804", "1006223953")


def test_a_payment_that_the_customer_ended():
    result = card_result(
        read_status(sample("Parse_AbortByKey_Successful")), Receipts(), None, finished=True
    )
    assert (result.ending, result.result, result.text) == (
        "cancelled",
        0x6C,
        "Abbruch durch Kunde",
    )


def test_an_abort_with_its_reason():
    octets = next(v["hex"] for v in VECTORS if v.get("test") == "abort with extended error")
    assert read_abort(read_apdu(bytes.fromhex(octets))) == (
        0x6C,
        "Abbruch durch externes Kommando!",
    )


@pytest.mark.parametrize("test", ["text in TLV 24/07", "text latin1"])
def test_umlauts_are_read_in_either_code_page(test):
    message = sample(test)
    if message.control == zvt.INTERMEDIATE:
        assert read_progress(message) == (0x0A, "Test ä ö ü ß")
        return
    receipts = Receipts()
    receipts.take(message)
    assert receipts.kind(MERCHANT) == ("Test ä ö ü ß",)


def test_receipts_row_by_row_are_told_apart_by_their_ends():
    named_rows, plain = Receipts(), Receipts()
    for vector in VECTORS:
        if vector.get("test") == "ProcessData_LineReceivedCardCompleteWithTlv_Successful":
            named_rows.take(read_apdu(bytes.fromhex(vector["hex"])))
    # That terminal counts the first row of the customer's receipt to the merchant's.
    assert named_rows.kind(MERCHANT)[0] == named_rows.kind(MERCHANT)[-1] == "TEST Portalum"
    assert named_rows.kind(CUSTOMER)[0] == "6850 DORNBIRN"
    assert "Debit Mastercard" in named_rows.kind(CUSTOMER)
    for row in (b"\x00Merchant", b"\x81", b"\x00Customer", b"\x81"):
        plain.take(Apdu(zvt.PRINT_LINE, row))
    assert (plain.kind(MERCHANT), plain.kind(CUSTOMER)) == (("Merchant",), ("Customer",))


def test_a_block_says_whose_receipt_it_is():
    receipts = Receipts()
    receipts.take(sample("Parse_CardholderReceipt_Successful"))
    assert receipts.kind(CUSTOMER)[0] == "  Leihstellung von hobex"
    assert any("KUNDENBELEG" in row for row in receipts.kind(CUSTOMER))
    assert receipts.kind(MERCHANT) == ()


# --- whatever octets can be -------------------------------------------------------------------

FUZZ = settings(max_examples=10_000 if LONG else 1_500)
READERS = (
    read_apdu,
    read_tlvs,
    lambda data: read_fields(data).objects(),
    lambda data: card_result(read_fields(data), Receipts(), None, finished=True),
    lambda data: read_totals(read_fields(b"\x60" + data)),
    lambda data: read_progress(Apdu(zvt.INTERMEDIATE, data)),
    lambda data: read_abort(Apdu(zvt.ABORT, data)),
    lambda data: read_state(Apdu(zvt.COMPLETION, data)),
    lambda data: Receipts().take(Apdu(zvt.PRINT_BLOCK, data)),
    lambda data: Receipts().take(Apdu(zvt.PRINT_LINE, data)),
    lambda data: read_counted(data, 0, 3),
    from_bcd,
)
pieces = st.one_of(
    st.binary(max_size=80),
    st.lists(
        st.one_of(st.sampled_from([bytes((tag,)) for tag in known_tags()]), st.binary(max_size=6)),
        max_size=12,
    ).map(b"".join),
    st.sampled_from(MESSAGES).map(lambda v: bytes.fromhex(v["hex"])[3:]),
)


@FUZZ
@given(pieces, st.sampled_from(READERS))
@example(b"\x06" + b"\x24\x02" * 40, READERS[2])
@example(b"", from_bcd)
def test_garbage_is_an_error_of_the_protocol_and_nothing_else(data, read):
    with contextlib.suppress(ZvtError):
        read(data)


@FUZZ
@given(st.lists(st.binary(max_size=20), max_size=6))
def test_frames_of_garbage_raise_nothing_and_end(chunks):
    reader, stream = FrameReader(), ApduStream()
    for chunk in chunks:
        assert all(isinstance(each, Message | Sign) for each in reader.feed(chunk))
        assert all(isinstance(each, Apdu) for each in stream.feed(chunk))


apdus = st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=600))


@given(st.lists(apdus, max_size=4), st.data())
def test_messages_are_found_however_they_are_cut(messages, data):
    octets = b"".join(message.encode() for message in messages)
    stream, found, at = ApduStream(), [], 0
    while at < len(octets):
        size = data.draw(st.integers(1, 300))
        found += stream.feed(octets[at : at + size])
        at += size
    assert found == messages
    assert [read_apdu(message.encode()) for message in messages] == messages


@given(st.binary(max_size=200), st.binary(max_size=9).filter(lambda b: not {6, 16, 21} & set(b)))
@example(b"\x10\x10\x03\x10", b"\x03")
def test_a_frame_gives_its_message_back_behind_noise(message, noise):
    reader = FrameReader()
    assert reader.feed(noise + frame(message)) == [Message(message)]
    assert not reader.inside


@given(st.binary(min_size=1, max_size=40), st.integers(0, 7), st.data())
def test_no_single_bit_goes_unnoticed(message, bit, data):
    at = data.draw(st.integers(0, len(message) - 1))
    other = bytearray(message)
    other[at] ^= 1 << bit
    assert crc(message) != crc(bytes(other))


@given(st.integers(0, 10**12 - 1))
def test_numbers_come_back(number):
    assert from_bcd(to_bcd(number, 6)) == number


@pytest.mark.parametrize(("number", "octets"), [(-1, 2), (10_000, 2)])
def test_a_number_that_does_not_fit_is_refused(number, octets):
    with pytest.raises(ValueError, match="fit"):
        to_bcd(number, octets)


tlvs = st.recursive(
    st.builds(Tlv, st.sampled_from([0x07, 0x41, 0x1F07, 0x1F8107]), st.binary(max_size=300)),
    lambda inside: st.builds(
        Tlv, st.sampled_from([0x24, 0x2F, 0x3F44]), st.lists(inside, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@given(st.lists(tlvs, max_size=4).map(tuple))
def test_data_objects_come_back(objects):
    assert read_tlvs(encode_tlvs(objects)) == objects


@given(st.binary(max_size=99))
def test_counted_octets_come_back(data):
    assert read_counted(counted(data, 2), 0, 2) == (data, len(data) + 2)


def test_an_unknown_field_is_kept_and_nothing_behind_it_is_guessed():
    said = read_fields(b"\x27\x00\x7e\x04\x00")
    assert said == Fields(((bmp.RESULT, b"\x00"),), b"\x7e\x04\x00")
    assert said.encode() == b"\x27\x00\x7e\x04\x00"


# --- card numbers -----------------------------------------------------------------------------

CARD = "4000001234567899"  # invented; its check digit is right


def test_a_full_card_number_does_not_leave_the_codec():
    said = read_fields(
        b"\x22" + counted(bytes.fromhex(CARD), 2) + b"\x23" + counted(b"\x40\x01", 2)
    )
    assert card_number(said) == "************7899"
    assert CARD not in said.encode().hex()
    assert said.get(0x23) == b"\xee\xee"
    inside = encode_tlvs(said_in_container().objects())
    assert bytes.fromhex(CARD) not in inside


def said_in_container():
    hidden = encode_tlvs(
        (
            Tlv(
                0x60,
                (Tlv(0x5A, bytes.fromhex(CARD)), Tlv(0x57, b"\x40\x00")),
            ),
        )
    )
    said = read_fields(b"\x06" + bytes((len(hidden),)) + hidden)
    assert [each.value for each in find(said.objects(), 0x57)] == [b"\xee\xee"]
    return said


@pytest.mark.parametrize("shown", [CARD, "4000 0012 3456 7899", "4000-0012-3456-7899"])
@pytest.mark.parametrize(
    ("before", "behind"), [("Nr ", ""), ("Nr ", " 1"), ("12 ", " 34"), ("", "x")]
)
def test_a_card_number_on_a_receipt_is_masked(shown, before, behind):
    receipts = Receipts()
    receipts.take(Apdu(zvt.PRINT_LINE, f"\0{before}{shown}{behind}".encode()))
    (row,) = receipts.kind(MERCHANT)
    assert row.startswith(before)
    # What stands beside it may be taken for a part of it; that masks more, never less.
    assert row.count("*") >= 12
    assert not any(part in row for part in ("4000", "0012", "3456"))


@given(st.from_regex(r"\A[0-9]{12,19}\Z"))
def test_masks_show_at_most_four_digits(digits):
    even = digits if len(digits) % 2 == 0 else digits + "f"
    masked = mask_packed(bytes.fromhex(even)).hex().rstrip("f")
    assert masked == "e" * (len(digits) - 4) + digits[-4:]
    assert len(mask_text(digits)) == len(digits)


def test_other_numbers_of_a_receipt_stay():
    assert mask_text("Terminal-ID 28004869 Trace 000470") == "Terminal-ID 28004869 Trace 000470"


# --- addresses and scripts --------------------------------------------------------------------


def test_addresses():
    network = parse_terminal_address("tcp://10.0.0.9?password=123456")
    assert (network.kind, network.target, network.number) == ("tcp", "10.0.0.9", 20007)
    assert network.password == 123456
    assert "123456" not in f"{network!r} {network}"
    serial = parse_terminal_address("serial:/dev/ttyS1")
    assert (serial.kind, serial.number, str(serial)) == ("serial", 9600, "serial:/dev/ttyS1")
    assert parse_terminal_address("none") is None
    assert parse_terminal_address("") is None


@pytest.mark.parametrize(
    "text", ["10.0.0.9", "tcp://", "tcp://a:0", "serial:", "tcp://a?password=12", "tcp://a?x=1"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(DomainError) as caught:
        parse_terminal_address(text)
    assert caught.value.code == "terminal_address_invalid"


def test_scripts():
    assert parse_outcome("approve") == Outcome()
    assert parse_outcome("decline 51 +slow 3") == Outcome(result=0x51, slow=3)
    assert parse_outcome("approve +lose-unbooked status") == Outcome(
        fault="lose", step="status", books=False
    )
    for words in (
        "",
        "pay",
        "approve +lose",
        "approve +slow x",
        "decline xyz",
        "approve +fly status",
    ):
        with pytest.raises(DomainError):
            parse_outcome(words)
