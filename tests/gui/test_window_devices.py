"""Devices in the window: seen in the bar, set up in a sheet, read in the sale; no card's number is ever on the
screen.
"""

import json
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from pos_client.app.window.application import WindowOptions
from pos_client.app.window.customer_window import CustomerWindow
from pos_client.app.window.opened import open_behind_window
from pos_client.app.window.prompts import DrawerPrompt, WeighPrompt
from pos_client.devices.display.simulator import DisplaySimulator
from pos_client.devices.printer.simulator.server import TcpSimulator
from pos_client.devices.reader.simulator import ReaderSimulator
from pos_client.devices.scale.simulator import ScaleSimulator
from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.features.devices.ports import DeviceKind
from pos_client.features.devices.view import SetupSheet
from pos_client.storage.feed_applier import FeedApplier
from shared.errors import DomainError
from tests.gui.test_window import CLOCK, Cashier, seat, types, world  # noqa: F401 - fixtures
from tests.integration.printer_rig import eventually
from tests.integration.till_world import gtin, item, item_row, page, price_row, staff_row

CARD = "4000001234567899"  # invented; its check digit is right


@pytest.fixture
def plug():
    plugged = []

    def add(device):
        plugged.append(device)
        return device

    yield add
    for device in plugged:
        device.close()


@pytest.fixture
def open_at(world, seat):  # noqa: F811
    """A till with these settings and people: a leader, and cheese that is sold by weight."""
    applier = FeedApplier(world.reference_file)
    cheese = item(50, uom="KGM", names={"de": "Käse", "en": "Cheese"})
    applier.take("reference", page([item_row(cheese), price_row("S50", 1990)], "e.2.0"))
    applier.take("staff", page([staff_row("103", name="Lea", role="store_manager")], "e.2.0"))
    applier.close()

    def sit(staff="103", **settings):
        world.paths.settings.write_text(json.dumps(settings), encoding="utf-8")
        cashier = seat()
        cashier.log_in(staff)
        return cashier

    return sit


def bar(cashier):
    return cashier.shell.bar.items["devices"]


def on_screen(cashier):
    """Everything that can be read or was typed."""
    window = cashier.till.window
    fields = [edit.text() for edit in window.findChildren(QLineEdit)]
    return " ".join([*fields, *(label.text() for label in window.findChildren(QLabel))])


# --- opening --------------------------------------------------------------------------------------


def test_a_till_with_a_wrong_address_can_be_opened_as_soon_as_it_is_right(world):  # noqa: F811
    """What was opened before the address was found to be wrong lets go of the data."""
    options = WindowOptions(world.paths.root, sync=False, clock=CLOCK)
    for kind in ("printer", "scanner", "display", "scale", "terminal"):
        world.paths.settings.write_text(json.dumps({kind: "lpt1"}), encoding="utf-8")
        with pytest.raises(DomainError, match="address_invalid"):
            open_behind_window(options)
    world.paths.settings.write_text("{}", encoding="utf-8")
    open_behind_window(options).close()


# --- readers in the sale --------------------------------------------------------------------------


def test_what_a_serial_scanner_reads_is_sold_from_any_page(open_at, plug):
    scanner = plug(ReaderSimulator(TcpPlace()))
    cashier = open_at(scanner=scanner.address)
    scanner.scan(gtin(3))
    cashier.until(lambda: len(cashier.lines()) == 1)
    cashier.space.go("receipts")
    scanner.scan(gtin(5))
    cashier.until(lambda: cashier.shell.page == "sale" and len(cashier.lines()) == 2)
    assert cashier.till.window.focusWidget() is cashier.search.edit


@pytest.mark.parametrize("track", [f";{CARD}=26121010000000?", f"%B{CARD}^X/Y^2612101{'0' * 40}?"])
def test_a_payment_card_through_a_reader_that_types_leaves_a_sentence_and_nothing_else(
    open_at, track, caplog
):
    cashier = open_at("101")
    cashier.scan_in(3)
    cashier.scan(track)
    cashier.until(lambda: "Zahlkarte" in cashier.toast())
    assert len(cashier.lines()) == 1
    assert CARD not in on_screen(cashier)
    assert CARD not in caplog.text
    cashier.scan_in(5)


