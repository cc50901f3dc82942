"""What the settings need besides the till's own ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pos_client.features.settings.state import SettingsState


class SettingsStore(Protocol):
    """Where the settings of this till are kept."""

    def values(self) -> Mapping[str, str]:
        """The value of every setting by its name."""

    def change(self, setting: str, value: str) -> None:
        """Keep a value; `EnvironmentProblem('settings_unwritable')` if the disk refuses, and nothing changed."""


class Voice(Protocol):
    """The language of the till."""

    def speak(self, language: str) -> None:
        """Use this language from now on."""


class SettingsView(Protocol):
    """The screen."""

    def render(self, state: SettingsState) -> None:
        """Show a state."""
