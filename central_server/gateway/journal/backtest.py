"""A back-test: a draft promotion tried on the receipts of some days, as they stand in the journal.

A receipt that was priced with promotions says what it was priced with. For all others the catalogue knows the articles,
and the customers their facts, as they are now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from central_server.features.catalogue.costs import costs_by_sku, net_of
from central_server.features.catalogue.service import items
from central_server.features.customers.service import facts_of
from central_server.features.promotions.versions import VersionKey, read_versions
from central_server.gateway.journal import sold_repository
from central_server.gateway.journal.sold_repository import Share
from central_server.platform.database import Database, open_database
from central_server.platform.processes import produce
from central_server.platform.unit_of_work import ReadUnit, reading
from shared.errors import DomainError
from shared.money import currency as currency_of
from shared.promotions import (
    FRAME_STEPS,
    BasketLine,
    Context,
    Customer,
    Frozen,
    Promotion,
    frozen_from_body,
)
from shared.promotions.articles import ArticleFacts, article_facts
from shared.promotions.basket import words_of
from shared.promotions.trial import Bought, Changed, Outcome, Sold, Trial
from shared.quantity import parse_quantity, to_thousandths
from shared.tender import TenderKind

WORTH_PROCESSES = 50_000
"""From this number of receipts on, starting processes costs less than they save."""
_MOST_ARTICLES = 100_000
Json = dict[str, Any]
Progress = Callable[[date, Trial], None]


@dataclass(frozen=True, slots=True)
class Question:
    """Which receipts a draft is tried on: the days from `first` to `last`, of one store or of all."""

    draft: Promotion
    currency: str
    first: date
    last: date
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """How far one process is: the day, its sums so far, and, at its end, the receipts that changed most."""

    place: int
    day: date
    outcome: Outcome
    changed: tuple[Changed, ...] = ()


def backtest(
    database: Database,
    question: Question,
    progress: Progress,
    processes: int = 1,
    worth: int = WORTH_PROCESSES,
) -> Trial:
    """Try the draft, a day at a time; `progress` hears of each page of receipts. Returns are left out.

    `processes` share the receipts where there are at least `worth` of them and the draft lets them; the result is the
    same.
    """
    trial = Trial(question.draft)
    many = processes > 1 and trial.divisible and _count(database, question) >= worth
    if not many:
        for day in _try(database, question, trial, Share()):
            progress(day, trial)
        return trial
    url = database.read_engine.url.render_as_string(hide_password=False)
    parts: dict[int, _Part] = {}
    producers = [
        (_try_part, (url, question, Share(place, processes))) for place in range(processes)
    ]
    for part in produce(producers):
        parts[part.place] = part
        trial.join((each.outcome, each.changed) for each in parts.values())
        progress(part.day, trial)
    return trial


def _count(database: Database, question: Question) -> int:
    with reading(database) as unit:
        return sold_repository.count_sold(
            unit.connection, question.first, question.last, question.currency, question.store_id
        )


def _try_part(url: str, question: Question, share: Share) -> Iterator[_Part]:
    """One process's part of the receipts."""
    database = open_database(url)
    try:
        trial = Trial(question.draft)
        day = question.first
        for day in _try(database, question, trial, share):
            yield _Part(share.place, day, trial.outcome)
        yield _Part(share.place, day, trial.outcome, tuple(trial.changed))
    finally:
        database.dispose()


def _try(database: Database, question: Question, trial: Trial, share: Share) -> Iterator[date]:
    """Try the draft on a part of the receipts; the day, after each page of them."""
    with reading(database) as unit:
        days = sold_repository.first_and_last_day(unit.connection, question.first, question.last)
    if days is None:
        return
    day, last = days
    reader = Reader(trial, question.currency)
    while day <= last:
        with reading(database) as unit:
            for page in sold_repository.sold_on(
                unit.connection, day, question.currency, question.store_id, share
            ):
                reader.take(unit, page)
                yield day
        day += timedelta(days=1)


class Taker(Protocol):
    """What looks at receipts: a trial, or whoever wants to see some of them."""

    draft: Promotion

    def touches(self, words: Iterable[str], /) -> bool:
        """Whether the draft may take something of an article that these words find."""

    def pass_by(self, total: int, lines: int, /) -> None:
        """Hear of a receipt that the draft cannot touch."""

    def add(self, sold: Sold, /) -> None:
        """Look at a receipt."""


