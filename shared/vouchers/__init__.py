"""Gift cards and vouchers as rules: their numbers, what may happen to them, how long they are valid."""

from shared.vouchers.card import CardAction, CardState, after
from shared.vouchers.number import NumberRange, read_number
from shared.vouchers.stand_in import StandInPolicy, StoodIn
from shared.vouchers.validity import valid_until
from shared.vouchers.voucher import (
    SignedFacts,
    Signer,
    VoucherClass,
    certified_text,
    check_redeemable,
    class_of,
    holder_mark,
    is_token,
    read_code,
    read_token,
    read_voucher_number,
    vat_of_part,
    voucher_number,
)

__all__ = [
    "CardAction",
    "CardState",
    "NumberRange",
    "SignedFacts",
    "Signer",
    "StandInPolicy",
    "StoodIn",
    "VoucherClass",
    "after",
    "certified_text",
    "check_redeemable",
    "class_of",
    "holder_mark",
    "is_token",
    "read_code",
    "read_number",
    "read_token",
    "read_voucher_number",
    "valid_until",
    "vat_of_part",
    "voucher_number",
]
