"""Everything that hangs on a running till: seen, read, shown, weighed, tried, kept; and nothing of a card stays."""

import json
import time
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from pos_client.app.card_desk import CardState
from pos_client.app.card_payments import CardPayment
from pos_client.app.periphery.bench import Bench
from pos_client.app.periphery.hub import HubPace, Periphery
from pos_client.app.printing import Pace, start_printing
from pos_client.devices.display.simulator import DisplaySimulator
from pos_client.devices.finding import Finder
from pos_client.devices.network import find_on_network
from pos_client.devices.printer.simulator.server import TcpSimulator
from pos_client.devices.reader.simulator import ReaderSimulator
from pos_client.devices.scale.simulator import ScaleSimulator
from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.devices.terminal.port import CardResult, Ending
from pos_client.features.devices.ports import DeviceKind, Found
from shared.catalogue.scan import Scan
from shared.catalogue.scan_rules import ScanKind
from shared.errors import DomainError, EnvironmentProblem
from shared.tender import Tender, TenderKind
from shared.tender.card import AttemptKind, ask
from shared.wire.devices import DeviceReports
from tests.integration.printer_rig import eventually
from tests.integration.terminal_rig import Connected
from tests.integration.till_world import World, all_events, sell

CARD = "4000001234567899"  # invented; its check digit is right
QUICK = HubPace(round=0.05, finding=2, scale=4, terminal=10_000, greeting=4)
PRINT = Pace(first=0.02, most=0.05, idle=0.2, drawer_open=0.05, drawer=0.05)


class Shop:
    """A till with whatever is plugged into it."""

    def __init__(self, folder):
        self.world = World(folder)
        self.plugged = []
        self.ports = []
        self.hub = self.printing = None
        self.seen = []

    def plug(self, device):
        self.plugged.append(device)
        return device

    def start(self, **settings):
        self.world.paths.settings.write_text(json.dumps(settings), encoding="utf-8")
        self.till = self.world.open()
        self.printing = start_printing(self.till, None, PRINT)
        finder = Finder(lambda: self.ports, usblp=lambda: ())
        self.hub = Periphery(self.till, self.printing, self.world.system, finder, QUICK)
        self.hub.on_scan = self.seen.append
        self.bench = Bench(self.till, self.hub, lambda: (Found("tcp://192.0.2.9:9100"),))
        return self.hub

    def sight(self, kind):
        return next(each for each in self.hub.sights() if each.kind is kind)

    def until(self, kind, condition, code=None):
        def holds():
            sight = self.sight(kind)
            return sight.condition == condition and code in {None, sight.code}

        assert eventually(holds), self.sight(kind)
        return self.sight(kind)

    def close(self):
        if self.hub is not None:
            self.hub.close()
            self.printing.close()
        for device in self.plugged:
            device.close()
        self.world.close()


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    yield shop
    shop.close()


# --- readers --------------------------------------------------------------------------------------


def test_what_readers_read_is_told_from_each_other_and_cards_leave_nothing(shop, caplog, capsys):
    scanner, stripe = (shop.plug(ReaderSimulator(PtyPlace())) for _ in range(2))
    hub = shop.start(scanner=scanner.address, card_reader=stripe.address)
    shop.until(DeviceKind.SCANNER, "ready")
    scanner.scan("4006381333931")
    scanner.scan("KD-70001", "]Q3")
    assert eventually(lambda: len(shop.seen) == 2)
    stripe.swipe(CARD, "26121010000000")
    assert eventually(lambda: len(shop.seen) == 3)
    assert shop.seen == [
        Scan(ScanKind.ARTICLE, "4006381333931"),
        Scan(ScanKind.CUSTOMER, "70001"),
        Scan(ScanKind.PAYMENT_CARD),
    ]
    assert shop.sight(DeviceKind.SCANNER).note == ""  # of a customer nothing is shown
    kept = " ".join((*hub.trace.lines(), caplog.text, capsys.readouterr().out, repr(shop.seen)))
    assert "payment_card" in kept
    assert CARD not in kept
    assert "70001" not in " ".join(hub.trace.lines())


def test_a_reader_that_is_unplugged_comes_back(shop):
    place = TcpPlace()
    first = shop.plug(ReaderSimulator(place))
    shop.start(scanner=first.address)
    shop.until(DeviceKind.SCANNER, "ready")
    first.close()
    shop.until(DeviceKind.SCANNER, "trouble", "reader_away")
    again = shop.plug(ReaderSimulator(TcpPlace(place.port)))
    shop.ports.append(Port("/dev/ttyACM9"))  # something was plugged in: nobody waits any longer
    shop.until(DeviceKind.SCANNER, "ready")
    again.scan("4006381333931")
    assert eventually(lambda: shop.seen)


