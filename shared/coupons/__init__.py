"""Promotion codes that come in batches and work a set number of times: their text, whose they are, what a receipt used."""

from shared.coupons.batch import (
    CodeBatch,
    CodeKind,
    Recognised,
    check_open,
    check_whose,
    literal_of,
    is_literal,
    recognise,
)
from shared.coupons.coupon import (
    CodeUse,
    Coupon,
    CouponState,
    coupon_from_body,
    coupon_to_body,
    used_of,
)
from shared.coupons.drawn import MOST_DRAWN, DrawnForm, DrawnKeys, drawn_body, drawn_place
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
    "check_open",
    "check_sign",
    "check_whose",
    "coupon_from_body",
    "coupon_to_body",
    "drawn_body",
    "drawn_place",
    "literal_of",
    "is_literal",
    "read_signs",
    "recognise",
    "used_of",
]
