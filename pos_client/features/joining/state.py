"""What the screen for letting a new till in shows, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoiningStep:
    """One step: `status` is `waiting`, `running`, `done` or `failed`; `detail` is how far it is."""

    step: str
    text: str
    status: str = "waiting"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JoiningState:
    """What was typed, what is wrong with it (a sentence per field, saying what to do), and how far joining is.

    `error` and `error_next` are about neither field. `percent` counts the first data, 0 to 100. `place` names the
    store once it is known; with `ready` the till can be opened.
    """

    address: str = ""
    code: str = ""
    address_error: str = ""
    code_error: str = ""
    error: str = ""
    error_next: str = ""
    steps: tuple[JoiningStep, ...] = ()
    percent: int = 0
    running: bool = False
    ready: bool = False
    place: str = ""
