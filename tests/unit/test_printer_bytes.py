"""Addresses, letters, bytes and status of receipt printers; what is encoded is read by a decoder of our own."""

import io
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from pos_client.app.translations import TillTexts
from pos_client.devices.letters import printable
from pos_client.devices.printer.address import PrinterAddress, parse_address
from pos_client.devices.printer.escpos import drawer_job, encode
from pos_client.devices.printer.port import PrinterStatus
from pos_client.devices.printer.simulator.decoder import Decoder
from pos_client.devices.printer.simulator.operations import (
    Asked,
    Bars,
    CutOff,
    Fed,
    Printed,
    Pulse,
    Qr,
    Raster,
    Side,
    Span,
    Unknown,
)
from pos_client.devices.printer.simulator.roll import read_pieces
from pos_client.devices.printer.status import is_completion, read_status, status_answers
from shared.errors import DomainError, EnvironmentProblem
from shared.receipt.layout import Sheet, receipt_paper
from shared.receipt.paper import (
    Align,
    Barcode,
    Cut,
    DrawerPulse,
    Feed,
    Image,
    Pair,
    Paper,
    QrCode,
    Rule,
    Style,
    Text,
)
from tests.support import receipts

ROOT = Path(__file__).resolve().parents[2]
SALE = receipt_paper(
    receipts.german_sale(),
    "sale.completed",
    Sheet(receipts.SELLERS["DE"], TillTexts("de", "DE", "EUR")),
    drawer=True,
)


def decoded(*rows, width=42, **options):
    return Decoder().feed(encode(Paper(width, rows), **options))


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "target", "number", "asks"),
    [
        ("tcp://10.0.0.5", "tcp", "10.0.0.5", 9100, True),
        (" tcp://printer-1.shop:9101 ", "tcp", "printer-1.shop", 9101, True),
        ("tcp://[::1]:9100?status=no", "tcp", "::1", 9100, False),
        ("serial:/dev/ttyUSB0", "serial", "/dev/ttyUSB0", 19200, True),
        ("serial:COM3?baud=9600&status=no", "serial", "COM3", 9600, False),
        ("usb:/dev/usb/lp0", "usb", "/dev/usb/lp0", 0, True),
        ("usb:04b8:0202", "libusb", "04b8:0202", 0, True),
        ("usb:04b8:0202:A1?status=no", "libusb", "04b8:0202:A1", 0, False),
        ("winraw:Kasse 1", "winraw", "Kasse 1", 0, False),
        ("file:/spool/paper.bin", "file", "/spool/paper.bin", 0, False),
    ],
)
def test_addresses_are_read(text, kind, target, number, asks):
    assert parse_address(text) == PrinterAddress(kind, target, number, asks)


def test_none_and_nothing_are_no_printer():
    assert parse_address("none") is None
    assert parse_address("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.5:9100",
        "tcp:10.0.0.5",
        "tcp://",
        "tcp://host:0",
        "tcp://host:70000",
        "tcp://host:9100/x",
        "tcp://ho st",
        "serial:/dev/ttyUSB0?baud=12345",
        "serial:/dev/ttyUSB0?baud=x",
        "usb:/dev/usb/lp0?baud=9600",
        "usb:",
        "file:",
        "file:/x?status=no",
        "tcp://host?status=perhaps",
        "ftp://host",
    ],
)
def test_wrong_addresses_are_refused(text):
    with pytest.raises(DomainError) as refused:
        parse_address(text)
    assert refused.value.code == "printer_address_invalid"
    assert refused.value.params == {"address": text}


# --- bytes ------------------------------------------------------------------------------------


def test_a_job_begins_with_reset_and_code_page():
    assert encode(Paper(42, ())).startswith(b"\x1b@\x1bt\x13")


def test_letters_arrive_as_they_were_meant():
    text = "ÄÖÜäöüß€£§éèç½ Ø"
    assert decoded(Text(text)) == [Printed((Span(text),))]
    assert b"\xd5" in encode(Paper(42, (Text("€"),)))


@pytest.mark.parametrize(
    ("given_text", "printed"),
    [
        ("„Kraniche“ – 5\u00a0€", '"Kraniche" - 5 €'),
        ("Łódź ﬁ", "Lódz f"),
        ("a\u0308", "ä"),
        ("漢字\U0001f600", "???"),
        ("x\x1b@\x10\x04\x01\ny", "x?@????y"),
    ],
)
def test_what_the_page_has_not_becomes_its_likeness(given_text, printed):
    assert printable(given_text, "cp858") == printed


