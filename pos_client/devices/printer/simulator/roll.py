"""The roll of paper: operations become pieces that are cut off, each readable as text."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos_client.devices.printer.simulator.decoder import Decoder
from pos_client.devices.printer.simulator.operations import (
    Asked,
    Bars,
    CutOff,
    Operation,
    Printed,
    Pulse,
    Qr,
    Side,
    Unknown,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of paper; `whole` is False for what was never cut off."""

    operations: tuple[Operation, ...]
    whole: bool = True

    def text(self, columns: int = 42) -> str:
        """What can be read on it, in rows; codes show what they say."""
        rows = []
        for operation in self.operations:
            if isinstance(operation, Printed):
                rows.append(_placed(operation, columns))
            elif isinstance(operation, Qr):
                rows.append(f"[QR {operation.text}]")
            elif isinstance(operation, Bars):
                rows.append(f"|| {operation.text} ||".center(columns).rstrip())
        return "\n".join(row.rstrip() for row in rows) + "\n"

    @property
    def pulses(self) -> int:
        """How often the drawer was opened while it was printed."""
        return sum(isinstance(operation, Pulse) for operation in self.operations)

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What the printer did not understand."""
        return tuple(each for each in self.operations if isinstance(each, Unknown))


def _placed(row: Printed, columns: int) -> str:
    if row.side is Side.LEFT:
        return row.text
    taken = sum(len(span.text) * span.width for span in row.spans)
    room = max(columns - taken, 0)
    return " " * (room // 2 if row.side is Side.CENTRE else room) + row.text


@dataclass(slots=True)
class Roll:
    """What was printed so far: `pieces` cut off, and `begun` behind them; `pulses` of the drawer over all."""

    pieces: list[Piece] = field(default_factory=list)
    begun: list[Operation] = field(default_factory=list)
    pulses: int = 0

    def take(self, operation: Operation) -> Piece | None:
        """Do an operation; the piece that it cut off."""
        if isinstance(operation, Asked):
            return None
        if isinstance(operation, Pulse):
            self.pulses += 1
        self.begun.append(operation)
        if not isinstance(operation, CutOff):
            return None
        piece = Piece(tuple(self.begun))
        self.pieces.append(piece)
        self.begun = []
        return piece

    def tear(self) -> Piece | None:
        """What hangs out becomes a piece; None if there is no ink on it."""
        piece = self.torn
        if piece is not None:
            self.pieces.append(piece)
            self.begun = []
        return piece

    @property
    def torn(self) -> Piece | None:
        """What hangs out of the printer uncut, if there is ink on it."""
        inked = any(isinstance(each, Printed | Qr | Bars) for each in self.begun)
        return Piece(tuple(self.begun), whole=False) if inked else None


def read_pieces(data: bytes) -> list[Piece]:
    """The pieces in a stream of bytes; the last one is not whole if it was not cut off."""
    roll = Roll()
    for operation in Decoder().feed(data):
        roll.take(operation)
    return [*roll.pieces, *([roll.torn] if roll.torn else [])]
