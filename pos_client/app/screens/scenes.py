"""The scenes: a name, and how to put it together. Each shows one state of the day in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_client.app.screens.day import CASHIER, Day, day_of
from pos_client.app.screens.paying import GIFT_CARD, Paying, paying_of
from pos_client.app.screens.said import heard
from pos_client.app.translations import TillTexts
from pos_client.app.window.approval import Decision
from pos_client.app.window.customer_desk import CustomerPrompt
from pos_client.app.window.devices_page import DevicesPage
from pos_client.app.window.help_sheet import HelpSheet
from pos_client.app.window.prompts import (
    DrawerPrompt,
    NumberPrompt,
    WeighPrompt,
)
from pos_client.app.window.return_prompt import ReturnPrompt
from pos_client.app.window.sale_page import SalePage
from pos_client.app.window.shell import Shell
from pos_client.app.window.value_desk import value_choices
from pos_client.features.basket.state import BasketState
from pos_client.features.customer_display.view import CustomerScreen
from pos_client.features.customers.presenter import consents
from pos_client.features.customers.view import FinderPanel, NewCustomerPanel, SaidPanel
from pos_client.features.devices.view import SetupSheet
from pos_client.features.devices.words import device_status, missing_devices
from pos_client.features.joining.state import JoiningState
from pos_client.features.joining.view import JoiningView
from pos_client.features.login.view import LoginView
from pos_client.features.payment.purses_view import PursesPanel
from pos_client.features.payment.state import PaymentPreview, PaymentState
from pos_client.features.payment.step_view import StepPanel
from pos_client.features.payment.view import PaymentView
from pos_client.features.promotions.state import WhyState
from pos_client.features.promotions.view import WhySheet
from pos_client.features.receipts.view import ReceiptsView
from pos_client.features.shift.state import CountState, ShiftState
from pos_client.features.shift.view import ShiftView
from pos_client.features.status.state import StatusState
from pos_client.features.stock_lookup.state import LookupState
from pos_client.features.stock_lookup.variant_view import StockTable, VariantPicker
from pos_client.features.stock_lookup.view import LookupView
from pos_client.kit.look import Look
from pos_client.kit.panels import Card
from shared.errors import DomainError, EnvironmentProblem
from shared.vouchers import VoucherClass
from shared.wire.value_payloads import SoldType


@dataclass(frozen=True, slots=True)
class Set:
    """What a scene is made with."""

    look: Look
    words: TillTexts

    @property
    def day(self) -> Day:
        """The day in the language of the words."""
        return day_of(self.words.language)

    @property
    def paying(self) -> Paying:
        """The customer who pays with cards, in the language of the words."""
        return paying_of(self.words.language)


Build = Callable[[Set], QWidget]


def _shell(made: Set, status: StatusState) -> Shell:
    shell = Shell(made.look, made.words, made.words.error)
    shell.bar.show_state(status)
    return shell


def _page(shell: Shell, name: str, page: QWidget, *, rail: bool = True) -> Shell:
    shell.add_page(name, page)
    shell.show_page(name, rail=rail)
    return shell


def _sale(
    made: Set, basket: BasketState | None = None, status: StatusState | None = None
) -> tuple[Shell, SalePage]:
    counter = made.day.counter
    basket = basket or counter.basket
    shell = _shell(made, status or counter.bar)
    page = SalePage(made.look, made.words)
    page.lookup.show_categories(counter.tiles)
    page.basket.show_state(basket)
    hints = basket.promotions and bool(basket.lines)
    page.show_strip(
        basket.total, basket.pieces_text, can_pay=basket.can_pay, hints=hints, refund=basket.refund
    )
    return _page(shell, "sale", page), page


def _sale_line_open(made: Set) -> QWidget:
    shell, page = _sale(made)
    page.basket.open_line(made.day.counter.line.number)
    return shell


def _sale_empty(made: Set) -> QWidget:
    return _sale(made, made.day.trouble.empty, made.day.trouble.bar_waiting)[0]


def _sale_offline(made: Set) -> QWidget:
    return _sale(made, made.day.trouble.training, made.day.trouble.bar)[0]


def _sale_undo(made: Set) -> QWidget:
    voided, words = made.day.counter.voided, made.words
    shell, _ = _sale(made, voided)
    name = voided.voided.name if voided.voided else ""
    text = words.text("window.line_deleted", name=name)
    shell.say(text, words.text("window.bring_back"), lambda: None)
    return shell


def _promotions(made: Set) -> tuple[Shell, SalePage]:
    promoted = made.day.promoted
    shell, page = _sale(made, promoted.basket, promoted.bar)
    page.basket.show_hint(promoted.hint.text, promoted.hint.detail)
    return shell, page


def _promotions_receipt(made: Set) -> QWidget:
    shell, page = _promotions(made)
    page.show_receipt(on=True)
    page.basket.open_line(made.day.promoted.line.number)
    return shell


def _why(made: Set, state: WhyState, line: str = "", query: str = "") -> QWidget:
    shell, _ = _promotions(made)
    sheet = WhySheet(made.look, made.words, line)
    sheet.search.put(query)
    sheet.show_state(state)
    shell.sheet.open(made.words.text("window.why"), sheet, 640)
    return shell


def _customer(made: Set) -> QWidget:
    promoted, words = made.day.promoted, made.words
    shell, _ = _sale(made, made.day.trouble.empty)
    prompt = CustomerPrompt(made.look, words, promoted.number)
    prompt.complain(promoted.unknown)
    shell.sheet.open(words.text("window.customer"), prompt)
    return shell


def _return_reason(made: Set) -> QWidget:
    shell, _ = _sale(made)
    title = made.words.text("window.function_return")
    shell.sheet.open(title, ReturnPrompt(made.look, made.words))
    return shell


def _value(made: Set) -> QWidget:
    words, english = made.words, made.words.language == "en"
    types = (
        SoldType("SHOP", "Voucher" if english else "Gutschein", "EUR", VoucherClass.MULTI),
        SoldType("ONE", "Shirts" if english else "Hemden", "EUR", VoucherClass.SINGLE),
    )
    shell, _ = _sale(made)
    shell.sheet.open(words.text("value.title"), value_choices(made.look, words, types))
    return shell


def _customers_found(made: Set) -> QWidget:
    shell, _ = _sale(made, made.day.trouble.empty)
    panel = FinderPanel(made.look, made.words, made.day.promoted.finder)
    shell.sheet.open(made.words.text("window.customer"), panel)
    return shell


def _customer_new(made: Set, *, refused: bool = False) -> QWidget:
    shell, _ = _sale(made, made.day.trouble.empty)
    panel = NewCustomerPanel(made.look, made.words, consents(made.words))
    shell.sheet.open(made.words.text("customers.new"), panel)
    if refused:
        said = {"name": "Mia Sommer", "phone": "0171 5550123", "email": "mia.sommer"}
        for key, text in said.items():
            panel.fields[key].put(text)
        panel.consents["mail"].click()
        problem = DomainError("customer_email_invalid")
        panel.complain("email", " ".join(made.words.error(problem)))
    return shell


def _customer_said(made: Set) -> QWidget:
    shell, _ = _sale(made)
    panel = SaidPanel(made.look, made.words, heard(made.words), consents(made.words))
    shell.sheet.open(made.words.text("customers.said"), panel)
    return shell


def _sale_searched(made: Set, state: LookupState) -> QWidget:
    shell, page = _sale(made)
    page.lookup.search.put(state.query)
    page.lookup.show_state(state)
    return shell


def _sale_receipt(made: Set) -> QWidget:
    shell, page = _sale(made)
    page.show_receipt(on=True)
    return shell


def _variants(made: Set) -> QWidget:
    shell, _ = _sale(made)
    picker = VariantPicker(made.look, made.words, made.day.counter.variants)
    shell.sheet.open(made.words.text("window.choose_variant"), picker)
    return shell


def _quantity(made: Set) -> QWidget:
    counter, words = made.day.counter, made.words
    shell, _ = _sale(made)
    caption = words.text("window.quantity_of", name=counter.line.name)
    prompt = NumberPrompt(made.look, words, caption=caption, value="0")
    prompt.complain(counter.wrong)
    shell.sheet.open(words.text("window.line_quantity"), prompt)
    return shell


def _help(made: Set) -> QWidget:
    shell, _ = _sale(made)
    shell.sheet.open(made.words.text("window.help"), HelpSheet(made.look, made.words))
    return shell


def _stock(made: Set) -> QWidget:
    counter = made.day.counter
    page = QWidget()
    page.setObjectName("page")
    row = QHBoxLayout(page)
    row.setContentsMargins(24, 20, 24, 24)
    row.setSpacing(16)
    lookup = LookupView(made.look, made.words)
    lookup.search.put(counter.looked_up.query)
    lookup.show_state(counter.looked_up)
    card = Card(margin=0)
    card.column.addWidget(StockTable(made.look, made.words, counter.stock))
    row.addWidget(lookup, 1)
    row.addWidget(card, 1)
    return _page(_shell(made, counter.bar), "stock", page)


def _login(made: Set, *, refused: bool = False) -> QWidget:
    morning = made.day.morning
    page = LoginView(made.look, made.words)
    page.show_state(morning.staff)
    page.show_time(morning.bar.date_text, morning.bar.time_text)
    next(tile for tile in page.tiles if tile.tile.staff_id == CASHIER).click()
    if refused:
        page.refuse(morning.refusal)
    else:
        page.pin.type("4")
        page.pin.type("9")
    return _page(_shell(made, morning.bar), "login", page, rail=False)


def _pay(
    made: Set, state: PaymentState, preview: PaymentPreview | None = None, typed: str = ""
) -> QWidget:
    counter = made.day.counter
    page = PaymentView(made.look, made.words, "€")
    page.show_state(state)
    if preview is not None:
        page.entry.field.put(typed)
        page.entry.preview(preview)
    bar = counter.bar_after if state is counter.change else counter.bar
    return _page(_shell(made, bar), "pay", page, rail=False)


def _pay_step(made: Set, name: str) -> QWidget:
    """A terminal or the centre has the word over the payment that is under way."""
    shown = made.paying
    page = PaymentView(made.look, made.words, "€")
    page.show_state(shown.balance if name.startswith("gift") else shown.card)
    page.show_step(shown.steps[name])
    return _page(_shell(made, made.day.counter.bar), "pay", page, rail=False)


def _gift_balance(made: Set) -> QWidget:
    shell, _ = _sale(made, made.day.trouble.empty)
    panel = StepPanel(made.look, margin=24)
    panel.show_step(made.paying.steps["looked-up"])
    shell.sheet.open(made.words.text("gift.balance_title"), panel)
    return shell


def _purses(made: Set) -> QWidget:
    shell, _ = _sale(made)
    panel = PursesPanel(made.look, made.paying.customer)
    shell.sheet.open(made.words.text("gift.balance_title"), panel)
    return shell


def _pay_decide(made: Set) -> QWidget:
    shell = _pay_step(made, "unknown")
    words = made.words
    question = words.text("step.decide_payment", amount=words.money(18_000, "EUR"))
    sheet = Decision(
        made.look,
        words,
        question=question,
        yes=words.text("step.decide_paid"),
        no=words.text("step.decide_not_paid"),
        asks_who=True,
    )
    if isinstance(shell, Shell):
        shell.sheet.open(words.text("step.act_decide"), sheet)
    return shell


def _receipts(made: Set) -> QWidget:
    counter = made.day.counter
    page = ReceiptsView(made.look, made.words)
    page.show_state(counter.receipts)
    page.show_state(counter.receipt)
    return _page(_shell(made, counter.bar_after), "receipts", page)


def _receipts_none(made: Set) -> QWidget:
    page = ReceiptsView(made.look, made.words)
    page.show_state(made.day.morning.receipts)
    return _page(_shell(made, made.day.morning.bar_opening), "receipts", page)


def _shift(made: Set, status: StatusState, state: ShiftState | CountState) -> QWidget:
    page = ShiftView(made.look, made.words)
    if isinstance(state, CountState):
        page.show_count(state)
    else:
        page.show_state(state)
    return _page(_shell(made, status), "shift", page)


def _devices(made: Set, section: str) -> Shell:
    trouble = made.day.trouble
    page = DevicesPage(made.look, made.words)
    page.show_devices(trouble.devices, missing_devices(trouble.sights, made.words))
    page.settings.show_state(trouble.settings[made.look.theme.name])
    page.show_section(section)
    shell = _page(_shell(made, trouble.bar), "devices", page)
    shell.bar.render_devices(device_status(trouble.sights, made.words))
    return shell


def _setup(made: Set, kind: str) -> QWidget:
    shell, state = _devices(made, "devices"), made.day.trouble.setups[kind]
    shell.sheet.open(state.title, SetupSheet(made.look, made.words, state), 640)
    return shell


def _weigh(made: Set) -> QWidget:
    shell, words = _sale(made)[0], made.words
    hint = " ".join(words.error(EnvironmentProblem("scale_moving")))
    name = made.day.counter.line.name
    shell.sheet.open(words.text("window.weight"), WeighPrompt(made.look, words, name, hint))
    return shell


def _drawer(made: Set) -> QWidget:
    shell, _ = _sale(made, made.day.trouble.empty, made.day.counter.bar_after)
    shell.sheet.open(made.words.text("drawer.wait"), DrawerPrompt(made.look, made.words))
    return shell


def _customer_screen(made: Set, phase: str) -> QWidget:
    screen = CustomerScreen(made.look)
    screen.show_state(made.day.promoted.customer[phase])
    return screen


def _joining(made: Set, state: JoiningState) -> QWidget:
    view = JoiningView(made.look, made.words)
    view.address.put(state.address)
    view.code.put(state.code)
    view.show_state(state)
    return view


SCENES: dict[str, Build] = {
    "login": _login,
    "login-refused": lambda made: _login(made, refused=True),
    "sale": lambda made: _sale(made)[0],
    "sale-line-open": _sale_line_open,
    "sale-empty": _sale_empty,
    "sale-offline-training": _sale_offline,
    "sale-undo": _sale_undo,
    "sale-found": lambda made: _sale_searched(made, made.day.counter.found),
    "sale-nothing-found": lambda made: _sale_searched(made, made.day.counter.nothing),
    "sale-receipt": _sale_receipt,
    "sale-promotions": lambda made: _promotions(made)[0],
    "sale-promotions-receipt": _promotions_receipt,
    "sale-why": lambda made: _why(made, made.day.promoted.why),
    "sale-why-line": lambda made: _why(
        made, made.day.promoted.why_line, made.day.promoted.line.name
    ),
    "sale-why-found": lambda made: _why(
        made, made.day.promoted.found, query=made.day.promoted.query
    ),
    "sale-customer-unknown": _customer,
    "sale-customers-found": _customers_found,
    "sale-customer-new": _customer_new,
    "sale-customer-new-refused": lambda made: _customer_new(made, refused=True),
    "sale-variants": _variants,
    "sale-quantity-refused": _quantity,
    "sale-help": _help,
    "sale-customer-said": _customer_said,
    "sale-return-reason": _return_reason,
    "sale-value": _value,
    "sale-gift-balance": _gift_balance,
    "sale-customer-balance": _purses,
    "stock": _stock,
    "pay": lambda made: _pay(made, made.day.counter.due, made.day.counter.due_preview, "400"),
    "pay-part": lambda made: _pay(
        made, made.day.counter.part, made.day.counter.part_preview, "100"
    ),
    "pay-means": lambda made: _pay(
        made,
        made.day.promoted.pay,
        made.day.promoted.pay_preview,
        made.day.promoted.pay.quick[0].value,
    ),
    "sale-return": lambda made: _sale(made, made.day.promoted.back, made.day.promoted.bar)[0],
    "pay-change": lambda made: _pay(made, made.day.counter.change),
    "pay-gift-number": lambda made: _pay(
        made, made.paying.number, made.paying.number_preview, GIFT_CARD
    ),
    "pay-gift-balance": lambda made: _pay(
        made,
        made.paying.balance,
        made.paying.balance_preview,
        made.paying.balance.quick[0].value,
    ),
    "pay-voucher-number": lambda made: _pay(
        made, made.paying.voucher, made.paying.voucher_preview, ""
    ),
    "pay-purses": lambda made: _pay(
        made,
        made.paying.purses,
        made.paying.purses_preview,
        made.paying.purses.quick[0].value,
    ),
    "pay-split": lambda made: _pay(made, made.paying.split, made.paying.split_preview, "150"),
    "pay-refund": lambda made: _pay(
        made,
        made.paying.refund,
        made.paying.refund_preview,
        made.paying.refund.quick[0].value,
    ),
    "pay-cards-done": lambda made: _pay(made, made.paying.done),
    "pay-terminal": lambda made: _pay_step(made, "terminal"),
    "pay-declined": lambda made: _pay_step(made, "declined"),
    "pay-unknown": lambda made: _pay_step(made, "unknown"),
    "pay-decide": _pay_decide,
    "pay-loose": lambda made: _pay_step(made, "loose"),
    "pay-gift-waits": lambda made: _pay_step(made, "gift-waits"),
    "pay-gift-declined": lambda made: _pay_step(made, "gift-declined"),
    "pay-gift-unknown": lambda made: _pay_step(made, "gift-unknown"),
    "receipts": _receipts,
    "receipts-none": _receipts_none,
    "shift-closed": lambda made: _shift(made, made.day.morning.bar_opening, made.day.morning.shift),
    "shift-open": lambda made: _shift(made, made.day.evening.bar, made.day.evening.shift),
    "shift-count": lambda made: _shift(made, made.day.evening.bar, made.day.evening.count),
    "shift-counted": lambda made: _shift(made, made.day.evening.bar, made.day.evening.counted),
    "devices": lambda made: _devices(made, "devices"),
    "devices-setup": lambda made: _setup(made, "printer"),
    "devices-setup-silent": lambda made: _setup(made, "scale"),
    "sale-weigh": _weigh,
    "sale-drawer-open": _drawer,
    "customer-screen": lambda made: _customer_screen(made, "sale"),
    "customer-screen-paid": lambda made: _customer_screen(made, "paid"),
    "customer-screen-idle": lambda made: _customer_screen(made, "idle"),
    "settings": lambda made: _devices(made, "settings"),
    "joining": lambda made: _joining(made, made.day.joining),
    "joining-refused": lambda made: _joining(made, made.day.code_refused),
}