@given(st.text(max_size=40))
def test_no_text_of_an_article_becomes_a_command(text):
    operations = decoded(Text(text))
    assert all(isinstance(each, Printed) for each in operations)
    assert len(operations) == 1


def test_styles_and_sides():
    operations = decoded(
        Text("groß", Style.DOUBLE, Align.CENTRE),
        Text("fett", Style.BOLD, Align.RIGHT),
        Pair("links", "rechts"),
        Pair("Summe", "1,00", Style.DOUBLE),
        width=32,
    )
    assert operations == [
        Printed((Span("groß", bold=True, width=2, height=2),), Side.CENTRE),
        Printed((Span("fett", bold=True),), Side.RIGHT),
        Printed((Span(f"links{'rechts':>27}"),)),
        Printed((Span("Summe       1,00", bold=True, width=2, height=2),)),
    ]


def test_codes_feed_pulse_and_cut():
    operations = decoded(
        DrawerPulse(), QrCode("V0;äß;x"), Barcode("DE01-T1-1-42"), Rule(), Feed(2), Cut()
    )
    assert operations == [
        Pulse(2),
        Qr("V0;äß;x", 6, "M", Side.CENTRE),
        Bars("DE01-T1-1-42", 64, 2, Side.CENTRE),
        Printed((Span("─" * 42),)),
        Fed(60),
        Fed(180),
        CutOff(),
    ]


def test_the_drawer_job_prints_nothing():
    assert Decoder().feed(drawer_job()) == [Pulse(2)]


def picture(size, paint):
    image = Pictures.new("L", size, 255)
    for x, y in paint:
        image.putpixel((x, y), 0)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_picture_keeps_its_dots():
    data = picture((12, 2), [(0, 0), (11, 0), (3, 1)])
    (raster,) = decoded(Image("logo"), images={"logo": data})
    assert raster == Raster(16, 2, b"\x80\x10\x10\x00", Side.CENTRE)


def test_a_picture_wider_than_the_paper_shrinks():
    data = picture((1000, 100), [(0, 0)])
    (raster,) = decoded(Image("logo"), images={"logo": data}, width=32)
    assert (raster.width, raster.height) == (384, 38)


def test_a_picture_never_asks_the_printer():
    """16, 4 in the dots would be answered by a printer in the middle of the job."""
    bits = f"{0x10:08b}{0x04:08b}{0x01:08b}{0x10:08b}{0x14:08b}{0x10:08b}{0x05:08b}"
    data = picture((len(bits), 1), [(x, 0) for x, bit in enumerate(bits) if bit == "1"])
    job = encode(Paper(42, (Image("logo"),)), {"logo": data})
    assert b"\x1dv0\x00\x07\x00\x01\x00" in job
    for asks in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
        assert asks not in job


def test_a_picture_that_is_none_is_left_out():
    assert decoded(Image("logo"), Text("x"), images={"logo": b"no picture"}) == [
        Printed((Span("x"),))
    ]
    assert decoded(Image("other")) == []


def test_nothing_but_answers_goes_to_stdout(capsys):
    """The headless till answers there."""
    encode(SALE, {"logo": picture((8, 8), [])})
    encode(Paper(42, (QrCode("x"), Barcode("y"), Image("logo"))), {"logo": picture((8, 8), [])})
    assert capsys.readouterr().out == ""


# --- the decoder ------------------------------------------------------------------------------


def test_a_job_in_any_two_pieces_is_the_same_job():
    job = encode(SALE)
    whole = Decoder().feed(job)
    assert len(whole) > 30
    assert not [each for each in whole if isinstance(each, Unknown)]
    for cut in range(len(job)):
        decoder = Decoder()
        assert decoder.feed(job[:cut]) + decoder.feed(job[cut:]) == whole


def test_a_job_byte_by_byte_is_the_same_job():
    job = encode(SALE)
    decoder = Decoder()
    assert [o for a in job for o in decoder.feed(bytes((a,)))] == Decoder().feed(job)
    assert decoder.rest == b""


def test_a_job_that_broke_off_is_a_torn_piece():
    job = encode(SALE)
    whole = read_pieces(job)
    assert [piece.whole for piece in whole] == [True]
    assert whole[0].pulses == 1
    assert "Summe EUR" in whole[0].text()
    torn = read_pieces(job[:-1])
    assert [piece.whole for piece in torn] == [False]


