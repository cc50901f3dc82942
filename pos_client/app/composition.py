"""The composition root: one till, put together from its data directory. Everything it needs is passed in here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from pos_client.app.chain_rules import ChainRules
from pos_client.app.code_desk import CodeDesk
from pos_client.app.customer_feed import CustomerFeed
from pos_client.app.customers import CustomerLists, Customers
from pos_client.app.deals import Deals
from pos_client.app.newcomers import Newcomers
from pos_client.app.offers import Offers
from pos_client.app.people import People
from pos_client.app.pins import Argon2Pins
from pos_client.app.price_book import PriceBook, StockSight
from pos_client.app.promotion_book import PromotionsOnDemand, ReadyBooks
from pos_client.app.recorder import Recorder
from pos_client.app.refunds import Refunds
from pos_client.app.sale_session import SaleSession
from pos_client.app.settings import SettingsFile, load_settings
from pos_client.app.sold_articles import SoldArticles
from pos_client.app.status import Outbox
from pos_client.app.translations import TillTexts
from pos_client.app.voucher_signing import VoucherDesk, VoucherSigner
from pos_client.features.basket.presenter import BasketPresenter
from pos_client.features.customers.presenter import CustomersPresenter
from pos_client.features.login.presenter import LOCKED_AT, LoginPresenter
from pos_client.features.payment.presenter import PaymentPresenter
from pos_client.features.promotions.ports import Question
from pos_client.features.receipts.presenter import ReceiptsPresenter
from pos_client.features.settings.presenter import SettingsPresenter
from pos_client.features.shift.presenter import ShiftPresenter
from pos_client.features.status.presenter import StatusPresenter
from pos_client.features.stock_lookup.presenter import LookupPresenter
from pos_client.ports import Operator
from pos_client.runtime.clock import BusinessClock, SystemClock
from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.identity import IdentityFile, TillIdentity
from pos_client.storage.journal import Journal
from pos_client.storage.lock import ProcessLock
from pos_client.storage.login_attempts import LoginAttempts
from pos_client.storage.opening import open_journal
from pos_client.storage.overlays import StockOverlay
from pos_client.storage.paths import DataPaths
from pos_client.storage.person_keys import PersonKeys
from pos_client.storage.promotion_usage import UsageBook
from pos_client.storage.purchase_book import PurchaseBook
from pos_client.storage.receipt_archive import ReceiptArchive
from pos_client.storage.receipt_search import ReceiptSearch
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from pos_client.storage.second_copy import SecondCopy
from pos_client.storage.shift_ledger import ShiftLedger
from pos_client.storage.till_store import TillStore
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.key_files import load_key
from pos_client.sync.nudge import Nudger
from shared.errors import DomainError, EnvironmentProblem
from shared.fiscal import FiscalPort, NoFiscalDevice, refuse_unsigned_productive
from shared.identity import Clock
from shared.money import currency
from shared.wire.payloads import (
    BUSINESS_CLOCK_KEY,
    STORE_NAME_KEY,
    business_clock_from_payload,
    store_name_from_payload,
)

State = TypeVar("State")
MakesBooks = Callable[[DataPaths, str], ReadyBooks]


class LastState(Generic[State]):
    """A view that keeps what it was last told to show: the screen of a till without a window."""

    def __init__(self) -> None:
        self.state: State | None = None

    def render(self, state: State) -> None:
        """Keep the state."""
        self.state = state


@dataclass(frozen=True, slots=True)
class Place:
    """Where the till stands."""

    till_id: str
    store_id: str
    market: str
    currency: str


class Desk:
    """Signing on changes who is recorded and which language is spoken."""

    def __init__(self, recorder: Recorder, texts: TillTexts) -> None:
        self._recorder = recorder
        self._texts = texts

    def sign_on(self, operator: Operator | None) -> None:
        """From now on this person is responsible."""
        self._recorder.sign_on(operator)
        if operator is not None:
            self._texts.speak(operator.language)


@dataclass(frozen=True, slots=True)
class Till:
    """A running till. Drive it through the presenters; read what is open from `sale`."""

    paths: DataPaths
    identity: TillIdentity
    clock: BusinessClock
    texts: TillTexts
    journal: Journal
    store: TillStore
    reference: Reference
    customers: Customers
    finding: CustomersPresenter
    recorder: Recorder
    sale: SaleSession
    deals: Deals
    outbox: Outbox
    nudger: Nudger
    basket: BasketPresenter
    payment: PaymentPresenter
    login: LoginPresenter
    shift: ShiftPresenter
    receipts: ReceiptsPresenter
    lookup: LookupPresenter
    status: StatusPresenter
    settings: SettingsPresenter
    archive: ReceiptArchive
    found: ReceiptSearch
    prices: PriceBook
    rules: ChainRules
    customer: CustomerFeed
    lock: ProcessLock

    def follow_business_clock(self) -> None:
        """Take over the offset that the centre sent; in productive mode the business clock never moves."""
        if self.identity.mode == "productive":
            return
        try:
            values = self.reference.config(BUSINESS_CLOCK_KEY)
            seconds = business_clock_from_payload(values) if values else 0
        except (EnvironmentProblem, DomainError):
            return
        self.clock.move(timedelta(seconds=seconds))

    def question(self) -> Question | None:
        """How the open receipt is priced, for who asks why; None if there is nothing to ask about."""
        basket = self.sale.basket
        return self.deals.question(basket, self.recorder.glance()) if basket is not None else None

    def close(self) -> None:
        """Let go of all files. An open receipt stays where it is."""
        self.nudger.close()
        self.reference.close()
        self.found.close()
        if self.journal.second is not None:
            self.journal.second.detach()
        self.journal.file.close()
        self.lock.release()


def open_till(
    data: Path,
    *,
    clock: BusinessClock | None = None,
    system_clock: Clock | None = None,
    fiscal: FiscalPort | None = None,
    second_copy: Path | None = None,
    random_bytes: Callable[[int], bytes] = os.urandom,
    promotions: MakesBooks | None = None,
) -> Till:
    """The till of a data directory, with its open receipt as it was.

    `promotions` says where the books to price with come from; without it they are made when they are asked for.

    `EnvironmentProblem`: `not_provisioned`, `already_running`, and whatever is wrong with the journal;
    `DomainError('fiscal_device_required')` for a productive till that would have to sign and cannot.
    """
    paths = DataPaths(data)
    paths.prepare()
    lock = ProcessLock(paths.lock("till"))
    try:
        return _compose(
            paths, lock, clock, system_clock, fiscal, second_copy, random_bytes, promotions
        )
    except (EnvironmentProblem, DomainError):
        lock.release()
        raise


def _compose(
    paths: DataPaths,
    lock: ProcessLock,
    clock: BusinessClock | None,
    system_clock: Clock | None,
    fiscal: FiscalPort | None,
    second_copy: Path | None,
    random_bytes: Callable[[int], bytes],
    promotions: MakesBooks | None,
) -> Till:
    identity = IdentityFile(paths).require()
    settings = load_settings(paths.settings)
    device = fiscal or NoFiscalDevice()
    refuse_unsigned_productive(identity.store.market, identity.mode, signs=device.signs)
    system = system_clock or SystemClock()
    business = clock or BusinessClock(system)
    facts = identity.store
    texts = TillTexts(settings.language or facts.languages[0], facts.market, facts.currency)
    place = Place(identity.till_id, facts.store_id, facts.market, facts.currency)
    journal = _journal(paths, identity, second_copy or settings.second_copy, system)
    store = TillStore(journal)
    reference = Reference(ReferenceFiles(paths.reference), vault=CustomerVault(paths.customer_key))
    recorder = Recorder(store, identity, business, random_bytes, device)
    newcomers = Newcomers(recorder, journal, PersonKeys(paths.people), random_bytes)
    customers = Customers(reference, newcomers, recorder, UploadStore(journal.file), system)
    outbox = Outbox(journal)
    prices = PriceBook(reference, identity)
    books = (promotions or _on_demand(reference))(paths, place.currency)
    purchases = PurchaseBook(journal, archive := ReceiptArchive(journal), reference)
    deals = _deals(reference, customers, journal, place, books, purchases)
    offers = Offers(customers, lambda: deals.books().published)
    signer = VoucherSigner(paths.key, identity.certificate, paths.certificate)
    sale = _sale(store, recorder, device, identity, reference, outbox, deals, signer)
    nudger = Nudger(paths.nudge_port)
    found, rules = ReceiptSearch(paths.receipt_search, journal), ChainRules(reference)
    customer = _customer(identity)
    codes = CodeDesk(sale, rules, customers, recorder, journal.file, texts, _store_namer(reference))
    sources = (offers, purchases, VoucherDesk(rules.voucher_types, random_bytes, signer), codes)
    till = Till(
        paths=paths,
        identity=identity,
        clock=business,
        texts=texts,
        journal=journal,
        store=store,
        reference=reference,
        customers=customers,
        finding=CustomersPresenter(CustomerLists(customers), texts),
        recorder=recorder,
        sale=sale,
        deals=deals,
        outbox=outbox,
        nudger=nudger,
        basket=_basket(sale, prices, recorder, place, texts, reference, sources, rules, customer),
        payment=_payment(sale, recorder, place, texts, customer, nudger, purchases),
        login=_login(paths, reference, journal, recorder, texts, system),
        shift=_shift(sale, journal, outbox, recorder, place, texts, rules),
        receipts=ReceiptsPresenter(archive, identity, recorder, texts, LastState(), found, place),
        lookup=_lookup(prices, reference, journal, recorder, place, texts, archive),
        status=_status(outbox, device, sale, recorder, place, identity, business, texts),
        settings=_settings(paths, recorder, texts, facts.languages[0]),
        archive=archive,
        found=found,
        prices=prices,
        rules=rules,
        customer=customer,
        lock=lock,
    )
    till.follow_business_clock()
    return till


def _payment(
    sale: SaleSession,
    recorder: Recorder,
    place: Place,
    texts: TillTexts,
    customer: CustomerFeed,
    nudger: Nudger,
    purchases: PurchaseBook,
) -> PaymentPresenter:
    refunds = Refunds(purchases.bought)
    return PaymentPresenter(
        sale,
        recorder,
        place,
        texts,
        customer.payment,
        nudger,
        purchases.paid_by,
        refunds.taken_back,
    )


def _settings(
    paths: DataPaths, recorder: Recorder, texts: TillTexts, store_language: str
) -> SettingsPresenter:
    file = SettingsFile(paths.settings)
    return SettingsPresenter(file, recorder, texts, store_language, texts, LastState())


def _lookup(
    prices: PriceBook,
    reference: Reference,
    journal: Journal,
    recorder: Recorder,
    place: Place,
    texts: TillTexts,
    archive: ReceiptArchive,
) -> LookupPresenter:
    stock = StockSight(reference, StockOverlay(journal), place.store_id)
    sold = SoldArticles(archive)
    return LookupPresenter(prices, stock, recorder, place, texts, LastState(), sold)


def _customer(identity: TillIdentity) -> CustomerFeed:
    """What customers are told, in the first language of the store, whoever is logged in."""
    facts = identity.store
    return CustomerFeed(TillTexts(facts.languages[0], facts.market, facts.currency), facts.name)


def _sale(
    store: TillStore,
    recorder: Recorder,
    device: FiscalPort,
    identity: TillIdentity,
    reference: Reference,
    outbox: Outbox,
    deals: Deals,
    signer: VoucherSigner,
) -> SaleSession:
    return SaleSession(
        store,
        recorder,
        device,
        identity,
        lambda: reference.version,
        lambda: _may_sell(outbox),
        deals,
        signer.code,
    )


def _store_namer(reference: Reference) -> Callable[[str], str]:
    def name(store_id: str) -> str:
        try:
            values = reference.config(f"{STORE_NAME_KEY}{store_id}")
            return store_name_from_payload(values).name if values else store_id
        except (EnvironmentProblem, DomainError):
            return store_id

    return name


def _basket(
    sale: SaleSession,
    prices: PriceBook,
    recorder: Recorder,
    place: Place,
    texts: TillTexts,
    reference: Reference,
    sources: tuple[Offers, PurchaseBook, VoucherDesk, CodeDesk],
    rules: ChainRules,
    customer: CustomerFeed,
) -> BasketPresenter:
    presenter = BasketPresenter(
        sale,
        prices,
        recorder,
        place,
        texts,
        customer.basket,
        People(reference),
        *sources,
        rules.scan_rules,
    )
    customer.look_again = presenter.refresh
    return presenter


def _on_demand(reference: Reference) -> MakesBooks:
    return lambda _paths, currency: PromotionsOnDemand(lambda: reference.promotions(currency))


def _deals(
    reference: Reference,
    customers: Customers,
    journal: Journal,
    place: Place,
    books: ReadyBooks,
    purchases: PurchaseBook,
) -> Deals:
    usage = UsageBook(reference, journal)
    return Deals(
        books=books,
        usage=usage.usage,
        customer=customers.customer,
        facts=usage.facts,
        find=reference.find,
        refunds=Refunds(purchases.bought),
        store_id=place.store_id,
        currency=place.currency,
        exponent=currency(place.currency).exponent,
    )


def _login(
    paths: DataPaths,
    reference: Reference,
    journal: Journal,
    recorder: Recorder,
    texts: TillTexts,
    system: Clock,
) -> LoginPresenter:
    return LoginPresenter(
        reference,
        Argon2Pins(lambda: load_key(paths.pin_key)),
        LoginAttempts(journal.file, LOCKED_AT),
        Desk(recorder, texts),
        recorder,
        system,
        texts,
        LastState(),
    )


def _shift(
    sale: SaleSession,
    journal: Journal,
    outbox: Outbox,
    recorder: Recorder,
    place: Place,
    texts: TillTexts,
    rules: ChainRules,
) -> ShiftPresenter:
    ledger = ShiftLedger(journal)
    return ShiftPresenter(sale, ledger, outbox, recorder, place, texts, LastState(), rules)


def _status(
    outbox: Outbox,
    device: FiscalPort,
    sale: SaleSession,
    recorder: Recorder,
    place: Place,
    identity: TillIdentity,
    business: BusinessClock,
    texts: TillTexts,
) -> StatusPresenter:
    name, zone = identity.store.name, ZoneInfo(identity.store.timezone)
    return StatusPresenter(
        outbox, device, sale, recorder, place, name, zone, business, texts, LastState()
    )


def _journal(
    paths: DataPaths, identity: TillIdentity, second: Path | None, system: Clock
) -> Journal:
    if second is None:
        return open_journal(paths, identity)
    copy = SecondCopy(
        second, identity.till_id, identity.incarnation, journal=paths.journal, clock=system
    )
    return open_journal(paths, identity, copy)


def _may_sell(outbox: Outbox) -> None:
    """A journal that is older than what the centre has must not grow: its chain would fork."""
    if outbox.stopped() == "journal_restored":
        raise EnvironmentProblem("journal_restored")
