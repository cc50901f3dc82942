"""Notes and coins: what is offered, what is handed out, what is counted."""

import pytest

from shared.tender import denominations, fewest_pieces, quick_amounts


@pytest.mark.parametrize(
    ("due", "currency", "offered"),
    [
        (13_176, "EUR", (13_200, 13_500, 14_000, 15_000, 20_000)),
        (320, "EUR", (400, 500, 1_000, 2_000, 5_000)),
        (5_000, "EUR", (6_000, 10_000, 20_000, 30_000, 50_000)),
        (50_000, "EUR", (60_000, 70_000, 80_000, 90_000, 100_000)),
        (3_995, "GBP", (4_000, 5_000, 10_000, 15_000, 20_000)),
        (1, "GBP", (100, 500, 1_000, 2_000, 5_000)),
    ],
)
def test_likely_amounts_go_upwards_from_what_is_due(due, currency, offered):
    assert quick_amounts(due, currency) == offered


@pytest.mark.parametrize(("due", "currency"), [(0, "EUR"), (-500, "EUR"), (500, "JPY")])
def test_nothing_is_offered_where_nobody_gives_cash(due, currency):
    assert quick_amounts(due, currency) == ()


def test_change_is_handed_out_in_the_fewest_pieces():
    parts = [(piece.value, count, piece.note) for piece, count in fewest_pieces(1_824, "EUR")]
    assert parts == [
        (1_000, 1, True),
        (500, 1, True),
        (200, 1, False),
        (100, 1, False),
        (20, 1, False),
        (2, 2, False),
    ]


def test_nobody_hands_out_a_note_that_is_no_longer_issued():
    assert [(p.value, n) for p, n in fewest_pieces(60_000, "EUR")] == [(20_000, 3)]


def test_the_greedy_way_is_the_shortest():
    values = [piece.value for piece in denominations("EUR") if piece.value <= 200]
    best = [0]
    for amount in range(1, 500):
        best.append(1 + min(best[amount - value] for value in values if value <= amount))
    for amount in range(1, 500):
        assert sum(count for _, count in fewest_pieces(amount, "EUR")) == best[amount]


def test_an_amount_without_pieces_has_none():
    assert fewest_pieces(0, "EUR") == ()
    assert fewest_pieces(500, "JPY") == ()


@pytest.mark.parametrize("currency", ["EUR", "GBP"])
def test_the_drawer_is_listed_from_the_largest_down(currency):
    pieces = denominations(currency)
    values = [piece.value for piece in pieces]
    assert values == sorted(values, reverse=True)
    assert values[-8:] == [200, 100, 50, 20, 10, 5, 2, 1]
    assert [piece.note for piece in pieces] == [value >= 500 for value in values]
    assert [piece.value for piece in pieces if piece.rare] == [50_000] * (currency == "EUR")
