"""What may happen to a gift card, and what it is afterwards."""

from __future__ import annotations

from enum import StrEnum

from shared.errors import DomainError


class CardState(StrEnum):
    """`PRINTED` cards hang in the shop and are worth nothing. `REPLACED` ones gave all they had to another card."""

    PRINTED = "printed"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    EXPIRED = "expired"


class CardAction(StrEnum):
    """What is done with a card. `REFUND` puts back on it what was paid with it, or what a return gives."""

    SELL = "sell"
    TOP_UP = "top_up"
    REDEEM = "redeem"
    REFUND = "refund"
    BLOCK = "block"
    UNBLOCK = "unblock"
    REPLACE = "replace"
    EXPIRE = "expire"


_AFTER = {
    (CardState.PRINTED, CardAction.SELL): CardState.ACTIVE,
    (CardState.ACTIVE, CardAction.TOP_UP): CardState.ACTIVE,
    (CardState.ACTIVE, CardAction.REDEEM): CardState.ACTIVE,
    (CardState.ACTIVE, CardAction.REFUND): CardState.ACTIVE,
    (CardState.ACTIVE, CardAction.BLOCK): CardState.BLOCKED,
    (CardState.BLOCKED, CardAction.UNBLOCK): CardState.ACTIVE,
    (CardState.ACTIVE, CardAction.REPLACE): CardState.REPLACED,
    (CardState.BLOCKED, CardAction.REPLACE): CardState.REPLACED,
    (CardState.ACTIVE, CardAction.EXPIRE): CardState.EXPIRED,
    (CardState.BLOCKED, CardAction.EXPIRE): CardState.EXPIRED,
}
REFUSALS = {
    CardState.PRINTED: "giftcard_not_sold",
    CardState.ACTIVE: "giftcard_active",
    CardState.BLOCKED: "giftcard_blocked",
    CardState.REPLACED: "giftcard_replaced",
    CardState.EXPIRED: "giftcard_expired",
}


def after(state: CardState, action: CardAction) -> CardState:
    """What a card is after an action.

    `DomainError`: `giftcard_not_sold`, `giftcard_active` (sold already, or not blocked), `giftcard_blocked`,
    `giftcard_replaced`, `giftcard_expired` for what cannot be done with it.
    """
    found = _AFTER.get((state, action))
    if found is None:
        raise DomainError(REFUSALS[state])
    return found
