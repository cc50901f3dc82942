"""Which price holds: effective-dated prices by offer, store and channel, and the lowest price of the last 30 days."""

from shared.pricing.change import (
    PriceRule,
    PriceStep,
    Reduction,
    advertised_reduction,
    nearest_ending,
)
from shared.pricing.history import lowest_asked, lowest_in_window
from shared.pricing.price import (
    STANDARD_OFFER,
    PriceEntry,
    PriceQuestion,
    refuse_overlap,
    resolve_price,
)

__all__ = [
    "STANDARD_OFFER",
    "PriceEntry",
    "PriceQuestion",
    "PriceRule",
    "PriceStep",
    "Reduction",
    "advertised_reduction",
    "lowest_asked",
    "lowest_in_window",
    "nearest_ending",
    "refuse_overlap",
    "resolve_price",
]
