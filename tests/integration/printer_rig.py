"""A simulated printer behind each kind of line, as a till finds it."""

import time

from pos_client.devices.printer.address import parse_address
from pos_client.devices.printer.device import EscPosPrinter
from pos_client.devices.printer.lines import Patience
from pos_client.devices.printer.simulator.decoder import Decoder
from pos_client.devices.printer.simulator.operations import Pulse
from pos_client.devices.printer.simulator.roll import read_pieces
from pos_client.devices.printer.simulator.server import PtySimulator, TcpSimulator

QUICK = Patience(connect=1, answer=0.4, stall=0.6, complete=1)


class Connected:
    """A simulator and the printer object that reaches it."""

    def __init__(self, simulator, address):
        self.simulator = simulator
        self.address = address
        self.printer = EscPosPrinter(parse_address(address), QUICK)

    def pieces(self):
        return self.simulator.pieces()

    def pulses(self):
        return self.simulator.pulses()

    def close(self):
        self.simulator.close()


class FileConnected:
    """A file, read with the simulator's decoder."""

    def __init__(self, path):
        self.path = path
        self.address = f"file:{path}"
        self.printer = EscPosPrinter(parse_address(self.address), QUICK)

    def pieces(self):
        return read_pieces(self.path.read_bytes())

    def pulses(self):
        return sum(isinstance(each, Pulse) for each in Decoder().feed(self.path.read_bytes()))

    def close(self):
        pass


def connect(kind, folder):
    """A started simulator behind a line of the kind `tcp`, `serial`, `usb` or `file`."""
    if kind == "file":
        return FileConnected(folder / "paper.bin")
    simulator = TcpSimulator() if kind == "tcp" else PtySimulator()
    simulator.start()
    address = simulator.address if kind != "usb" else f"usb:{simulator.path}"
    return Connected(simulator, address)


def eventually(found, seconds=20):
    """Wait until something is true; what it gave last."""
    deadline = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return value
