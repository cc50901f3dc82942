"""Loads the demo chain into an installation in demo or test mode. Killed in between, it goes on where it was.

Goods and past receipts go through the same doors as real ones: the catalogue's entry, the journal intake, the
projection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import NAMESPACE_DNS
from zoneinfo import ZoneInfo

from central_server.app.demo import offers
from central_server.app.demo.chain import (
    DEMO_PASSWORD,
    DEMO_PIN,
    STORES,
    DemoPerson,
    DemoStore,
    people,
)
from central_server.app.demo.goods import DemoVariant, variants
from central_server.app.demo.receipts import INCARNATION, TillOfStore, past_events
from central_server.features.catalogue.entry import ArticleDraft, VariantDraft, enter_batch
from central_server.features.customers import service as customers
from central_server.features.pricing.service import set_prices
from central_server.features.promotions import service as promotions
from central_server.features.promotions.service import Publication
from central_server.features.staff import service as staff
from central_server.features.stock import service as stock
from central_server.features.stores import service as stores
from central_server.features.tills import service as tills
from central_server.gateway.journal import intake, jobs, projection
from central_server.platform.access import Role
from central_server.platform.installation import MODE_SETTING, read_setting, write_setting
from central_server.platform.scheduler import JobContext
from central_server.platform.unit_of_work import UnitOfWork, run_writing
from shared.errors import DomainError
from shared.identity import StaffId, StoreId, derived_id
from shared.journal import ChainedEvent
from shared.pricing import PriceEntry
from shared.stock import MovementKind
from shared.wire.batches import journal_batch
from shared.wire.models import MAX_BATCH_EVENTS, JournalBatch

SPAN_SETTING = "demo_chain"
_OPENING_STOCK = 40_000  # thousandths: forty pieces of each variant in each store
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo chain is now: past receipts from `first` to `last` day; `fresh` if this call loaded it."""

    first: date
    last: date
    receipts: int
    fresh: bool


def load(context: JobContext, days: int, progress: Progress) -> Loaded:
    """Load the chain with `days` days of past receipts up to yesterday; loaded already, it stays as it is.

    `DomainError('demo_only')` in productive mode or where there are other stores.
    Progress is told as `(step, done, of)`.
    """
    if context.settings.mode == "productive":
        raise DomainError("demo_only", http_status=403)
    span = run_writing(context.database, lambda unit: _span(unit, context, days))
    if span["done"]:
        return _loaded(span, fresh=False)
    goods = list(variants())
    begin = _midnight(date.fromisoformat(str(span["first"])))
    _people_and_places(context, begin, progress)
    _goods(context, goods, begin - timedelta(days=1), progress)
    _offers(context, date.fromisoformat(str(span["last"])) + timedelta(days=1), progress)
    span["receipts"] = _receipts(context, goods, span, progress)
    span["done"] = 1
    run_writing(context.database, lambda unit: write_setting(unit, SPAN_SETTING, json.dumps(span)))
    return _loaded(span, fresh=True)


def _span(unit: UnitOfWork, context: JobContext, days: int) -> dict[str, str | int]:
    """Which days are loaded: decided once, so that a load that was killed goes on with the same ones."""
    stored = read_setting(unit, SPAN_SETTING)
    if stored is None and stores.list_stores(unit):
        raise DomainError("demo_only", http_status=403)
    if stored is not None:
        found: dict[str, str | int] = json.loads(stored)
        return found
    today = context.business_clock.now().date()
    span: dict[str, str | int] = {
        "first": (today - timedelta(days=days)).isoformat(),
        "last": (today - timedelta(days=1)).isoformat(),
        "receipts": 0,
        "done": 0,
    }
    write_setting(unit, SPAN_SETTING, json.dumps(span))
    write_setting(unit, MODE_SETTING, "demo")
    return span


def _midnight(day: date) -> datetime:
    """When a day begins where most of the chain's stores are."""
    return datetime.combine(day, time(), ZoneInfo(STORES[0].timezone))


def _loaded(span: dict[str, str | int], *, fresh: bool) -> Loaded:
    first, last = (date.fromisoformat(str(span[name])) for name in ("first", "last"))
    return Loaded(first, last, int(span["receipts"]), fresh)


def _people_and_places(context: JobContext, at: datetime, progress: Progress) -> None:
    for done, store in enumerate(STORES, 1):

        def open_it(unit: UnitOfWork, store: DemoStore = store) -> None:
            _open_store(unit, store, at)

        run_writing(context.database, open_it)
        progress("stores", done, len(STORES))
    run_writing(context.database, lambda unit: _exchange_rate(unit, context))
    team = people()
    pins = staff.PinRules(context.pin_key, len(DEMO_PIN))
    for done, person in enumerate(team, 1):

        def hire(unit: UnitOfWork, person: DemoPerson = person) -> None:
            _hire(unit, person, at, pins)

        run_writing(context.database, hire)
        progress("staff", done, len(team))


