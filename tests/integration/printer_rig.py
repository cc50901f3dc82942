"""A simulated printer behind each kind of line, as a till finds it."""

import time

from pos_client.devices.lines import DescriptorLine, LineBrokenError
from pos_client.devices.printer.address import parse_address
from pos_client.devices.printer.device import EscPosPrinter
from pos_client.devices.printer.lines import Patience
from pos_client.devices.printer.opening import printer_at
from pos_client.devices.printer.simulator.cups import CupsSimulator
from pos_client.devices.printer.simulator.decoder import Decoder
from pos_client.devices.printer.simulator.operations import Pulse
from pos_client.devices.printer.simulator.roll import read_pieces
from pos_client.devices.printer.simulator.server import PtySimulator, TcpSimulator
from pos_client.devices.usb import UsbFacts

QUICK = Patience(connect=1, answer=0.4, stall=0.6, complete=1)


class Connected:
    """A simulator and the printer object that reaches it."""

    def __init__(self, simulator, address, usb=None):
        self.simulator = simulator
        self.address = address
        place = parse_address(address)
        self.printer = EscPosPrinter(place, QUICK, usb) if usb else printer_at(place, QUICK)

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
    """A started simulator behind a line of the kind `tcp`, `serial`, `usb`, `libusb`, `cups` or `file`."""
    if kind == "file":
        return FileConnected(folder / "paper.bin")
    if kind == "cups":
        queue = CupsSimulator()
        queue.start()
        return Connected(queue, queue.address)
    simulator = TcpSimulator() if kind == "tcp" else PtySimulator()
    simulator.start()
    if kind == "libusb":
        return Connected(simulator, "usb:04b8:0202", lambda: UsbDouble(simulator.path))
    address = simulator.address if kind != "usb" else f"usb:{simulator.path}"
    return Connected(simulator, address)


class UsbDouble:
    """What libusb would reach: one printer, whose two endpoints are the ends of a pseudo-terminal."""

    def __init__(self, path):
        self.path = path

    def devices(self):
        return (UsbFacts(0x04B8, 0x0202, "A1", printer=True),)

    def open(self, vendor, product, serial):
        if (vendor, product) != (0x04B8, 0x0202) or serial not in {"", "A1"}:
            raise OSError("no such USB device")
        return _Pipe(DescriptorLine.to(self.path, 1, asks=True))


class _Pipe:
    def __init__(self, line):
        self.line = line

    def write(self, data, seconds):
        part = data[:64]  # a packet: the line above has to come again for the rest
        self.line._stall = seconds
        try:
            self.line.send(part)
        except LineBrokenError as broken:
            return broken.sent
        return len(part)

    def read(self, seconds):
        return self.line.receive(seconds)

    def close(self):
        self.line.close()


def eventually(found, seconds=20):
    """Wait until something is true; what it gave last."""
    deadline = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return value
