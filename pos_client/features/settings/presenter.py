"""How this till looks and speaks. Every change is kept, journalled, in effect at once, and undone in one step."""

from __future__ import annotations

from collections.abc import Mapping

from pos_client.features.settings.ports import SettingsStore, SettingsView, Voice
from pos_client.features.settings.state import Choice, SettingRow, SettingsState
from pos_client.ports import Recording, Texts
from shared.errors import DomainError

# What may be chosen, in the order in which it is shown; the first of each holds until somebody chooses.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": ("light", "dark", "contrast", "system"),
    "language": ("store", "de", "en"),
    "hand": ("right", "left"),
    "keycaps": ("auto", "on", "off"),
}


class SettingsPresenter:
    """Nobody needs to be logged in: who cannot read the screen cannot log in to change it."""

    def __init__(
        self,
        store: SettingsStore,
        recording: Recording,
        voice: Voice,
        store_language: str,
        texts: Texts,
        view: SettingsView,
    ) -> None:
        self._store = store
        self._recording = recording
        self._voice = voice
        self._store_language = store_language
        self._texts = texts
        self._view = view
        self._before: tuple[str, str] | None = None

    def on_change(self, setting: str, value: str) -> SettingsState:
        """Choose a value. `DomainError('setting_unknown')` for a name or value that is none."""
        if value not in CHOICES.get(setting, ()):
            raise DomainError("setting_unknown", {"setting": setting[:40], "value": value[:40]})
        before = self._values()[setting]
        if value == before:
            return self._show()
        self._take(setting, value)
        self._before = (setting, before)
        return self._show(self._texts.text("settings.changed"))

    def on_undo(self) -> SettingsState:
        """Take the last change back; `DomainError('nothing_to_undo')` if there was none."""
        if self._before is None:
            raise DomainError("nothing_to_undo")
        self._take(*self._before)
        self._before = None
        return self._show(self._texts.text("settings.undone"))

    def refresh(self) -> SettingsState:
        """What holds now."""
        return self._show()

    def _take(self, setting: str, value: str) -> None:
        # First on record: a till that cannot journal changes nothing.
        self._recording.record(("settings.changed", {"setting": setting, "value": value}))
        self._store.change(setting, value)
        if setting == "language":
            self._voice.speak(self._store_language if value == "store" else value)

    def _values(self) -> dict[str, str]:
        kept = self._store.values()
        return {
            setting: kept[setting] if kept.get(setting) in choices else choices[0]
            for setting, choices in CHOICES.items()
        }

    def _show(self, notice: str = "") -> SettingsState:
        values = self._values()
        rows = tuple(
            SettingRow(
                setting=setting,
                text=self._texts.text(f"settings.{setting}"),
                value=values[setting],
                choices=tuple(
                    Choice(value, self._texts.text(f"settings.{setting}.{value}"))
                    for value in choices
                ),
            )
            for setting, choices in CHOICES.items()
        )
        state = SettingsState(
            theme=values["theme"],
            language=values["language"],
            hand=values["hand"],
            keycaps=values["keycaps"],
            rows=rows,
            can_undo=self._before is not None,
            notice=notice,
        )
        self._view.render(state)
        return state
