"""What receipts and drawers book."""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.ledger import AccountKind, flaw_of, money_unit, reversal
from shared.ledger.drawer import drawer_event, drawer_journal
from shared.ledger.posting import TENDERS, journal_id_of, receipt_journal
from shared.tender import Tender, TenderKind
from tests.support.journals import START
from tests.support.ledger_receipts import RATES, line, receipts, with_lines

EVENT = UUID(int=5)
DAY = START.date()


def balances(*journals):
    """What accounts hold, debits positive, by kind and owner; accounts at zero are left out."""
    sums = Counter()
    for journal in journals:
        for transfer in journal.transfers if journal else ():
            for key, sign in ((transfer.debit, 1), (transfer.credit, -1)):
                sums[key.kind.value, key.owner_id] += sign * transfer.amount
    return {key: amount for key, amount in sums.items() if amount}


def words(journal):
    sums = defaultdict(int)
    for transfer in journal.transfers:
        sums[transfer.code] += transfer.amount
    return dict(sums)


def test_a_sale_books_net_tax_and_cash():
    journal = receipt_journal(with_lines((line("1", 1190),), given=2000))
    assert balances(journal) == {
        ("store.sales", "standard@19"): -1000,
        ("store.tax", "standard@19"): -190,
        ("store.tender.cash", "DE01-T1"): 1190,
    }
    assert words(journal) == {"sale": 1000, "vat": 190, "tender": 2000, "change": 810}
    assert {transfer.debit.unit for transfer in journal.transfers} == {money_unit("EUR")}
    assert {transfer.debit.store_id for transfer in journal.transfers} == {"DE01"}
    assert journal.source_event_id is not None
    assert journal.journal_id == journal_id_of(journal.source_event_id, "receipt")
    assert not journal.floored


def test_a_gift_card_is_booked_to_what_the_store_took_in_instruments():
    paid = (Tender(TenderKind.GIFT_CARD, 1190, UUID(int=7), "2950000000000006"),)
    journal = receipt_journal(replace(with_lines((line("1", 1190),)), tenders=paid))
    held = balances(journal)
    taken = AccountKind.INSTRUMENTS.value
    assert {key: amount for key, amount in held.items() if key[0] == taken} == {(taken, ""): 1190}
    assert ("store.tender.cash", "DE01-T1") not in held


def test_a_discount_is_booked_with_the_tax_that_is_in_it():
    journal = receipt_journal(with_lines((line("1", 1190, 119),)))
    assert balances(journal) == {
        ("store.sales", "standard@19"): -1000,
        ("store.tax", "standard@19"): -171,
        ("store.discounts", "standard@19"): 100,
        ("store.tender.cash", "DE01-T1"): 1071,
    }
    assert words(journal)["discount"] + words(journal)["discount_vat"] == 119


def test_goods_that_come_back_book_the_other_way_round():
    sold = receipt_journal(with_lines((line("1", 1190, 119),)))
    back = receipt_journal(with_lines((line("-1", 1190, -119),)))
    assert balances(sold, back) == {}


def test_each_rate_has_accounts_of_its_own():
    journal = receipt_journal(with_lines((line("1", 1190), line("1", 1070, 0, RATES[1]))))
    owners = {key for kind, key in balances(journal) if kind == "store.tax"}
    assert owners == {"standard@19", "reduced@7"}


def test_what_cash_cannot_pay_is_rounding():
    receipt = replace(with_lines((line("1", 1003),)), tenders=(Tender(TenderKind.CASH, 1005),))
    assert balances(receipt_journal(receipt))["store.rounding", ""] == -2


def test_cards_have_an_account_of_their_own_and_so_has_every_tender():
    tenders = (
        Tender(TenderKind.CARD, 700),
        Tender(TenderKind.CASH, 500),
        Tender(TenderKind.CHANGE, -10),
    )
    held = balances(receipt_journal(replace(with_lines((line("1", 1190),)), tenders=tenders)))
    assert held["store.tender.card", "DE01-T1"] == 700
    assert held["store.tender.cash", "DE01-T1"] == 490
    assert TENDERS.keys() == set(TenderKind)


