"""What is opened behind the window, in the lane `till`: the till, its sync process, printing, and looking up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from pos_client.app.composition import Till, open_till
from pos_client.app.gift_cards import line_to_centre
from pos_client.app.paying import Paying, start_paying
from pos_client.app.periphery.bench import Bench
from pos_client.app.periphery.hub import Periphery
from pos_client.app.pictures import GoodsPictures
from pos_client.app.printing import Printing, start_printing
from pos_client.app.promotion_book import PromotionsAhead, promotions_ahead
from pos_client.app.starting import business_clock
from pos_client.app.window.application import WindowOptions
from pos_client.app.window.looking import Looking
from pos_client.devices.finding import Finder
from pos_client.devices.libusb import SystemUsb
from pos_client.features.settings.state import SettingsState
from pos_client.runtime.child import SyncChild
from pos_client.runtime.clock import SystemClock
from pos_client.storage.paths import DataPaths
from pos_client.storage.picture_cache import PictureCache


@dataclass(frozen=True, slots=True)
class Opened:
    """A till that is open, and the way to let go of it (in the lane `till`)."""

    till: Till
    looking: Looking
    printing: Printing
    paying: Paying
    hub: Periphery
    bench: Bench
    settings: SettingsState
    language: str
    watch_sync: Callable[[], bool]
    pictures: GoodsPictures
    close: Callable[[], None]


def open_behind_window(options: WindowOptions) -> Opened:
    """Open everything. Raises what `open_till` raises, and a `DomainError` for an address in `till.json` that is none;
    then nothing stays open.
    """
    with ExitStack() as undo:
        opened = _open(options, undo)
        undo.pop_all()
    return opened


def _open(options: WindowOptions, undo: ExitStack) -> Opened:
    """`undo` closes what is open already if something cannot be opened."""
    system = SystemClock()
    clock = business_clock(options.data, options.clock, system)
    ahead: list[PromotionsAhead] = []

    def close_ahead() -> None:
        for each in ahead:
            each.close()

    def promotions(paths: DataPaths, currency: str) -> PromotionsAhead:
        ahead.append(promotions_ahead(paths, currency))
        return ahead[0]

    undo.callback(close_ahead)
    till = open_till(
        options.data,
        clock=clock,
        system_clock=system,
        second_copy=options.second_copy,
        promotions=promotions,
    )
    undo.callback(till.close)
    sync = SyncChild(options.data, system, till.paths.root / "sync.log") if options.sync else None
    if sync is not None:
        sync.start()
        undo.callback(sync.stop)
    printing = start_printing(till, options.printer)
    undo.callback(printing.close)
    hub = Periphery(till, printing, system, Finder(usb=SystemUsb()))
    undo.callback(hub.close)
    paying = start_paying(till, hub.trace, options.via)
    undo.callback(paying.close)
    hub.cards = paying.card_state
    settings = till.settings.refresh()

    def close() -> None:
        hub.close()
        printing.close()
        if sync is not None:
            sync.stop()
        close_ahead()
        # Last, because a customer may be standing at the terminal: nothing else waits for that.
        paying.close()
        till.close()

    return Opened(
        till=till,
        looking=Looking(till, till.texts.language),
        printing=printing,
        paying=paying,
        hub=hub,
        bench=Bench(till, hub),
        settings=settings,
        language=till.texts.language,
        watch_sync=sync.watch if sync is not None else lambda: True,
        pictures=GoodsPictures(
            PictureCache(till.paths.pictures),
            lambda: options.via or line_to_centre(till),
            system,
        ),
        close=close,
    )