class Port:
    """A serial line as the system lists it."""

    def __init__(self, device):
        self.device, self.description, self.vid = device, "n/a", None


def test_a_test_scan_is_nothing_of_the_sale(shop):
    scanner = shop.plug(ReaderSimulator(TcpPlace()))
    shop.start(scanner=scanner.address)
    shop.until(DeviceKind.SCANNER, "ready")
    scanned = []
    shop.hub.devices.readers.await_scan = _hurried(shop.hub.devices.readers.await_scan, scanner)
    scanned.append(shop.bench.test(DeviceKind.SCANNER))
    assert scanned[0].values == {"kind": "article"}
    assert shop.seen == []


def _hurried(await_scan, scanner):
    def scan_at_once(source, _seconds):
        scanner.scan("4006381333931")
        return await_scan(source, 5)

    return scan_at_once


def test_a_reader_at_another_address_is_tried_beside_the_one_in_use(shop, monkeypatch):
    other = shop.plug(ReaderSimulator(TcpPlace()))
    shop.start()
    monkeypatch.setattr("pos_client.app.periphery.bench._SCAN_SECONDS", 0.3)
    with pytest.raises(EnvironmentProblem, match="reader_silent"):
        shop.bench.test(DeviceKind.TAG_READER, other.address)


# --- display, scale, drawer -----------------------------------------------------------------------


def test_the_pole_greets_shows_lines_due_and_change_and_greets_again(shop):
    display = shop.plug(DisplaySimulator(PtyPlace(), "cd5220"))
    shop.start(display=display.address)
    assert eventually(lambda: display.rows()[0].strip() == "Willkommen")
    assert display.rows()[1].strip() == "Kranich & Kater"
    till = shop.till
    till.basket.on_add("S3")
    till.basket.on_add("S5")
    assert eventually(lambda: display.rows()[1] == "Summe       8,00 EUR")
    assert display.rows()[0] == "Schal 5         5,00"
    till.payment.on_open()
    assert eventually(lambda: display.rows()[1] == "Zu zahlen   8,00 EUR")
    till.payment.on_cash("10")
    till.payment.on_finish()
    assert eventually(lambda: display.rows() == ("Rückgeld    2,00 EUR", "    Vielen Dank!"))
    assert eventually(lambda: display.rows()[0].strip() == "Willkommen")


def test_a_display_that_was_away_shows_what_holds_when_it_is_back(shop):
    place = TcpPlace()
    port = place.port
    place.close()
    shop.start(display=f"tcp://127.0.0.1:{port}?mode=epson")
    shop.until(DeviceKind.DISPLAY, "trouble", "display_unreachable")
    shop.till.basket.on_add("S3")
    display = shop.plug(DisplaySimulator(TcpPlace(port), "epson"))
    shop.hub.devices.wake()
    assert eventually(lambda: display.rows()[0] == "Schal 3         3,00")
    shop.until(DeviceKind.DISPLAY, "ready")


def test_only_what_lies_still_and_is_more_than_nothing_is_weighed(shop):
    scale = shop.plug(ScaleSimulator(PtyPlace(), "toledo"))
    hub = shop.start(scale=f"{scale.address}?form=8N1")
    for trouble, code in (("moving", "scale_moving"), ("below_zero", "scale_below_zero")):
        scale.trouble = trouble
        with pytest.raises(EnvironmentProblem, match=code):
            hub.weigh(None)
    scale.trouble = ""
    with pytest.raises(DomainError, match="scale_empty"):
        hub.weigh(None)
    scale.load = Decimal("-0.010")
    with pytest.raises(EnvironmentProblem):
        hub.weigh(None)
    scale.load = Decimal("0.375")
    assert hub.weigh(None).weight == Decimal("0.375")
    shop.until(DeviceKind.SCALE, "ready")
    scale.silent = True
    shop.until(DeviceKind.SCALE, "trouble", "scale_silent")


def test_a_scale_that_works_amounts_out_is_told_the_price(shop):
    scale = shop.plug(ScaleSimulator(PtyPlace(), "dialog06"))
    scale.load = Decimal("0.5")
    hub = shop.start(scale=f"{scale.address}?protocol=dialog06&form=8N1")
    shop.until(DeviceKind.SCALE, "ready")
    assert scale.priced == 0  # a look is no weighing
    assert hub.weigh(1_990).amount == 995
    with pytest.raises(DomainError, match="price_missing"):
        hub.weigh(None)


