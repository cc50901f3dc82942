"""What customers get back for goods of earlier receipts that lie on the open one.

All lines that come from the same receipt are worked out together: what is kept of it is priced once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos_client.ports import Bought, LineRefund
from shared.basket import Basket, Line
from shared.errors import DomainError
from shared.loyalty import (
    Award,
    Benefits,
    Lost,
    StillThere,
    VoucherAward,
    benefits_of,
    lost_benefits,
    owed_of,
)
from shared.promotions.purchase import taken_back
from shared.promotions.returns import Purchase, priced_left, refund
from shared.quantity import format_quantity, to_thousandths
from shared.receipt import Owed, PromotionUse
from shared.tender import TenderKind


@dataclass(frozen=True, slots=True)
class Refunded:
    """Refunds by line number of the open receipt, what they take back of promotions, and what will be owed."""

    lines: Mapping[int, LineRefund]
    uses: tuple[PromotionUse, ...]
    owed: tuple[Owed, ...] = ()


class Refunds:
    """`bought` finds a receipt by its full number, with what has come back of it so far."""

    def __init__(self, bought: Callable[[str], Bought]) -> None:
        self._bought = bought

    def check(self, basket: Basket) -> None:
        """`DomainError('return_too_many')` if more of a line is to come back than is still with the customer."""
        for receipt, lines in _by_receipt(basket, goods_only=False).items():
            bought = self._bought(receipt)
            for line in lines:
                left = bought.left(_sold_line(line))
                if -line.quantity > left:
                    most = format_quantity(left)
                    raise DomainError("return_too_many", {"most": most, "number": receipt})

    def work_out(self, basket: Basket) -> Refunded:
        """The refund of each line that says where it comes from."""
        found: dict[int, LineRefund] = {}
        uses: list[PromotionUse] = []
        heard = False
        for receipt, lines in _by_receipt(basket).items():
            try:
                bought = self._bought(receipt)
            except DomainError:
                # An open receipt must be taken up whatever is on it; `check` says what is wrong before it is finished.
                found |= {line.number: LineRefund(0, 0) for line in lines}
                continue
            # A parked receipt may be behind: for what came back meanwhile nothing is given a second time.
            heard = heard or bool(bought.still_there)
            returned = {
                str(_sold_line(line)): to_thousandths(
                    min(-line.quantity, bought.left(_sold_line(line)))
                )
                for line in lines
            }
            returned = {key: quantity for key, quantity in returned.items() if quantity > 0}
            if not returned:
                found |= {line.number: LineRefund(0, 0) for line in lines}
                continue
            given = refund(bought.purchase, bought.goods_before, returned, bought.refunded)
            for line in lines:
                key = str(_sold_line(line))
                found[line.number] = LineRefund(given.by_line.get(key, 0), given.paid.get(key, 0))
            uses += taken_back(bought.purchase, given, bought.receipt.customer)
        return Refunded(found, tuple(uses), _named(self.taken_back(basket).owed) if heard else ())

    def taken_back(self, basket: Basket) -> Lost:
        """What the goods that come back take with them of points, purses and vouchers that they had earned, and what
        of it will be owed, as far as the centre said what is still there. What their receipt gave to nobody in
        particular is no purse's.
        """
        awards: list[Award] = []
        vouchers: list[VoucherAward] = []
        of_customers: dict[str, list[tuple[Benefits, tuple[StillThere, ...]]]] = {}
        for number, lines in _by_receipt(basket).items():
            try:
                bought = self._bought(number)
            except DomainError:
                continue
            after = dict(bought.goods_before)
            for line in lines:
                key = str(_sold_line(line))
                back = min(-line.quantity, bought.left(_sold_line(line)))
                after[key] = after.get(key, 0) + to_thousandths(back)
            had, kept = (_earned(bought.purchase, each) for each in (bought.goods_before, after))
            lost = lost_benefits(had, kept)
            customer = bought.receipt.customer
            awards += lost.awards if customer else ()
            vouchers += lost.vouchers
            if customer:
                of_customers.setdefault(customer, []).append((lost, bought.still_there))
        owed = [owed_of(returns) for returns in of_customers.values()]
        return Lost(
            Benefits(tuple(awards), tuple(vouchers)),
            Benefits(
                tuple(award for each in owed for award in each.awards),
                tuple(voucher for each in owed for voucher in each.vouchers),
            ),
        )


def _named(owed: Benefits) -> tuple[Owed, ...]:
    """What is owed by kind, as the receipt says it."""
    sums: dict[TenderKind, int] = {}
    named = [(TenderKind(award.purse.value), award.amount) for award in owed.awards]
    named += [(TenderKind.VOUCHER, voucher.amount) for voucher in owed.vouchers]
    for kind, amount in named:
        sums[kind] = sums.get(kind, 0) + amount
    return tuple(Owed(kind, amount) for kind, amount in sums.items())


def _earned(purchase: Purchase, returned: Mapping[str, int]) -> Benefits:
    left = priced_left(purchase, returned)
    return benefits_of(left) if left is not None else Benefits()


def _by_receipt(basket: Basket, *, goods_only: bool = True) -> dict[str, list[Line]]:
    """The lines that bring something back, by the receipt it was bought with: of gift cards and vouchers what was paid
    goes back, whatever else stood on the receipt.
    """
    found: dict[str, list[Line]] = {}
    for line in basket.lines.values():
        if line.origin is not None and line.is_return and (line.is_goods or not goods_only):
            found.setdefault(line.origin.receipt, []).append(line)
    return found


def _sold_line(line: Line) -> int:
    return line.origin.line if line.origin is not None else 0
