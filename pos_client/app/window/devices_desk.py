"""Carries devices, upload, second copy, printers and settings; setting devices up, and what support may see."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from pos_client import BUILD
from pos_client.app.printing import HeldJob
from pos_client.app.translations import TillTexts
from pos_client.app.window.device_rows import devices_state
from pos_client.app.window.devices_page import DevicesPage
from pos_client.app.window.prompts import ChoiceList
from pos_client.app.window.stage import Stage
from pos_client.devices.printer.profiles import PROFILES
from pos_client.features.devices.ports import WAYS, DeviceKind
from pos_client.features.devices.presenter import DevicesPresenter
from pos_client.features.devices.state import DevicesState, SetupState
from pos_client.features.devices.view import SetupSheet
from pos_client.features.devices.words import device_status, missing_devices
from pos_client.features.settings.state import SettingsState
from pos_client.features.status.state import StatusState

_PRINTERS = {str(DeviceKind.PRINTER), str(DeviceKind.SLIP_PRINTER)}
_READERS = {str(DeviceKind.SCANNER), str(DeviceKind.CARD_READER), str(DeviceKind.TAG_READER)}
_SHEET_WIDTH = 640


class DevicesDesk(QObject):
    """The page of devices and settings, and the drawer for everybody. `language`: another one may have been chosen."""

    language = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        facts = stage.till.identity.store
        self._zone = ZoneInfo(facts.timezone)
        # Its own words: it works in other lanes.
        self.presenter = DevicesPresenter(
            stage.bench,
            stage.till.recorder,
            TillTexts(stage.words.language, facts.market, facts.currency),
            tuple((profile.name, profile.title) for profile in PROFILES.values()),
        )
        self.page = DevicesPage(stage.look, stage.words)
        self.page.acted.connect(self._act)
        self.page.set_up.connect(self._set_up)
        self.page.trace.connect(self._switch_trace)
        self.page.export.connect(lambda: self._say(self.presenter.on_export))
        self.page.settings.changed.connect(self._change)
        self.page.settings.undo.connect(self._undo)
        self._status = StatusState()
        self._sync_lives = True
        self._shown: object = None

    def enter(self) -> None:
        """The page is shown."""
        self._tasks.command(self._till.settings.refresh, self._show_settings, owner=self.page)
        identity = self._till.identity
        words = self._words
        self.page.show_about(
            [
                (words.text("window.about_version"), BUILD),
                (words.text("window.about_till"), f"{identity.till_id} · {identity.incarnation}"),
                (
                    words.text("window.about_store"),
                    f"{identity.store.store_id} · {identity.store.market}",
                ),
                (words.text("window.about_mode"), identity.mode),
                (words.text("window.about_centre"), identity.centre_url),
                (words.text("window.about_licences"), words.text("window.about_licences_text")),
            ]
        )
        self._show()

    # --- status -------------------------------------------------------------------------------

    def render_status(self, status: StatusState, *, sync_lives: bool) -> None:
        """Show what holds now."""
        self._status, self._sync_lives = status, sync_lives
        sights = self._stage.hub.sights()
        self._stage.shell.bar.render_devices(device_status(sights, self._words))
        self._show()

    def printing_moved(self) -> None:
        """A receipt came into the queue: do not wait for the next second."""
        self._stage.printing.wake()

    def mark(self, part: str) -> None:
        """Somebody asked about a part: say what is wrong with it and what to do."""
        if part == "sync" and self._status.sync_detail:
            self._stage.shell.say(self._status.sync_detail)

    def _state(self) -> DevicesState:
        return devices_state(
            self._words,
            self._stage.hub.sights(),
            self._status,
            self._zone,
            sync_lives=self._sync_lives,
            tracing=self._stage.hub.trace.is_on,
        )

    def _show(self) -> None:
        state = self._state()
        missing = missing_devices(self._stage.hub.sights(), self._words)
        if (state, missing) != self._shown:
            self._shown = (state, missing)
            self.page.show_devices(state, missing)

    # --- doing --------------------------------------------------------------------------------

    def _act(self, key: str) -> None:
        if key == DeviceKind.DRAWER:
            self.open_drawer()
        elif key in _PRINTERS and self._held():
            self._ask_held()
        else:
            if key in _READERS:
                self._stage.shell.say(self._words.text("device.trying_read"))
            self._say(lambda: self.presenter.on_test(key))

    def _say(self, op: Callable[[], str]) -> None:
        """Do something that waits for a device, and say what came of it."""
        self._tasks.query(
            op,
            self._said,
            owner=self.page,
            kind="device",
            lane="devices",
            failed=self._stage.shell.complain,
        )

    def _said(self, text: str) -> None:
        self._stage.shell.say(text)
        self._show()

    def _switch_trace(self, on: bool) -> None:
        self._say(lambda: self.presenter.on_trace(on=on))

    def open_drawer(self) -> None:
        """Open the drawer without a sale; the journal says who did."""
        self._tasks.command(
            self._stage.printing.open_drawer,
            lambda _none: self._stage.shell.say(self._words.text("window.drawer_opened")),
            owner=self.page,
        )

    def _held(self) -> tuple[HeldJob, ...]:
        printing = self._stage.printing
        slips = printing.slips.state().held if printing.slips is not None else ()
        return (*printing.state().held, *slips)

    def _ask_held(self) -> None:
        """A paper broke off while it was printed: only a person knows whether it came out."""
        words = self._words
        choices = []
        for job in self._held():
            choices.append((f"again.{job.job}", words.text("window.held_again"), job.text))
            choices.append((f"done.{job.job}", words.text("window.held_done"), job.text))
        sheet = ChoiceList(self._stage.look, choices, "printer")
        sheet.chosen.connect(self._settle_held)
        self._stage.shell.sheet.open(words.text("window.printer_held"), sheet)

    def _settle_held(self, choice: str) -> None:
        what, _, job = choice.partition(".")
        printing = self._stage.printing
        act = printing.print_again if what == "again" else printing.came_out
        self._tasks.command(
            lambda: act(int(job)), self._stage.shell.sheet.leaver(), owner=self.page
        )

    # --- setting up -----------------------------------------------------------------------------

    def _set_up(self, kind: str) -> None:
        self._step(lambda: self.presenter.on_setup(kind), self._open_setup)

    def _step(self, op: Callable[[], SetupState], done: Callable[[SetupState], None]) -> None:
        self._tasks.query(
            op,
            done,
            owner=self.page,
            kind="device-setup",
            lane="devices",
            failed=self._stage.shell.complain,
        )

    def _open_setup(self, state: SetupState) -> None:
        sheet = SetupSheet(self._stage.look, self._words, state)
        presenter = self.presenter

        def show(changed: SetupState) -> None:
            if self._stage.shell.sheet.content is sheet:
                sheet.show_state(changed)

        def find(name: str) -> None:
            way = next(way for way in WAYS if way == name)
            self._step(lambda: presenter.on_find(sheet.state, way), show)

        sheet.looked_for.connect(find)
        sheet.chosen.connect(lambda text: show(presenter.on_choose(sheet.state, text)))
        sheet.option.connect(
            lambda name, value: show(presenter.on_option(sheet.state, name, value))
        )
        sheet.tried.connect(lambda: self._step(lambda: presenter.on_try(sheet.state), show))
        sheet.kept.connect(lambda: self._keep(sheet.state))
        sheet.removed.connect(lambda: self._keep(presenter.on_choose(sheet.state, "")))
        self._stage.shell.sheet.open(state.title, sheet, _SHEET_WIDTH)

    def _keep(self, state: SetupState) -> None:
        def kept(text: str) -> None:
            self._stage.shell.sheet.leave()

            def use() -> str:
                self.presenter.on_use(state.kind)
                return text

            self._say(use)
            if state.kind == DeviceKind.TERMINAL:
                self._tasks.command(self._stage.paying.take_terminal, self._taken, owner=self.page)

        def keep() -> str:
            if state.kind == DeviceKind.TERMINAL:
                self._stage.paying.require_settled()
            return self.presenter.on_keep(state)

        self._tasks.command(keep, kept, owner=self.page)

    def _taken(self, _none: object) -> None:
        self._show()

    # --- settings -----------------------------------------------------------------------------

    def _change(self, setting: str, value: str) -> None:
        self._tasks.command(
            lambda: self._till.settings.on_change(setting, value),
            self._show_settings,
            owner=self.page,
        )

    def _undo(self) -> None:
        self._tasks.command(self._till.settings.on_undo, self._show_settings, owner=self.page)

    def _show_settings(self, state: SettingsState) -> None:
        self.page.settings.show_state(state)
        self._stage.use_settings(state)
        self.language.emit()