def test_a_scale_that_wants_a_proof_stays_in_trouble_though_it_answers(shop):
    scale = shop.plug(ScaleSimulator(PtyPlace(), "dialog06"))
    scale.load, scale.demands = Decimal("0.5"), True
    hub = shop.start(scale=f"{scale.address}?protocol=dialog06&form=8N1")
    shop.until(DeviceKind.SCALE, "ready")
    with pytest.raises(DomainError, match="scale_not_approved"):
        hub.weigh(1_990)
    hub._look_at_scale()
    assert shop.sight(DeviceKind.SCALE).code == "scale_not_approved"


def test_an_open_drawer_is_a_warning_and_blocks_where_the_shop_wants_it(shop):
    printer = shop.plug(TcpSimulator())
    printer.start()
    printer.change(sensor=True)
    hub = shop.start(printer=printer.address, drawer_sensor="high", wait_for_drawer=True)
    shop.until(DeviceKind.DRAWER, "ready", "drawer_shut")
    assert not hub.drawer_blocks()
    sell(shop.till, "S1")
    shop.until(DeviceKind.DRAWER, "warning", "drawer_open")
    assert hub.drawer_blocks()
    printer.change(power=False)
    assert eventually(lambda: not hub.drawer_blocks())  # nobody knows: nobody is held up


# --- finding, trying, keeping ---------------------------------------------------------------------


def test_a_printer_is_tried_kept_and_used_while_the_till_runs(shop):
    printer = shop.plug(TcpSimulator())
    printer.start()
    shop.start()
    assert shop.sight(DeviceKind.PRINTER).condition == "absent"
    address = f"{printer.address}?profile=citizen"
    assert shop.bench.test(DeviceKind.PRINTER, address).word == "printed"
    assert eventually(lambda: len(printer.pieces()) == 1)
    shop.bench.keep(DeviceKind.PRINTER, address)
    shop.bench.use(DeviceKind.PRINTER)
    shop.until(DeviceKind.PRINTER, "ready")
    sell(shop.till, "S3")
    assert eventually(lambda: len(printer.pieces()) == 2)
    assert shop.bench.test(DeviceKind.PRINTER).word == "printed"
    assert eventually(lambda: len(printer.pieces()) == 3)
    printer.change(paper_out=True)
    with pytest.raises(EnvironmentProblem, match="printer_paper_out"):
        shop.bench.test(DeviceKind.PRINTER, printer.address)
    shop.bench.keep(DeviceKind.PRINTER, "")
    shop.bench.use(DeviceKind.PRINTER)
    assert shop.sight(DeviceKind.PRINTER).condition == "absent"


@pytest.mark.parametrize("kind", DeviceKind)
def test_an_address_that_is_none_is_neither_tried_nor_kept(shop, kind):
    shop.start()
    with pytest.raises(DomainError):
        shop.bench.test(kind)
    for act in (shop.bench.test, shop.bench.keep):
        with pytest.raises(DomainError):
            act(kind, "typewriter:1")
    assert shop.bench.setting(kind) == ""


def test_what_is_found_is_what_was_asked_for(shop):
    shop.start()
    shop.ports.append(Port("/dev/ttyS7"))
    assert [each.address for each in shop.bench.find("serial")] == ["serial:/dev/ttyS7"]
    assert shop.bench.find("usb") == ()
    assert [each.address for each in shop.bench.find("network")] == ["tcp://192.0.2.9:9100"]


def test_the_network_is_looked_through_at_once(shop):
    printer = shop.plug(TcpSimulator())
    printer.start()
    hosts = [f"127.0.0.{n}" for n in range(1, 9)]
    begun = time.monotonic()
    found = find_on_network(lambda: hosts, {printer.port: "printer"}, 0.5)
    assert [each.address for each in found] == [printer.address]
    assert found[0].guess == "printer"
    assert time.monotonic() - begun < 2
    assert find_on_network(list, {9100: "printer"}) == ()


def test_a_scale_and_a_display_are_tried_at_another_address(shop):
    scale = shop.plug(ScaleSimulator(PtyPlace(), "toledo"))
    display = shop.plug(DisplaySimulator(PtyPlace(), "cd5220"))
    shop.start()
    assert shop.bench.test(DeviceKind.SCALE, f"{scale.address}?form=8N1").word == "scale_empty"
    scale.load = Decimal("1.25")
    assert shop.bench.test(DeviceKind.SCALE, f"{scale.address}?form=8N1").values == {
        "weight": "1.25"
    }
    assert shop.bench.test(DeviceKind.DISPLAY, display.address).word == "shown"
    assert eventually(lambda: display.rows()[0].startswith("ÄÖÜ äöü ß"))
    shop.bench.keep(DeviceKind.DISPLAY, display.address)
    shop.bench.use(DeviceKind.DISPLAY)
    assert eventually(lambda: display.rows()[0].strip() == "Willkommen")


