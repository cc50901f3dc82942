"""A promotion as a sentence whose brackets can be opened: literal words and slots, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from string import Formatter

from central_server.backoffice.article_words import category_names
from central_server.backoffice.promotion_counts import Counts
from central_server.backoffice.promotion_form import (
    AMOUNT,
    BASKET_AMOUNT,
    BASKET_PERCENT,
    CHEAPEST,
    LISTS,
    PERCENT,
    POINTS,
    PRICE,
    STEPS,
    TOGETHER,
    GivenPromotion,
    words_of,
)
from central_server.backoffice.promotion_places import Places
from central_server.backoffice.promotion_typed import NOTHING, Typed
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import word
from central_server.platform.translations import Texts, mark

WEEKDAYS = (
    mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"),
)  # fmt: skip
KIND_NAMES: Mapping[str, str] = {
    PERCENT: mark("Percent off"),
    AMOUNT: mark("Amount off each piece"),
    PRICE: mark("Fixed price"),
    STEPS: mark("The more, the better"),
    CHEAPEST: mark("The cheapest free"),
    TOGETHER: mark("Several for one price"),
    BASKET_PERCENT: mark("Percent off the receipt"),
    BASKET_AMOUNT: mark("Amount off the receipt"),
    POINTS: mark("More points"),
}
_SENTENCES: Mapping[str, str] = {
    PERCENT: mark("For {who} in {where} {when}: {value} off {goods}"),
    AMOUNT: mark("For {who} in {where} {when}: {value} off each of {goods}"),
    PRICE: mark("For {who} in {where} {when}: {goods} for {value} each"),
    STEPS: mark("For {who} in {where} {when}: {steps} on {goods}"),
    CHEAPEST: mark("For {who} in {where} {when}: of {pieces} {goods} the cheapest {value} off"),
    TOGETHER: mark("For {who} in {where} {when}: {pieces} {goods} together for {value}"),
    BASKET_PERCENT: mark("For {who} in {where} {when}: {value} off the receipt, counting {goods}"),
    BASKET_AMOUNT: mark("For {who} in {where} {when}: {value} off the receipt, counting {goods}"),
    POINTS: mark("For {who} in {where} {when}: points times {value} on {goods}"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A word of the sentence, or a slot: `panel` is what it opens, `tone` `no` for what is left out."""

    text: str
    panel: str = ""
    tone: str = ""
    count: str = ""


def sentence(
    given: GivenPromotion, reader: Reader, places: Places, counts: Counts, currency: str
) -> list[Part]:
    """The sentence. `counts` stand in its brackets, `currency` is that of its amounts."""
    texts, typed = reader.texts, Typed(reader, currency)
    slots = {
        "who": Part(_who(given, reader), "who", count=counts.who),
        "where": Part(_where(given, reader, places), "where", count=counts.where),
        "when": Part(_when(given, typed), "when"),
        "goods": Part(_goods(given, reader), "goods", count=counts.goods),
        "value": Part(_value(given, typed), "reward"),
        "pieces": Part(typed.whole(given.pieces), "reward"),
        "steps": Part(_steps(given, typed), "reward"),
    }
    parts = list(_laid_out(word(texts, _SENTENCES, given.kind), slots))
    for text, slot in _more(given, typed):
        parts += [Part(", "), *_laid_out(text, {"it": slot})]
    return [*parts, Part(".")]


def _laid_out(text: str, slots: Mapping[str, Part]) -> Iterator[Part]:
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            yield Part(literal)
        if name is not None:
            yield slots[name]


