"""Receipts for the ledger: random ones with goods sold and brought back, discounts, several VAT rates and change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from shared.basket import Line
from shared.receipt import Receipt
from shared.tax import split_gross
from shared.tender import Tender, TenderKind
from tests.support.journals import ImaginedTill

RATES = (
    ("standard", Decimal(19)),
    ("reduced", Decimal(7)),
    ("zero", Decimal(0)),
    ("special", Decimal("4.9")),
)


def with_lines(lines: tuple[Line, ...], *, given: int | None = None) -> Receipt:
    """A receipt over lines, paid in cash: exactly, or with `given` and change."""
    blank = ImaginedTill().receipt((("A-1", "1", 1),), Decimal(19))
    total = sum(line.gross for line in lines)
    tenders = [Tender(TenderKind.CASH, total if given is None else given)]
    if given is not None:
        tenders.append(Tender(TenderKind.CHANGE, total - given))
    return replace(
        blank,
        lines=lines,
        vat=split_gross((line.vat_category, line.vat_rate, line.gross) for line in lines),
        tenders=tuple(tender for tender in tenders if tender.amount),
        total=total,
    )


def line(
    quantity: str, price: int, discount: int = 0, rate: tuple[str, Decimal] = RATES[0]
) -> Line:
    """A line of an invented article."""
    return Line(1, "S-1", "A-1", "Article", Decimal(quantity), price, *rate, discount=discount)


@st.composite
def lines_of_receipts(draw: st.DrawFn) -> Line:
    """A line sold or brought back, with a discount of at most what it costs."""
    pieces = draw(st.sampled_from(("1", "2", "-1", "-3", "0.375")))
    made = line(pieces, draw(st.integers(0, 50_000)), 0, draw(st.sampled_from(RATES)))
    off = draw(st.integers(0, 100)) * abs(made.gross) // 100
    return replace(made, discount=-off if made.is_return else off)


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    """A receipt as a till finishes it: it may pay out as well as take in, and give change."""
    lines = tuple(draw(st.lists(lines_of_receipts(), max_size=8)))
    total = sum(each.gross for each in lines)
    over = draw(st.none() | st.integers(0, 5_000)) if total > 0 else None
    return with_lines(lines, given=None if over is None else total + over)