# --- the terminal ---------------------------------------------------------------------------------


@pytest.fixture
def terminal():
    terminal = Connected("tcp")
    yield terminal
    terminal.close()


def test_the_terminal_is_looked_at_and_diagnosed_but_not_while_somebody_pays(shop, terminal):
    hub = shop.start(terminal=terminal.address)
    shop.until(DeviceKind.TERMINAL, "ready")
    assert shop.bench.test(DeviceKind.TERMINAL).rows
    hub.cards = lambda: CardState("asking")
    assert shop.sight(DeviceKind.TERMINAL).word == "paying"
    with pytest.raises(DomainError, match="card_desk_busy"):
        shop.bench.test(DeviceKind.TERMINAL)
    with pytest.raises(DomainError, match="card_desk_busy"):
        hub.close_terminal_day()


@pytest.mark.parametrize(("taken", "said"), [(300, "stimmt überein"), (299, "Zentrale prüft")])
def test_the_terminals_day_is_compared_with_the_journal(shop, terminal, taken, said):
    printer = shop.plug(TcpSimulator())
    printer.start()
    hub = shop.start(terminal=terminal.address, printer=printer.address)
    till = shop.till
    terminal.pay(taken)
    till.basket.on_add("S3")
    till.sale.tender(Tender(TenderKind.CARD, 300))
    till.sale.finish()
    state = till.shift.on_terminal_day(hub.close_terminal_day())
    assert said in state.notice
    event = all_events(till)[-1]
    body = json.loads(event.body)
    assert event.type == "terminal.day_closed"
    assert body["rows"]
    assert eventually(lambda: any("KASSENSCHNITT" in one.text() for one in printer.pieces()))
    assert (body["amount"], body["journal_amount"], body["journal_count"]) == (taken, 300, 1)
    terminal.pay(500)
    again = till.shift.on_terminal_day(hub.close_terminal_day())
    assert "0,00" in again.notice  # the journal has nothing new on cards


def test_what_the_desk_of_payments_says_of_the_terminal_counts(shop, terminal):
    hub = shop.start(terminal=terminal.address)
    away = EnvironmentProblem("terminal_unreachable", {"address": terminal.address, "detail": "x"})
    hub.cards = lambda: CardState(problem=away)
    shop.until(DeviceKind.TERMINAL, "trouble", "terminal_unreachable")
    attempt = ask(AttemptKind.PAYMENT, 300, "EUR", None).lost()
    open_one = CardPayment(uuid4(), uuid4(), attempt, CardResult(Ending.UNKNOWN))
    hub.cards = lambda: CardState("unknown", open_one, pending=(open_one,))
    shop.until(DeviceKind.TERMINAL, "trouble", "unknown")
    hub.cards = CardState
    shop.until(DeviceKind.TERMINAL, "ready")


def test_without_a_terminal_there_is_no_day_to_close(shop):
    with pytest.raises(DomainError, match="terminal_none"):
        shop.start().close_terminal_day()


# --- health and support ---------------------------------------------------------------------------


def test_how_devices_are_is_written_for_the_centre_without_addresses(shop):
    scanner = shop.plug(ReaderSimulator(TcpPlace()))
    shop.start(scanner=scanner.address)
    path = shop.world.paths.device_report

    def conditions():
        reports = DeviceReports.model_validate_json(path.read_bytes()) if path.exists() else None
        return {each.kind: each.condition for each in reports.devices} if reports else None

    assert eventually(lambda: conditions() == {"scanner": "ready"})
    scanner.close()
    assert eventually(lambda: conditions() == {"scanner": "trouble"})
    assert "127.0.0.1" not in path.read_text(encoding="utf-8")


def test_what_support_gets_holds_states_and_talk_and_no_card(shop):
    scale = shop.plug(ScaleSimulator(PtyPlace(), "toledo"))
    scale.load = Decimal("0.375")
    hub = shop.start(
        scale=f"{scale.address}?form=8N1", terminal="tcp://127.0.0.1:9?password=135791"
    )
    hub.weigh(None)
    hub.trace.note("sample", "<", f"a card that slipped in {CARD} or 4000 0012 3456 7899")
    text = Path(shop.bench.export_trace()).read_text(encoding="utf-8")
    assert "30 30 2e 33 37 35" in text  # the weight as the scale said it
    assert "scale serial:" in text
    assert CARD not in text
    assert "4000 0012" not in text
    assert "135791" not in text
    hub.trace.switch(on=False)
    assert hub.trace.lines() == ()
    hub.weigh(None)
    assert hub.trace.lines() == ()
    hub.trace.switch(on=True)
    hub.weigh(None)
    assert hub.trace.lines()
