"""A Saturday at the shop, played on a real till with real files: what its screens show comes from its presenters.

So a picture says what the product says, in one language, and its amounts and times agree with each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from pos_client.app.composition import Till, open_till
from pos_client.app.explaining import Explaining
from pos_client.app.screens.bench import MODELS as _MODELS
from pos_client.app.screens.bench import Bench as _Bench
from pos_client.app.screens.bench import setups as _setups
from pos_client.app.screens.bench import sights as _sights
from pos_client.app.screens.offers import CODE, CUSTOMER, set_up_offers
from pos_client.app.screens.shop import CURRENCY, MARKET, PIN, goods, set_up
from pos_client.app.translations import LANGUAGES, TillTexts
from pos_client.app.window.device_rows import devices_state
from pos_client.features.basket.state import BasketState, LineRow
from pos_client.features.customer_display.state import CustomerState
from pos_client.features.customers.state import FinderState
from pos_client.features.devices.ports import DeviceSight
from pos_client.features.devices.presenter import DevicesPresenter
from pos_client.features.devices.state import DevicesState, SetupState
from pos_client.features.joining.presenter import JoiningPresenter
from pos_client.features.joining.state import JoiningState
from pos_client.features.login.state import LoginState
from pos_client.features.payment.state import PaymentPreview, PaymentState
from pos_client.features.promotions.presenter import PromotionsPresenter
from pos_client.features.promotions.state import HintState, WhyState
from pos_client.features.receipts.state import ReceiptsState
from pos_client.features.settings.state import SettingsState
from pos_client.features.shift.state import CountState, ShiftState
from pos_client.features.status.state import StatusState
from pos_client.features.stock_lookup.state import (
    CategoriesState,
    LookupState,
    StockState,
    VariantState,
)
from pos_client.runtime.clock import BusinessClock
from pos_client.storage.paths import DataPaths
from pos_client.storage.upload_state import UploadStore
from pos_client.sync.provisioning import check_code
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock

CASHIER, LEADER = "102", "101"
_ZONE = ZoneInfo("Europe/Berlin")
# What was sold before the pictures: when, which models (the first variant of each), and the cash given.
_SOLD = (
    ("09:52", ("Mats", "Elbe"), "50"),
    ("10:17", ("Arne",), "70"),
    ("10:42", ("Merle", "Pelle"), "200"),
    ("11:20", ("Fenja",), "100"),
    ("11:58", ("Pips", "Momme"), "100"),
    ("12:31", ("Elbe",), "20"),
    ("13:11", ("Lene",), "80"),
    ("13:48", ("Wiebke",), "200"),
    ("14:02", ("Oda",), ""),
    ("14:21", ("Kaja",), "50"),
)
_WAITING_FROM = "14:02"
_COUNTED = {
    20000: 1, 10000: 2, 5000: 6, 2000: 14, 1000: 11, 500: 9,
    200: 22, 100: 31, 50: 28, 20: 35, 10: 40, 5: 30, 2: 25, 1: 21,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Morning:
    """Nobody is logged in yet, nothing was sold; `refusal` follows three wrong PINs of the cashier."""

    bar: StatusState
    staff: LoginState
    refusal: str
    bar_opening: StatusState
    shift: ShiftState
    receipts: ReceiptsState


@dataclass(frozen=True, slots=True)
class Counter:
    """One customer: articles, the receipt, the payment; `wrong` is what is said of no pieces of a line."""

    bar: StatusState
    tiles: CategoriesState
    found: LookupState
    nothing: LookupState
    variants: VariantState
    looked_up: LookupState
    stock: StockState
    basket: BasketState
    voided: BasketState
    line: LineRow
    wrong: str
    due: PaymentState
    due_preview: PaymentPreview
    part: PaymentState
    part_preview: PaymentPreview
    change: PaymentState
    bar_after: StatusState
    receipts: ReceiptsState
    receipt: ReceiptsState


@dataclass(frozen=True, slots=True)
class Promoted:
    """A customer with a code, under promotions: the receipt, the hint, the reasons, and a number that nobody has; then
    paying by card, and one pair of trousers that comes `back` with the receipt.
    """

    bar: StatusState
    tiles: CategoriesState
    basket: BasketState
    hint: HintState
    why: WhyState
    why_line: WhyState
    line: LineRow
    found: WhyState
    query: str
    finder: FinderState
    number: str
    unknown: str
    pay: PaymentState
    pay_preview: PaymentPreview
    back: BasketState
    customer: Mapping[str, CustomerState]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Receipts wait, then the line is down, the second copy is gone, and devices are in trouble. `setups` by the step
    of setting a device up, `settings` by the theme that was chosen last.
    """

    bar_waiting: StatusState
    empty: BasketState
    bar: StatusState
    training: BasketState
    sights: tuple[DeviceSight, ...]
    devices: DevicesState
    setups: Mapping[str, SetupState]
    settings: Mapping[str, SettingsState]


