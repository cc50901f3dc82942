"""Money in integer minor units: the one place that rounds, splits and takes tax out of gross amounts."""

from shared.money.allocation import allocate
from shared.money.currency import CURRENCIES, Currency, currency
from shared.money.money import Money
from shared.money.rounding import parse_amount, round_half_up, times_quantity

__all__ = [
    "CURRENCIES",
    "Currency",
    "Money",
    "allocate",
    "currency",
    "parse_amount",
    "round_half_up",
    "times_quantity",
]
