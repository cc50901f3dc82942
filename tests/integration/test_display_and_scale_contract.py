"""Customer displays and scales, over serial lines and a socket, held against simulated ones."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_client.devices.display.commands import LETTERS, show
from pos_client.devices.display.device import LineDisplay, parse_display_address
from pos_client.devices.display.port import COLUMNS
from pos_client.devices.display.simulator import DisplaySimulator
from pos_client.devices.lines import SerialForm
from pos_client.devices.scale.dialog06 import Dialog06Scale
from pos_client.devices.scale.opening import scale_at
from pos_client.devices.scale.port import Weighed
from pos_client.devices.scale.simulator import ScaleSimulator
from pos_client.devices.scale.toledo import ToledoScale
from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.runtime.gui_thread import forget_gui_thread, mark_gui_thread
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.printer_rig import eventually

MODES = ("cd5220", "epson")
# A pseudo-terminal has no parity: its lines are tried with eight bits.
PLAIN = SerialForm(9600)


def refused(act, *arguments):
    with pytest.raises((DomainError, EnvironmentProblem)) as caught:
        act(*arguments)
    return caught.value.code


# --- displays ---------------------------------------------------------------------------------


@pytest.fixture(params=[(mode, place) for mode in MODES for place in (PtyPlace, TcpPlace)])
def shown(request):
    mode, place = request.param
    simulator = DisplaySimulator(place(), mode)
    display = LineDisplay(parse_display_address(f"{simulator.address}?mode={mode}"))
    yield simulator, display, mode
    display.close()
    simulator.close()


def test_two_rows_are_seen(shown):
    simulator, display, _ = shown
    display.show("Leinenhemd größe M", "SUMME          59,90")
    seen = ("Leinenhemd größe M", "SUMME          59,90")
    assert eventually(lambda: simulator.rows() == seen)
    display.show("Danke", "")
    assert eventually(lambda: simulator.rows() == ("Danke", ""))
    display.clear()
    assert eventually(lambda: simulator.rows() == ("", ""))
    assert simulator.unknown == 0


def test_the_euro_is_seen_or_written_out(shown):
    simulator, display, mode = shown
    display.show("5 €", "x" * 30)
    euro = "5 EUR" if mode == "cd5220" else "5 €"
    assert eventually(lambda: simulator.rows() == (euro, "x" * COLUMNS))


def test_a_display_before_a_printer_hands_on_what_is_not_its_own():
    simulator = DisplaySimulator(PtyPlace(), "epson")
    address = f"{simulator.address}?mode=epson&through=printer"
    display = LineDisplay(parse_display_address(address))
    display.show("Guten Tag", "")
    assert eventually(lambda: simulator.rows() == ("Guten Tag", ""))
    display._line.send(b"for the printer")
    display.show("Danke", "")
    assert eventually(lambda: simulator.rows() == ("Danke", ""))
    display.close()
    simulator.close()


def test_a_display_that_comes_back_is_met_anew():
    place = TcpPlace()
    simulator = DisplaySimulator(place, "cd5220")
    display = LineDisplay(parse_display_address(f"{simulator.address}?mode=cd5220"))
    display.show("1", "")
    simulator.close()

    def fails():
        try:
            display.show("2", "")
        except EnvironmentProblem as problem:
            return problem.code
        return ""

    assert eventually(fails) == "display_unreachable"
    again = DisplaySimulator(TcpPlace(place.port), "cd5220")
    display.show("3", "")
    assert eventually(lambda: again.rows() == ("3", ""))
    display.close()
    again.close()


@pytest.mark.parametrize("text", ["x", "serial:", "tcp://a?mode=vt52", "serial:/dev/x?through=a"])
def test_what_is_no_display_is_refused(text):
    assert refused(parse_display_address, text) == "display_address_invalid"
    assert parse_display_address("none") is None


@settings(max_examples=300)
@given(st.sampled_from(MODES), st.text(max_size=40), st.text(max_size=40))
def test_rows_are_twenty_letters_whatever_they_say(mode, upper, lower):
    octets = show(mode, upper, lower)
    page = LETTERS[mode].page
    overhead = {"cd5220": 8, "epson": 8}[mode]
    assert len(octets) == 2 * COLUMNS + overhead
    assert b"\x0c" not in octets
    assert octets.decode(page)


# --- scales -----------------------------------------------------------------------------------


@pytest.fixture
def toledo():
    simulator = ScaleSimulator(PtyPlace(), "toledo")
    yield simulator, ToledoScale(simulator.address.removeprefix("serial:"), PLAIN, 0.5)
    simulator.close()


@pytest.fixture
def dialog():
    simulator = ScaleSimulator(PtyPlace(), "dialog06")
    path = simulator.address.removeprefix("serial:")
    yield simulator, lambda approval=None: Dialog06Scale(path, approval, PLAIN, 0.5)
    simulator.close()


def test_a_weight_is_read(toledo):
    simulator, scale = toledo
    simulator.load = Decimal("1.275")
    assert scale.weigh() == Weighed(Decimal("1.275"))


def test_a_scale_is_set_up_by_its_address():
    scale = scale_at("serial:/dev/x?baud=4800")
    assert (scale._path, scale._form) == ("/dev/x", SerialForm(4800, 7, "E", 1))
    assert isinstance(scale_at("serial:/dev/x?protocol=dialog06"), Dialog06Scale)
    assert scale_at("none") is None
    for text in ("tcp://a", "serial:/dev/x?protocol=kilo", "x", "serial:/dev/x?a=b"):
        assert refused(scale_at, text) == "device_address_invalid"


def test_a_line_that_cannot_be_set_as_the_scale_wants_it_is_unreachable(toledo):
    """A pseudo-terminal has no seven bits with parity, and says so in a way of its own."""
    simulator, _ = toledo
    assert refused(scale_at(simulator.address).weigh) == "scale_unreachable"


def test_packing_is_taken_off(toledo):
    simulator, scale = toledo
    simulator.load = Decimal("0.050")
    scale.tare()
    simulator.load = Decimal("0.550")
    assert scale.weigh().weight == Decimal("0.500")
    scale.clear()
    assert scale.weigh().weight == Decimal("0.550")
    scale.zero()
    assert scale.weigh().weight == 0


@pytest.mark.parametrize("trouble", ["moving", "overloaded", "below_zero"])
def test_a_scale_says_why_it_does_not_weigh(toledo, dialog, trouble):
    for simulator, weigh in (
        (toledo[0], toledo[1].weigh),
        (dialog[0], lambda: dialog[1]().weigh_at(100)),
    ):
        simulator.trouble = trouble
        assert refused(weigh) == f"scale_{trouble}"


def test_silence_and_nonsense_are_told_apart(toledo, dialog):
    for simulator, weigh in (
        (toledo[0], toledo[1].weigh),
        (dialog[0], lambda: dialog[1]().weigh_at(100)),
    ):
        simulator.garbage = True
        assert refused(weigh) == "scale_unreadable"
        simulator.silent = True
        assert refused(weigh) == "scale_silent"


def test_a_look_says_whether_a_scale_is_there(toledo, dialog):
    for simulator, look in ((toledo[0], toledo[1].look), (dialog[0], lambda: dialog[1]().look())):
        look()
        simulator.silent = True
        assert refused(look) == "scale_silent"


def test_a_look_at_a_price_scale_weighs_nothing(dialog):
    """Else the customer sees a price that nobody asked for, and the goods have to be lifted before they are sold."""
    simulator, scale = dialog
    simulator.load, simulator.demands = Decimal("0.385"), True
    for trouble in ("", "unmoved", "moving"):
        simulator.trouble = trouble
        scale().look()
    assert simulator.priced == 0


def test_no_scale_there_is_unreachable():
    assert refused(ToledoScale("/dev/none").weigh) == "scale_unreachable"
    assert refused(Dialog06Scale("/dev/none", None).weigh_at, 1) == "scale_unreachable"


def test_the_scale_works_the_amount_out(dialog):
    simulator, scale = dialog
    simulator.load = Decimal("0.385")
    assert scale().weigh_at(1_990) == Weighed(Decimal("0.385"), 1_990, 766)


@pytest.mark.parametrize("trouble", ["unmoved", "below_minimum"])
def test_a_price_scale_says_more(dialog, trouble):
    simulator, scale = dialog
    simulator.trouble = trouble
    assert refused(scale().weigh_at, 100) == f"scale_{trouble}"


@pytest.mark.parametrize("price", [0, -1, 1_000_000])
def test_a_price_that_the_scale_cannot_show_is_refused(dialog, price):
    assert refused(dialog[1]().weigh_at, price) == "scale_price_wrong"


class Approved:
    def prove(self, demand):
        return b"10\x1b" + demand.rpartition(b"\x1b")[2][::-1]


def test_a_scale_that_wants_a_proof_weighs_for_an_approved_till_only(dialog):
    simulator, scale = dialog
    simulator.demands = True
    simulator.load = Decimal(1)
    assert refused(scale().weigh_at, 100) == "scale_not_approved"
    assert scale(Approved()).weigh_at(100).amount == 100
    assert simulator.proofs == [b"10\x1b4321"]


def test_no_display_and_no_scale_works_in_the_gui_thread():
    mark_gui_thread()
    try:
        for act in (
            ToledoScale("/dev/none").weigh,
            lambda: Dialog06Scale("/dev/none", None).weigh_at(1),
            Dialog06Scale("/dev/none", None).look,
            LineDisplay(parse_display_address("serial:/dev/none")).clear,
        ):
            with pytest.raises(RuntimeError, match="GUI thread"):
                act()
    finally:
        forget_gui_thread()