def test_a_payment_cards_number_that_is_typed_is_wiped(open_at):
    cashier = open_at("101")
    cashier.type(CARD)
    cashier.key("\r")
    cashier.until(lambda: "Zahlkarte" in cashier.toast())
    assert CARD not in on_screen(cashier)


def test_a_payment_card_in_a_serial_reader_is_said_and_dropped(open_at, plug):
    stripe = plug(ReaderSimulator(TcpPlace()))
    cashier = open_at(card_reader=stripe.address)
    stripe.swipe(CARD, "26121010000000")
    cashier.until(lambda: "Zahlkarte" in cashier.toast())
    assert CARD not in on_screen(cashier)


def test_a_staff_card_names_the_person_and_the_pin_is_asked(open_at):
    cashier = open_at("101")
    cashier.scan_in(3)
    cashier.scan("MA-103")
    cashier.until(lambda: cashier.shell.page == "login")
    cashier.until(lambda: cashier.space.login.page.pin.name.accessibleName() == "Lea")
    cashier.scan("MA-102")
    cashier.until(lambda: cashier.space.login.page.pin.name.accessibleName() == "Jo")
    cashier.scan("MA-999")
    cashier.until(lambda: bool(cashier.toast()))
    cashier.log_in("103")
    cashier.until(lambda: len(cashier.lines()) == 1)


def test_what_a_code_is_is_said_where_it_does_nothing(open_at):
    cashier = open_at("101")
    cashier.scan("AW-17")
    cashier.until(lambda: "Auswahlschein" in cashier.toast())
    assert not cashier.lines()


# --- weighing -------------------------------------------------------------------------------------


def test_goods_by_weight_are_sold_as_soon_as_they_lie_still(open_at, plug):
    scale = plug(ScaleSimulator(PtyPlace(), "toledo"))
    scale.trouble = "moving"
    cashier = open_at(scale=f"{scale.address}?form=8N1")
    cashier.scan(gtin(50))
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, WeighPrompt))
    prompt = cashier.shell.sheet.content
    cashier.until(lambda: "Bewegung" in prompt.hint.accessibleName())
    assert prompt.name.accessibleName() == "Käse"
    scale.trouble = ""
    cashier.until(lambda: "liegt nichts" in prompt.hint.accessibleName())
    scale.load = Decimal("0.375")
    cashier.until(lambda: len(cashier.lines()) == 1)
    assert cashier.lines()[0].quantity == "0,375"
    assert cashier.lines()[0].total == "7,46"
    cashier.until(lambda: cashier.shell.sheet.content is None)


def test_without_a_scale_the_weight_is_typed(open_at):
    cashier = open_at("101")
    cashier.scan(gtin(50))
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, WeighPrompt))
    cashier.qtbot.wait(200)
    cashier.shell.sheet.content.given.emit("0,5", "")
    cashier.until(lambda: len(cashier.lines()) == 1)
    assert cashier.lines()[0].total == "9,95"


# --- the drawer -----------------------------------------------------------------------------------


def test_the_next_receipt_waits_for_the_drawer_where_the_shop_wants_it(open_at, plug, world):  # noqa: F811
    printer = plug(TcpSimulator())
    printer.start()
    printer.change(sensor=True)
    cashier = open_at(printer=printer.address, drawer_sensor="high", wait_for_drawer=True)
    cashier.scan_in(3)
    cashier.pay()
    cashier.until(cashier.till.opened.hub.drawer_blocks)
    cashier.key("\r")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, DrawerPrompt))
    cashier.until(lambda: "Kassenlade" in bar(cashier).accessibleName())
    cashier.scan(gtin(5))
    cashier.until(lambda: "Kassenlade" in cashier.toast())
    assert not cashier.lines()
    printer.change(drawer_open=False)
    cashier.until(lambda: cashier.shell.sheet.content is None)
    cashier.scan_in(5)
    cashier.pay()
    cashier.key("\r")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, DrawerPrompt))
    cashier.shell.sheet.content.button.click()
    cashier.until(lambda: cashier.shell.sheet.content is None)
    cashier.qtbot.wait(1_500)
    assert cashier.shell.sheet.content is None
    cashier.scan_in(7)
    cashier.stop()
    assert types(world).count("approval.given") == 1


