"""The print queue and its worker: nothing lost, nothing printed twice without being asked, and no sale that waits."""

import socket
import time
from datetime import timedelta

import pytest

from pos_client.app.printing import Pace, start_printing
from pos_client.devices.printer import device
from pos_client.devices.printer.lines import Patience
from pos_client.devices.printer.simulator.server import TcpSimulator
from pos_client.storage.sqlite import connect
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body
from tests.integration.printer_rig import eventually
from tests.integration.till_world import World, all_events, sell

QUICK = Pace(first=0.02, most=0.05, idle=0.2)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    quick = Patience(connect=1, answer=0.3, stall=0.5, complete=0.6)
    monkeypatch.setattr(device, "Patience", lambda: quick)


@pytest.fixture
def simulator():
    simulator = TcpSimulator()
    simulator.start()
    yield simulator
    simulator.close()


@pytest.fixture
def shop(tmp_path, simulator):
    shop = Shop(tmp_path, simulator)
    yield shop
    shop.close()


class Shop:
    """A till with a simulated printer."""

    def __init__(self, folder, simulator, **facts):
        self.world = World(folder, **facts)
        self.simulator = simulator
        self.till = self.world.open()
        self.printing = None

    def start(self, address=None):
        self.printing = start_printing(self.till, address or self.simulator.address, QUICK)
        return self.printing

    def restart(self):
        self.printing.close()
        self.till = self.world.reopen(self.till)
        return self.start()

    def texts(self):
        return [piece.text() for piece in self.simulator.pieces()]

    def printed(self, count):
        assert eventually(lambda: len(self.simulator.pieces()) >= count)
        assert len(self.simulator.pieces()) == count
        return self.texts()

    def jobs(self):
        with connect(self.world.paths.journal, synchronous="FULL") as connection:
            rows = connection.execute("SELECT kind, state FROM print_job ORDER BY id").fetchall()
        connection.close()
        return [tuple(row) for row in rows]

    def quiet(self):
        """Until the queue is empty but for what is held."""
        assert eventually(lambda: all(state == "held" for _, state in self.jobs()))

    def held(self):
        return eventually(lambda: self.printing.state().held)

    def close(self):
        if self.printing is not None:
            self.printing.close()
        self.world.close()


def refused(code, act, *arguments):
    with pytest.raises(DomainError) as caught:
        act(*arguments)
    assert caught.value.code == code


def types(till):
    return [event.type for event in all_events(till)]


# --- what is printed --------------------------------------------------------------------------


def test_a_sale_is_printed_and_opens_the_drawer_once(shop):
    shop.start()
    sell(shop.till, "S1", "S3")
    (text,) = shop.printed(1)
    assert "Schal 3" in text
    assert "Summe EUR" in text
    assert "Kein Kassenbeleg" in text
    assert "KOPIE" not in text
    assert shop.simulator.pulses() == 1
    assert eventually(lambda: shop.printing.state().text == "Bereit")
    state = shop.printing.state()
    assert (state.tone, state.waiting, state.held) == ("ok", 0, ())
    assert state.detail == shop.simulator.address


def test_receipts_come_in_the_order_in_which_they_were_sold(shop):
    for number in (1, 2, 3, 4):
        sell(shop.till, f"S{number}")
    shop.start()
    texts = shop.printed(4)
    assert [f"Schal {n}" in text for n, text in enumerate(texts, start=1)] == [True] * 4


def test_copies_and_gifts_leave_the_drawer_shut(shop):
    shop.start()
    sell(shop.till)
    shop.till.receipts.on_reprint("1")
    gift = shop.till.receipts.on_gift("1")
    texts = shop.printed(3)
    assert "KOPIE" in texts[1]
    assert "Geschenkbeleg" in texts[2]
    assert "1,00" not in texts[2]
    assert "Geschenkbeleg" in gift.text
    assert types(shop.till)[-2:] == ["receipt.reprinted", "receipt.reprinted"]
    assert shop.simulator.pulses() == 1


def test_a_gift_receipt_needs_goods_that_were_sold(shop):
    shop.till.basket.on_return("S1", "1", None, "zu klein")
    shop.till.payment.on_cash()
    shop.till.payment.on_finish()
    refused("gift_nothing_sold", shop.till.receipts.on_gift, "1")
    assert types(shop.till)[-1] == "return.completed"


