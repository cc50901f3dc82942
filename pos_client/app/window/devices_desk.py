"""Carries devices, upload, second copy, printer and settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos_client import BUILD
from pos_client.app.window.device_rows import DeviceRow, device_rows
from pos_client.app.window.devices_page import DevicesPage
from pos_client.app.window.prompts import ChoiceList
from pos_client.app.window.stage import Stage
from pos_client.features.settings.state import SettingsState
from pos_client.features.status.state import StatusState


class DevicesDesk(QObject):
    """The page of devices and settings, and the drawer for everybody. `language`: another one may have been chosen."""

    language = Signal()

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        self.page = DevicesPage(stage.look, stage.words)
        self.page.acted.connect(self._act)
        self.page.settings.changed.connect(self._change)
        self.page.settings.undo.connect(self._undo)
        self._status = StatusState()
        self._printer = stage.printing.state()
        self._sync_lives = True
        self._shown: tuple[DeviceRow, ...] = ()

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
        self._printer = self._stage.printing.state()
        self._stage.shell.bar.render_printer(self._printer.text, self._printer.tone)
        self._show()

    def printing_moved(self) -> None:
        """A receipt came into the queue: do not wait for the next second."""
        self._stage.printing.wake()

    def mark(self, part: str) -> None:
        """Somebody asked about a part: say what is wrong with it and what to do."""
        if part == "sync" and self._status.sync_detail:
            self._stage.shell.say(self._status.sync_detail)

    def _show(self) -> None:
        rows = device_rows(self._words, self._status, self._printer, sync_lives=self._sync_lives)
        if rows != self._shown:
            self._shown = rows
            self.page.show_devices(rows)

    # --- doing --------------------------------------------------------------------------------

    def _act(self, key: str) -> None:
        if key == "drawer":
            self.open_drawer()
        elif key == "printer" and self._printer.held:
            self._ask_held()
        elif key == "printer":
            self._stage.printing.test()
            self._stage.shell.say(self._words.text("window.printer_test_sent"))

    def open_drawer(self) -> None:
        """Open the drawer without a sale; the journal says who did."""
        self._tasks.command(
            self._stage.printing.open_drawer,
            lambda _none: self._stage.shell.say(self._words.text("window.drawer_opened")),
            owner=self.page,
        )

    def _ask_held(self) -> None:
        """A receipt broke off while it was printed: only a person knows whether it came out."""
        words = self._words
        choices = []
        for job in self._printer.held:
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
            lambda: act(int(job)), lambda _none: self._stage.shell.sheet.leave(), owner=self.page
        )

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