# --- the page of devices --------------------------------------------------------------------------


def test_a_device_in_trouble_is_in_the_bar_with_what_to_do_and_goes_when_it_is_well(open_at, plug):
    place = TcpPlace()
    scanner = plug(ReaderSimulator(place))
    cashier = open_at(scanner=scanner.address)
    cashier.qtbot.wait(300)
    assert bar(cashier).accessibleName() == ""
    scanner.close()
    cashier.until(lambda: bar(cashier).accessibleName() == "Scanner: getrennt")
    assert "Prüf Kabel und Strom" in bar(cashier).toolTip()
    bar(cashier).click()
    cashier.until(lambda: cashier.shell.page == "devices")
    assert "Prüf Kabel und Strom" in cashier.space.devices.page.banner.label.accessibleName()
    plug(ReaderSimulator(TcpPlace(place.port)))
    cashier.until(lambda: bar(cashier).accessibleName() == "")


def test_a_printer_is_found_tried_and_kept_and_prints_the_next_receipt(open_at, plug):
    printer = plug(TcpSimulator())
    printer.start()
    cashier = open_at()
    cashier.space.go("devices")
    cashier.space.devices.page.set_up.emit(str(DeviceKind.PRINTER))
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, SetupSheet))
    sheet = cashier.shell.sheet.content
    assert not sheet.keep.isEnabled()
    sheet.field.put(f"{printer.address}?profile=typewriter")
    sheet.field.submitted.emit(sheet.field.text())
    sheet.test.click()
    cashier.until(lambda: sheet.state.tone == "danger")
    sheet.chosen.emit(printer.address)
    sheet.option.emit("profile", "epson-tm-t88")
    cashier.until(lambda: sheet.state.address == f"{printer.address}?profile=epson-tm-t88")
    sheet.test.click()
    cashier.until(lambda: sheet.state.tested)
    assert eventually(lambda: len(printer.pieces()) == 1)
    sheet.keep.click()
    cashier.until(lambda: "eingerichtet" in cashier.toast())
    cashier.space.go("sale")
    cashier.scan_in(3)
    cashier.pay()
    assert eventually(lambda: len(printer.pieces()) == 2)


def test_only_who_leads_the_store_sets_devices_up_or_takes_the_recording(open_at):
    cashier = open_at("101")
    cashier.space.go("devices")
    shown = cashier.space.devices.page
    for act in (
        lambda: shown.set_up.emit("scale"),
        lambda: shown.trace.emit(False),
        shown.export_button.click,
    ):
        cashier.shell.toast.hide()
        act()
        cashier.until(lambda: "wer die Filiale leitet" in cashier.toast())
    assert cashier.shell.sheet.content is None
    assert cashier.till.opened.hub.trace.is_on


def test_the_recording_is_switched_and_saved(open_at, world):  # noqa: F811
    cashier = open_at()
    cashier.space.go("devices")
    shown = cashier.space.devices.page
    shown.export_button.click()
    cashier.until(lambda: "devices-" in cashier.toast())
    assert len(list(world.paths.support.iterdir())) == 1
    shown.trace_button.click()
    cashier.until(lambda: not cashier.till.opened.hub.trace.is_on)
    cashier.until(lambda: shown.trace_button.text() == "Aufzeichnen")


# --- the customer ---------------------------------------------------------------------------------


def test_the_customer_sees_the_receipt_on_pole_and_screen(open_at, plug, qtbot):
    pole = plug(DisplaySimulator(PtyPlace(), "epson"))
    cashier = open_at(display=f"{pole.address}?mode=epson")
    feed = cashier.till.opened.till.customer
    screen = CustomerWindow(cashier.till.look, feed, None)
    cashier.until(lambda: "Willkommen" in screen.view.accessibleName())
    cashier.scan_in(3, 5)
    cashier.until(lambda: "8,00" in screen.view.accessibleName())
    assert eventually(lambda: pole.rows()[1] == "Summe         8,00 €")
    cashier.pay("20")
    cashier.until(lambda: "Rückgeld 12,00" in screen.view.accessibleName().replace("\xa0", " "))
    assert eventually(lambda: pole.rows()[0] == "Rückgeld     12,00 €")
    assert cashier.till.window.focusWidget() is not screen.view
    screen.close()
