"""Why a card or voucher cannot be used, said before anything is asked of it."""

from __future__ import annotations

from pos_client.app.translations import TillTexts
from shared.errors import DomainError
from shared.vouchers import CardAction, CardState, after, read_voucher_number
from shared.wire.authorisations import BalanceAnswer


def unusable(
    found: BalanceAnswer, words: TillTexts, currency: str, *, refund: bool
) -> DomainError | None:
    """Why nothing can be taken of what the centre found, or for a `refund` put on it; None if it can."""
    voucher = _is_voucher(found.instrument)
    if found.currency != currency:
        facts = {"currency": found.currency}
        if voucher:
            return DomainError("voucher_currency_differs", facts)
        return DomainError("giftcard_currency_differs", facts)
    refusal = _voucher_refusal(found, words) if voucher else _card_refusal(found)
    if refusal is not None or found.balance > 0 or refund:
        return refusal
    if voucher:
        return DomainError("voucher_spent")
    return DomainError("giftcard_short", {"balance": words.money(found.balance, found.currency)})


def _card_refusal(found: BalanceAnswer) -> DomainError | None:
    try:
        after(CardState(found.state), CardAction.REDEEM)
    except DomainError as refusal:
        return refusal
    return None


def _voucher_refusal(found: BalanceAnswer, words: TillTexts) -> DomainError | None:
    if found.state == "expired" and found.expires_on is not None:
        return DomainError("voucher_expired", {"day": words.date(found.expires_on)})
    return None if found.state == "active" else DomainError("voucher_blocked")


def _is_voucher(number: str) -> bool:
    try:
        read_voucher_number(number)
    except DomainError:
        return False
    return True
