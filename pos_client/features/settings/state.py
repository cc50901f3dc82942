"""What the settings screen shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a setting: `value` goes back into `on_change`, `text` is its name."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting with its name, what may be chosen and what holds now."""

    setting: str
    text: str
    value: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SettingsState:
    """What holds now, and the same as `rows` with all choices. `can_undo`: the last change can be taken back."""

    theme: str = "light"
    language: str = "store"
    hand: str = "right"
    keycaps: str = "auto"
    rows: tuple[SettingRow, ...] = ()
    can_undo: bool = False
    notice: str = ""
