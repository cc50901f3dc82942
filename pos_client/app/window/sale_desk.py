"""Carries the sale's intents to the presenters and their states back to the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from pos_client.app.window.balance_desk import is_gift_card
from pos_client.app.window.code_asking import CodeAsking
from pos_client.app.window.parking import Parking
from pos_client.app.window.promotion_desk import PromotionDesk
from pos_client.app.window.return_questions import ReturnQuestions
from pos_client.app.window.sale_keys import FUNCTION_KEYS
from pos_client.app.window.sale_page import SalePage
from pos_client.app.window.sale_questions import SaleQuestions
from pos_client.app.window.stage import Stage
from pos_client.app.window.value_desk import ValueQuestions
from pos_client.features.basket.state import BasketState
from pos_client.features.stock_lookup.state import (
    CategoriesState,
    FoundRow,
    LookupState,
    StockState,
    VariantState,
)
from pos_client.features.stock_lookup.variant_view import StockTable, VariantPicker
from shared.catalogue.scan import Scan
from shared.errors import DomainError, EnvironmentProblem

Problem = DomainError | EnvironmentProblem
_UNDO_MS = 8_000
# A scanner's next digit comes sooner: nothing is searched for the first digits of a code.
_TYPING_MS = 15
_SCAN_OVER_MS = 60
# What was typed is no code: then Enter means the marked hit.
_NOT_A_CODE = {"article_unknown", "barcode_malformed", "barcode_check_digit"}


class SaleDesk(QObject):
    """`pay` asks for the payment page, `function` for what other desks do (`drawer`, `help`, `balance`)."""

    pay = Signal()
    function = Signal(str)
    gift_card = Signal(str)

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._till, self._tasks, self._words = stage.till, stage.tasks, stage.words
        self.page = SalePage(stage.look, stage.words)
        self._state = BasketState()
        self.parking = Parking(stage, self._do, lambda: self._state)
        self._codes = CodeAsking(stage, self._do)
        self.questions = SaleQuestions(stage, self._do, lambda: self._state)
        self.returns = ReturnQuestions(stage, self._do, self._variants)
        self.value = ValueQuestions(stage, self._do, lambda: self.gift_card.emit(""))
        self._promotions = PromotionDesk(stage, self.page.basket, lambda: self.page.basket.open_row)
        self._category, self._after = "", ""
        # Whether keys come as quickly as a scanner's; whoever has the scanner sets it.
        self.scanning: Callable[[], bool] = lambda: False
        # The page's: a window in another language takes the page away while they run.
        self._undo_over = QTimer(self.page)
        self._undo_over.setSingleShot(True)
        self._undo_over.timeout.connect(self._forget_voided)
        self._show_voided = False
        self._typing = QTimer(self.page)
        self._typing.setSingleShot(True)
        self._typing.timeout.connect(self._ask)
        lookup, basket = self.page.lookup, self.page.basket
        lookup.typed.connect(self._search)
        lookup.submitted.connect(self._submit)
        lookup.category.connect(self._open_category)
        lookup.tab.connect(self._tab)
        lookup.chosen.connect(self._choose)
        lookup.more.connect(self._more)
        basket.pay.connect(self._pay)
        basket.less.connect(lambda number: self._step(number, -1))
        basket.more.connect(lambda number: self._step(number, 1))
        basket.ask_quantity.connect(self.questions.quantity)
        basket.ask_price.connect(self.questions.price)
        basket.ask_note.connect(self.questions.note)
        basket.void.connect(self._void)
        basket.undo.connect(self._undo)
        basket.recall.connect(self.parking.ask)
        basket.cancel.connect(self.questions.cancel)
        basket.ask_customer.connect(self.questions.customers.open)
        basket.no_customer.connect(self.questions.customers.detach)
        basket.no_code.connect(self.questions.no_code)
        self.page.function.connect(self._function)
        self.page.pull.moved.connect(lambda _up: self.focus())
        self._categories()

    # --- the screen ---------------------------------------------------------------------------

    def show_state(self, state: BasketState) -> None:
        """Show the receipt."""
        if state.said:
            self._stage.shell.say(state.said)
        self._state = state = replace(state, said="")
        if state.voided is not None and not self._show_voided:
            state = replace(state, voided=None)
        self.page.basket.show_state(state)
        self._promotions.receipt_changed(state)
        self._codes.follow(state.code_request)
        self.page.show_strip(
            state.total,
            state.pieces_text,
            can_pay=state.can_pay,
            refund=state.refund,
            hints=state.promotions and bool(state.lines),
        )

    def clear(self) -> None:
        """The receipt is complete: it must not be seen again while the next one is being asked for."""
        nothing = self._words.money(0, self._stage.currency)
        self.page.show_receipt(on=False)
        self.show_state(BasketState(total=nothing, parked=self._state.parked))

    @property
    def is_empty(self) -> bool:
        """Whether no receipt is begun."""
        return not self._state.lines

    def enter(self) -> None:
        """The page is shown: show the receipt as it stands, and be ready to scan."""
        self._do(self._till.basket.refresh)
        self.focus()

    def look_again(self) -> None:
        """The categories: asked until the first data of a new till has come."""
        self._categories()

    def focus(self) -> None:
        """Ready to scan or type; a scan counts with the receipt over the search, too."""
        asked = self._stage.shell.sheet.content is not None or self.page.covered
        if not asked and self.page.isVisible():
            self.page.lookup.search.edit.setFocus()

    def _do(
        self,
        op: Callable[[], BasketState],
        then: Callable[[BasketState], None] | None = None,
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Let the presenter do something and show what it became; a refusal is said and changes nothing."""

        def done(state: BasketState) -> None:
            self.show_state(state)
            if then is not None:
                then(state)
            self.focus()

        self._tasks.command(op, done, owner=self.page, failed=failed or self._refused)

    def _refused(self, problem: Problem) -> None:
        if problem.code == "article_ambiguous":
            self._variants(str(problem.params.get("code", "")), self._sell)
            return
        if self.questions.follow_up(problem):
            return
        self._stage.shell.complain(problem)
        self.focus()

    # --- scanning and searching ---------------------------------------------------------------

    def scan(self, scan: Scan) -> None:
        """Something was scanned, wherever the focus was."""
        self._do(lambda: self._till.basket.on_scanned(scan))
        self._tasks.forget("search")
        self.page.lookup.search.edit.clear()
        self.page.lookup.show_tiles()

    def _search(self, text: str) -> None:
        if not text.strip():
            self._typing.stop()
            self._tasks.forget("search")
            self.page.lookup.show_tiles()
            return
        # Searches for the digits of a barcode would hold up the scan.
        self._typing.start(_SCAN_OVER_MS if self.scanning() else _TYPING_MS)

    def _ask(self) -> None:
        text = self.page.lookup.search.text()
        if not text.strip():
            return
        if self.page.covered:
            # Not with the first letter: it may be the beginning of a scan.
            self.page.show_receipt(on=False)
            self.focus()
        self._category = ""
        self._tasks.query(
            lambda: self._stage.lookup.on_search(text),
            self.page.lookup.show_state,
            owner=self.page,
            kind="search",
            failed=self._refused,
        )

    def _submit(self, text: str) -> None:
        """Enter: on an empty field pay; else a code that is typed whole, or the marked hit."""
        typed = text.strip()
        if not typed:
            self._pay()
            return
        if is_gift_card(typed):
            self.gift_card.emit(typed)
            self.page.lookup.search.edit.clear()
            return
        hit = self.page.lookup.current_for(typed)

        def unknown(problem: Problem) -> None:
            if problem.code == "payment_card_swiped":
                self.page.lookup.search.clear()  # it does not stay on the screen
                self._refused(problem)
            elif problem.code not in _NOT_A_CODE:
                self._refused(problem)
                self.page.lookup.search.edit.selectAll()
            elif hit is not None:
                self._choose(hit)
            else:
                self._find_and_choose(typed, problem)

        self._tasks.command(
            lambda: self._till.basket.on_add(typed), self._added, owner=self.page, failed=unknown
        )

    def _find_and_choose(self, typed: str, problem: Problem) -> None:
        """Enter came before the hits of what was typed: the first of them is meant, never one of an older search."""

        def found(state: LookupState) -> None:
            if self.page.lookup.search.text().strip() != typed:
                return
            if state.found:
                self._choose(state.found[0])
            else:
                self._refused(problem)
                self.page.lookup.search.edit.selectAll()

        self._tasks.query(
            lambda: self._stage.lookup.on_search(typed),
            found,
            owner=self.page,
            kind="search",
            failed=self._refused,
        )

    def _added(self, state: BasketState) -> None:
        self._typing.stop()
        self._tasks.forget("search")
        self.page.lookup.search.edit.clear()
        self.page.lookup.show_tiles()
        self.show_state(state)
        self.focus()

    def _choose(self, row: FoundRow) -> None:
        if not row.sku:
            self._variants(row.article_no, self._sell)
            return
        self._sell(row.sku)

    def _sell(self, sku: str) -> None:
        self._stage.shell.sheet.leave()
        self._tasks.command(
            lambda: self._till.basket.on_add(sku),
            self._added,
            owner=self.page,
            failed=self._refused,
        )

    def _categories(self) -> None:
        self._tasks.query(
            self._stage.lookup.on_categories,
            self._show_categories,
            owner=self.page,
            kind="categories",
            failed=lambda _problem: self._show_categories(CategoriesState()),
        )

    def _show_categories(self, state: CategoriesState) -> None:
        self.page.lookup.show_categories(state)

    def _open_category(self, key: str) -> None:
        self._category = key

        def show(state: LookupState) -> None:
            self._after = state.more
            self.page.lookup.show_category(key, state)
            self.focus()

        self._tasks.query(
            lambda: self._stage.lookup.on_category(key), show, owner=self.page, kind="search"
        )

    def _more(self) -> None:
        rows = self.page.lookup.model.rows
        category, after = self._category, self._after
        if not category or not after:
            return
        self._after = ""

        def append(state: LookupState) -> None:
            if self._category == category:
                self._after = state.more
                self.page.lookup.model.show((*rows, *state.found))

        self._tasks.query(
            lambda: self._stage.lookup.on_category(category, after),
            append,
            owner=self.page,
            kind="more",
        )

    def _tab(self, name: str) -> None:
        self._category = ""
        self._tasks.forget("search")
        self.page.lookup.search.edit.clear()
        if name == "last_sold":
            self._tasks.query(
                self._till.lookup.on_last_sold,
                self.page.lookup.show_state,
                owner=self.page,
                kind="search",
                lane="till",
            )
        else:
            self.page.lookup.show_tiles()
            self._categories()
        self.focus()

    # --- variants and stock -------------------------------------------------------------------

    def _variants(self, article_no: str, pick: Callable[[str], None]) -> None:
        def show(state: VariantState) -> None:
            picker = VariantPicker(self._stage.look, self._words, state)
            picker.chosen.connect(pick)
            picker.stock.connect(self._stock)
            self._stage.shell.sheet.open(self._words.text("window.choose_variant"), picker)

        self._tasks.query(
            lambda: self._till.lookup.on_variants(article_no),
            show,
            owner=self.page,
            kind="variants",
            lane="till",
            failed=self._stage.shell.complain,
        )

    def _stock(self, code: str) -> None:
        def show(state: StockState) -> None:
            table = StockTable(self._stage.look, self._words, state)
            self._stage.shell.sheet.open(self._words.text("window.stock_title"), table, 720)

        self._tasks.query(
            lambda: self._till.lookup.on_stock(code),
            show,
            owner=self.page,
            kind="variants",
            lane="till",
            failed=self._stage.shell.complain,
        )

    # --- lines --------------------------------------------------------------------------------

    def _step(self, number: int, by: int) -> None:
        row = next((line for line in self._state.lines if line.number == number), None)
        if row is None:
            return
        if by < 0 and row.quantity.lstrip("−-") == "1":
            self._void(number)
            return
        self._do(lambda: self._till.basket.on_step(number, by))

    def _void(self, number: int) -> None:
        def told(state: BasketState) -> None:
            self._show_voided = True
            self.show_state(state)
            name = state.voided.name if state.voided else ""
            text = self._words.text("window.line_deleted", name=name)
            self._stage.shell.say(text, self._words.text("window.bring_back"), self._undo)
            self._undo_over.start(_UNDO_MS)

        self._do(lambda: self._till.basket.on_void(number), told)

    def _undo(self) -> None:
        self._undo_over.stop()
        self._show_voided = False
        self._stage.shell.toast.hide()
        self._do(self._till.basket.on_undo)

    def _forget_voided(self) -> None:
        """The eight seconds are over: the struck-through line goes; the journal keeps it."""
        self._show_voided = False
        self.show_state(self._state)

    # --- the receipt --------------------------------------------------------------------------

    def _pay(self) -> None:
        if self._state.code_request is not None:
            # What it comes to is known in a moment.
            self._stage.shell.say(self._words.text("window.code_waits"))
        elif self._state.can_pay:
            self.pay.emit()
        else:
            self._stage.shell.say(self._words.text("window.nothing_to_pay"))

    # --- keys ---------------------------------------------------------------------------------

    def _function(self, name: str) -> None:
        line = self.page.basket.current
        plain: dict[str, Callable[[], None]] = {
            "return": self.returns.take_back,
            "value": self.value.open,
            "customer": self.questions.customers.open,
            "why": self._why,
            "park": self.parking.park,
            "price": lambda: self.questions.price(line.number if line else 0),
            "receipt": lambda: self.page.show_receipt(on=not self.page.receipt_shown),
        }
        if name in plain:
            plain[name]()
        elif name == "stock":
            hit = self.page.lookup.current
            code = hit.article_no if hit else (line.sku if line else "")
            self._stock(code) if code else self._stage.shell.say(
                self._words.text("window.no_line_marked")
            )
        else:
            self.function.emit(name)

    def _why(self) -> None:
        if self._state.promotions and self._state.lines:
            self._promotions.open()
        else:
            self._stage.shell.say(self._words.text("why.none"))

    def on_key(self, event: QKeyEvent) -> bool:
        """The keys of the sale, from wherever the focus is; see the help overlay."""
        key, text = event.key(), event.text()
        line = self.page.basket.current
        name = FUNCTION_KEYS.get(Qt.Key(key))
        if name is not None:
            self._function(name)
        elif text == "*" and line is not None:
            self.questions.quantity(line.number)
        elif text == "+":
            self._pay()
        elif key == Qt.Key.Key_Delete and line is not None:
            self._void(line.number)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            by = -1 if key == Qt.Key.Key_Up else 1
            if self.page.lookup.search.text():
                self.page.lookup.step(by)
            else:
                self.page.basket.step(by)
        elif text == "/" or (text.isprintable() and text.strip()):
            self.focus()
            if text != "/":
                self.page.lookup.search.put(self.page.lookup.search.text() + text)
                self._search(self.page.lookup.search.text())
        else:
            return False
        return True