def test_control_receipts_slips_and_returns_are_printed(shop):
    shop.start()
    shop.till.shift.on_open("100")
    shop.till.shift.on_cash_move("bank", "50", "Tageseinnahme")
    shop.till.basket.on_return("S2", "1", None, "zu klein")
    shop.till.payment.on_cash()
    shop.till.payment.on_finish()
    opening, slip, back = shop.printed(3)
    assert "Anfangsbeleg" in opening
    assert "Abgabe an die Bank" in slip
    assert "-50,00" in slip
    assert "Zurückgenommen: zu klein" in back
    assert shop.simulator.pulses() == 1


def test_practice_opens_no_drawer(shop):
    shop.start()
    shop.till.basket.on_training(True)
    sell(shop.till)
    (text,) = shop.printed(1)
    assert "ÜBUNG" in text
    assert shop.simulator.pulses() == 0


def test_the_paper_speaks_the_store_s_language(shop):
    shop.start()
    shop.till.texts.speak("en")
    sell(shop.till)
    assert "Summe EUR" in shop.printed(1)[0]
    assert eventually(lambda: shop.printing.state().text == "Ready")


def test_the_drawer_opens_on_demand_and_is_journalled(shop):
    shop.start()
    shop.printing.open_drawer()
    assert eventually(shop.simulator.pulses) == 1
    assert types(shop.till)[-1] == "drawer.opened"
    assert parse_body(all_events(shop.till)[-1].body)["operator_id"] == "101"
    shop.till.login.on_logout()
    refused("login_required", shop.printing.open_drawer)
    assert shop.simulator.pieces() == []


def test_a_test_page_is_no_job(shop):
    shop.start()
    shop.printing.test()
    assert "Testseite" in shop.printed(1)[0]
    assert shop.jobs() == []
    assert types(shop.till)[-1] == "operator.logged_in"


def test_the_settings_name_printer_width_and_logo(shop, tmp_path):
    shop.world.paths.settings.write_text(
        f'{{"printer": "{shop.simulator.address}", "paper_columns": 32}}', encoding="utf-8"
    )
    shop.printing = start_printing(shop.till, pace=QUICK)
    sell(shop.till)
    shop.printed(1)
    text = shop.simulator.pieces()[0].text(32)
    assert max(len(row) for row in text.splitlines()) == 32
    shop.printing.close()
    shop.world.paths.settings.write_text(
        f'{{"receipt_logo": "{tmp_path}/none.png"}}', encoding="utf-8"
    )
    with pytest.raises(EnvironmentProblem, match="receipt_logo_unreadable"):
        start_printing(shop.till)


def test_without_a_printer_nothing_piles_up(shop):
    sell(shop.till)
    printing = shop.start("none")
    assert eventually(lambda: not shop.jobs())
    sell(shop.till)
    assert eventually(lambda: not shop.jobs())
    assert printing.state().tone == "muted"
    refused("printer_none", printing.open_drawer)


# --- the printer is not well --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"paper_out": True}, "Kein Papier"),
        ({"cover_open": True}, "Deckel offen"),
        ({"nonsense": True}, "Antwortet falsch"),
        ({"silent": True}, "Antwortet nicht"),
    ],
)
def test_what_was_not_begun_waits_until_the_printer_is_well(shop, fault, code):
    shop.simulator.change(**fault)
    shop.start()
    sell(shop.till, "S1")
    sell(shop.till, "S2")
    assert eventually(lambda: shop.printing.state().text == code)
    assert eventually(lambda: shop.printing.state().waiting == 2)
    state = shop.printing.state()
    assert state.tone == "danger"
    assert state.detail.count(".") >= 2
    assert shop.texts() == []
    shop.simulator.change(**dict.fromkeys(fault, False))
    texts = shop.printed(2)
    assert "Schal 1" in texts[0]
    assert eventually(lambda: shop.printing.state().tone == "ok")
    assert shop.simulator.pulses() == 2


