"""What the simulated terminal shall do with the next payments, as values and as words.

`approve`, `decline 05`, `cancel`, `refuse 83`; behind it, each with a plus: `+slow 2` (seconds), `+late 2` (the line is
lost, and the payment ends so many seconds later), and faults at a step: `+lose status`, `+lose-after status`,
`+lose-unbooked status`, `+duplicate completion`, `+short receipt`, `+long status`, `+garbage progress`,
`+silent accept`. Steps are `accept`, `progress`, `status`, `receipt`, `completion`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from shared.errors import DomainError

Step = Literal["accept", "progress", "status", "receipt", "completion"]
FaultKind = Literal["lose", "lose-after", "duplicate", "short", "long", "garbage", "silent"]
_CODE = re.compile(r"[0-9A-Fa-f]{1,2}")
STEPS: tuple[Step, ...] = get_args(Step)
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One payment: `result` is the protocol's code (0: approved, 0x6C: cancelled), `refuse` why the command is not even
    taken. `fault` happens at `step`; `books` is whether an approved payment stays booked when the line breaks within.
    """

    result: int = 0
    refuse: int | None = None
    slow: int = 0
    late: int = 0
    fault: FaultKind | None = None
    step: Step = "status"
    books: bool = True


def parse_outcome(text: str) -> Outcome:
    """The outcome that words describe; `DomainError('script_unknown')` for others."""
    first, *more = [part.strip() for part in text.strip().split("+")]
    outcome = _ending(first)
    for part in more:
        outcome = _with(outcome, part) if outcome is not None else None
    if outcome is None:
        raise DomainError("script_unknown", {"words": text.strip()[:60]})
    return outcome


def _ending(words: str) -> Outcome | None:
    word, _, code = words.partition(" ")
    if code and not _CODE.fullmatch(code):
        return None
    number = int(code, 16) if code else None
    match word:
        case "approve":
            return Outcome()
        case "cancel":
            return Outcome(result=0x6C)
        case "decline":
            return Outcome(result=number or 0x05)
        case "refuse":
            return Outcome(refuse=number or 0x83)
        case _:
            return None


def _with(outcome: Outcome, words: str) -> Outcome | None:
    word, _, what = words.partition(" ")
    if word in {"slow", "late"}:
        whole = what.isascii() and what.isdigit() and len(what) < 4
        if not whole:
            return None
        seconds = int(what)
        return replace(outcome, slow=seconds) if word == "slow" else replace(outcome, late=seconds)
    books = word != "lose-unbooked"
    kind = next((k for k in FAULTS if k == (word if books else "lose")), None)
    step = next((s for s in STEPS if s == what), None)
    if kind is None or step is None:
        return None
    return replace(outcome, fault=kind, step=step, books=books)
