"""Gift cards and vouchers as rules: their numbers, what may happen to them, how long they are valid."""

from shared.vouchers.card import CardAction, CardState, after
from shared.vouchers.number import NumberRange, read_number
from shared.vouchers.stand_in import StandInPolicy, StoodIn
from shared.vouchers.validity import valid_until

__all__ = [
    "CardAction",
    "CardState",
    "NumberRange",
    "StandInPolicy",
    "StoodIn",
    "after",
    "read_number",
    "valid_until",
]
