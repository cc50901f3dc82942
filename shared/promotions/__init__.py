"""Promotions: what they mean (docs/promotions.md), and the engine that finds the best deal and proves it."""

from shared.promotions.book import Book
from shared.promotions.engine import FRAME_STEPS, PROOF_STEPS, Priced, price
from shared.promotions.errors import RequestError
from shared.promotions.frozen import (
    Frozen,
    freeze,
    frozen_from_body,
    frozen_to_body,
    price_again,
)
from shared.promotions.read_promotion import read_promotion
from shared.promotions.read_request import read_promotions, read_request
from shared.promotions.reading import parse_json
from shared.promotions.result import discounts_by_line, result
from shared.promotions.schema import schema
from shared.promotions.section import Memory
from shared.promotions.terms import BasketLine, Context, Customer, Promotion, Request, Usage

__all__ = [
    "FRAME_STEPS",
    "PROOF_STEPS",
    "BasketLine",
    "Book",
    "Context",
    "Customer",
    "Frozen",
    "Memory",
    "Priced",
    "Promotion",
    "Request",
    "RequestError",
    "Usage",
    "discounts_by_line",
    "freeze",
    "frozen_from_body",
    "frozen_to_body",
    "parse_json",
    "price",
    "price_again",
    "read_promotion",
    "read_promotions",
    "read_request",
    "result",
    "schema",
]
