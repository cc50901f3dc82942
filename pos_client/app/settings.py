"""What the shop set for this till, in `till.json` of its data directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from pos_client.storage.paths import write_atomically
from shared.errors import EnvironmentProblem


class TillSettings(BaseModel):
    """`language` before anybody logged in (empty: the store's first); `second_copy` a folder on another disk.

    `printer` is an address (docs/printing.md; empty: none), `paper_columns` how wide its paper is (0: as wide as its
    model's), `receipt_logo` a picture on top of receipts. `slip_printer`, `terminal`, `scanner`, `card_reader`,
    `tag_reader`, `display` and `scale` are addresses too (docs/devices.md), `drawer_sensor` the level that means open;
    with `wait_for_drawer` no receipt begins while it is. `customer_screen` shows the customer the receipt on a second
    screen. The others are how the window looks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str = ""
    second_copy: Path | None = None
    printer: str = ""
    paper_columns: Literal[0, 32, 42, 48] = 0
    receipt_logo: Path | None = None
    slip_printer: str = ""
    terminal: str = ""
    scanner: str = ""
    card_reader: str = ""
    tag_reader: str = ""
    display: str = ""
    scale: str = ""
    drawer_sensor: Literal["", "high", "low"] = ""
    wait_for_drawer: bool = False
    customer_screen: bool = False
    theme: Literal["light", "dark", "contrast", "system"] = "light"
    hand: Literal["right", "left"] = "right"
    keycaps: Literal["auto", "on", "off"] = "auto"

    @model_validator(mode="before")
    @classmethod
    def _without_density(cls, values: Any) -> Any:
        """An earlier version kept a density here that changed nothing: a till that has one starts all the same."""
        if isinstance(values, dict):
            return {name: value for name, value in values.items() if name != "density"}
        return values


def load_settings(path: Path) -> TillSettings:
    """The settings; all defaults without a file, `EnvironmentProblem('settings_malformed')` for a wrong one."""
    try:
        return TillSettings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return TillSettings()
    except (ValidationError, OSError) as error:
        raise EnvironmentProblem(
            "settings_malformed", {"file": str(path), "detail": str(error).splitlines()[0][:120]}
        ) from error


class SettingsFile:
    """Implements the settings screen's `SettingsStore` over `till.json`. The language `store` is an empty one there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def values(self) -> Mapping[str, str]:
        """The value of every setting by its name."""
        kept = load_settings(self._path)
        return {
            "theme": kept.theme,
            "language": kept.language.partition("-")[0] or "store",
            "hand": kept.hand,
            "keycaps": kept.keycaps,
        }

    def change(self, setting: str, value: str) -> None:
        """Keep a value; whatever else the file says stays."""
        told = "" if (setting, value) == ("language", "store") else value
        self.keep(setting, told)

    def keep(self, name: str, value: str) -> None:
        """Keep what a device is set to; raises as `change`."""
        kept = load_settings(self._path).model_dump(mode="json", exclude_unset=True)
        changed = TillSettings.model_validate({**kept, name: value})
        text = changed.model_dump_json(indent=1, exclude_unset=True)
        try:
            write_atomically(self._path, text.encode("utf-8"))
        except OSError as error:
            raise EnvironmentProblem(
                "settings_unwritable", {"file": str(self._path), "detail": str(error)[:120]}
            ) from error
