"""The part of a promotion's page about its budget stop, and what tills without contact may add to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from central_server.backoffice.shell import Reader
from central_server.features.promotions.budget_stops import BudgetStop, stop_of
from central_server.features.promotions.catalogue import PublishedPromotion
from central_server.features.promotions.document import budget_of, stores_of
from central_server.gateway.offline_use import OfflineUse, offline_use
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.money import Money, parse_amount
from shared.money import currency as money_unit
from shared.quantity import read_typed


@dataclass(frozen=True, slots=True)
class StopCard:
    """What the card shows; `typed` is what was refused. `percent` of the stop is given."""

    stop: BudgetStop | None
    amount: str
    typed: str
    refused: bool
    percent: int
    use: OfflineUse
    most: str


def stop_card(
    unit: ReadUnit,
    one: PublishedPromotion,
    reader: Reader,
    now: datetime,
    refused: str | None = None,
) -> StopCard:
    """The card of a promotion's newest version."""
    stop, newest = stop_of(unit, one.promotion_id), one.newest
    body = json.loads(newest.body)
    budget = budget_of(body, one.currency)
    use = offline_use(unit, one.promotion_id, stores_of(body), budget, one.amount, now)
    typed = refused if refused is not None else ""
    if stop is not None and refused is None:
        plain = Money(stop.amount, one.currency).plain()
        typed = plain.replace(".", ",") if reader.language == "de" else plain
    return StopCard(
        stop=stop,
        amount=reader.formats.money(stop.amount, one.currency) if stop is not None else "",
        typed=typed,
        refused=refused is not None,
        percent=max(one.amount, 0) * 100 // stop.amount if stop is not None else 0,
        use=use,
        most=reader.formats.money(use.most, one.currency) if use.most is not None else "",
    )


def typed_stop(reader: Reader, text: str, currency: str) -> int | None:
    """The amount as typed, in minor units; None for nothing. `DomainError('promotion_stop_invalid')`, 422."""
    if not text.strip():
        return None
    exponent = money_unit(currency).exponent
    try:
        return parse_amount(read_typed(text.strip(), reader.language, exponent), exponent)
    except DomainError:
        raise DomainError("promotion_stop_invalid", http_status=422) from None