@dataclass(frozen=True, slots=True)
class Evening:
    """The shift, its count and what came of it."""

    bar: StatusState
    shift: ShiftState
    count: CountState
    counted: ShiftState


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that the scenes show."""

    morning: Morning
    counter: Counter
    promoted: Promoted
    trouble: Trouble
    evening: Evening
    joining: JoiningState
    code_refused: JoiningState


@functools.cache
def day_of(language: str) -> Day:
    """The day in a language of the till; played once in a process."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        promoted = _promoted(Path(other), language)
        player = Player(Path(folder), language)
        try:
            return Day(
                player.morning(),
                player.counter(),
                promoted,
                player.trouble(),
                player.evening(),
                _joining(language, "K7QM-3XPD-9R2T"),
                _joining(language, "K7Q"),
            )
        finally:
            player.till.close()


class Player:
    """Does what people did that day. Each part goes on where the one before it ended."""

    def __init__(self, folder: Path, language: str, *, promotions: bool = False) -> None:
        self._folder = folder
        self._at = LANGUAGES.index(language)
        self._skus = [(item.names["de"], item.size, item.sku) for item, _ in goods(language)]
        self._last_sent = 0
        self._clock = FixedClock(datetime(2026, 11, 21, 9, 28, tzinfo=_ZONE))
        set_up(DataPaths(folder), language)
        if promotions:
            set_up_offers(DataPaths(folder), language)
        self.till = self._open()

    def _open(self, second_copy: Path | None = None) -> Till:
        return open_till(
            self._folder,
            clock=BusinessClock(self._clock),
            system_clock=self._clock,
            second_copy=second_copy,
        )

    def _restart(self, second_copy: Path | None = None) -> None:
        self.till.close()
        self.till = self._open(second_copy)
        self.till.login.on_login(CASHIER, PIN)

    def _time(self, clock: str) -> None:
        hour, minute = clock.split(":")
        self._clock.at = self._clock.at.replace(hour=int(hour), minute=int(minute))

    def _sent(self) -> None:
        """The centre has everything up to now."""
        seq = self.till.journal.head.seq
        UploadStore(self.till.journal.file).acknowledged(seq, seq, "", self._clock.now())

    def _sku(self, model: str, size: str = "") -> str:
        return next(sku for name, own, sku in self._skus if model in name and size in {"", own})

    def _said(self, german: str, english: str) -> str:
        return (german, english)[self._at]

    # --- the parts of the day -----------------------------------------------------------------

    def morning(self) -> Morning:
        """Log in and open the drawer."""
        till = self.till
        bar, staff = till.status.refresh(), till.login.on_staff()
        refusal = ""
        for _ in range(4):
            refusal = self._refused(lambda: till.login.on_login(CASHIER, "000000"))
        self._time("09:31")
        till.login.on_login(CASHIER, PIN)
        self._sent()
        opening = till.status.refresh()
        shift, receipts = till.shift.refresh(), till.receipts.on_search("")
        till.shift.on_open("200")
        return Morning(bar, staff, refusal, opening, shift, receipts)

    def _refused(self, act: Callable[[], object]) -> str:
        try:
            act()
        except (DomainError, EnvironmentProblem) as problem:
            return " ".join(self.till.texts.error(problem))
        return ""

    def _sell(self, models: Sequence[str], given: str) -> None:
        """Sell for the cash given; without any, take the goods back."""
        till = self.till
        for model in models:
            if given:
                till.basket.on_add(self._sku(model))
            else:
                reason = till.texts.text("window.return_dislike")
                till.basket.on_return(self._sku(model), reason=reason)
        till.payment.on_cash(given or None)
        till.payment.on_finish()

    def counter(self) -> Counter:
        """The customers so far, two who come back for theirs, and one who buys a lot."""
        till = self.till
        for clock, models, given in _SOLD:
            self._time(clock)
            if clock == _WAITING_FROM:
                self._last_sent = till.journal.head.seq
            self._sell(models, given)
        till.shift.on_null_receipt()
        for clock, model in (("14:24", "Helge"), ("14:28", "Jule")):
            self._time(clock)
            till.basket.on_add(self._sku(model))
            till.basket.on_park()
        self._time("14:32")
        self._sent()
        basket = self._ring_up()
        bar, voided = till.status.refresh(), till.basket.on_void(5)
        till.basket.on_undo()
        wrong = self._refused(lambda: till.basket.on_quantity(3, "0"))
        due, due_preview = till.payment.refresh(), till.payment.preview("400")
        part, part_preview = till.payment.on_cash("200"), till.payment.preview("100")
        till.payment.on_take_back()
        till.payment.on_cash("400")
        self._time("14:35")
        change = till.payment.on_finish()
        looked_up = till.lookup.on_search("runa")
        return Counter(
            bar=bar,
            tiles=till.lookup.on_categories(),
            found=till.lookup.on_search(self._said("stoff", "cloth")),
            nothing=till.lookup.on_search(self._said("stofhose", "clothe trousers")),
            variants=till.lookup.on_variants(till.lookup.on_search("lene").found[0].article_no),
            looked_up=looked_up,
            stock=till.lookup.on_stock(looked_up.found[0].article_no),
            basket=basket,
            voided=voided,
            line=basket.lines[2],
            wrong=wrong,
            due=due,
            due_preview=due_preview,
            part=part,
            part_preview=part_preview,
            change=change,
            bar_after=till.status.refresh(),
            receipts=till.receipts.on_search(""),
            receipt=till.receipts.on_find(change.receipt_number),
        )

    def at_the_counter(self) -> BasketState:
        """The customer who buys a lot, on a till that has sold nothing yet today."""
        self._time("14:32")
        self.till.login.on_login(CASHIER, PIN)
        self.till.shift.on_open("200")
        self._sent()
        return self._ring_up()

    def _ring_up(self) -> BasketState:
        basket, texts = self.till.basket, self.till.texts
        basket.on_add(self._sku("Lene", "38"))
        basket.on_add(self._sku("Fenja", "W29/L32"))
        basket.on_add(self._sku("Oda", "38"), "2")
        basket.on_add(self._sku("Runa", "M"))
        basket.on_price(4, self._said("84,96", "84.96"), texts.text("window.price_reason_display"))
        basket.on_add(self._sku("Wollsocken", "39–42"))
        basket.on_return(self._sku("Pelle", "85"), reason=texts.text("window.return_size"))
        return basket.on_note(5, self._said("Geschenk", "Gift"))

    def promoted(self) -> Promoted:
        """The same customer's goods on a till that has promotions: nobody has to ask for them."""
        till = self.till
        self._time("14:32")
        till.login.on_login(CASHIER, PIN)
        self._sent()
        unknown = self._refused(lambda: till.basket.on_customer("70010"))
        till.basket.on_customer(CUSTOMER)
        till.basket.on_code(CODE)
        for model, size in (("Lene", "38"), ("Fenja", "W29/L32"), ("Oda", "38"), ("Oda", "38"),
                            ("Runa", "M"), ("Wollsocken", "39–42")):  # fmt: skip
            till.basket.on_add(self._sku(model, size))
        basket = till.basket.on_add(self._sku("Pelle", "85"))
        question = till.question()
        if question is None:
            raise RuntimeError("the shop has promotions")
        explaining = Explaining(till.deals.books)
        presenter = PromotionsPresenter(till.texts, CURRENCY)
        trace = explaining.explain(question, everything=True)
        near = explaining.explain(question, everything=False)
        line = basket.lines[4]
        query = self._said("Personal", "staff")
        bar = till.status.refresh()
        shown = {"idle": till.customer.idle(), "sale": till.customer.state}
        till.payment.on_open()
        pay = till.payment.on_means("card")
        pay_preview = till.payment.preview(pay.quick[0].value)
        till.payment.on_pay()
        done = till.payment.on_finish()
        shown["paid"] = till.customer.state
        why_back = till.texts.text("window.return_size")
        finder = till.finding.on_search("Sommer")
        back = till.basket.on_return_of(done.receipt_number, 1, "1", why_back)
        return Promoted(
            bar=bar,
            tiles=till.lookup.on_categories(),
            basket=basket,
            hint=presenter.hint(near),
            why=presenter.why(trace),
            why_line=presenter.why(trace, line=line.number),
            line=line,
            found=presenter.why(trace, query=query),
            query=query,
            finder=finder,
            number="70010",
            unknown=unknown,
            pay=pay,
            pay_preview=pay_preview,
            back=back,
            customer=shown,
        )

    def trouble(self) -> Trouble:
        """Nobody is at the counter; then somebody practises while nothing works but the till itself."""
        self._time("14:37")
        UploadStore(self.till.journal.file).rewound(self._last_sent)
        bar_waiting, empty = self.till.status.refresh(), self.till.basket.refresh()
        self._time("14:41")
        self._restart(self._folder / "stick")
        till = self.till
        UploadStore(till.journal.file).offline("centre_unreachable")
        till.basket.on_training(on=True)
        training = till.basket.on_add(self._sku("Hinnerk"))
        bar = till.status.refresh()
        till.basket.on_cancel(till.texts.text("window.cancel_test"))
        till.basket.on_training(on=False)
        sights = _sights(self._clock.at)
        presenter = DevicesPresenter(_Bench(), till.recorder, till.texts, _MODELS)
        till.login.on_switch(LEADER, PIN)
        themes = ("dark", "contrast", "light")
        return Trouble(
            bar_waiting=bar_waiting,
            empty=empty,
            bar=bar,
            training=training,
            sights=sights,
            devices=devices_state(till.texts, sights, bar, _ZONE),
            setups=_setups(presenter),
            settings={theme: till.settings.on_change("theme", theme) for theme in themes},
        )

    def evening(self) -> Evening:
        """Count the drawer."""
        self._time("18:04")
        self._restart()
        self._sent()
        till = self.till
        bar, shift = till.status.refresh(), till.shift.refresh()
        all_but_one: dict[int, int | None] = {value: _COUNTED[value] for value in _COUNTED}
        count = till.shift.count({**all_but_one, 1: None})
        return Evening(bar, shift, count, till.shift.on_close_counted(all_but_one))


def _promoted(folder: Path, language: str) -> Promoted:
    player = Player(folder, language, promotions=True)
    try:
        return player.promoted()
    finally:
        player.till.close()


class _Screen:
    """Keeps every state: the one while the data is coming is gone when the presenter returns."""

    def __init__(self) -> None:
        self.states: list[JoiningState] = []

    def render(self, state: JoiningState) -> None:
        self.states.append(state)


class _Centre:
    """A way into a centre that lets everybody in."""

    def check(self, _address: str, code: str) -> None:
        check_code(code)

    def make_key(self) -> None:
        """There is nothing to keep."""

    def join(self, _address: str, _code: str) -> str:
        return "Kranich & Kater Lindenplatz"

    def fetch(self, progress: Callable[[int], None]) -> None:
        progress(62)


def _joining(language: str, code: str) -> JoiningState:
    """Joining while the data is coming, or why it ended before."""
    screen = _Screen()
    presenter = JoiningPresenter(_Centre(), TillTexts(language, MARKET, CURRENCY), screen)
    ended = presenter.on_join("https://zentrale.example", code)
    coming = (state for state in screen.states if state.running and state.steps[3].detail)
    return next(coming, ended)
