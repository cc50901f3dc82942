"""Devices are found, waited for and met again; what is kept of their talk holds no card."""

import random
import time
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_client.app.card_desk import start_card_desk
from pos_client.app.reading import Readers, line_opener, reader_addresses
from pos_client.app.settings import TillSettings
from pos_client.devices.finding import Finder, FoundDevice, list_serial
from pos_client.devices.lines import LineBrokenError, SocketLine
from pos_client.devices.minding import Minder, MinderPace
from pos_client.devices.reader.port import Source
from pos_client.devices.reader.simulator import ReaderSimulator
from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.device import ZvtTerminal
from pos_client.devices.terminal.zvt import commands as zvt
from pos_client.devices.terminal.zvt.apdu import Apdu
from pos_client.devices.terminal.zvt.describe import describe
from pos_client.devices.terminal.zvt.fields import counted
from pos_client.devices.trace import Trace, TracedLine
from shared.catalogue.scan import Scan
from shared.catalogue.scan_rules import ScanKind, read_scan_rules
from shared.errors import DomainError
from shared.identity import FixedClock
from shared.tender.card import AttemptKind
from tests.integration.printer_rig import UsbDouble, eventually
from tests.integration.terminal_rig import QUICK, Connected
from tests.integration.till_world import World

CLOCK = FixedClock(datetime(2026, 11, 27, 12, tzinfo=UTC))
CARD = "4000001234567899"  # invented; its check digit is right
PACE = MinderPace(0.05, 0.1)
RULES = read_scan_rules({"rules": [{"kind": "customer", "prefix": "98"}]})


# --- finding ----------------------------------------------------------------------------------


class Port:
    """A serial line as pySerial lists it."""

    def __init__(self, device, description="n/a", vid=None):
        self.device, self.description, self.vid = device, description, vid


def test_devices_are_found_and_guessed_at():
    ports = [Port("/dev/ttyS0"), Port("/dev/ttyACM0", "Handscanner", 0x05F9)]
    finder = Finder(lambda: ports, UsbDouble(""))
    assert finder.look() == (
        FoundDevice("serial:/dev/ttyACM0", "Handscanner", "scanner"),
        FoundDevice("serial:/dev/ttyS0"),
        FoundDevice("usb:04b8:0202:A1", guess="printer"),
    )


def test_what_comes_and_goes_is_seen_once():
    ports = [Port("/dev/ttyS0")]
    finder = Finder(lambda: ports)
    assert finder.changes() == ((FoundDevice("serial:/dev/ttyS0"),), ())
    assert finder.changes() == ((), ())
    ports[:] = [Port("/dev/ttyACM0")]
    assert finder.changes() == (
        (FoundDevice("serial:/dev/ttyACM0"),),
        (FoundDevice("serial:/dev/ttyS0"),),
    )


def test_a_system_that_cannot_be_asked_has_none():
    def broken():
        raise OSError("no /sys here")

    class Broken:
        devices = staticmethod(broken)

    assert Finder(broken, Broken()).look() == ()


def test_the_machine_can_be_asked():
    assert all(port.device for port in list_serial())


# --- minding ----------------------------------------------------------------------------------


def test_a_device_is_waited_for_and_met_again():
    place = TcpPlace()
    port = place.port
    place.close()
    heard = []

    def talk(line, ended):
        while not ended():
            heard.append(line.receive(0.05))

    minder = Minder("device-test", lambda: SocketLine.to("127.0.0.1", port, 0.5, 0.5), talk, PACE)
    states = []
    minder.on_changed = states.append
    assert eventually(lambda: minder.health().detail)
    assert not minder.health().online
    for returns in (0, 1):
        place = TcpPlace(port)
        assert eventually(partial(place.accept, 1))
        assert eventually(lambda: minder.health().online)
        assert minder.health().returns == returns
        place.hang_up()
        place.close()
        assert eventually(lambda: not minder.health().online)
    minder.close()
    assert any(state.online for state in states)


def test_pauses_grow_up_to_their_bound():
    began = []

    def refuse():
        began.append(time.monotonic())
        raise OSError("nobody")

    minder = Minder("device-test", refuse, lambda *_: None, MinderPace(0.02, 0.08))
    assert eventually(lambda: len(began) >= 6)
    minder.close()
    pauses = [after - before for before, after in pairwise(began)]
    assert pauses[0] >= 0.02
    assert pauses[2] >= 0.08
    assert max(pauses[:5]) < 0.5


