"""`tresen printer --port 9100 --out DIR`: the simulator as a program. Says plainly that it is one.

While it runs, words on stdin change what is wrong: `paper out`, `paper low`, `paper in`, `cover open`, `cover shut`,
`off`, `on`, `sensor`, `drawer shut`, `nonsense`, `silent`, `answers`, `die N`. `tear` tears off what hangs out: models
without a cutter wait for somebody who does.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from pos_client.devices.printer.simulator.drawing import png
from pos_client.devices.printer.simulator.roll import Piece, read_pieces
from pos_client.devices.printer.simulator.server import PtySimulator, TcpSimulator
from pos_client.runtime.clock import sleep
from shared.errors import DomainError, EnvironmentProblem

_WORDS: dict[str, dict[str, bool | int | None]] = {
    "paper out": {"paper_out": True},
    "paper low": {"paper_low": True},
    "paper in": {"paper_out": False, "paper_low": False, "rows_left": None},
    "cover open": {"cover_open": True},
    "cover shut": {"cover_open": False},
    "off": {"power": False},
    "on": {"power": True},
    "sensor": {"sensor": True},
    "drawer shut": {"drawer_open": False},
    "nonsense": {"nonsense": True},
    "silent": {"silent": True},
    "answers": {"nonsense": False, "silent": False},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `printer`."""
    parser.epilog = (
        "It takes ESC/POS as a printer does and writes each receipt into a folder, as a picture and as"
        " text; nothing real is driven. While it runs, words on stdin change what is wrong with it:"
        f" {', '.join(_WORDS)}, die N; tear tears off what hangs out where the till's profile has no cutter."
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--port", type=int, default=9100, help="TCP port to listen on (9100; 0: any)"
    )
    place.add_argument("--pty", action="store_true", help="be a serial line instead")
    place.add_argument(
        "--decode", type=Path, metavar="FILE", help="draw what a file: printer wrote"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--out", type=Path, default=Path("receipts"), help="folder for the receipts (receipts)"
    )
    parser.add_argument("--columns", type=int, choices=(32, 42, 48), default=42, help="paper width")
    parser.add_argument(
        "--fault", action="append", default=[], choices=tuple(_WORDS), help="from the start"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until the end of the process. `EnvironmentProblem`: `simulator_port_taken`, `printer_out_unwritable`."""
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        sink = _Sink(options.out, options.columns)
        if options.decode is not None:
            return _decode(options.decode, sink)
    except OSError as error:
        raise EnvironmentProblem("printer_out_unwritable", {"detail": str(error)[:120]}) from error
    simulator = (
        PtySimulator(sink.take)
        if options.pty
        else TcpSimulator(options.port, options.host, sink.take)
    )
    for word in options.fault:
        simulator.change(**_WORDS[word])
    simulator.start()
    print(f"simulated printer at {simulator.address}; receipts go to {options.out}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            _obey(line.strip(), simulator)
        while True:
            sleep(3600)
    simulator.close()
    return 0


def _obey(word: str, simulator: TcpSimulator | PtySimulator) -> None:
    count = word.removeprefix("die ")
    if word == "tear":
        if not simulator.tear():
            print("nothing hangs out", flush=True)
        return
    if word in _WORDS:
        simulator.change(**_WORDS[word])
    elif word != count and count.isascii() and count.isdigit():
        simulator.change(dies_after=int(count))
    elif word:
        print(f"not understood: {word}", flush=True)
        return
    if word:
        print(f"now: {word}", flush=True)


def _decode(path: Path, sink: _Sink) -> int:
    pieces = read_pieces(path.read_bytes())
    if not pieces:
        raise DomainError("printer_file_empty", {"file": str(path)})
    for piece in pieces:
        sink.take(piece)
    return 0


class _Sink:
    """Numbers the receipts on from what is in the folder."""

    def __init__(self, folder: Path, columns: int) -> None:
        self._folder, self._columns = folder, columns
        self._number = len(list(folder.glob("receipt-*.txt")))

    def take(self, piece: Piece) -> None:
        """Write a piece of paper."""
        self._number += 1
        name = f"receipt-{self._number:04d}"
        drawer = f", drawer opened {piece.pulses}x" if piece.pulses else ""
        try:
            (self._folder / f"{name}.txt").write_text(piece.text(self._columns), encoding="utf-8")
            (self._folder / f"{name}.png").write_bytes(png(piece, self._columns))
        except OSError as error:
            print(f"cannot write {name}: {error}", flush=True)
            return
        print(f"printed {name}{drawer}", flush=True)
