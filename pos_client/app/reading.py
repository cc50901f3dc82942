"""Readers beside the sale: a worker each, whose readings become scans of the chain's own codes."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from datetime import datetime

from pos_client.app.settings import TillSettings
from pos_client.devices.address import read_place
from pos_client.devices.lines import Line, SerialForm, SerialLine, SocketLine
from pos_client.devices.minding import DeviceHealth, Minder, MinderPace
from pos_client.devices.reader.device import SerialReader
from pos_client.devices.reader.port import Reading, Source
from pos_client.devices.trace import Trace
from shared.catalogue.scan import Scan, resolve_scan
from shared.catalogue.scan_rules import ScanKind, ScanRules
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import Clock

_BAUD, _PORT = 9600, 4001
_CONNECT, _STALL, _LOOK = 3.0, 5.0, 0.2


class Readers:
    """All readers of a till. `on_scan` is called in a reader's thread; what it does there must not wait. `rules` are
    asked for with each reading, so that those of head office hold as soon as they have come.
    """

    def __init__(
        self,
        addresses: Mapping[Source, str],
        rules: Callable[[], ScanRules],
        on_scan: Callable[[Scan], None],
        trace: Trace,
        clock: Clock,
        pace: MinderPace | None = None,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._on_scan = on_scan
        self._trace = trace
        self._awaited: dict[Source, queue.SimpleQueue[Scan]] = {}
        self._last: dict[Source, tuple[datetime, Scan]] = {}
        openers = {source: line_opener(text) for source, text in addresses.items() if text}
        self._minders = {
            source: Minder(f"reader-{source}", opener, self._talk(source), pace)
            for source, opener in openers.items()
        }

    def health(self) -> Mapping[Source, DeviceHealth]:
        """How each reader is."""
        return {source: minder.health() for source, minder in self._minders.items()}

    def last(self, source: Source) -> tuple[datetime, Scan] | None:
        """What a reader read last, and when."""
        return self._last.get(source)

    def await_scan(self, source: Source, seconds: float) -> Scan:
        """What a reader reads next: for a test, so it is nothing of the sale. `EnvironmentProblem('reader_silent')` if
        nothing comes in time.
        """
        waiting: queue.SimpleQueue[Scan] = queue.SimpleQueue()
        self._awaited[source] = waiting
        try:
            return waiting.get(timeout=seconds)
        except queue.Empty:
            raise EnvironmentProblem("reader_silent") from None
        finally:
            self._awaited.pop(source, None)

    def wake(self) -> None:
        """Something was plugged in."""
        for minder in self._minders.values():
            minder.wake()

    def close(self) -> None:
        """End the workers."""
        for minder in self._minders.values():
            minder.close()

    def _talk(self, source: Source) -> Callable[[Line, Callable[[], bool]], None]:
        def talk(line: Line, ended: Callable[[], bool]) -> None:
            reader = SerialReader(line, source)
            while not ended():
                reading = reader.read(_LOOK)
                if reading is not None:
                    self._take(reading)

        return talk

    def _take(self, reading: Reading) -> None:
        scan = scan_of(reading, self._rules())
        # The kind alone: a number in a trace would say who was in the shop.
        self._trace.note(f"reader-{reading.source}", "<", str(scan.kind))
        self._last[reading.source] = (self._clock.now(), scan)
        awaited = self._awaited.get(reading.source)
        if awaited is not None:
            awaited.put(scan)
        else:
            self._on_scan(scan)


def scan_of(reading: Reading, rules: ScanRules) -> Scan:
    """What a reading stands for."""
    if reading.dropped:
        return Scan(ScanKind.PAYMENT_CARD)
    if reading.damaged:
        return Scan(ScanKind.UNKNOWN, problem="barcode_damaged")
    return resolve_scan(reading.text, rules, card=reading.source is not Source.SCANNER)


def reader_addresses(settings: TillSettings) -> Mapping[Source, str]:
    """Where the readers are that `till.json` names."""
    return {
        Source.SCANNER: settings.scanner,
        Source.STRIPE: settings.card_reader,
        Source.TAG: settings.tag_reader,
    }


def line_opener(text: str) -> Callable[[], Line]:
    """What opens the line of an address; `DomainError('device_address_invalid')` for what is none."""
    place = read_place(text, port=_PORT, baud=_BAUD)
    if place is None or place.options:
        raise DomainError("device_address_invalid", {"address": text[:80]})
    if place.kind == "tcp":
        return lambda: SocketLine.to(place.target, place.number, _CONNECT, _STALL)
    return lambda: SerialLine(place.target, SerialForm(place.number), _STALL)
