"""Whatever a line says, a decoder ends with a value or an error of its own: 10,000 cases each in the long run."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_client.devices.lines import LineBrokenError
from pos_client.devices.printer.simulator.decoder import Decoder
from pos_client.devices.printer.status import read_status
from pos_client.devices.scale import dialog06, toledo
from pos_client.devices.scale.dialog06 import Dialog06Scale
from pos_client.devices.scale.port import Weighed
from pos_client.devices.scale.toledo import ToledoScale
from shared.catalogue.scan import resolve_scan
from shared.catalogue.scan_rules import DEFAULT_SCAN_RULES
from shared.errors import EnvironmentProblem
from tests.conftest import LONG

FUZZ = settings(max_examples=10_000 if LONG else 1_000, deadline=None)
GARBAGE = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            (
                b"\x02",
                b"\x03",
                b"\x04",
                b"\x05",
                b"\x06",
                b"\x15",
                b"\r",
                b"?A",
                b"02\x1b3\x1b",
                b" 1.5",
            )
        ),
    ),
    max_size=8,
)


class GarbageLine:
    """A line whose other end says what it was given, then nothing, or breaks."""

    def __init__(self, pieces, breaks):
        self.pieces, self.breaks, self.asked = list(pieces), breaks, 0

    def send(self, _data):
        self.asked += 1
        assert self.asked < 500, "it asks for ever"

    def receive(self, _seconds):
        if self.pieces:
            return self.pieces.pop(0)
        if self.breaks:
            raise LineBrokenError(0, "gone")
        return b""

    def close(self):
        """Nothing to let go of."""


@pytest.fixture(scope="module")
def lines():
    """Lets the scales talk to garbage: what is put into it is their line."""
    held = []
    patch = pytest.MonkeyPatch()
    for module in (toledo, dialog06):
        patch.setattr(module, "SerialLine", lambda *_a, **_k: held[-1])
    yield held
    patch.undo()


@FUZZ
@given(pieces=GARBAGE, breaks=st.booleans(), price=st.integers(1, 999_999))
def test_scales_weigh_or_say_why_not(lines, pieces, breaks, price):
    for weigh in (
        ToledoScale("/dev/none", patience=0).weigh,
        lambda: Dialog06Scale("/dev/none", None, patience=0).weigh_at(price),
    ):
        lines[:] = [GarbageLine(pieces, breaks)]
        weighed, problem = outcome(weigh)
        if problem:
            assert problem.startswith("scale_")
        else:
            assert isinstance(weighed, Weighed)
            assert weighed.weight >= Decimal(0)


def outcome(ask):
    """What came of a question: a value, or the code of its own error; any other error fails the test."""
    try:
        return ask(), ""
    except EnvironmentProblem as problem:
        return None, problem.code


@FUZZ
@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_a_printers_status_is_a_status(answers):
    status, problem = outcome(lambda: read_status(answers))
    assert status is not None or problem == "printer_answer_unreadable"


@FUZZ
@given(st.lists(st.binary(max_size=30), max_size=4))
def test_the_simulated_printer_survives_whatever_comes_in_whatever_pieces(pieces):
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)


@FUZZ
@given(st.text(max_size=60))
def test_every_scan_is_something(raw):
    assert resolve_scan(raw, DEFAULT_SCAN_RULES).kind is not None
