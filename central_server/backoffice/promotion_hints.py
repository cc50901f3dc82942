"""What to know of a promotion before it counts: whom it meets, who gives more, and the lowest price of 30 days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from central_server.backoffice.scope import link
from central_server.backoffice.shell import Reader
from central_server.features.catalogue.repository import variants_of
from central_server.features.catalogue.search import ArticleQuestion, article_numbers
from central_server.features.pricing import repository as prices
from central_server.features.pricing.repository import PriceKey
from central_server.features.promotions import drafts
from central_server.features.promotions.overlap import (
    Meeting,
    Overlap,
    begins,
    most_percent,
    overlap,
)
from central_server.features.promotions.versions import counting_between
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadUnit
from shared.pricing import STANDARD_OFFER, PriceEntry, lowest_in_window
from shared.promotions import Promotion
from shared.promotions.terms import MILLION, Off, Select

SHOWN = 6
_MOST_OTHERS = 2_000
_MOST_ARTICLES = 100
_STEP = 10

_MEETINGS = {
    Meeting.STACK: (mark("comes on top"), "info"),
    Meeting.BETTER: (mark("the better one counts"), "info"),
    Meeting.GROUP: (mark("same group: one of them counts"), "info"),
    Meeting.ALONE: (mark("only one of them counts"), "warning"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence and what it is about; `tone` info, warning or bad."""

    tone: str
    text: str
    name: str = ""
    address: str = ""


def hints_of(
    unit: ReadUnit, reader: Reader, promotion: Promotion, currency: str, now: datetime
) -> list[Hint]:
    """The hints of a promotion, the most urgent first."""
    found = [*_meetings(unit, reader, promotion, currency, now)]
    found += _reference_prices(unit, reader, promotion, currency, now)
    order = ("bad", "warning", "info")
    return sorted(found, key=lambda one: order.index(one.tone))[:SHOWN]


def _meetings(
    unit: ReadUnit, reader: Reader, promotion: Promotion, currency: str, now: datetime
) -> Iterator[Hint]:
    first, last = begins(promotion, now), promotion.when.until
    seen = {promotion.id}
    for other in counting_between(unit, first, last, currency, _MOST_OTHERS):
        seen.add(other.id)
        if met := overlap(promotion, other):
            yield meeting_hint(reader, promotion, other, met, link("/promotions/show", id=other.id))
    for draft in drafts.open_drafts(unit):
        if draft.promotion_id in seen or draft.currency != currency:
            continue
        (entry,) = drafts.read_draft(draft.body, currency).drafts
        if entry.promotion is not None and (met := overlap(promotion, entry.promotion)):
            address = f"/promotions/drafts/{draft.draft_id}"
            yield meeting_hint(reader, promotion, entry.promotion, met, address)


def meeting_hint(
    reader: Reader, promotion: Promotion, other: Promotion, met: Overlap, address: str
) -> Hint:
    """How `promotion` meets another one, which stands at `address`."""
    texts = reader.texts
    text, tone = texts.gettext(_MEETINGS[met.meeting][0]), _MEETINGS[met.meeting][1]
    if met.meeting is Meeting.STACK and met.percent is not None:
        percent = _percent(reader, met.percent)
        text, tone = texts.gettext("both stack: up to {percent}", percent=percent), "warning"
    elif met.winner == other.id:
        percent = _percent(reader, most_percent(other) or 0)
        text, tone = texts.gettext("beaten by it: {percent}", percent=percent), "bad"
    elif met.winner == promotion.id:
        text = texts.gettext("is always beaten by this one")
    return Hint(tone, text, other.name or other.id, address)


def _percent(reader: Reader, millionths: int) -> str:
    return reader.formats.vat_rate((millionths + _STEP // 2) // _STEP)


def _reference_prices(
    unit: ReadUnit, reader: Reader, promotion: Promotion, currency: str, now: datetime
) -> Iterator[Hint]:
    """Articles whose price with the promotion is not below the lowest of the 30 days before: nothing to advertise.

    Only a reduction that everybody gets on each piece is a lower price in that sense.
    """
    off = promotion.reward
    plain = promotion.who is None and not (promotion.conditions or promotion.when.codes)
    if not isinstance(off, Off) or promotion.stage != "item" or not plain:
        return
    at = begins(promotion, now)
    key = PriceKey(STANDARD_OFFER, "chain", "", currency)
    looked, found = 0, []
    for sku, entries in prices.entries(unit, _skus(unit, promotion.take), key=key).items():
        holding = next((entry for entry in entries if entry.holds_at(at)), None)
        lowest = lowest_in_window(entries, at)
        if holding is None or lowest is None:
            continue
        looked += 1
        if _reduced(holding, off) >= lowest.amount:
            found.append((sku, lowest.amount))
    if found:
        sku, amount = found[0]
        yield Hint(
            "bad",
            reader.texts.ngettext(
                "{n} of {count} articles is not below the lowest price of 30 days ({price})",
                "{n} of {count} articles are not below the lowest price of 30 days (the first: {price})",
                len(found),
                count=reader.formats.whole(looked),
                price=reader.formats.money(amount, currency),
            ),
            sku,
            link("/prices", article=sku),
        )


def _reduced(holding: PriceEntry, off: Off) -> int:
    if off.kind == "price":
        return min(holding.amount, off.value)
    if off.kind == "amount":
        return max(holding.amount - off.value, 0)
    return holding.amount - (holding.amount * off.value + MILLION // 2) // MILLION


def _skus(unit: ReadUnit, take: Select) -> list[str]:
    """Some of the articles that are taken, where categories, brands or numbers say which; the newest of them."""
    if take.skus:
        return list(take.skus[:_MOST_ARTICLES])
    numbers: list[str] = []
    for category in take.categories or ("",):
        for brand in take.brands or ("",):
            question = ArticleQuestion("", brand, category)
            numbers += islice(article_numbers(unit, question), _MOST_ARTICLES - len(numbers))
    return [row.sku for row in variants_of(unit, numbers)] if numbers else []
