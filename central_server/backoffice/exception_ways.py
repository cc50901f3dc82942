"""Where an exception is looked into: the receipts and promotions that it names, the pages where values are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from central_server.backoffice.scope import link
from central_server.backoffice.visitors import Visitor
from central_server.features.sales import repository as sales_repository
from central_server.platform.access import Right
from central_server.platform.translations import Texts, mark
from central_server.platform.unit_of_work import ReadUnit

Way = tuple[str, str]
"""What a button says, and the address that it leads to."""

# What the values of a finding name, and the page that shows it.
_NAMED = (
    ("receipt", mark("Receipt {name}"), "/receipts", "number", Right.RECEIPTS_READ),
    ("other", mark("Receipt {name}"), "/receipts", "number", Right.RECEIPTS_READ),
    ("first", mark("Receipt {name}"), "/receipts", "number", Right.RECEIPTS_READ),
    ("promotion", mark("Promotion {name}"), "/promotions/show", "id", Right.PROMOTIONS_READ),
)
# Where somebody looks for what a finding tells only the end of, by how its code begins.
_PLACES = (
    ("code_", mark("Batches of codes"), "/promotions/codes", Right.PROMOTIONS_READ),
    ("giftcard_", mark("Gift cards"), "/values/cards", Right.VALUES_READ),
    ("voucher_", mark("Vouchers"), "/values/vouchers", Right.VALUES_READ),
    ("purse_", mark("Customers"), "/customers", Right.CUSTOMERS_READ),
)


def ways_of(unit: ReadUnit, visitor: Visitor, texts: Texts, found: Mapping[str, Any]) -> list[Way]:
    """The pages on which an exception is looked into, of those that the visitor may open."""
    return list(_ways(unit, visitor, texts, found))


def _ways(
    unit: ReadUnit, visitor: Visitor, texts: Texts, found: Mapping[str, Any]
) -> Iterator[Way]:
    event_id, params = found["event_id"], found["params"]
    if visitor.may(Right.RECEIPTS_READ) and sales_repository.booked(unit.connection, [event_id]):
        yield texts.gettext("The receipt"), f"/receipts/{event_id}"
    for name, words, page, field, right in _NAMED:
        value = str(params.get(name, ""))
        if value and visitor.may(right):
            yield texts.gettext(words, name=value), link(page, **{field: value})
    for beginning, words, page, right in _PLACES:
        if found["code"].startswith(beginning) and visitor.may(right):
            batch = {"id": str(params.get("promotion", ""))} if beginning == "code_" else {}
            yield texts.gettext(words), link(page, **batch)
