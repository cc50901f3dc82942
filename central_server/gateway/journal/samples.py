"""Real receipts for a draft: some that it would hit, some that it nearly hits, some that it leaves alone, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from central_server.gateway.journal import sold_repository
from central_server.gateway.journal.backtest import Reader
from central_server.gateway.journal.sold_repository import Share
from central_server.platform.unit_of_work import ReadUnit
from shared.promotions import FRAME_STEPS, Book, Promotion, price, result
from shared.promotions.trial import Sold, Trial

SHOWN, OTHERS = 3, 1
MOST = 400
"""Receipts that are priced at most to find some."""


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A line before and with the draft, in minor units."""

    sku: str
    quantity: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A receipt with the draft. `reason` says why it gives nothing, `missing` what lacks; `given` is what it gives."""

    name: str
    lines: tuple[SampleLine, ...]
    before: int
    after: int
    given: int = 0
    reason: str = ""
    missing: tuple[dict[str, Any], ...] = ()
    would_save: str = ""


@dataclass(slots=True)
class Samples:
    """What was found: at most `SHOWN` hits and near hits, and `OTHERS`. `looked_at`: receipts that were priced."""

    hits: list[Sample] = field(default_factory=list)
    near: list[Sample] = field(default_factory=list)
    others: list[Sample] = field(default_factory=list)
    looked_at: int = 0


class _EnoughError(Exception):
    """All that was wanted is found."""


class _Sampler:
    """Looks at receipts as a trial does, and keeps some."""

    def __init__(self, draft: Promotion) -> None:
        self._trial = Trial(draft)
        self.draft = self._trial.draft
        self.found = Samples()

    def touches(self, words: Iterable[str]) -> bool:
        """As of a trial."""
        return self._trial.touches(words)

    def pass_by(self, _total: int, _lines: int) -> None:
        """Nothing to see."""

    def add(self, sold: Sold) -> None:
        """Price a receipt without and with the draft."""
        found = self.found
        wanted = ((found.hits, SHOWN), (found.near, SHOWN), (found.others, OTHERS))
        full = all(len(kept) >= most for kept, most in wanted)
        if full or found.looked_at >= MOST:
            raise _EnoughError
        found.looked_at += 1
        others = tuple(one for one in sold.promotions if one.id != self.draft.id)
        context = replace(sold.context, explain="all")
        before = result(
            price(Book(others), replace(context, explain="none"), sold.lines, FRAME_STEPS)
        )
        priced = price(Book((*others, self.draft)), context, sold.lines, FRAME_STEPS)
        after = result(priced)
        uses = {name: amount for name, _, amount in priced.uses()}
        lines = tuple(
            SampleLine(
                one.sku,
                one.quantity,
                _minor(old["final"], context.exponent),
                _minor(new["final"], context.exponent),
            )
            for one, old, new in zip(sold.lines, before["lines"], after["lines"], strict=True)
        )
        sample = Sample(
            sold.name,
            lines,
            sum(line.before for line in lines),
            sum(line.after for line in lines),
            uses.get(self.draft.id, 0),
        )
        if self.draft.id in uses:
            _keep(found.hits, sample, SHOWN)
            return
        why = next(one for one in after["not_applied"] if one["promotion"] == self.draft.id)
        sample = replace(
            sample,
            reason=why["reason"],
            missing=tuple(why.get("missing", ())),
            would_save=why.get("would_save", ""),
        )
        if why["reason"] == "condition":
            _keep(found.near, sample, SHOWN)
        else:
            _keep(found.others, sample, OTHERS)


def samples(
    unit: ReadUnit, draft: Promotion, currency: str, last: date, days: int, store_id: str | None
) -> Samples:
    """Receipts of the last days, the newest day first."""
    sampler = _Sampler(draft)
    first = last - timedelta(days=days)
    span = sold_repository.first_and_last_day(unit.connection, first, last)
    if span is None:
        return sampler.found
    reader = Reader(sampler, currency)
    day = span[1]
    try:
        while day >= span[0]:
            for page in sold_repository.sold_on(unit.connection, day, currency, store_id, Share()):
                reader.take(unit, page)
            day -= timedelta(days=1)
    except _EnoughError:
        pass
    return sampler.found


def _keep(kept: list[Sample], sample: Sample, most: int) -> None:
    if len(kept) < most:
        kept.append(sample)


def _minor(text: str, exponent: int) -> int:
    whole, _, rest = text.partition(".")
    return int(whole + f"{rest:0<{exponent}}"[:exponent])
