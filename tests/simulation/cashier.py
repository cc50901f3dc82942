"""What a cashier of a simulated chain does: rings up, takes goods back, and is paid in every way there is."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

from pos_client.app.code_line import CodeLine
from pos_client.app.foreign_returns import ForeignReturns
from pos_client.app.gift_cards import CardPhase, GiftCardPayment, GiftCards
from pos_client.features.basket.selling_value import KnownValue
from shared.errors import DomainError, EnvironmentProblem
from shared.tender import Tender, TenderKind
from shared.vouchers import StandInPolicy
from tests.simulation.centre import CARD_OF, CODES, CUSTOMERS, SKUS
from tests.simulation.model import CURRENCY
from tests.simulation.world import Device, World

_TAKEN = (CardPhase.APPROVED, CardPhase.STOOD_IN)


class Cashier:
    """Acts at the tills of a world; `policy` is what may be taken from gift cards without the centre."""

    def __init__(self, world: World, policy: StandInPolicy) -> None:
        self._world = world
        self._chance = world.chance
        self._policy = policy
        # Its own, so that what else happens in a seed does not hang on codes.
        self._whims = random.Random(world.chance.random())
        self.did: Counter[str] = Counter()

    def act(self, device: Device) -> None:
        """One thing, as a customer wants it."""
        sale = device.open().sale
        if self._whims.random() < 0.5:
            self._ask_for_codes(device)
        if sale.basket is None:
            self._begin(device)
        elif sale.basket.is_empty:
            device.open().basket.on_cancel("leer")
        elif sale.payment.due < 0:
            self._pay_out(device)
        else:
            self._go_on(device)

    def sell_plainly(self, device: Device) -> None:
        """One article for cash; what was open before is given up."""
        till = device.open()
        if till.sale.basket is not None:
            till.sale.cancel("nochmal von vorn")
        till.basket.on_add(self._chance.choice(SKUS))
        till.payment.on_cash()
        till.payment.on_finish()

    def close_up(self, device: Device) -> None:
        """Everything that is open or laid aside is given up."""
        till = device.open()
        while till.sale.basket is not None or till.sale.parked():
            if till.sale.basket is None:
                till.basket.on_recall()
            till.sale.cancel("Feierabend")

    # --- a receipt begins ---------------------------------------------------------------------

    def _begin(self, device: Device) -> None:
        till, chance = device.open(), self._chance
        parked = till.sale.parked()
        if parked and chance.random() < 0.5:
            till.basket.on_recall()
            return
        dice = chance.randrange(10)
        if dice < 2:
            self._bring_back(device)
            return
        if dice == 2:
            till.basket.on_return(chance.choice(SKUS), "1", reason="ohne Beleg")
            return
        if dice == 3 and till.identity.store.currency == CURRENCY:
            self._top_up(device)
            if chance.random() < 0.5:
                return
        if chance.random() < 0.6:
            till.basket.on_customer(chance.choice(CUSTOMERS))
        for _ in range(chance.randrange(1, 4)):
            till.basket.on_add(chance.choice(SKUS), str(chance.randrange(1, 4)))
        if self._whims.random() < 0.5:
            till.basket.on_code(CODES.code(self._whims.randrange(CODES.size)))
            self.did["code"] += 1
            if self._whims.random() < 0.7:
                self._ask_for_codes(device)

    def _ask_for_codes(self, device: Device) -> None:
        """What the window asks by itself: whether codes on the receipt count."""
        till = device.open()
        line = CodeLine(till, device.transport())
        while (request := till.basket.refresh().code_request) is not None:
            line.connect()
            till.basket.on_code_heard(line.ask(request))
            self.did["code_counts"] += 1

    def _top_up(self, device: Device) -> None:
        """Value for a gift card, which only the finished receipt may load, and once."""
        number = self._chance.choice(self._world.centre.gift_cards)
        amount = str(self._chance.randrange(5, 10))
        device.open().basket.on_gift_card(KnownValue(number, "active", 0, CURRENCY), amount)
        self.did["topped_up"] += 1

    def _bring_back(self, device: Device) -> None:
        """Goods of an earlier receipt, perhaps of another till, perhaps for other goods."""
        till, chance = device.open(), self._chance
        currency = till.identity.store.currency
        numbers = [
            str(receipt.receipt_id)
            for each in self._world.devices
            for receipt in each.receipts()
            if receipt.currency == currency and any(line.quantity > 0 for line in receipt.lines)
        ]
        if not numbers:
            return
        # Mostly what was bought long enough ago to be known everywhere.
        booked = [number for number in numbers if number in self._world.booked()]
        number = chance.choice(booked if booked and chance.random() < 0.8 else numbers)
        if chance.random() < 0.9:
            self._look_up(device, number)
        rows = [row for row in till.basket.on_bought(number).rows if not row.value_kind]
        for row in chance.sample(rows, min(len(rows), chance.randrange(1, 3))):
            many = str(chance.randrange(1, int(row.left) + 1))
            till.basket.on_return_of(number, row.line, many, "gefällt nicht")
            self.did["back_own" if number.startswith(device.till_id) else "back_of_other"] += 1
        if rows and chance.random() < 0.3:
            till.basket.on_customer(chance.choice(CUSTOMERS))
            till.basket.on_add(chance.choice(SKUS))

    def _look_up(self, device: Device, number: str) -> None:
        """Ask the centre for a receipt, as the window does; without an answer the till goes by what it knows."""
        returns = ForeignReturns(device.open(), device.transport())
        try:
            returns.learn(number, returns.ask(number))
        except (DomainError, EnvironmentProblem) as problem:
            self.did[f"look_up_{problem.code}"] += 1
        else:
            self.did["looked_up"] += 1

    # --- it goes on ---------------------------------------------------------------------------

    def _go_on(self, device: Device) -> None:
        till, chance = device.open(), self._chance
        sale, cards = till.sale, self._cards(device)
        basket, due = sale.basket.basket_id, sale.payment.due
        counted = {tender.authorisation for tender in sale.payment.tenders}
        open_ones = [each for each in cards.pending(basket) if each.auth_id not in counted]
        dice = chance.randrange(-2, 12)
        if dice < 4 and due:
            open_ones = [self._ask(cards, basket, due)]
        elif dice == 4 and open_ones:
            cards.give_back(open_ones[0].auth_id)
            return
        elif dice == 5 and open_ones:
            open_ones = [cards.ask_again(open_ones[0].auth_id)]
        elif dice == 6 and open_ones:
            if open_ones[0].kind is TenderKind.GIFT_CARD:
                open_ones = [cards.stand_in(open_ones[0].auth_id)]
        elif dice == 7:
            self._change_of_mind(device)
            return
        elif dice > 7:
            if due:
                till.payment.on_cash()
            till.payment.on_finish()
            self.did["finished"] += 1
            return
        for each in open_ones:
            if each.phase in _TAKEN and each.amount <= sale.payment.due_by_value:
                sale.tender(each.tender())
                self.did[f"paid_{each.kind}_{each.phase}"] += 1
                return

    def _change_of_mind(self, device: Device) -> None:
        till = device.open()
        dice = self._chance.randrange(4)
        if dice == 0:
            till.basket.on_cancel("Kundin ging")
        elif dice == 1 and not till.sale.payment.tenders:
            till.basket.on_park("später")
        elif dice == 2 and not till.sale.payment.tenders:
            till.basket.on_customer(self._chance.choice(CUSTOMERS))
        elif till.sale.payment.tenders:
            till.payment.on_take_back()

    def _pay_out(self, device: Device) -> None:
        till, chance = device.open(), self._chance
        dice = chance.randrange(4)
        if till.identity.store.currency == "EUR" and dice < 2:
            due = till.sale.payment.due
            kind, number = self._instrument()
            part = due if dice or due == -1 else due // 2
            till.sale.tender(Tender(kind, part, instrument=number))
            self.did[f"paid_out_{kind}"] += 1
        if till.sale.payment.due:
            till.payment.on_cash()
        till.payment.on_finish()

    # --- value at the centre ------------------------------------------------------------------

    def _instrument(self) -> tuple[TenderKind, str]:
        chance = self._chance
        if chance.random() < 0.6:
            return TenderKind.GIFT_CARD, chance.choice(self._world.centre.gift_cards)
        customer = chance.choice(CUSTOMERS)
        kind = chance.choice((TenderKind.POINTS, TenderKind.WALLET))
        return kind, chance.choice((customer, CARD_OF[customer]))

    def _ask(self, cards: GiftCards, basket: UUID, due: int) -> GiftCardPayment:
        wanted = self._chance.choice((due, due, max(1, due // 2), due + 500))
        part_ok = self._chance.random() < 0.3
        kind, number = self._instrument()
        return cards.ask(basket, number, wanted, part_ok=part_ok, kind=kind)

    def _cards(self, device: Device) -> GiftCards:
        till = device.open()
        return GiftCards(
            device.transport(),
            till.journal.file,
            till.clock,
            self._chance.randbytes,
            till.identity.store.currency,
            lambda: self._policy,
            till.recorder.record,
            bytes,
        )
