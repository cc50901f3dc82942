"""A simulated payment terminal behind each kind of line, as a till finds it."""

from pos_client.devices.simulated import PtyPlace, TcpPlace
from pos_client.devices.terminal.address import parse_terminal_address
from pos_client.devices.terminal.channel import SerialTiming
from pos_client.devices.terminal.device import Patience, ZvtTerminal
from pos_client.devices.terminal.simulator.engine import TerminalEngine
from pos_client.devices.terminal.simulator.script import parse_outcome
from pos_client.devices.terminal.simulator.server import TerminalSimulator

TIMING = SerialTiming(octet=0.1, acknowledge=0.15)
QUICK = Patience(connect=1, accept=0.4, dialogue=0.7, serial=TIMING)
LINES = ("tcp", "serial")


class Connected:
    """A simulator and the driver that reaches it. `saw` is what the cashier was shown."""

    def __init__(self, kind, engine=None):
        place = TcpPlace() if kind == "tcp" else PtyPlace()
        self.simulator = TerminalSimulator(place, engine or TerminalEngine(0.4), TIMING)
        self.engine = self.simulator.engine
        self.address = self.simulator.address
        self.terminal = ZvtTerminal(parse_terminal_address(self.address), "EUR", QUICK)
        self.saw = []

    def script(self, *words):
        self.engine.outcomes.extend(parse_outcome(each) for each in words)

    def pay(self, amount=1_000):
        return self.terminal.pay(amount, "EUR", self.saw.append)

    def refund(self, amount):
        return self.terminal.refund(amount, "EUR", self.saw.append)

    def reverse(self, receipt):
        return self.terminal.reverse(receipt, self.saw.append)

    def close(self):
        self.simulator.close()
