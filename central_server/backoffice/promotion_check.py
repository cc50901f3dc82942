"""What is missing or wrong in the fields of a promotion, all of it at once: each with its reason and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from central_server.backoffice.promotion_form import (
    AMOUNT,
    BASKET_AMOUNT,
    BASKET_PERCENT,
    PERCENT,
    POINTS,
    FormProblem,
    GivenPromotion,
    Reading,
    body_of,
)
from central_server.backoffice.shell import Reader
from central_server.features.promotions import drafts
from central_server.platform.translations import mark
from shared.promotions import RequestError

MISSING, UNREADABLE, AMBIGUOUS, REFUSED = "missing", "unreadable", "ambiguous", "refused"
PANELS: Mapping[str, str] = {
    "kind": "reward", "value": "reward", "pieces": "reward", "free": "reward", "steps": "reward",
    "begin": "when", "end": "when", "hour_to": "when",
    "spend": "conditions",
    "at_most": "limits", "per_customer": "limits", "total": "limits", "budget": "limits",
    "combine": "company", "priority": "company", "unreduced": "company",
}  # fmt: skip
"""The bracket that a field belongs to; fields in the order of the page, after the number."""

_ORDER = ("id", *PANELS)
_MOST_SHOWN = 40
# What a field is read with after it was found wrong, so that the next one can be looked at; others are left empty.
_STAND_INS = {"id": "?", "kind": PERCENT, "value": "1", "pieces": "2", "steps": "2: 1", "combine": "one"}  # fmt: skip
# Where the contract refuses what a field said.
_PLACES = (
    (r"reward\.tiers\b.*", "steps"),
    (r"reward\.bundle\.cheapest\.count", "free"),
    (r"reward\b.*", "value"),
    (r"when\.from", "begin"),
    (r"when\.until", "end"),
    (r"when\.hours\b.*", "hour_to"),
    (r"limit\.(pieces|applications|amount)", "at_most"),
    (r"limit\.(per_customer|total|budget)", r"\1"),
    (r"combine", "combine"),
    (r"only_unreduced", "unreduced"),
    (r"priority", "priority"),
    (r"id", "id"),
)
_WHOLE = mark("»{typed}« is no whole number from 1. Write digits alone, for instance 2.")
_NUMBER = mark("»{typed}« is no number that can be read. Write digits, for instance {example}.")
_TIME = mark("»{typed}« is no time. Choose day and time from the calendar.")
_PERCENT_MISSING = mark(
    "The percentage is missing, so nothing could be taken off. Write it, for instance 20."
)
_AMOUNT_MISSING = mark(
    "The amount is missing, so nothing could be taken off. Write it, for instance 5."
)
_WORDS: Mapping[tuple[str, str], str] = {
    ("id", MISSING): mark(
        "The number is missing. Receipts and figures name the promotion by it. Write one, for instance AUTUMN-20."
    ),
    ("kind", UNREADABLE): mark("This kind is not known. Choose one from the list."),
    ("value", MISSING): mark("The price is missing, so nothing could be charged. Write an amount."),
    ("value", UNREADABLE): _NUMBER,
    ("value", REFUSED): mark("More than 100 percent cannot be taken off. Write 100 or less."),
    ("pieces", MISSING): mark(
        "The number of pieces is missing: only so many together get it. Write it, for instance 3."
    ),
    ("pieces", UNREADABLE): _WHOLE,
    ("free", UNREADABLE): _WHOLE,
    ("free", REFUSED): mark(
        "No more pieces can be reduced than belong together. Write a smaller number, or more pieces."
    ),
    ("steps", MISSING): mark(
        "The steps are missing: they say how much is taken off from how many pieces on. Write 2: 10, for instance."
    ),
    ("steps", UNREADABLE): mark(
        "A line is not a number of pieces, a colon and percent. Write 2: 10 for ten percent from two pieces on."
    ),
    ("steps", REFUSED): mark(
        "Two lines begin with the same number of pieces, or one takes off more than 100 percent. Change that line."
    ),
    ("begin", UNREADABLE): _TIME,
    ("end", UNREADABLE): _TIME,
    ("end", REFUSED): mark(
        "The end is not after the beginning, so it would never count. Choose a later end."
    ),
    ("hour_to", REFUSED): mark(
        "No time lies between these hours, so it would never count. Change one of the two."
    ),
    ("spend", UNREADABLE): _NUMBER,
    ("at_most", REFUSED): mark("This kind has no such limit. Leave it empty."),
    ("per_customer", UNREADABLE): _WHOLE,
    ("total", UNREADABLE): _WHOLE,
    ("budget", UNREADABLE): _NUMBER,
    ("combine", REFUSED): mark(
        "Only percent, an amount or a price for each piece can come on top of others. Choose another way or kind."
    ),
    ("priority", UNREADABLE): mark(
        "»{typed}« is no whole number. Write digits, with a minus before it to come last."
    ),
    ("unreduced", REFUSED): mark(
        "This goes with promotions on top of others only. Choose that, or take the mark off."
    ),
}  # fmt: skip


def problems_of(given: GivenPromotion, reading: Reading) -> dict[str, str]:
    """By field what is wrong with it: `MISSING`, `UNREADABLE`, `AMBIGUOUS` or `REFUSED`, in the order of the page.

    What the contract refuses at a place that no field of the form stands for has the name "".
    """
    found: dict[str, str] = {}
    while True:
        try:
            drafts.read_draft(drafts.canonical(body_of(given, reading)), reading.currency)
            break
        except FormProblem as problem:
            field = str(problem.params["field"])
            typed = str(getattr(given, field)).strip()
            code = AMBIGUOUS if problem.code == "number_ambiguous" else UNREADABLE
            found_code = code if typed else MISSING
        except RequestError as refusal:
            field, found_code = _field_at(refusal.path), REFUSED
        if field in found or not field:
            # A place of the contract that the form cannot mend: the contract's own words say it.
            found.setdefault("", REFUSED)
            break
        found[field] = found_code
        stand_in: dict[str, Any] = {field: _STAND_INS.get(field, "")}
        given = replace(given, **stand_in)
    order = {name: place for place, name in enumerate(_ORDER)}
    return dict(sorted(found.items(), key=lambda one: order.get(one[0], len(order))))


def reasons(reader: Reader, given: GivenPromotion, problems: Mapping[str, str]) -> dict[str, str]:
    """The problems as sentences: what, why and what next."""
    texts, formats = reader.texts, reader.formats
    said = {}
    for field, code in problems.items():
        if field:
            text = _sentence(given, field, code)
            typed = str(getattr(given, field)).strip()[:_MOST_SHOWN]
            example = formats.whole(5) if field in ("spend", "budget") else formats.vat_rate(12500)
            said[field] = texts.gettext(text).format(typed=typed, example=example.rstrip("%\u00a0"))
    return said


def _sentence(given: GivenPromotion, field: str, code: str) -> str:
    if code == AMBIGUOUS:
        return mark("»{typed}« can be read in two ways. Write it without thousands.")
    if (field, code) == ("value", MISSING) and given.kind in (PERCENT, BASKET_PERCENT):
        return _PERCENT_MISSING
    if (field, code) == ("value", MISSING) and given.kind in (AMOUNT, BASKET_AMOUNT):
        return _AMOUNT_MISSING
    if field == "value" and given.kind == POINTS and code != UNREADABLE:
        return mark("Points need a factor of 1 or more. Write one, for instance 2.")
    if (field, code) == ("at_most", UNREADABLE):
        return _NUMBER if given.kind in (BASKET_PERCENT, BASKET_AMOUNT) else _WHOLE
    return _WORDS.get((field, code), mark("This cannot be used here. Change it or leave it empty."))


def _field_at(path: str) -> str:
    place = path.removeprefix("[0]").removeprefix(".")
    for pattern, field in _PLACES:
        if match := re.fullmatch(pattern, place):
            return match.expand(field)
    return ""
