"""The basket, its tenders and the movements it causes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from shared.basket import Basket, Line, PriceSource
from shared.basket.basket import MAX_LINES
from shared.errors import DomainError
from shared.fiscal import FiscalTransaction, NoFiscalDevice, refuse_unsigned_productive
from shared.stock import MovementKind, count_correction, movements_of_lines
from shared.tender import Tender, TenderKind, TenderMix

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def basket():
    return Basket(UUID(int=7), "EUR", AT, "101")


def line(price=1999, quantity="1", **changes):
    facts = {"vat_category": "standard", "vat_rate": Decimal(19), **changes}
    number = facts.pop("number", 0)
    return Line(number, "S", "A", "Hemd", Decimal(quantity), price, **facts)


def code_of(call):
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


def test_numbers_are_given_once():
    filled = basket().add(line()).add(line()).void(1).add(line())
    assert list(filled.lines) == [2, 3]
    assert filled.voided == 1
    assert not filled.is_empty
    assert basket().is_empty


def test_a_voided_line_comes_back_in_its_place():
    two = basket().add(line(100)).add(line(200))
    taken = two.line(1)
    assert list(two.void(1).restore(taken).lines) == [1, 2]
    assert two.void(1).restore(taken).voided == 0
    assert code_of(lambda: two.restore(taken)) == "line_not_voided"


def test_changes():
    one = basket().add(line())
    assert one.with_quantity(1, Decimal(3)).totals().gross == 5997
    changed = one.with_price(1, 1500, "Fleck")
    assert changed.line(1).price_source is PriceSource.MANUAL
    assert changed.totals().gross == 1500
    assert one.with_note(1, "x" * 300).line(1).note == "x" * 200


def test_what_makes_no_sense_is_refused():
    one = basket().add(line())
    assert code_of(lambda: one.line(9)) == "line_unknown"
    assert code_of(lambda: one.void(9)) == "line_unknown"
    assert code_of(lambda: one.with_quantity(1, Decimal(0))) == "quantity_zero"
    assert code_of(lambda: one.with_quantity(1, Decimal(-1))) == "quantity_changes_direction"
    assert code_of(lambda: one.with_quantity(1, Decimal(100_001))) == "quantity_too_large"
    assert code_of(lambda: one.with_price(1, -1, "")) == "price_negative"
    full = Basket(UUID(int=1), "EUR", AT, "", lines=dict.fromkeys(range(MAX_LINES), line()))
    assert code_of(lambda: full.add(line())) == "basket_full"


def test_totals_and_returns():
    mixed = basket().add(line(1000)).add(line(500, "-1", discount=-50))
    totals = mixed.totals()
    assert (totals.gross, totals.discount, totals.pieces) == (550, -50, 2)
    assert sum(row.gross for row in totals.vat) == 550
    assert not mixed.is_return
    assert mixed.void(1).is_return
    assert not basket().is_return


def test_cash_and_change():
    mix = TenderMix(1999).add(Tender(TenderKind.CASH, 500))
    assert (mix.due, mix.change) == (1499, 0)
    assert code_of(mix.settled) == "tender_short"
    paid = mix.add(Tender(TenderKind.CASH, 2000))
    assert (paid.due, paid.change) == (0, 501)
    assert paid.settled()[-1] == Tender(TenderKind.CHANGE, -501)
    assert sum(t.amount for t in paid.settled()) == 1999


def test_refunds_flow_out():
    mix = TenderMix(-1999).add(Tender(TenderKind.CASH, -1999))
    assert (mix.due, mix.change) == (0, 0)
    assert mix.settled() == (Tender(TenderKind.CASH, -1999),)
    assert code_of(lambda: TenderMix(-5).add(Tender(TenderKind.CASH, -6))) == "refund_too_large"
    assert code_of(lambda: TenderMix(5).add(Tender(TenderKind.CARD, 6))) == "tender_no_change"
    assert TenderMix(5).add(Tender(TenderKind.CARD, 5)).due == 0


def test_odd_tenders_are_refused():
    assert code_of(lambda: TenderMix(5).add(Tender(TenderKind.CASH, 0))) == "tender_zero"
    assert code_of(lambda: TenderMix(5).add(Tender(TenderKind.CASH, -5))) == "tender_direction"
    assert code_of(lambda: TenderMix(5).add(Tender(TenderKind.CASH, 10**12))) == "tender_too_large"
    assert code_of(lambda: TenderMix(0).add(Tender(TenderKind.CASH, 1))) == "tender_nothing_due"


def test_movements_mirror_the_lines():
    lines = basket().add(line(quantity="2")).add(line(quantity="-1")).lines.values()
    assert [(m.part, m.delta, m.kind) for m in movements_of_lines(lines)] == [
        ("stock:1", Decimal(-2), MovementKind.SALE),
        ("stock:2", Decimal(1), MovementKind.RETURN),
    ]
    assert count_correction(Decimal(5), Decimal(7)) == -2


def test_the_device_that_is_none_says_so_where_it_matters():
    device = NoFiscalDevice()
    asked = FiscalTransaction(UUID(int=1), "DE01-T1", "DE", "EUR", "sale", AT, 100)
    device.start(asked)
    device.update(asked)
    device.cancel(asked)
    assert device.finish(asked).print_lines == ("Kein Kassenbeleg",)
    british = FiscalTransaction(UUID(int=1), "UK01-T1", "GB", "GBP", "sale", AT, 100)
    assert device.finish(british).print_lines == ()


def test_a_productive_till_in_a_fiscal_market_needs_a_device():
    signs = NoFiscalDevice().signs
    assert (
        code_of(lambda: refuse_unsigned_productive("AT", "productive", signs=signs))
        == "fiscal_device_required"
    )
    refuse_unsigned_productive("GB", "productive", signs=signs)
    refuse_unsigned_productive("DE", "demo", signs=signs)
    refuse_unsigned_productive("DE", "productive", signs=True)


def test_a_line_is_replaced_under_its_own_number_only():
    one = basket().add(line())
    assert one.with_line(line(500, number=1)).lines[1].unit_price == 500
    with pytest.raises(DomainError):
        one.with_line(line(500, number=2))


def test_a_receipt_is_blank_until_anything_is_on_it():
    assert basket().is_blank
    assert not replace(basket(), customer="70001").is_blank
    assert not basket().add(line()).is_blank
    assert not basket().add(line()).void(1).is_blank
