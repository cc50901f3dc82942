"""Wireshark's dissector of ZVT, which others wrote, finds nothing wrong with what till and simulated terminal say."""

import shutil
import subprocess

import pytest

from pos_client.devices.terminal.simulator import messages
from pos_client.devices.terminal.simulator.messages import Booking
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt.apdu import Apdu

TILL, TERMINAL = 40_000, 20_007
BOOKING = Booking(470, 2_040)
# What is said, which way, and what the dissector is to read in it.
TALK = (
    (zvt.registration(123456, "EUR"), "O", "Password: 123456"),
    (zvt.accepted(), "I", "CCRC: 0x80"),
    (messages.registered(), "I", "Completion"),
    (zvt.accepted(), "O", "CCRC: 0x80"),
    (zvt.authorisation(2_040, "EUR"), "O", "Amount: 2040"),
    (messages.progress(0x0A, "Bitte Karte einlegen"), "I", "Text line: Bitte Karte einlegen"),
    (messages.status(BOOKING), "I", "Card name: TESTKARTE"),
    (messages.receipts(BOOKING)[0], "I", "Transaction receipt (merchant)"),
    (messages.receipts(BOOKING)[1], "I", "Print Line"),
    (Apdu(zvt.COMPLETION), "I", "Completion"),
    (zvt.with_password(zvt.END_OF_DAY, 0), "O", "End Of Day"),
    (zvt.reversal(0, 470), "O", "Receipt number (0x87)"),
    (Apdu(zvt.ABORT, b"\x6c"), "I", "Result Code: 0x6c"),
)


def dissected(folder):
    """What tshark says of the talk, packet by packet."""
    if not shutil.which("tshark") or not shutil.which("text2pcap"):
        pytest.skip("no tshark here")
    dump, capture = folder / "talk.txt", folder / "talk.pcap"
    lines = [f"{way}\n0000 {message.encode().hex(' ')}\n" for message, way, _ in TALK]
    dump.write_text("\n".join(lines), encoding="ascii")
    ports = f"{TERMINAL},{TILL}"
    make = ["text2pcap", "-q", "-D", "-T", ports, str(dump), str(capture)]
    subprocess.run(make, check=True, capture_output=True)
    read = ["tshark", "-r", str(capture), "-d", f"tcp.port=={TERMINAL},zvt", "-O", "zvt"]
    said = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    return [packet for packet in said.split("\nFrame ") if packet.strip()]


def test_the_dissector_accepts_each_message(tmp_path):
    packets = dissected(tmp_path)
    assert len(packets) == len(TALK)
    for packet, (message, _, read) in zip(packets, TALK, strict=True):
        assert "ZVT Kassenschnittstelle" in packet, packet
        assert read in packet, (read, packet)
        assert not any(word in packet for word in ("Malformed", "Expert Info (Error")), packet
        assert f"Length-field: {len(message.data)}" in packet, packet
