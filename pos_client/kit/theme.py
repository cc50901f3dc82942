"""Design tokens as typed themes: colours by name, sizes in px at scale 1, for palette, style sheet and painting."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

THEMES = ("light", "dark", "contrast")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type sizes by name, weights by name, and the measures of the grid, in px."""

    type: Mapping[str, int]
    weights: Mapping[str, int]
    radius: Mapping[str, int]
    touch_min: int
    touch_primary: int
    gap: int


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours (`#RRGGBB` or `#RRGGBBAA`)."""

    name: str
    colours: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Everything that `tokens.toml` says to the till."""

    sizes: Sizes
    themes: Mapping[str, Theme]


def load_tokens(path: Path) -> Tokens:
    """The tokens of a file; a missing name is a mistake of the release and raises `KeyError`."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    space, type_ = values["space"], values["type"]
    sizes = Sizes(
        type=type_["sizes"],
        weights=type_["weights"],
        radius=space["radius"],
        touch_min=space["touch_min"],
        touch_primary=space["touch_primary"],
        gap=space["gap"],
    )
    themes = {
        name: Theme(name, {key: text for key, text in values[name].items() if key != "chart"})
        for name in THEMES
    }
    return Tokens(sizes, themes)
