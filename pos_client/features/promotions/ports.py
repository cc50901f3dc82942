"""What is asked about promotions, and what comes back: facts without words. They pass from lane to lane, unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.promotions import BasketLine, Context


@dataclass(frozen=True, slots=True)
class Question:
    """A receipt as it is priced: its circumstances and the lines that are sold."""

    context: Context
    lines: tuple[BasketLine, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing: a value in minor units or a number of pieces, or one of several things.

    `goods` names what it has to be: None means anything, nothing named means certain articles.
    """

    spend: int = 0
    quantity: int = 0
    goods: tuple[str, ...] | None = None
    any_of: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """What a piece or the receipt gets once nothing is missing: `percent` (millionths), `amount` or `price`.

    `every`: all the pieces that count get it, not only the next.
    """

    kind: str
    value: int
    every: bool = False
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One promotion: `reason` is `applied`, `benefit`, or why it did nothing, in the words of docs/promotions.md.

    `amount` is what it takes off, `lines` are those it is about, `lacks` what is missing to it (or to more of it) and
    `would_save` what that brought, `distance` how far away it is in minor units. `near`: it touches this receipt.
    `benefit` is the kind of what is given beside the goods and `amount` how much of it. `start` and `until` bound it.
    """

    promotion: str
    name: str
    reason: str
    near: bool
    amount: int = 0
    lines: frozenset[int] = frozenset()
    lacks: tuple[Lack, ...] = ()
    would_save: int = 0
    distance: int = 0
    gain: Gain | None = None
    by: tuple[str, ...] = ()
    benefit: str = ""
    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found about a receipt. `total` in minor units before promotions, `proven`: nothing better exists.

    `means` says how much less it would cost if it were paid by one means alone, where that is less.
    """

    at: datetime
    judged: tuple[Judged, ...]
    total: int
    proven: bool
    known_customer: bool
    means: tuple[tuple[str, int], ...] = ()


class Explainer(Protocol):
    """Works a receipt out once more, with the reasons. Takes longer than a frame may."""

    def explain(self, question: Question, *, everything: bool) -> Trace:
        """The promotions that touch it; with `everything` all there are."""
