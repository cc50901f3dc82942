"""A second printer for slips, another printer while the till runs, and a drawer that says whether it is open."""

import json

import pytest

from pos_client.app.printing import Pace, start_printing, use_printers
from pos_client.devices.printer.simulator.server import TcpSimulator
from shared.errors import DomainError
from tests.integration.printer_rig import eventually
from tests.integration.test_printing import QUICK, _impatient, shop, simulator  # noqa: F401 - fixtures
from tests.integration.till_world import sell


@pytest.fixture
def second():
    other = TcpSimulator()
    other.start()
    yield other
    other.close()


def settings(given, **facts):
    given.world.paths.settings.write_text(json.dumps(facts), encoding="utf-8")


def move_cash(till):
    till.shift.on_open("100")
    till.shift.on_cash_move("withdrawal", "20", "Wechselgeld")


def test_slips_come_out_of_the_slip_printer_and_neither_waits_for_the_other(shop, second):  # noqa: F811
    settings(shop, slip_printer=f"{second.address}?profile=generic-58")
    second.change(paper_out=True)
    shop.start()
    move_cash(shop.till)
    sell(shop.till, "S3")
    shop.printed(2)  # the opening and the sale
    assert all("Entnahme" not in text for text in shop.texts())
    assert second.pieces() == []
    assert eventually(lambda: shop.printing.slips.state().tone == "danger")
    assert shop.printing.state().tone == "ok"
    second.change(paper_out=False)
    assert eventually(lambda: second.torn() is not None)
    assert "Entnahme" in second.torn().text(32)
    shop.quiet()


def test_a_slip_that_broke_off_is_held_and_printed_again_where_slips_are(shop, second):  # noqa: F811
    settings(shop, slip_printer=second.address)
    second.change(dies_after=60)
    shop.start()
    move_cash(shop.till)
    held = eventually(lambda: shop.printing.slips.state().held)
    second.change(power=True)
    shop.printing.slips.print_again(held[0].job)
    assert eventually(second.pieces)
    assert "KOPIE" in second.pieces()[0].text()
    assert not any("Entnahme" in text for text in shop.texts())


def test_a_till_goes_over_to_another_printer_while_it_runs(shop, second):  # noqa: F811
    shop.start()
    sell(shop.till, "S1")
    shop.printed(1)
    settings(shop, printer=second.address)
    use_printers(shop.printing, shop.till, QUICK)
    sell(shop.till, "S2")
    assert eventually(lambda: len(second.pieces()) == 1)
    settings(shop, printer=second.address, slip_printer=shop.simulator.address)
    use_printers(shop.printing, shop.till, QUICK)
    move_cash(shop.till)
    assert eventually(lambda: any("Entnahme" in text for text in shop.texts()))
    settings(shop, printer=second.address)
    use_printers(shop.printing, shop.till, QUICK)
    assert shop.printing.slips is None
    settings(shop, printer="typewriter:1")
    with pytest.raises(DomainError):
        use_printers(shop.printing, shop.till, QUICK)
    sell(shop.till, "S4")
    assert eventually(lambda: any("Schal 4" in piece.text() for piece in second.pieces()))


def test_an_open_drawer_is_seen_until_it_is_shut(shop):  # noqa: F811
    settings(shop, printer=shop.simulator.address, drawer_sensor="high")
    shop.simulator.change(sensor=True)
    shop.printing = start_printing(
        shop.till, None, Pace(first=0.02, most=0.05, idle=30, drawer_open=0.05, drawer=0.05)
    )
    assert eventually(lambda: shop.printing.drawer_open() is False)
    sell(shop.till, "S1")
    assert eventually(shop.printing.drawer_open)
    shop.simulator.change(drawer_open=False)
    assert eventually(lambda: shop.printing.drawer_open() is False)
    shop.simulator.change(power=False)
    assert eventually(lambda: shop.printing.drawer_open() is None)