def _open_store(unit: UnitOfWork, store: DemoStore, at: datetime) -> None:
    known = {found.store_id for found in stores.list_stores(unit)}
    if store.store_id in known:
        return
    new = stores.Store(
        store_id=StoreId(store.store_id),
        name=store.name,
        market=store.market,
        currency=store.currency,
        timezone=store.timezone,
        address=store.address,
        vat_id=store.vat_id,
        header_lines=("Demo: alle Namen sind erfunden",)
        if store.market != "GB"
        else ("Demo shop",),
        languages=store.languages,
    )
    stock.add_branch(unit, stores.add_store(unit, new, at), at)
    for till_id in store.till_ids:
        tills.add_till(unit, till_id, store.store_id, at, name=f"Kasse {till_id[-1]}")
        tills.assume_incarnation(unit, till_id, INCARNATION)


def _exchange_rate(unit: UnitOfWork, context: JobContext) -> None:
    """A rate for today, so that the chain's total can be shown; days without one show why there is none."""
    today = context.business_clock.now()
    rate = stores.ExchangeRate(today.date(), "GBP", "EUR", Decimal("1.1523"), "demo, invented")
    stores.store_rate(unit, rate, today)


def _hire(unit: UnitOfWork, person: DemoPerson, at: datetime, pins: staff.PinRules) -> None:
    if any(found.staff_id == person.staff_id for found in staff.list_staff(unit)):
        return
    new = staff.StaffMember(
        staff_id=StaffId(person.staff_id),
        name=person.name,
        role=Role(person.role),
        store_ids=frozenset(person.store_ids),
        language=person.language,
    )
    staff.add_staff(unit, new, at)
    if person.store_ids:
        staff.set_pin(unit, person.staff_id, DEMO_PIN, at, pins)
    if person.role not in ("cashier", "salesperson"):
        staff.set_password(unit, person.staff_id, DEMO_PASSWORD, at)


def _goods(
    context: JobContext, goods: Sequence[DemoVariant], at: datetime, progress: Progress
) -> None:
    def enter(unit: UnitOfWork) -> None:
        articles = {one.article_no: _article(one) for one in goods}
        enter_batch(unit, list(articles.values()), [_variant(one) for one in goods], at)
        for market, currency in (("DE", "EUR"), ("AT", "EUR"), ("GB", "GBP")):
            set_prices(unit, [_price(one, market, currency, at) for one in goods], at)

    run_writing(context.database, enter)
    progress("articles", len(goods), len(goods))
    for done, store in enumerate(STORES, 1):
        movements = [_opening(one, store, at) for one in goods]

        def fill(unit: UnitOfWork, movements: Sequence[stock.Movement] = movements) -> None:
            stock.move(unit, movements, at)

        run_writing(context.database, fill)
        progress("stock", done, len(STORES))


def _offers(context: JobContext, day: date, progress: Progress) -> None:
    """Promotions and customers, from the first day on that is not past."""
    start = _midnight(day)
    file = offers.promotions(start)

    def publish(unit: UnitOfWork) -> None:
        at = context.business_clock.now()
        ahead = timedelta(days=context.settings.promotion_days_ahead)
        promotions.publish(unit, file, Publication(at, "demo", ahead))
        customers.enter_batch(unit, offers.customers(day), at)

    run_writing(context.database, publish)
    progress("promotions", len(file.drafts), len(file.drafts))


def _opening(one: DemoVariant, store: DemoStore, at: datetime) -> stock.Movement:
    return stock.Movement(
        # The same id at each load: booked once.
        movement_id=derived_id(NAMESPACE_DNS, f"demo stock {store.store_id} {one.sku}"),
        location_id=store.store_id,
        sku=one.sku,
        kind=MovementKind.OPENING,
        delta_thousandths=_OPENING_STOCK,
        occurred_at=at,
    )


def _article(one: DemoVariant) -> ArticleDraft:
    return ArticleDraft(
        article_no=one.article_no,
        names={"de": one.name_de, "en": one.name_en},
        brand=one.brand,
        category=one.category,
        category_language="de",
        vat_category="standard",
    )


def _variant(one: DemoVariant) -> VariantDraft:
    return VariantDraft(one.sku, one.article_no, one.size, one.colour_de, (one.barcode,))


def _price(one: DemoVariant, market: str, currency: str, at: datetime) -> PriceEntry:
    amount = one.price_gbp if currency == "GBP" else one.price_eur
    return PriceEntry(one.sku, f"market:{market}", amount, currency, at)


def _receipts(
    context: JobContext,
    goods: Sequence[DemoVariant],
    span: dict[str, str | int],
    progress: Progress,
) -> int:
    first, last = (date.fromisoformat(str(span[name])) for name in ("first", "last"))
    team = people()
    total = 0
    for place, store in enumerate(STORES):
        at_tills = tuple(p.staff_id for p in team if p.store_ids == (store.store_id,))
        for till_id in store.till_ids:
            events = list(past_events(TillOfStore(till_id, store, at_tills), goods, first, last))
            _send(context, till_id, events)
            total += len(events)
        _project(context)
        progress("receipts", place + 1, len(STORES))
    return total


def _send(context: JobContext, till_id: str, events: Sequence[ChainedEvent]) -> None:
    for start in range(0, len(events), MAX_BATCH_EVENTS):
        batch = journal_batch(events[start : start + MAX_BATCH_EVENTS])

        def accept(unit: UnitOfWork, batch: JournalBatch = batch) -> None:
            intake.accept(unit, till_id, INCARNATION, batch, context.system_clock.now())

        run_writing(context.database, accept)


def _project(context: JobContext) -> None:
    while projection.project_pending(context.database, jobs.places, context.business_clock):
        pass