def test_a_printer_that_is_off_holds_up_no_sale(shop):
    shop.simulator.change(power=False)
    shop.start()
    began = time.monotonic()
    for _ in range(5):
        sell(shop.till)
    assert time.monotonic() - began < 2
    assert eventually(lambda: shop.printing.state().waiting == 5)
    assert shop.printing.state().text == "Nicht erreichbar"
    shop.simulator.change(power=True)
    shop.printed(5)


def test_a_drawer_that_could_not_open_does_not_open_later(shop):
    shop.simulator.change(cover_open=True)
    shop.start()
    shop.printing.open_drawer()
    assert eventually(lambda: shop.printing.state().text == "Deckel offen")
    assert eventually(lambda: not shop.jobs())
    shop.simulator.change(cover_open=False)
    sell(shop.till)
    shop.printed(1)
    assert shop.simulator.pulses() == 1


def test_a_receipt_that_waited_long_leaves_the_drawer_shut(shop):
    sell(shop.till)
    shop.world.later(minutes=3)
    shop.start()
    shop.printed(1)
    assert shop.simulator.pulses() == 0


def test_a_receipt_that_waited_for_a_day_is_not_spat_out(shop):
    sell(shop.till, "S1")
    shop.world.later(days=1, minutes=1)
    sell(shop.till, "S2")
    shop.start()
    assert "Schal 2" in shop.printed(1)[0]
    shop.quiet()
    assert shop.jobs() == []


# --- broken off -------------------------------------------------------------------------------


def broken(shop, code="S1"):
    """A sale whose receipt breaks off in the middle."""
    shop.simulator.change(dies_after=400)
    shop.start()
    sell(shop.till, code)
    held = shop.held()
    shop.simulator.change(power=True)
    return held[0]


def test_what_broke_off_is_held_and_the_next_receipt_is_printed(shop):
    held = broken(shop)
    assert held.text == "Beleg 1-1"
    sell(shop.till, "S2")
    assert "Schal 2" in shop.printed(1)[0]
    assert eventually(lambda: shop.printing.state().text == "Bon abgebrochen")
    assert shop.printing.state().tone == "warning"
    time.sleep(0.3)
    assert len(shop.texts()) == 1
    assert shop.jobs() == [("receipt", "held")]


def test_a_held_receipt_is_printed_again_as_a_copy(shop):
    held = broken(shop)
    opened = shop.simulator.pulses()
    shop.printing.print_again(held.job)
    (text,) = shop.printed(1)
    assert "KOPIE" in text
    assert "Schal 1" in text
    assert shop.simulator.pulses() == opened
    facts = parse_body(all_events(shop.till)[-1].body)
    assert types(shop.till)[-1] == "receipt.reprinted"
    assert facts["receipt"] == "DE01-T1-1-1"
    shop.quiet()
    assert shop.jobs() == []
    refused("print_job_unknown", shop.printing.print_again, held.job)
    assert types(shop.till).count("receipt.reprinted") == 1


def test_a_copy_that_breaks_off_is_a_copy_of_the_same_receipt(shop):
    held = broken(shop)
    shop.simulator.change(dies_after=400)
    shop.printing.print_again(held.job)
    assert eventually(lambda: [h for h in shop.printing.state().held if h.job != held.job])
    shop.simulator.change(power=True)
    shop.printing.print_again(shop.printing.state().held[0].job)
    (text,) = shop.printed(1)
    assert "Schal 1" in text
    ids = [
        parse_body(e.body)["receipt_event_id"]
        for e in all_events(shop.till)
        if e.type == "receipt.reprinted"
    ]
    assert len(set(ids)) == 1


def test_a_held_receipt_that_came_out_is_forgotten(shop):
    held = broken(shop)
    shop.printing.came_out(held.job)
    assert eventually(lambda: not shop.printing.state().held)
    assert shop.jobs() == []
    assert shop.texts() == []
    refused("print_job_unknown", shop.printing.came_out, held.job)
    assert "receipt.reprinted" not in types(shop.till)


def test_a_held_slip_is_printed_again_as_a_slip(shop):
    shop.till.shift.on_open("100")
    shop.start()
    shop.printed(1)
    shop.simulator.change(dies_after=400)
    shop.till.shift.on_cash_move("bank", "50", "Tageseinnahme")
    (held,) = shop.held()
    assert held.text == "Abgabe an die Bank −50,00"
    shop.simulator.change(power=True)
    shop.printing.print_again(held.job)
    text = shop.printed(2)[1]
    assert "Abgabe an die Bank" in text
    assert "KOPIE" in text


