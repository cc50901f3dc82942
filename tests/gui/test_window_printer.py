"""The window beside a printer that fails: the sale goes on, the status bar says what is wrong, and nothing is lost."""

import pytest

from pos_client.app.window.prompts import ChoiceList
from pos_client.devices.printer.simulator.server import TcpSimulator
from tests.gui.test_window import Cashier, world  # noqa: F401 - fixture
from tests.integration.printer_rig import eventually
from tests.integration.till_world import gtin


@pytest.fixture
def printer():
    simulator = TcpSimulator()
    simulator.start()
    yield simulator
    simulator.close()


@pytest.fixture
def cashier(qtbot, world, printer):  # noqa: F811
    cashier = Cashier(qtbot, world.paths.root, printer=printer.address)
    cashier.log_in()
    yield cashier
    cashier.stop()


def sell(cashier, number):
    cashier.scan_in(number)
    cashier.pay()
    cashier.key("\r")
    cashier.until(lambda: cashier.shell.page == "sale" and not cashier.lines())


def status(cashier):
    return cashier.shell.bar.items["devices"].accessibleName()


def copies(printer):
    return [piece.text(42) for piece in printer.pieces()]


@pytest.mark.parametrize(
    ("fault", "said"), [("nonsense", "antwortet falsch"), ("paper_out", "kein Papier")]
)
def test_a_printer_in_trouble_is_said_in_the_status_bar_and_the_next_sale_goes_on(
    cashier, printer, fault, said
):
    printer.change(**{fault: True})
    sell(cashier, 3)
    cashier.until(lambda: said in status(cashier))
    sell(cashier, 5)
    assert cashier.till.window.focusWidget() is cashier.search.edit
    printer.change(**{fault: False})
    assert eventually(lambda: len(printer.pieces()) == 2)
    assert ["Schal 3" in text for text in copies(printer)] == [True, False]
    cashier.until(lambda: said not in status(cashier))


@pytest.mark.parametrize(("answer", "papers"), [("again", 1), ("done", 0)])
def test_a_receipt_that_broke_off_is_asked_about_and_printed_again_or_not(
    cashier, printer, answer, papers
):
    printer.change(dies_after=300)
    sell(cashier, 3)
    devices = cashier.space.devices
    cashier.until(lambda: bool(devices._held()))
    printer.change(dies_after=None, power=True)
    cashier.space.go("devices")
    devices._act("printer")
    cashier.until(lambda: isinstance(cashier.shell.sheet.content, ChoiceList))
    job = devices._held()[0].job
    cashier.shell.sheet.content.chosen.emit(f"{answer}.{job}")
    cashier.until(lambda: not devices._held())
    assert eventually(lambda: len(printer.pieces()) == papers) or not papers
    cashier.qtbot.wait(200)
    assert len(printer.pieces()) == papers
    assert all("Schal 3" in text for text in copies(printer))


def test_an_unknown_barcode_while_a_dialog_is_open_closes_it_and_is_said(cashier):
    cashier.scan_in(3)
    cashier.key("*")
    cashier.until(lambda: cashier.shell.sheet.content is not None)
    cashier.qtbot.wait(100)
    cashier.scan("4012345000016")
    cashier.until(lambda: bool(cashier.toast()))
    assert [row.quantity for row in cashier.lines()] == ["1"]
    cashier.until(lambda: cashier.till.window.focusWidget() is cashier.search.edit)
    cashier.scan(gtin(5))
    cashier.until(lambda: len(cashier.lines()) == 2)
