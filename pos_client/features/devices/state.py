"""What the page of devices shows, ready to show. Tones are those of the status bar: `ok`, `warning`, `danger`,
`muted`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device or connection: `state` in a word or two in its `tone`, `action` the words on its button, empty for
    none; `key` goes back with what is pressed. `set_up`: it can be set up here.
    """

    key: str
    icon: str
    name: str
    detail: str
    state: str
    tone: str
    action: str = ""
    set_up: bool = False


@dataclass(frozen=True, slots=True)
class DevicesState:
    """`banner` says what is wrong worst and what to do about it, in the tone `banner_tone`. `trace` is the sentence
    about the recording for support; `tracing` whether it runs, `may_set_up` whether the person here may change
    anything.
    """

    rows: tuple[DeviceRow, ...] = ()
    banner: str = ""
    banner_tone: str = "danger"
    trace: str = ""
    tracing: bool = True
    may_set_up: bool = False


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """For the status bar: the worst device in a word or two; no words while all are well. `short` leaves its name to
    its `icon`; `sentence` says what is wrong and what to do next.
    """

    text: str = ""
    short: str = ""
    tone: str = "ok"
    sentence: str = ""
    icon: str = "plug"


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A device that was found: `address` goes back when it is chosen; `guess`: it looks like one of the wanted kind."""

    address: str
    name: str
    detail: str
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an option and its name."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class OptionRow:
    """Something to choose about a device: its model, its language. `value` is what holds now."""

    name: str
    text: str
    value: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SetupState:
    """Setting one device up. `address` is what will be kept, `present` what is kept now; `found` what was found;
    `result` what the last test said, in the tone `tone`; `tested` whether this very address was tried and is well.
    """

    kind: str
    title: str
    address: str = ""
    present: str = ""
    hint: str = ""
    found: tuple[FoundRow, ...] = ()
    found_text: str = ""
    options: tuple[OptionRow, ...] = ()
    result: str = ""
    tone: str = "muted"
    tested: bool = False