def test_nothing_is_booked_for_a_receipt_that_moves_nothing():
    assert receipt_journal(with_lines((line("1", 500), line("-1", 500)))) is None


@given(receipts())
def test_a_receipt_leaves_nothing_on_clearing_and_agrees_with_its_vat_table(receipt):
    journal = receipt_journal(receipt)
    held = balances(journal)
    assert sum(held.values()) == 0
    assert ("store.clearing", "") not in held
    assert journal is None or flaw_of(journal) is None
    for row in receipt.vat:
        owner = f"{row.category}@{row.rate}"
        net = held.get(("store.sales", owner), 0) + held.get(("store.discounts", owner), 0)
        assert (-net, -held.get(("store.tax", owner), 0)) == (row.net, row.vat)
    off = sum(line.discount for line in receipt.lines)
    discounts = sum(amount for (kind, _), amount in held.items() if kind == "store.discounts")
    assert discounts + _tax_of_discounts(journal) == off
    assert held.get(("store.tender.cash", "DE01-T1"), 0) == receipt.total


def _tax_of_discounts(journal):
    found = [t for t in (journal.transfers if journal else ()) if t.code == "discount_vat"]
    return sum(t.amount if t.debit.kind is AccountKind.TAX else -t.amount for t in found)


@given(receipts())
def test_a_reversal_undoes_a_receipt(receipt):
    journal = receipt_journal(receipt)
    if journal is None:
        return
    undone = reversal(journal, EVENT, DAY)
    assert balances(journal, undone) == {}
    assert (undone.reversal_of, undone.rule) == (journal.journal_id, "reversal.receipt")
    assert flaw_of(undone) is None


def drawer(event_type, /, **facts):
    body = {"store_id": "DE01", "currency": "EUR", "business_date": DAY.isoformat(), **facts}
    return drawer_event(EVENT, event_type, "DE01-T1", body)


def booked(event_type, /, **facts):
    return drawer_journal(drawer(event_type, **facts))


@given(st.integers(0, 50_000), st.lists(st.integers(-9_000, 9_000)), st.integers(0, 90_000))
def test_a_closed_shift_leaves_nothing_in_the_drawer(opening, moves, counted):
    expected = opening + sum(moves)
    journals = [
        booked("shift.opened", float=opening),
        *(booked("cash.moved", kind="deposit", amount=amount) for amount in moves),
    ]
    assert balances(*journals).get(("store.tender.cash", "DE01-T1"), 0) == expected
    closed = {"expected": expected, "counted": counted, "difference": counted - expected}
    journals.append(booked("shift.closed", **closed))
    held = balances(*journals)
    assert ("store.tender.cash", "DE01-T1") not in held
    assert held.get(("store.cash_difference", ""), 0) == expected - counted


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        ("deposit", "store.safe"),
        ("withdrawal", "store.safe"),
        ("bank", "store.bank"),
        ("expense", "store.expense"),
    ],
)
def test_cash_that_is_moved_has_a_counterpart(kind, account):
    journal = booked("cash.moved", kind=kind, amount=-700)
    assert balances(journal) == {("store.tender.cash", "DE01-T1"): -700, (account, ""): 700}
    assert journal.rule == "drawer"


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("cash.moved", {"kind": "theft", "amount": 1}, "event_field_wrong"),
        ("cash.moved", {"kind": "bank", "amount": "1"}, "event_field_wrong"),
        ("shift.opened", {}, "event_field_wrong"),
        ("shift.closed", {"counted": 5, "expected": 3, "difference": 1}, "drawer_sums_differ"),
    ],
)
def test_a_malformed_drawer_event_is_refused(kind, facts, code):
    with pytest.raises(DomainError) as refused:
        drawer(kind, **facts)
    assert refused.value.code == code


def test_an_empty_float_books_nothing():
    assert booked("shift.opened", float=0) is None


def test_rates_with_decimals_have_a_name():
    journal = receipt_journal(with_lines((line("1", 1049, 0, ("special", Decimal("4.900"))),)))
    assert ("store.tax", "special@4.9") in balances(journal)
