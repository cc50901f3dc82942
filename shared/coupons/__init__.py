"""Promotion codes in batches that work a set number of times: their text, whose they are, what receipts used."""

from shared.coupons.batch import (
    CodeBatch,
    CodeKind,
    Recognised,
    check_open,
    check_whose,
    is_literal,
    literal_of,
    recognise,
)
from shared.coupons.coupon import (
    CodeUse,
    Coupon,
    CouponState,
    asked_again,
    coupon_from_body,
    coupon_to_body,
    used_of,
)
from shared.coupons.drawn import (
    MOST_DRAWN,
    DrawnForm,
    DrawnKeys,
    drawn_body,
    drawn_place,
    looks_drawn,
)
from shared.coupons.signs import check_sign, read_signs
from shared.coupons.span import Span

__all__ = [
    "MOST_DRAWN",
    "CodeBatch",
    "CodeKind",
    "CodeUse",
    "Coupon",
    "CouponState",
    "DrawnForm",
    "DrawnKeys",
    "Recognised",
    "Span",
    "asked_again",
    "check_open",
    "check_sign",
    "check_whose",
    "coupon_from_body",
    "coupon_to_body",
    "drawn_body",
    "drawn_place",
    "is_literal",
    "literal_of",
    "looks_drawn",
    "read_signs",
    "recognise",
    "used_of",
]