@pytest.mark.parametrize(
    ("data", "operations"),
    [
        (b"\x10\x04\x02", [Asked(2)]),
        (b"\x1dr\x01", [Asked(0)]),
        (b"\x10\x99", [Unknown(b"\x10\x99")]),
        (b"\x07", [Unknown(b"\x07")]),
        (b"\x1bZ", [Unknown(b"\x1bZ")]),
        (b"\x1bt\x63", [Unknown(b"\x1bt\x63")]),
        (b"\x1d(A\x02\x00\x00\x00", [Unknown(b"\x1d(A\x02\x00\x00\x00")]),
        (b"\x1bp\x01\x20\x20", [Pulse(5)]),
        (b"a\x1dVB\x10", [Printed((Span("a"),)), Fed(16), CutOff()]),
        (b"\x1b!\x38x\n", [Printed((Span("x", bold=True, width=2, height=2),))]),
        (b"\x84\n", [Printed((Span("ä"),))]),
        (b"\x1bt\x13\xd5\n\x1bt\x10\x80\n", [Printed((Span("€"),)), Printed((Span("€"),))]),
        (b"\x1dk\x04AB\x00", [Bars("AB", 162, 3)]),
        (b"lost\x1b@kept\r\n", [Printed((Span("kept"),))]),
        (b"\x10\x14\x01\x00\x01\x1b2\x1b3\x18\x1da\x00\x1bJ\x05", [Fed(5)]),
    ],
)
def test_commands_mean_what_the_reference_says(data, operations):
    assert Decoder().feed(data) == operations


@given(st.binary(max_size=60))
def test_the_decoder_survives_anything(data):
    Decoder().feed(data)


# --- status -----------------------------------------------------------------------------------

STATES = [
    PrinterStatus(),
    PrinterStatus(paper_low=True),
    PrinterStatus(online=False, paper_low=True, paper_out=True),
    PrinterStatus(online=False, cover_open=True),
    PrinterStatus(online=False, fault=True),
    PrinterStatus(online=False),
]


@pytest.mark.parametrize("status", STATES)
def test_a_status_survives_its_bits(status):
    assert read_status(status_answers(status)) == status


def test_every_status_looks_different():
    answers = [status_answers(status) for status in STATES]
    assert all(a != b for a, b in pairwise(answers))
    assert len(set(answers)) == len(STATES)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ((0x1A, 0x12, 0x12, 0x12), "online"),
        ((0x1A, 0x16, 0x12, 0x12), "cover_open"),
        ((0x1A, 0x32, 0x12, 0x12), "paper_out"),
        ((0x1A, 0x12, 0x12, 0x72), "paper_out"),
        ((0x1A, 0x52, 0x12, 0x12), "fault"),
        ((0x1A, 0x12, 0x1A, 0x12), "fault"),
        ((0x12, 0x12, 0x12, 0x1E), "paper_low"),
    ],
)
def test_bits_mean_what_the_reference_says(answers, field):
    value = getattr(read_status(answers), field)
    assert value is (field != "online")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (PrinterStatus(), None),
        (PrinterStatus(paper_low=True), None),
        (PrinterStatus(asked=False), None),
        (PrinterStatus(paper_out=True, cover_open=True), "printer_cover_open"),
        (PrinterStatus(online=False, paper_out=True), "printer_paper_out"),
        (PrinterStatus(online=False, fault=True), "printer_fault"),
        (PrinterStatus(online=False), "printer_offline"),
    ],
)
def test_the_problem_that_a_person_can_solve_is_named(status, code):
    problem = status.problem()
    assert (problem.code if problem else None) == code


@pytest.mark.parametrize("answer", [0x00, 0xFF, 0x13, 0x92, 0x02])
def test_a_byte_that_is_no_answer_is_nonsense(answer):
    with pytest.raises(EnvironmentProblem, match="printer_answer_unreadable"):
        read_status((0x12, answer, 0x12, 0x12))


def test_the_answer_behind_a_job_is_no_status_byte():
    assert is_completion(0x00)
    assert is_completion(0x0F)
    assert not any(is_completion(byte) for byte in status_answers(PrinterStatus()))


def test_making_bytes_leaves_nothing_in_the_temporary_folder(tmp_path):
    code = "from pos_client.devices.printer.escpos import drawer_job; print(drawer_job())"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert b"1bp" in done.stdout.replace(b"\\x", b"")
    assert list(tmp_path.iterdir()) == []