class Reader:
    """Reads pages of events. What it knows of articles and versions it keeps for the pages behind."""

    def __init__(self, trial: Taker, currency: str) -> None:
        self._trial = trial
        self._currency = currency
        self._articles: dict[str, ArticleFacts] = {}
        self._costs: dict[str, int] = {}
        self._touched: dict[str, bool] = {}
        self._versions: dict[VersionKey, Promotion] = {}
        self._asked: set[VersionKey] = set()

    def take(self, unit: ReadUnit, page: Sequence[tuple[UUID, bytes]]) -> None:
        """Try the draft on a page of events. They were checked when they were booked; reading them as strictly again
        would take longer than pricing them.
        """
        bodies: list[Json] = [json.loads(body) for _, body in page]
        self._look_up(unit, {line["sku"] for body in bodies for line in body["lines"]})
        touched = [body for body in bodies if self._touches(body)]
        frozen = {id(body): found for body in touched if (found := _frozen(body))}
        self._read_versions(unit, touched, frozen.values())
        numbers = {body["customer"] for body in touched if body.get("customer")}
        asking = self._trial.draft.who is not None and bool(numbers)
        customers = facts_of(unit, numbers) if asking else {}
        mine = {id(body) for body in touched}
        for body in bodies:
            if id(body) not in mine:
                self._pass_by(body)
                continue
            row = customers.get(body.get("customer", ""))
            now = row.facts() if row is not None else None
            self._trial.add(self._sold(body, frozen.get(id(body)), now))

    def _pass_by(self, body: Json) -> None:
        gross = [line["gross"] for line in _sold_lines(body)]
        self._trial.pass_by(sum(gross), len(gross))

    def _look_up(self, unit: ReadUnit, skus: Iterable[str]) -> None:
        """What the catalogue says of articles, and whether the draft may take them."""
        if len(self._articles) > _MOST_ARTICLES:
            self._articles.clear()
            self._costs.clear()
            self._touched.clear()
        new = [sku for sku in skus if sku not in self._articles]
        known = items(unit, new) if new else {}
        self._costs |= costs_by_sku(unit, new, self._currency) if new else {}
        for sku in new:
            facts = article_facts(known[sku]) if sku in known else ArticleFacts()
            self._articles[sku] = facts
            self._touched[sku] = self._trial.touches(_words(sku, facts))

    def _touches(self, body: Json) -> bool:
        sold = _sold_lines(body)
        frozen = body.get("pricing", {}).get("lines")
        if frozen is None:
            return any(self._touched[line["sku"]] for line in sold)
        # What the articles were when they were sold counts, and not what they are now.
        return bool(sold) and any(self._trial.touches(_frozen_words(line)) for line in frozen)

    def _read_versions(
        self, unit: ReadUnit, bodies: Iterable[Json], frozen: Iterable[Frozen]
    ) -> None:
        keys = {key for one in frozen for key in one.versions.items()}
        keys |= {key for body in bodies for key in _used(body).items()}
        new = keys - self._asked
        if new:
            self._asked |= new
            self._versions |= read_versions(unit, new, self._currency)

    def _sold(self, body: Json, frozen: Frozen | None, now: Customer | None) -> Sold:
        sold = _sold_lines(body)
        used = _used(body)
        known = frozen.versions if frozen is not None else used
        promotions = (self._versions.get(key) for key in known.items())
        number = body["receipt"]
        return Sold(
            name=f"{number['till_id']}-{number['incarnation']}-{number['number']}",
            context=_context(body, frozen, now),
            lines=frozen.lines if frozen is not None else tuple(map(self._line, sold)),
            promotions=tuple(each for each in promotions if each is not None),
            used=frozenset(used),
            off=sum(given["amount"] for line in sold for given in line.get("discounts", ())),
            total=sum(line["gross"] for line in sold),
            steps=frozen.steps if frozen is not None else FRAME_STEPS,
            customer=body.get("customer", ""),
            bought=self._bought(sold),
        )

    def _bought(self, sold: Iterable[Json]) -> Bought:
        gross = net = cost = 0
        for line in sold:
            each = self._costs.get(line["sku"])
            if each is not None:
                gross += line["gross"]
                net += net_of(line["gross"], _thousandths(line["vat_rate"]))
                cost += (each * _thousandths(line["quantity"]) + 500) // 1000
        return Bought(gross, net, cost)

    def _line(self, line: Json) -> BasketLine:
        facts = self._articles[line["sku"]]
        return BasketLine(
            id=str(line["number"]),
            sku=line["sku"],
            quantity=_thousandths(line["quantity"]),
            price=line["unit_price"],
            categories=facts.categories,
            brand=facts.brand,
            tags=facts.tags,
            discountable=facts.discountable,
        )


def _sold_lines(body: Json) -> list[Json]:
    return [line for line in body["lines"] if not line["quantity"].startswith("-")]


def _used(body: Json) -> dict[str, int]:
    """The promotions that gave something, with their versions."""
    uses = body.get("promotions", ())
    return {use["id"]: use["version"] for use in uses if use["applications"] > 0}


@lru_cache(maxsize=1_000)
def _thousandths(quantity: str) -> int:
    return to_thousandths(parse_quantity(quantity))


def _words(sku: str, facts: ArticleFacts) -> Iterable[str]:
    return words_of(BasketLine("", sku, 1000, 0, "0", 0, facts.categories, facts.brand, facts.tags))


def _frozen_words(line: Mapping[str, Any]) -> Iterable[str]:
    facts = ArticleFacts(
        tuple(line.get("categories", ())), line.get("brand"), tuple(line.get("tags", ()))
    )
    return _words(line["sku"], facts)


def _frozen(body: Json) -> Frozen | None:
    if "pricing" not in body:
        return None
    try:
        return frozen_from_body(body["pricing"])
    except DomainError:
        return None  # a notice in the exceptions queue says so


def _context(body: Json, frozen: Frozen | None, now: Customer | None) -> Context:
    tenders = tuple(sorted({each["kind"] for each in body["tenders"]} - {TenderKind.CHANGE.value}))
    if frozen is None:
        return Context(
            at=datetime.fromisoformat(body["occurred_at"]),
            currency=body["currency"],
            exponent=currency_of(body["currency"]).exponent,
            store=body["store_id"],
            tenders=tenders,
            customer=now,
        )
    context = frozen.context
    customer = _as_then(context.customer, now)
    return replace(context, customer=customer, tenders=context.tenders or tenders)


def _as_then(then: Customer | None, now: Customer | None) -> Customer | None:
    """What is known now of a customer, but as it was then wherever the receipt says it."""
    if then is None or now is None:
        return then or now
    lists = dict(now.lists)
    for key, words in then.lists:
        lists[key] = lists.get(key, frozenset()) | words
    return Customer(
        id=then.id or now.id,
        lists=tuple(lists.items()),
        attributes=tuple({**dict(now.attributes), **dict(then.attributes)}.items()),
        birthday=then.birthday or now.birthday,
        since=then.since or now.since,
        purchases=then.purchases or now.purchases,
    )
