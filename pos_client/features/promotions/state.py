"""What is said of promotions, ready to show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HintState:
    """The one thing in reach: what is missing and what it brings, and beside it what that saves. Empty: nothing."""

    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One promotion: `state` in a word with its `tone`, and the whole reason in `text`."""

    promotion: str
    name: str
    text: str
    state: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class WhyState:
    """The sheet: `summary` counts what holds and what does not, `foot` says whether nothing better exists."""

    summary: str = ""
    rows: tuple[WhyRow, ...] = ()
    foot: str = ""
    nothing: str = ""
