"""What people type to find a receipt, and the list that comes of it."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from pos_client.features.receipts.asking import read_query
from pos_client.features.receipts.presenter import PAGE, ReceiptsPresenter
from pos_client.ports import FiledReceipt, ReceiptQuery
from shared.errors import DomainError
from tests.unit.till_fakes import MOMENT, FakeRecording, FakeTexts, View

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", ReceiptQuery()),
        ("1-42", ReceiptQuery(number=42)),
        ("DE01-T1-1-42", ReceiptQuery(number=42)),
        ("heute", ReceiptQuery(day=TODAY)),
        (" Today ", ReceiptQuery(day=TODAY)),
        ("gestern", ReceiptQuery(day=date(2026, 11, 24))),
        ("24.11.", ReceiptQuery(day=date(2026, 11, 24))),
        ("24.12.", ReceiptQuery(day=date(2025, 12, 24))),
        ("24.11.25", ReceiptQuery(day=date(2025, 11, 24))),
        ("24.11.2025", ReceiptQuery(day=date(2025, 11, 24))),
        ("24/11", ReceiptQuery(day=date(2026, 11, 24))),
        ("2026-11-24", ReceiptQuery(day=date(2026, 11, 24))),
        ("39,95", ReceiptQuery(amount=3_995, words="39,95")),
        ("39,95 €", ReceiptQuery(amount=3_995, words="39,95 €")),
        ("-39,95", ReceiptQuery(amount=3_995, words="-39,95")),
        ("24.11", ReceiptQuery(amount=2_411, words="24.11")),
        ("42", ReceiptQuery(number=42, amount=4_200, words="42")),
        ("31.02.", ReceiptQuery(words="31.02.")),
        ("Hose Lene", ReceiptQuery(words="hose lene")),
    ],
)
def test_a_text_is_read_as_whatever_it_can_mean(text, query):
    assert read_query(text, "de", 2, TODAY) == query


def test_a_leap_day_without_a_year_is_not_made_up():
    assert read_query("29.02.", "de", 2, date(2028, 1, 5)) == ReceiptQuery(words="29.02.")


def filed(number, total=100, days_ago=0):
    receipt = SimpleNamespace(
        receipt_id=SimpleNamespace(printed_number=f"1-{number}"),
        finished_at=MOMENT.at,
        business_date=MOMENT.business_date - timedelta(days=days_ago),
        total=total,
        currency="EUR",
        external_ref="",
    )
    return FiledReceipt("sale.completed", receipt)


def make(*found):
    asked = []

    def search(query, before, limit):
        asked.append((query, before, limit))
        return tuple(row for row in found if before is None or row[0] < before)[:limit]

    presenter = ReceiptsPresenter(
        SimpleNamespace(),
        SimpleNamespace(),
        FakeRecording(),
        FakeTexts(),
        View(),
        SimpleNamespace(search=search),
        SimpleNamespace(currency="EUR"),
    )
    return presenter, asked


def test_rows_stand_under_their_day_and_show_what_went_out():
    presenter, _ = make((3, filed(3, 0)), (2, filed(2, -100, 1)), (1, filed(1, 100, 2)))
    rows = presenter.on_search("").rows
    assert [(row.number, row.day, row.amount_tone) for row in rows] == [
        ("1-3", "receipts.today", "muted"),
        ("1-2", "receipts.yesterday", "danger"),
        ("1-1", "2026-11-23", "text"),
    ]


def test_the_list_comes_in_pages():
    presenter, asked = make(*((n, filed(n)) for n in range(PAGE + 1, 0, -1)))
    first = presenter.on_search("39,95")
    assert (len(first.rows), first.more, first.query) == (PAGE, "2", "39,95")
    rest = presenter.on_search("39,95", first.more)
    assert ([row.number for row in rest.rows], rest.more) == (["1-1"], "")
    assert [before for _, before, _ in asked] == [None, 2]


def test_nothing_found_is_said_and_no_page_is_made_up():
    presenter, _ = make()
    assert presenter.on_search("x").notice == "receipts.none"
    with pytest.raises(DomainError, match="receipt_page_unknown"):
        presenter.on_search("x", "y")
