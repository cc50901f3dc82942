"""The scenes: a name, and how to put it together. Each shows one state of one screen in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_client.app.screens import samples
from pos_client.app.translations import TillTexts
from pos_client.app.window.devices_page import DevicesPage
from pos_client.app.window.help_sheet import HelpSheet
from pos_client.app.window.prompts import NumberPrompt
from pos_client.app.window.sale_page import SalePage
from pos_client.app.window.shell import Shell
from pos_client.features.basket.state import BasketState
from pos_client.features.joining.state import JoiningState
from pos_client.features.joining.view import JoiningView
from pos_client.features.login.view import LoginView
from pos_client.features.payment.state import PaymentPreview, PaymentState
from pos_client.features.payment.view import PaymentView
from pos_client.features.receipts.state import ReceiptsState
from pos_client.features.receipts.view import ReceiptsView
from pos_client.features.shift.state import ShiftState
from pos_client.features.shift.view import ShiftView
from pos_client.features.status.state import StatusState
from pos_client.features.stock_lookup.variant_view import StockTable, VariantPicker
from pos_client.features.stock_lookup.view import LookupView
from pos_client.kit.look import Look
from pos_client.kit.panels import Card


@dataclass(frozen=True, slots=True)
class Set:
    """What a scene is made with."""

    look: Look
    words: TillTexts


Build = Callable[[Set], QWidget]


def _shell(made: Set, status: StatusState = samples.STATUS) -> Shell:
    shell = Shell(made.look, made.words, made.words.error)
    shell.bar.show_state(status)
    return shell


def _page(shell: Shell, name: str, page: QWidget, *, rail: bool = True) -> Shell:
    shell.add_page(name, page)
    shell.show_page(name, rail=rail)
    return shell


def _sale(
    made: Set, basket: BasketState, status: StatusState = samples.STATUS
) -> tuple[Shell, SalePage]:
    shell = _shell(made, status)
    page = SalePage(made.look, made.words)
    page.lookup.show_categories(samples.TILES)
    page.basket.show_state(basket)
    page.show_strip(basket.total, basket.pieces_text, can_pay=basket.can_pay)
    return _page(shell, "sale", page), page


def _sale_full(made: Set) -> QWidget:
    return _sale(made, samples.BASKET)[0]


def _sale_line_open(made: Set) -> QWidget:
    shell, page = _sale(made, samples.BASKET)
    page.basket.open_line(3)
    return shell


def _sale_empty(made: Set) -> QWidget:
    return _sale(made, samples.EMPTY, samples.WAITING)[0]


def _sale_offline(made: Set) -> QWidget:
    return _sale(made, samples.TRAINING, samples.OFFLINE)[0]


def _sale_undo(made: Set) -> QWidget:
    shell, _ = _sale(made, samples.VOIDED)
    words = made.words
    text = words.text("window.line_deleted", name="Wollsocken 3er-Pack")
    shell.say(text, words.text("window.bring_back"), lambda: None)
    return shell


def _sale_found(made: Set) -> QWidget:
    shell, page = _sale(made, samples.BASKET)
    page.lookup.search.put("hose")
    page.lookup.show_state(samples.FOUND)
    return shell


def _sale_nothing(made: Set) -> QWidget:
    shell, page = _sale(made, samples.BASKET)
    page.lookup.search.put("hosse")
    page.lookup.show_state(samples.NOTHING)
    return shell


def _sale_receipt(made: Set) -> QWidget:
    shell, page = _sale(made, samples.BASKET)
    page.show_receipt(on=True)
    return shell


def _variants(made: Set) -> QWidget:
    shell, _ = _sale(made, samples.BASKET)
    picker = VariantPicker(made.look, made.words, samples.VARIANTS)
    shell.sheet.open(made.words.text("window.choose_variant"), picker)
    return shell


def _quantity(made: Set) -> QWidget:
    shell, _ = _sale(made, samples.BASKET)
    words = made.words
    caption = words.text("window.quantity_of", name="Bluse „Oda“")
    prompt = NumberPrompt(made.look, words, caption=caption, value="99999")
    prompt.complain("99.999 Stück sind ungewöhnlich viele. Bitte prüfen.")
    shell.sheet.open(words.text("window.line_quantity"), prompt)
    return shell


def _help(made: Set) -> QWidget:
    shell, _ = _sale(made, samples.BASKET)
    shell.sheet.open(made.words.text("window.help"), HelpSheet(made.look, made.words))
    return shell


def _stock(made: Set) -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    row = QHBoxLayout(page)
    row.setContentsMargins(24, 20, 24, 24)
    row.setSpacing(16)
    lookup = LookupView(made.look, made.words)
    lookup.search.put("lene")
    lookup.show_state(samples.FOUND)
    card = Card(margin=0)
    card.column.addWidget(StockTable(made.look, made.words, samples.STOCK))
    row.addWidget(lookup, 1)
    row.addWidget(card, 1)
    return _page(_shell(made), "stock", page)


def _login(made: Set, refusal: str = "") -> QWidget:
    page = LoginView(made.look, made.words)
    page.show_state(samples.LOGIN)
    page.show_time("Samstag, 21. November 2026", "09:41")
    page.pin.type("4")
    page.pin.type("9")
    if refusal:
        page.refuse(refusal)
    shell = _shell(made)
    shell.bar.user_button.say("", "")
    return _page(shell, "login", page, rail=False)


def _login_refused(made: Set) -> QWidget:
    return _login(made, "PIN oder Nummer stimmt nicht. In 20 Sekunden geht es weiter.")


def _pay(
    made: Set, state: PaymentState, preview: PaymentPreview | None, typed: str = ""
) -> QWidget:
    page = PaymentView(made.look, made.words, "€")
    page.show_state(state)
    if preview is not None:
        page.entry.field.put(typed)
        page.entry.preview(preview)
    return _page(_shell(made), "pay", page, rail=False)


def _receipts(made: Set) -> QWidget:
    page = ReceiptsView(made.look, made.words)
    page.show_state(samples.RECEIPTS)
    page.show_state(samples.RECEIPT)
    return _page(_shell(made), "receipts", page)


def _receipts_none(made: Set) -> QWidget:
    page = ReceiptsView(made.look, made.words)
    page.show_state(ReceiptsState())
    return _page(_shell(made), "receipts", page)


def _shift(made: Set, step: str) -> QWidget:
    page = ShiftView(made.look, made.words)
    if step == "count":
        page.show_count(samples.COUNT)
    else:
        states = {"open": samples.SHIFT, "closed": ShiftState(), "counted": samples.COUNTED}
        page.show_state(states[step])
    return _page(_shell(made), "shift", page)


def _devices(made: Set, section: str) -> QWidget:
    page = DevicesPage(made.look, made.words)
    page.show_devices(samples.DEVICES)
    page.settings.show_state(samples.SETTINGS)
    page.show_section(section)
    shell = _page(_shell(made, samples.OFFLINE), "devices", page)
    shell.bar.render_printer("Kein Papier", "danger")
    return shell


def _joining(made: Set, state: JoiningState) -> QWidget:
    view = JoiningView(made.look, made.words)
    view.address.put(state.address)
    view.code.put(state.code)
    view.show_state(state)
    return view


SCENES: dict[str, Build] = {
    "login": _login,
    "login-refused": _login_refused,
    "sale": _sale_full,
    "sale-line-open": _sale_line_open,
    "sale-empty": _sale_empty,
    "sale-offline-training": _sale_offline,
    "sale-undo": _sale_undo,
    "sale-found": _sale_found,
    "sale-nothing-found": _sale_nothing,
    "sale-receipt": _sale_receipt,
    "sale-variants": _variants,
    "sale-quantity-refused": _quantity,
    "sale-help": _help,
    "stock": _stock,
    "pay": lambda made: _pay(made, samples.PAYMENT, samples.PREVIEW, "400"),
    "pay-part": lambda made: _pay(made, samples.PART_PAID, samples.SHORT, "100"),
    "pay-change": lambda made: _pay(made, samples.CHANGE, None),
    "receipts": _receipts,
    "receipts-none": _receipts_none,
    "shift-closed": lambda made: _shift(made, "closed"),
    "shift-open": lambda made: _shift(made, "open"),
    "shift-count": lambda made: _shift(made, "count"),
    "shift-counted": lambda made: _shift(made, "counted"),
    "devices": lambda made: _devices(made, "devices"),
    "settings": lambda made: _devices(made, "settings"),
    "joining": lambda made: _joining(made, samples.JOINING),
    "joining-refused": lambda made: _joining(made, samples.JOINING_REFUSED),
}
