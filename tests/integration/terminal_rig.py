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
    """A simulator and the driver that reaches it. `saw` is what the cashier was shown; `used` is whether the terminal
    has taken a payment before, of an amount that no test uses.
    """

    def __init__(self, kind, engine=None, *, used=False):
        place = TcpPlace() if kind == "tcp" else PtyPlace()
        self.simulator = TerminalSimulator(place, engine or TerminalEngine(0.4), TIMING)
        self.engine = self.simulator.engine
        self.address = self.simulator.address
        self.terminal = ZvtTerminal(parse_terminal_address(self.address), "EUR", QUICK)
        self.saw = []
        self.before = 7 if used else 0
        if used:
            self.pay(self.before)
            self.saw.clear()

    def money(self):
        """What the terminal took in the test."""
        return self.engine.money() - self.before

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
