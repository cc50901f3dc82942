"""Goods come back: with the number of their receipt, of whichever till, or without one."""

from __future__ import annotations

import re
from collections.abc import Callable

from pos_client.app.blind_return import Vouched, take_without_receipt
from pos_client.app.gift_cards import known_value
from pos_client.app.window.approval import Decision
from pos_client.app.window.customer_desk import Do, Problem
from pos_client.app.window.prompts import ChoiceList, TextPrompt
from pos_client.app.window.return_prompt import ReturnPrompt
from pos_client.app.window.stage import Stage
from pos_client.features.basket.state import BoughtRow, BoughtState
from shared.errors import EnvironmentProblem
from shared.wire.authorisations import BalanceAnswer
from shared.wire.purchases import PurchaseAnswer

_RECEIPT_NUMBER = re.compile(r"(?:.+-)?\d{1,12}-\d{1,12}")


class ReturnQuestions:
    """`variants` asks for a size and colour of an article, and gives the sku of the one that is picked."""

    def __init__(
        self, stage: Stage, do: Do, variants: Callable[[str, Callable[[str], None]], None]
    ) -> None:
        self._stage, self._do, self._variants = stage, do, variants
        self._till, self._words = stage.till, stage.words

    def take_back(self, code: str = "", complaint: str = "") -> None:
        """Goods come back: with the number of their receipt, or without one; scanned or typed, and why."""
        prompt = TextPrompt(
            self._stage.look,
            self._words,
            caption=self._words.text("window.return_code"),
            value=code,
            scans=True,
        )
        prompt.given.connect(self._ask_bought)
        self._stage.shell.sheet.open(self._words.text("window.function_return"), prompt)
        if complaint:
            prompt.complain(complaint)

    def of_receipt(self, number: str) -> None:
        """Goods of the receipt with this printed or full number come back."""
        self._look_up(number, self._stage.shell.complain)

    def _ask_bought(self, code: str) -> None:
        """The number of a receipt asks for its lines, anything else is an article."""

        def unknown(problem: Problem) -> None:
            # An article's number may look like a receipt's.
            if problem.code == "receipt_unknown" and not code.startswith(self._till_prefix):
                self._ask_return_reason(code)
            else:
                self.take_back(code, " ".join(self._words.error(problem)))

        if _RECEIPT_NUMBER.fullmatch(code.strip()):
            self._look_up(code.strip(), unknown)
        else:
            self._ask_return_reason(code)

    def _look_up(self, number: str, unknown: Callable[[Problem], None]) -> None:
        """Ask the centre too: the receipt may be of another till, and what it sold may have come back elsewhere."""
        returns, shell = self._stage.paying.returns, self._stage.shell
        before = shell.page, shell.sheet.content

        def awaited() -> bool:
            # The centre may take seconds, in which the cashier may have gone on to something else.
            return (shell.page, shell.sheet.content) == before

        def ask(full: str, here: Problem | None) -> None:
            shell.say(self._words.text("step.gift_waits"))
            self._stage.tasks.query(
                lambda: returns.ask(full),
                lambda answer: learn(full, answer),
                owner=self._stage.shell,
                kind="bought",
                failed=lambda problem: silent(problem, here),
                lane="centre",
            )

        def learn(full: str, answer: PurchaseAnswer) -> None:
            self._stage.tasks.command(
                lambda: returns.learn(full, answer),
                lambda _none: self._show_bought(full, unknown) if awaited() else None,
                owner=self._stage.shell,
            )

        def silent(problem: Problem, here: Problem | None) -> None:
            if not awaited():
                return
            if here is None:
                # This till knows the receipt; what came back elsewhere meanwhile, the centre finds when it books.
                self._show_bought(number, unknown)
            elif isinstance(problem, EnvironmentProblem):
                # Nobody here knows it, and nobody else could be asked.
                said = self._words.error(here)[0], self._words.error(problem)[0]
                self.take_back(number, " ".join(said))
            else:
                unknown(here)

        def look() -> BoughtState:
            returns.connect()
            return self._till.basket.on_bought(number)

        self._stage.tasks.query(
            look,
            lambda state: ask(state.number, None),
            owner=self._stage.shell,
            kind="bought",
            failed=lambda problem: (
                ask(number, problem) if problem.code == "receipt_unknown" else unknown(problem)
            ),
            lane="till",
        )

    @property
    def _till_prefix(self) -> str:
        return f"{self._till.identity.till_id}-"

    def _show_bought(
        self, number: str, failed: Callable[[Problem], None], reason: str = "", area: str = ""
    ) -> None:
        """The lines of a receipt: each tap takes one piece back, until the sheet is closed."""

        def show(state: BoughtState) -> None:
            if not state.rows:
                self._stage.shell.sheet.leave()
                self._stage.shell.say(self._words.text("window.return_nothing_left"))
                return
            text = self._words.text
            rows = [
                (str(row.line), row.name, text("window.return_row", left=row.left, paid=row.paid))
                for row in state.rows
            ]
            choices = ChoiceList(self._stage.look, rows, "receipt-refund")
            by_line = {str(row.line): row for row in state.rows}
            choices.chosen.connect(
                lambda line: self._take_bought(state.number, by_line[line], reason, area)
            )
            self._stage.shell.sheet.open(state.title, choices)

        self._stage.tasks.query(
            lambda: self._till.basket.on_bought(number),
            show,
            owner=self._stage.shell,
            kind="bought",
            failed=failed,
            lane="till",
        )

    def _take_bought(self, number: str, row: BoughtRow, reason: str, area: str) -> None:
        if row.value_kind:
            self._take_value(number, row)
            return

        def again(why: str, where: str) -> None:
            self._show_bought(number, self._too_late, why, where)

        def give(why: str, where: str) -> None:
            self._do(
                lambda: self._till.basket.on_return_of(number, row.line, "1", why, where),
                lambda _state: again(why, where),
                lambda problem: prompt.complain(" ".join(self._words.error(problem))),
            )

        if reason:
            self._do(
                lambda: self._till.basket.on_return_of(number, row.line, "1", reason, area),
                lambda _state: again(reason, area),
                self._too_late,
            )
            return
        prompt = ReturnPrompt(self._stage.look, self._words)
        prompt.given.connect(give)
        self._stage.shell.sheet.open(self._words.text("window.function_return"), prompt)

    def _take_value(self, number: str, row: BoughtRow) -> None:
        """A gift card or voucher comes back: only unused, so the centre is asked what it has."""
        reason = self._words.text("value.unused")

        def take(found: BalanceAnswer) -> None:
            known = known_value(found)
            self._do(
                lambda: self._till.basket.on_return_of(number, row.line, "1", reason, known=known),
                lambda _state: self._show_bought(number, self._too_late),
                self._too_late,
            )

        self._stage.shell.say(self._words.text("step.gift_waits"))
        self._stage.tasks.query(
            lambda: self._stage.paying.returns.value(row.value_kind, row.value_number),
            take,
            owner=self._stage.shell,
            kind="bought",
            failed=self._too_late,
            lane="centre",
        )

    def _ask_return_reason(self, code: str) -> None:
        why = ReturnPrompt(self._stage.look, self._words)
        why.given.connect(lambda reason, area: self._find_returned(code, reason, area))
        self._stage.shell.sheet.open(self._words.text("window.function_return"), why)

    def _find_returned(self, code: str, reason: str, area: str) -> None:
        def failed(problem: Problem) -> None:
            if problem.code == "article_ambiguous":
                self._variants(code, lambda sku: self._ask_vouching(sku, reason, area))
            else:
                self.take_back(code, " ".join(self._words.error(problem)))

        self._stage.tasks.query(
            lambda: self._till.prices.find(code.strip()).sku,
            lambda sku: self._ask_vouching(sku, reason, area),
            owner=self._stage.shell,
            kind="returned",
            failed=failed,
            lane="till",
        )

    def _ask_vouching(self, sku: str, reason: str, area: str) -> None:
        """Without a receipt somebody who leads says yes, and whether the customer showed a document."""
        words = self._words
        sheet = Decision(
            self._stage.look,
            words,
            question=words.text("return.without_receipt"),
            hint=words.text("return.without_receipt_hint"),
            yes=words.text("return.id_seen"),
            no=words.text("return.id_not_seen"),
            asks_who=not self._stage.paying.operator_leads,
        )

        def take(seen: bool, staff: str, pin: str) -> None:
            vouched = Vouched(staff, pin, id_seen=seen)
            self._do(
                lambda: take_without_receipt(self._till, sku, reason, vouched, area),
                self._stage.shell.sheet.leaver(),
                lambda problem: sheet.complain(" ".join(words.error(problem))),
            )

        sheet.given.connect(take)
        self._stage.shell.sheet.open(words.text("window.function_return"), sheet)

    def _too_late(self, problem: Problem) -> None:
        """There is nothing left to correct in the sheet."""
        self._stage.shell.sheet.leave()
        self._stage.shell.complain(problem)
