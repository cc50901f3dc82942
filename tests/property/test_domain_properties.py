"""Laws of the domain over random values."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.journal import canonical_bytes, parse_body
from shared.money import allocate, round_half_up
from shared.quantity import (
    format_quantity,
    from_thousandths,
    is_gtin,
    parse_quantity,
    to_thousandths,
    with_check_digit,
)
from shared.tax import split_gross
from shared.tender import Tender, TenderKind, TenderMix

amounts = st.integers(-(10**12), 10**12)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_allocation_adds_up_and_is_fair(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert parts == [-part for part in allocate(-total, weights)]
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part


@given(st.lists(st.tuples(st.sampled_from(["19", "7", "4.9", "0", "17.5"]), amounts), max_size=30))
def test_vat_rows_add_up_to_the_lines(lines):
    rows = split_gross(("c" + rate, Decimal(rate), gross) for rate, gross in lines)
    assert sum(row.gross for row in rows) == sum(gross for _, gross in lines)
    for row in rows:
        assert row.net + row.vat == row.gross
        exact = Decimal(row.gross) * row.rate / (100 + row.rate)
        assert abs(row.vat - exact) <= Decimal("0.5")


@given(st.integers(-(10**9), 10**9))
def test_quantities_survive_text_and_thousandths(thousandths):
    value = from_thousandths(thousandths)
    assert to_thousandths(value) == thousandths
    assert parse_quantity(format_quantity(value)) == value


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
    )
)
def test_rounding_is_symmetric_and_near(value):
    assert round_half_up(-value) == -round_half_up(value)
    assert abs(round_half_up(value) - value) <= Decimal("0.5")


@given(st.integers(0, 10**12), st.integers(0, 9), st.sampled_from([7, 11, 12, 13]))
def test_a_changed_digit_is_always_noticed(number, bump, length):
    code = with_check_digit(str(number).rjust(length, "0")[-length:])
    assert is_gtin(code)
    place = number % len(code)
    changed = code[:place] + str((int(code[place]) + 1 + bump % 9) % 10) + code[place + 1 :]
    assert not is_gtin(changed)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values))
def test_canonical_bytes_are_a_fixed_point(body):
    data = canonical_bytes(body)
    assert parse_body(data) == body
    assert canonical_bytes(parse_body(data)) == data


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
def test_tenders_close_to_the_total(total, given_amounts):
    mix = TenderMix(total)
    for amount in given_amounts:
        if mix.due:
            mix = mix.add(Tender(TenderKind.CASH, amount))
    if not mix.due:
        assert sum(tender.amount for tender in mix.settled()) == total
        assert mix.change >= 0