def test_paper_that_ends_in_the_middle_holds_the_receipt(shop):
    shop.simulator.change(rows_left=4)
    shop.start()
    sell(shop.till)
    assert shop.held()
    assert "Hafenstraße" in shop.simulator.torn().text()


def test_an_event_that_no_paper_can_be_made_of_stops_nothing(shop):
    shop.till.recorder.record_printed("receipt.reprinted", {"receipt_event_id": "x"}, "copy")
    shop.start()
    sell(shop.till)
    shop.printed(1)
    (held,) = shop.held()
    assert held.text == "receipt.reprinted"
    shop.printing.came_out(held.job)


# --- restarts ---------------------------------------------------------------------------------


def test_what_waits_survives_a_restart(shop):
    shop.simulator.change(paper_out=True)
    shop.start()
    sell(shop.till, "S1")
    sell(shop.till, "S2")
    shop.restart()
    shop.simulator.change(paper_out=False)
    assert ["Schal 1" in text for text in shop.printed(2)] == [True, False]


def test_what_was_begun_when_the_till_died_is_held(shop):
    sell(shop.till)
    with connect(shop.world.paths.journal, synchronous="FULL") as connection:
        connection.execute("UPDATE print_job SET state='printing'")
    connection.close()
    shop.start()
    (held,) = shop.held()
    assert held.text == "Beleg 1-1"
    sell(shop.till, "S2")
    assert "Schal 2" in shop.printed(1)[0]


def test_a_printer_that_was_left_within_a_picture_prints_the_next_receipt_whole(shop):
    """The till died while it sent a picture: the printer still waits for the rest of it, and answers questions."""
    sell(shop.till)
    with connect(shop.world.paths.journal, synchronous="FULL") as connection:
        connection.execute("UPDATE print_job SET state='printing'")
    connection.close()
    with socket.create_connection(("127.0.0.1", shop.simulator.port)) as line:
        line.sendall(b"\x1dv0\x00\x40\x00\x40\x00" + bytes(100))
    shop.start()
    (held,) = shop.held()
    assert held.text == "Beleg 1-1"
    sell(shop.till, "S2")
    (text,) = shop.printed(1)
    assert "Beleg" in text
    assert "1-2" in text
    assert "Schal 2" in text


def test_what_is_held_survives_a_restart(shop):
    held = broken(shop)
    shop.restart()
    assert shop.held() == (held,)
    assert shop.texts() == []


def test_a_disk_that_refuses_for_a_while_stops_printing_for_as_long(shop):
    shop.start()
    blocker = connect(shop.world.paths.journal, synchronous="FULL")
    eventually(lambda: shop.printing.state().text == "Bereit")
    sell(shop.till)
    shop.printed(1)
    blocker.close()
    journal = shop.world.paths.journal
    away = journal.with_name("elsewhere.db")
    shop.printing.close()
    sell(shop.till)
    journal.rename(away)
    shop.start()
    assert eventually(lambda: shop.printing.state().tone == "danger")
    shop.printing.close()
    journal.unlink(missing_ok=True)
    away.rename(journal)
    shop.start()
    shop.printed(2)


def test_long_queues_keep_what_is_held(shop):
    held = broken(shop)
    shop.printing.close()
    for _ in range(505):
        shop.till.recorder.record_printed("receipt.reprinted", {}, "copy")
    assert ("receipt", "held") in shop.jobs()
    assert shop.jobs()[0] == ("receipt", "held")
    assert held.job == 1


def test_age_is_never_below_zero(shop):
    """The business clock may be set back in tests."""
    sell(shop.till)
    shop.world.later(hours=-5)
    shop.start()
    shop.printed(1)
    assert shop.simulator.pulses() == 1
    assert timedelta(0) == shop.printing._setup.papers.age(_job(shop))


def _job(shop):
    from pos_client.storage.print_queue import PrintJob

    event = all_events(shop.till)[-1]
    return PrintJob(1, "receipt", event.type, event.event_id, event.body)
