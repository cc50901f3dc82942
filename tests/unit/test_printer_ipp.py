"""IPP: what is said comes back, and what is none is said to be none."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_client.devices.printer import ipp
from pos_client.devices.printer.address import PrinterAddress, parse_address
from tests.conftest import LONG


def test_a_request_has_the_octets_of_the_standard():
    octets = ipp.encode(ipp.request(ipp.GET_PRINTER, "ipp://a/printers/b"))
    assert octets.startswith(
        bytes.fromhex("0101000b00000001" + "01") + b"\x47\x00\x12attributes-charset\x00\x05utf-8"
    )
    assert b"\x45\x00\x0bprinter-uri\x00\x12ipp://a/printers/b" in octets
    assert octets.endswith(b"\x03")


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.text(max_size=20), min_size=1, max_size=3).map(tuple),
    st.integers(-(2**31), 2**31 - 1),
    st.binary(max_size=50),
)
def test_messages_come_back(code, reasons, number, data):
    attributes = {"printer-state-reasons": reasons, "job-id": (number,)}
    back = ipp.decode(ipp.encode(ipp.IppMessage(code, attributes, data), "job"))
    assert (back.code, back.data) == (code, data)
    assert back.values("printer-state-reasons") == reasons
    assert back.integer("job-id") == number
    assert back.integer("job-state") == 0


@settings(max_examples=10_000 if LONG else 2_000)
@given(st.binary(max_size=120))
def test_garbage_is_no_ipp_and_nothing_else(data):
    with contextlib.suppress(ipp.IppError):
        ipp.decode(data)


def test_queues_have_addresses():
    assert parse_address("cups:kasse") == PrinterAddress("cups", "localhost", 631, queue="kasse")
    far = parse_address("cups:kasse?host=10.0.0.7:8631")
    assert str(far) == "cups:kasse?host=10.0.0.7:8631"
    assert parse_address(str(far)) == far
