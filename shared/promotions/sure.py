"""What a stacked reduction takes off for certain, whatever is claimed before it."""

from __future__ import annotations

from collections.abc import Sequence

from shared.promotions.basket import Basket, bits
from shared.promotions.candidates import Candidate
from shared.promotions.chain import Chain
from shared.promotions.rounding import reduction
from shared.promotions.terms import Bundle, Off, Tiers


def lowest_prices(basket: Basket, ones: Sequence[Candidate]) -> list[int]:
    """What a piece of each class costs at least once one of these promotions has claimed it."""
    lowest = [piece.price for piece in basket.classes]
    for one in ones:
        for index in bits(one.mask):
            piece = basket.classes[index]
            lost = _most(one, index, basket)
            lowest[index] = max(min(lowest[index], piece.price - lost), piece.floor)
    return lowest


def _most(one: Candidate, index: int, basket: Basket) -> int:
    """The most that a claim takes off a piece."""
    reward = one.promotion.reward
    piece = basket.classes[index]
    if isinstance(reward, Tiers):
        return max(reduction(step.off, piece.price, piece.floor) for step in reward.steps)
    if isinstance(reward, Bundle) and reward.form in ("price", "amount"):
        return piece.price
    return one.off.get(index, 0)


def most_off(one: Candidate, basket: Basket) -> int:
    """The most that a promotion by itself can take off a basket."""
    reward = one.promotion.reward
    classes = basket.classes
    most = 0
    if isinstance(reward, Bundle) and reward.form == "amount":
        most = reward.off.value * (basket.pieces(one.mask) // reward.size)
    else:
        most = sum(_most(one, index, basket) * classes[index].count for index in bits(one.mask))
    floored = any(classes[index].floor for index in bits(one.mask))
    if isinstance(reward, Bundle) and reward.form == "cheapest" and not floored:
        # Those that go free are never dearer than those that pay.
        most = most * reward.target // reward.size
    return most if one.cap is None else min(most, one.cap)


def sure_of(
    stack: Candidate, stacks: Sequence[Candidate], basket: Basket, lowest: Sequence[int]
) -> int:
    """What a plain stack takes off at least beside others, pieces at no less than their lowest prices.

    The less a piece costs the less is taken, unless a later stack brings every price down to the same.
    """
    later = [other for other in stacks if other.order > stack.order]
    without = Chain([other for other in stacks if other is not stack], basket)
    beside = Chain(stacks, basket)
    found = 0
    for index in bits(stack.mask):
        over = [other.promotion.reward for other in later if other.mask >> index & 1]
        if any(not isinstance(off, Off) or off.kind == "price" for off in over):
            continue
        price = lowest[index]
        taken = without.final(index, price)[0] - beside.final(index, price)[0] - len(over)
        found += max(taken, 0) * basket.classes[index].count
    return found