def test_readers_give_scans_and_come_back(tmp_path):
    place = PtyPlace()
    simulator = ReaderSimulator(place)
    tcp = TcpPlace()
    stripe = ReaderSimulator(tcp)
    seen, trace = [], Trace(CLOCK)
    settings = TillSettings(scanner=place.address, card_reader=tcp.address)
    readers = Readers(reader_addresses(settings), lambda: RULES, seen.append, trace, CLOCK, PACE)
    assert eventually(lambda: all(health.online for health in readers.health().values()))
    simulator.scan("4006381333931")
    assert eventually(lambda: seen == [Scan(ScanKind.ARTICLE, "4006381333931")])
    stripe.swipe(CARD, "2612")
    assert eventually(lambda: seen[1:] == [Scan(ScanKind.PAYMENT_CARD)])
    stripe.close()
    assert eventually(lambda: not readers.health()[Source.STRIPE].online)
    again = ReaderSimulator(TcpPlace(tcp.port))
    again.swipe("98765432")
    assert eventually(lambda: seen[2:] == [Scan(ScanKind.CUSTOMER, "98765432")])
    again.send(b";broken\r")
    assert eventually(lambda: len(seen) == 4)
    assert seen[3].problem == "barcode_damaged"
    # A line that is taken while the old end still goes away comes back twice.
    assert readers.health()[Source.STRIPE].returns >= 1
    assert CARD not in "".join(trace.lines())
    readers.close()
    again.close()
    simulator.close()


def test_what_is_no_address_is_refused():
    for text in ("x", "serial:/dev/x?mode=y"):
        with pytest.raises(DomainError) as refused:
            line_opener(text)
        assert refused.value.code == "device_address_invalid"


def test_a_till_has_the_terminal_that_its_settings_name(tmp_path):
    world = World(tmp_path, articles=1)
    till = world.open()
    assert start_card_desk(till, Trace(CLOCK)) is None
    found = Connected("tcp")
    world.paths.settings.write_text(f'{{"terminal": "{found.address}"}}', encoding="utf-8")
    desk = start_card_desk(till, Trace(CLOCK))
    till.basket.on_add("S1")
    desk.begin(AttemptKind.PAYMENT, till.sale.basket.basket_id, 500)
    assert eventually(lambda: desk.state().phase == "approved")
    assert found.engine.money() == 500
    desk.close()
    found.close()
    world.close()


# --- traces -----------------------------------------------------------------------------------


def test_a_payment_is_traced_without_password_and_card():
    found, trace = Connected("tcp"), Trace(CLOCK)
    address = parse_terminal_address(f"{found.address}?password=271828")
    terminal = ZvtTerminal(address, "EUR", QUICK, trace)
    terminal.register()
    paid = terminal.pay(1_234, "EUR", lambda _: None)
    terminal.reverse(paid.receipt_number, lambda _: None)
    terminal.refund(100, "EUR", lambda _: None)
    found.script("decline 05", "refuse 83")
    terminal.pay(1, "EUR", lambda _: None)
    with pytest.raises(DomainError):
        terminal.pay(1, "EUR", lambda _: None)
    found.close()
    text = "\n".join(trace.lines())
    for shown in ("> authorisation", "04=000000001234", "< status", "SIMULATOR", "< refused 83"):
        assert shown in text
    assert "271828" not in text
    assert "2026-11-27T12:00:00.000+00:00 terminal > registration [6]" in text


@given(
    st.binary(max_size=30), st.sampled_from([zvt.STATUS, zvt.PRINT_LINE, zvt.PRINT_BLOCK, 0x060F])
)
def test_no_card_number_is_described(noise, control):
    packed = bytes.fromhex(CARD)
    for data in (
        b"\x22" + counted(packed, 2) + noise,
        b"\x23" + counted(packed, 2),
        b"\x00Nr " + CARD.encode() + b" " + noise,
        b"\x06\x0a\x5a\x08" + packed,
        noise + packed,
    ):
        said = describe(Apdu(control, data))
        assert CARD not in said
        assert "\n" not in said


def test_lines_are_traced_and_the_ring_forgets():
    class Echo:
        def send(self, data):
            self.data = data

        def receive(self, seconds):
            return self.data[::-1]

        def close(self):
            raise LineBrokenError(0, "closed")

    trace = Trace(CLOCK, most=3)
    line = TracedLine(Echo(), trace, "scale")
    line.send(b"\x01W")
    assert line.receive(1) == b"W\x01"
    with pytest.raises(LineBrokenError):
        line.close()
    assert [text.split(" ", 1)[1] for text in trace.lines()] == ["scale > 01 57", "scale < 57 01"]
    line.send(random.Random(1).randbytes(1_000))
    line.send(b"\x02")
    assert len(trace.lines()) == 3
    assert "… 1000" in trace.lines()[1]
