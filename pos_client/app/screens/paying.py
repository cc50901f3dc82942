"""Paying with cards, in the pictures: what the page shows while a terminal or the centre is asked, and what is paid.

The sentences are the product's own, made from states as the workers of terminal and centre give them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from pos_client.app.card_desk import CardState
from pos_client.app.card_payments import CardPayment
from pos_client.app.composition import Till
from pos_client.app.gift_cards import CardPhase, GiftCardPayment
from pos_client.app.gift_desk import GiftState
from pos_client.app.pay_steps import PaySteps
from pos_client.app.screens.day import Player
from pos_client.app.screens.shop import CURRENCY, MARKET
from pos_client.app.translations import TillTexts
from pos_client.devices.terminal.port import CardResult, Ending
from pos_client.features.payment.state import PaymentPreview, PaymentState, PursesState, StepState
from pos_client.features.payment.values import Account, PurseSum
from shared.errors import EnvironmentProblem
from shared.tender import Tender, TenderKind
from shared.tender.card import AttemptKind, AttemptState, CardAttempt
from shared.wire.authorisations import BalanceAnswer, DebtLine, PurseLine, PursesAnswer

GIFT_CARD = "2950000000424471"
_BASKET, _CARD, _GIFT, _SECOND = (UUID(int=number) for number in (70, 71, 72, 73))
_POINTS = UUID(int=74)
_CUSTOMER = "KD-100471"
_ACCOUNT = Account(
    _CUSTOMER,
    "Frieda Sommerwind",
    (
        PurseSum(TenderKind.POINTS, 1_460, 1_460),
        PurseSum(TenderKind.WALLET, 2_340),
        PurseSum(TenderKind.INVOICE, 12_000),
    ),
)
_PURSES = PursesAnswer(
    customer="C-100471",
    name="Frieda Sommerwind",
    purses=tuple(
        PurseLine(
            instrument="C-100471",
            currency=CURRENCY,
            balance=balance,
            state="active",
            kind=kind,
            points=points,
            pending=pending,
            expires_on=ends,
        )
        for kind, balance, points, pending, ends in (
            ("points", 1_460, 1_460, 240, date(2027, 12, 31)),
            ("wallet", 2_340, None, 0, None),
            ("store_credit", 4_999, None, 0, date(2029, 12, 31)),
            ("invoice", 12_000, None, 0, None),
        )
    ),
    debts=(DebtLine(unit="money", amount=350),),
)
_BEFORE, _HELD, _BALANCE = 5000, 5000, 6_000
_SLIP = CardResult(
    Ending.APPROVED,
    trace=118,
    receipt_number=42,
    terminal_id="99000001",
    card="************8810",
    card_name="girocard",
    authorisation="004711",
)


@dataclass(frozen=True, slots=True)
class Paying:
    """The page by the name of its scene: the state, what the amount would do, and the step over it."""

    number: PaymentState
    number_preview: PaymentPreview
    balance: PaymentState
    balance_preview: PaymentPreview
    voucher: PaymentState
    voucher_preview: PaymentPreview
    purses: PaymentState
    purses_preview: PaymentPreview
    card: PaymentState
    split: PaymentState
    split_preview: PaymentPreview
    refund: PaymentState
    refund_preview: PaymentPreview
    done: PaymentState
    steps: dict[str, StepState]
    customer: PursesState
    receipt: str


@functools.cache
def paying_of(language: str) -> Paying:
    """The customer of the day, who pays with cards; played once in a process."""
    with TemporaryDirectory() as folder:
        player = Player(Path(folder), language)
        try:
            return _play(player)
        finally:
            player.till.close()


def _play(player: Player) -> Paying:
    till = player.till
    player.at_the_counter()
    till.payment.use_terminal(on=True)
    till.payment.on_open()
    number = till.payment.on_means("gift_card")
    number_preview = till.payment.preview(GIFT_CARD)
    balance = till.payment.on_named(GIFT_CARD, _BALANCE)
    balance_preview = till.payment.preview(balance.quick[0].value)
    voucher = till.payment.on_means("voucher")
    voucher_preview = till.payment.preview("")
    till.sale.tender(Tender(TenderKind.GIFT_CARD, _HELD, _GIFT, GIFT_CARD, _BALANCE - _HELD))
    till.payment.on_tendered()
    till.payment.on_account(_ACCOUNT, choose=True)
    till.sale.tender(Tender(TenderKind.POINTS, 1_200, _POINTS, _CUSTOMER, 260))
    till.payment.on_tendered()
    purses = till.payment.on_means("wallet")
    purses_preview = till.payment.preview(purses.quick[0].value)
    till.payment.on_take_back_one(1)
    till.payment.on_account(Account(_CUSTOMER), choose=False)
    card = till.payment.on_means("card")
    till.sale.tender(_payment(AttemptState.APPROVED, 18_000).tender())
    till.payment.on_tendered()
    split = till.payment.on_means("cash")
    split_preview = till.payment.preview("150")
    till.payment.on_tender("cash", "150")
    done = till.payment.on_finish()
    receipt = till.receipts.on_find(done.receipt_number).text
    refund, refund_preview = _refund(player, done.receipt_number)
    return Paying(
        number=number,
        number_preview=number_preview,
        balance=balance,
        balance_preview=balance_preview,
        voucher=voucher,
        voucher_preview=voucher_preview,
        purses=purses,
        purses_preview=purses_preview,
        card=card,
        split=split,
        split_preview=split_preview,
        refund=refund,
        refund_preview=refund_preview,
        done=done,
        steps=_steps(till.texts.language),
        customer=PaySteps(till.texts, CURRENCY).purses(_CUSTOMER, _PURSES),
        receipt=receipt,
    )


def _refund(player: Player, number: str) -> tuple[PaymentState, PaymentPreview]:
    till: Till = player.till
    till.basket.on_return_of(number, 1, "1", till.texts.text("window.return_size"))
    refund = till.payment.on_open()
    return refund, till.payment.preview(refund.quick[0].value)


def _answer() -> BalanceAnswer:
    return BalanceAnswer(
        instrument=GIFT_CARD,
        currency=CURRENCY,
        balance=_BALANCE,
        state="active",
        expires_on=date(2029, 12, 31),
    )


def _payment(
    state: AttemptState,
    amount: int = 18_000,
    kind: AttemptKind = AttemptKind.PAYMENT,
    result: CardResult = _SLIP,
) -> CardPayment:
    attempt = CardAttempt(kind, amount, CURRENCY, 117, state, amount)
    return CardPayment(_CARD, _BASKET, attempt, result)


def _steps(language: str) -> dict[str, StepState]:
    texts = TillTexts(language, MARKET, CURRENCY)
    steps = PaySteps(texts, CURRENCY)
    words: Callable[[str, str], str] = lambda de, en: de if language == "de" else en  # noqa: E731
    asking = CardState(
        "asking", words=words("Bitte PIN eingeben", "Please enter PIN"), kind=AttemptKind.PAYMENT,
        amount=18_000,
    )  # fmt: skip
    refused = CardResult(Ending.DECLINED, result=0x33, text=words("Karte gesperrt", "card blocked"))
    gift = GiftCardPayment(_SECOND, _BASKET, GIFT_CARD, 5_000, CardPhase.UNKNOWN)
    away = {"address": "tcp://192.168.1.60:20007", "detail": words("keine Antwort", "no answer")}
    off = EnvironmentProblem("terminal_lost", away)
    blocked = GiftCardPayment(
        _SECOND, _BASKET, GIFT_CARD, 5_000, CardPhase.DECLINED, code="giftcard_blocked"
    )
    return {
        "terminal": steps.asking(asking),
        "declined": steps.declined(_payment(AttemptState.DECLINED, result=refused)),
        "unknown": steps.unknown(_payment(AttemptState.UNKNOWN), off),
        "loose": steps.loose(_payment(AttemptState.APPROVED, 4_995)),
        "looked-up": steps.looked_up(GiftState("balance", GIFT_CARD, balance=_answer())),
        "gift-waits": steps.gift_waits(GiftState("asking", GIFT_CARD)),
        "gift-declined": steps.gift_declined(blocked),
        "gift-unknown": steps.gift_unknown(
            GiftCardPayment(
                gift.auth_id, gift.basket_id, GIFT_CARD, 5_000, CardPhase.UNKNOWN,
                code="centre_unreachable",
            ),
            stand_in=True,
        ),
    }  # fmt: skip