def _more(given: GivenPromotion, typed: Typed) -> Iterator[tuple[str, Part]]:
    """What is said beyond the plain sentence: a pattern with `{it}`, and the slot."""
    texts = typed.reader.texts
    if given.pieces and given.kind in (PERCENT, AMOUNT, PRICE):
        yield texts.gettext("from {it} pieces on"), Part(typed.whole(given.pieces), "reward")
    if given.spend:
        yield texts.gettext("from {it} on"), Part(typed.amount(given.spend), "conditions")
    if given.codes:
        yield texts.gettext("with the code {it}"), Part(given.codes, "conditions")
    if given.code_batches:
        yield texts.gettext("with a code {it}"), Part(texts.gettext("of its batches"), "conditions")
    if given.at_most:
        off_receipt = given.kind in (BASKET_PERCENT, BASKET_AMOUNT)
        most = typed.amount(given.at_most) if off_receipt else f"{typed.whole(given.at_most)} ×"
        yield texts.gettext("at most {it} a receipt"), Part(most, "limits")
    if given.budget:
        yield texts.gettext("until {it} are given"), Part(typed.amount(given.budget), "limits")
    if kept_out := _named(given, "not_"):
        yield texts.gettext("not {it}"), Part(_few(kept_out), "goods", "no")
    if given.combine == "stack":
        yield texts.gettext("{it} other promotions"), Part(texts.gettext("on top of"), "company")
    elif given.combine == "exclusive":
        yield (
            texts.gettext("{it} other promotions"),
            Part(texts.gettext("not beside"), "company", "no"),
        )


def _who(given: GivenPromotion, reader: Reader) -> str:
    words = words_of(given.who)
    if not words:
        return reader.texts.gettext("everybody")
    return reader.texts.gettext("all known customers") if words == ["*"] else _few(words)


def _where(given: GivenPromotion, reader: Reader, places: Places) -> str:
    if not given.stores:
        return reader.texts.gettext("all stores")
    return _few(places.said(given.stores))


def _when(given: GivenPromotion, typed: Typed) -> str:
    texts = typed.reader.texts
    span = span_said(texts, typed.begin(given.begin), typed.end(given.end))
    days = ", ".join(
        texts.gettext(WEEKDAYS[int(day) - 1]) for day in given.weekdays if day in "1234567"
    )
    hours = f"{given.hour_from or '00:00'}–{given.hour_to or '24:00'}"
    return " ".join(filter(None, (span, days, hours if given.hour_from or given.hour_to else "")))


def span_said(texts: Texts, begin: str, end: str) -> str:
    """When something counts, from its first and its last moment; an empty one bounds nothing."""
    if begin and end:
        return texts.gettext("from {begin} until {end}", begin=begin, end=end)
    if begin:
        return texts.gettext("from {begin} on", begin=begin)
    return texts.gettext("until {end}", end=end) if end else texts.gettext("at all times")


def _goods(given: GivenPromotion, reader: Reader) -> str:
    return _few(_named(given)) or reader.texts.gettext("everything")


def _named(given: GivenPromotion, side: str = "") -> list[str]:
    """Categories by their last name, with as much of the way there as tells two of them apart; the rest as typed."""
    words = {name: words_of(getattr(given, f"{side}{name}")) for name in LISTS}
    return [*category_names(words.pop("categories")), *chain.from_iterable(words.values())]


def _value(given: GivenPromotion, typed: Typed) -> str:
    if given.kind in (PERCENT, BASKET_PERCENT):
        return typed.percent(given.value)
    if given.kind == CHEAPEST:
        return typed.percent(given.value.strip() or "100")
    return typed.factor(given.value) if given.kind == POINTS else typed.amount(given.value)


def _steps(given: GivenPromotion, typed: Typed) -> str:
    steps = []
    for line in filter(None, map(str.strip, given.steps.splitlines())):
        start, _, value = line.partition(":")
        steps.append(
            typed.reader.texts.gettext(
                "{value} from {start} on", value=typed.percent(value), start=typed.whole(start)
            )
        )
    return ", ".join(steps) or NOTHING


def _few(words: list[str]) -> str:
    return ", ".join(words[:3]) + (f" +{len(words) - 3}" if len(words) > 3 else "")
