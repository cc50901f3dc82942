"""The ledger's rules: units, floors, phases, lots, digests."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.ledger import (
    AccountKey,
    AccountKind,
    Counters,
    Effect,
    Floor,
    Journal,
    Lot,
    LotTerms,
    OwnerType,
    PendingRef,
    Phase,
    Transfer,
    UnitKind,
    effect,
    flaw_of,
    money_unit,
    moved,
    parts_back,
    points_unit,
    reversal,
    rule_of,
    spendable,
    take,
)
from shared.ledger.digest import (
    FIRST_PREVIOUS,
    StoredJournal,
    StoredTransfer,
    block_hash,
    journal_digest,
)

EUR = money_unit("EUR")
CLUB = points_unit("CLUB")
DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
CARD = AccountKey(AccountKind.GIFT_CARD, EUR, OwnerType.GIFT_CARD, "1")
CLEARING = AccountKey(AccountKind.CLEARING, EUR, store_id="DE01")
POINTS = AccountKey(AccountKind.POINTS, CLUB, OwnerType.CUSTOMER, "C1")
ISSUED = AccountKey(AccountKind.POINTS_ISSUED, CLUB)
J1, J2 = UUID(int=1), UUID(int=2)


def journal(*transfers, rule="test"):
    return Journal(J1, rule, DAY, transfers)


def test_units_know_their_scale():
    assert (EUR.scale, money_unit("JPY").scale, EUR.kind) == (2, 0, UnitKind.MONEY)
    assert (CLUB.code, CLUB.scale, CLUB.kind) == ("PTS-CLUB", 0, UnitKind.POINTS)


@pytest.mark.parametrize("programme", ["", "club", "A B", "A" * 13])
def test_a_programme_has_a_plain_name(programme):
    with pytest.raises(DomainError, match="ledger_unit_invalid"):
        points_unit(programme)


def test_the_house_has_no_floor_and_customers_have():
    assert rule_of(AccountKind.SALES).floor is Floor.NONE
    assert rule_of(AccountKind.POINTS_DEBT).floor is Floor.DEBIT
    assert all(
        rule_of(kind).floor is Floor.CREDIT
        for kind in AccountKind
        if kind.value.startswith(("giftcard", "voucher")) or rule_of(kind).lots
    )


def test_amounts_of_either_sign_become_transfers():
    assert moved(CARD, CLEARING, 0, "x") == ()
    assert moved(CARD, CLEARING, 5, "x") == (Transfer(CARD, CLEARING, 5, "x"),)
    assert moved(CARD, CLEARING, -5, "x") == (Transfer(CLEARING, CARD, 5, "x"),)


HOLD = Transfer(CARD, CLEARING, 5, "hold", Phase.PENDING, expires_at=NOW)
POST = Transfer(CARD, CLEARING, 5, "take", Phase.POST, PendingRef(J2, 1))


@pytest.mark.parametrize(
    ("flaw", "transfers"),
    [
        (None, [HOLD]),
        (None, [POST]),
        (None, [replace(POST, phase=Phase.VOID, amount=0)]),
        (None, [Transfer(ISSUED, POINTS, 5, "award", lot=LotTerms())]),
        ("ledger_journal_empty", []),
        ("ledger_word_invalid", [Transfer(CARD, CLEARING, 5, "Spend|")]),
        ("ledger_amount_invalid", [Transfer(CARD, CLEARING, 0, "x")]),
        ("ledger_amount_invalid", [Transfer(CARD, CLEARING, -1, "x")]),
        ("ledger_amount_invalid", [Transfer(CARD, CLEARING, 10**15 + 1, "x")]),
        ("ledger_amount_invalid", [HOLD, replace(POST, phase=Phase.VOID)]),
        ("ledger_account_same", [Transfer(CARD, CARD, 5, "x")]),
        ("ledger_unit_differs", [Transfer(CARD, POINTS, 5, "x")]),
        ("ledger_phase_invalid", [replace(POST, pending=None)]),
        ("ledger_phase_invalid", [replace(HOLD, pending=PendingRef(J2, 1))]),
        ("ledger_phase_invalid", [replace(HOLD, expires_at=None)]),
        ("ledger_phase_invalid", [replace(POST, expires_at=NOW)]),
        ("ledger_phase_invalid", [replace(HOLD, debit=replace(CLEARING, store_id="AT01"))]),
        ("ledger_lot_invalid", [Transfer(CLEARING, CARD, 5, "x", lot=LotTerms())]),
    ],
)
def test_flaws_are_found_before_any_balance_is_asked(flaw, transfers):
    assert flaw_of(journal(*transfers)) == flaw


def test_a_rule_is_a_word():
    assert flaw_of(journal(HOLD, rule="no rule")) == "ledger_word_invalid"


def test_an_award_is_undone_out_of_its_own_lots_and_a_hold_is_not_undone():
    undone = reversal(journal(Transfer(ISSUED, POINTS, 5, "award", lot=LotTerms())), J2, DAY)
    assert undone.transfers == (Transfer(POINTS, ISSUED, 5, "award", taken_from=J1),)
    spent = reversal(journal(Transfer(CARD, CLEARING, 5, "spend")), J2, DAY)
    assert spent.transfers == (Transfer(CLEARING, CARD, 5, "spend"),)
    with pytest.raises(ValueError, match="reversal"):
        reversal(journal(HOLD), J2, DAY)


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.SINGLE, Effect(40, 0)),
        (Phase.PENDING, Effect(0, 40)),
        (Phase.POST, Effect(40, -60)),
    ],
)
def test_effects_of_phases(phase, expected):
    assert effect(phase, 40, 60 if phase is Phase.POST else 0) == expected
    assert effect(Phase.VOID, 0, 60) == Effect(0, -60)


def test_a_hold_blocks_what_is_left_and_a_part_frees_the_rest():
    card = Counters().credited(effect(Phase.SINGLE, 100)).debited(effect(Phase.PENDING, 60))
    assert (card.free(Floor.CREDIT), card.held) == (40, 60)
    assert not card.debited(effect(Phase.SINGLE, 50)).keeps(Floor.CREDIT)
    assert card.debited(effect(Phase.SINGLE, 40)).keeps(Floor.CREDIT)
    taken = card.debited(effect(Phase.POST, 40, 60))
    assert (taken.balance(Floor.CREDIT), taken.free(Floor.CREDIT)) == (60, 60)


def test_floors_on_either_side():
    owed = Counters().debited(effect(Phase.SINGLE, 30))
    assert owed.keeps(Floor.DEBIT)
    assert not owed.keeps(Floor.CREDIT)
    assert owed.keeps(Floor.NONE)
    assert owed.balance(Floor.DEBIT) == 30
    held = owed.credited(effect(Phase.PENDING, 20))
    assert held.free(Floor.DEBIT) == 10
    assert not Counters().debited(effect(Phase.VOID, 0, 1)).keeps(Floor.NONE)


def lot(number, remaining, *, vests=None, expires=None, source=J1):
    def day(offset):
        return None if offset is None else DAY + timedelta(days=offset)

    return Lot(number, source, remaining, LotTerms(day(vests), day(expires)))


LOTS = [lot(1, 10), lot(2, 20, expires=9), lot(3, 30, expires=0), lot(4, 40, vests=1, source=J2)]


def test_the_lot_that_expires_next_is_taken_first():
    assert spendable(LOTS, DAY) == 60
    assert take(LOTS, 55, DAY) == ((3, 30), (2, 20), (1, 5))
    assert take([*LOTS, lot(0, 1, expires=9)], 31, DAY) == ((3, 30), (0, 1))


def test_what_is_over_or_has_not_vested_is_not_spent():
    tomorrow = DAY + timedelta(days=1)
    assert spendable(LOTS, tomorrow) == 70
    with pytest.raises(DomainError) as refused:
        take(LOTS, 61, DAY)
    assert refused.value.code == "ledger_lots_short"
    assert refused.value.params == {"free": 60, "amount": 61}
    assert take([lot(1, 5, expires=-1)], 5, DAY, was_held=True) == ((1, 5),)


def test_what_was_given_for_goods_is_taken_back_from_itself():
    assert take(LOTS, 45, DAY, first=J2) == ((4, 40), (3, 5))


lots = st.builds(
    lot,
    st.integers(1, 99),
    st.integers(0, 50),
    vests=st.none() | st.integers(-2, 2),
    expires=st.none() | st.integers(-2, 2),
)


@given(st.lists(lots, unique_by=lambda each: each.number), st.integers(1, 200))
def test_a_spend_takes_exactly_its_amount_or_nothing(held, amount):
    free = spendable(held, DAY)
    if amount > free:
        with pytest.raises(DomainError):
            take(held, amount, DAY)
        return
    by_number = {each.number: each for each in held}
    taken = take(held, amount, DAY)
    assert sum(part for _, part in taken) == amount
    assert all(0 < part <= by_number[number].remaining for number, part in taken)
    assert all(by_number[number].is_spendable(DAY) for number, _ in taken)


NEXT, LAST = LotTerms(None, DAY), LotTerms(None, DAY + timedelta(days=30))


def test_what_was_taken_last_comes_back_first_and_no_lot_gets_more_than_it_gave():
    taken = ((300, NEXT), (200, LAST))
    assert parts_back(taken, 0, 120) == ((120, LAST),)
    assert parts_back(taken, 120, 130) == ((80, LAST), (50, NEXT))
    assert parts_back(taken, 250, 400) == ((250, NEXT),)
    assert parts_back(taken, 500, 1) == ()


@given(
    st.lists(st.integers(1, 50), max_size=5), st.lists(st.integers(0, 80), min_size=1, max_size=6)
)
def test_in_however_many_turns_it_comes_back_each_lot_gets_what_it_gave(taken, turns):
    parts = [(part, LotTerms(None, DAY + timedelta(days=n))) for n, part in enumerate(taken)]
    back, before = {}, 0
    for amount in turns:
        now = parts_back(parts, before, amount)
        assert sum(part for part, _ in now) == min(amount, sum(taken) - before)
        for part, terms in now:
            back[terms] = back.get(terms, 0) + part
        before += sum(part for part, _ in now)
    assert all(back.get(terms, 0) <= part for part, terms in parts)
    # An earlier one gets nothing before the later one has all of its own.
    assert all(
        back.get(later, 0) == part or not back.get(earlier, 0)
        for (_, earlier), (part, later) in pairwise(parts)
    )


HEAD = StoredJournal(J1, "test", 1, DAY)
ROW = StoredTransfer(1, 10, 20, "EUR", 500, "spend", "single")


@pytest.mark.parametrize(
    "changed",
    [
        (replace(HEAD, business_date=DAY + timedelta(days=1)), [ROW]),
        (replace(HEAD, source_event_id=J2), [ROW]),
        (replace(HEAD, reversal_of=J2), [ROW]),
        (HEAD, [replace(ROW, amount=501)]),
        (HEAD, [replace(ROW, debit_id=20, credit_id=10)]),
        (HEAD, [replace(ROW, pending_id=7)]),
        (HEAD, [replace(ROW, expires_at=NOW)]),
        (HEAD, [replace(ROW, vests_on=DAY)]),
        (HEAD, [replace(ROW, expires_on=DAY)]),
        (HEAD, [ROW, replace(ROW, line=2)]),
        (HEAD, []),
    ],
)
def test_every_change_shows_in_the_digest(changed):
    assert journal_digest(*changed) != journal_digest(HEAD, [ROW])


def test_a_digest_does_not_depend_on_the_zone_of_a_time():
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    held = [
        journal_digest(HEAD, [replace(ROW, phase="pending", expires_at=at)])
        for at in (NOW, elsewhere)
    ]
    assert held[0] == held[1]


def test_blocks_are_chained():
    digest = journal_digest(HEAD, [ROW])
    first = block_hash(FIRST_PREVIOUS, 1, [(1, 1, digest, NOW)])
    assert first == block_hash(FIRST_PREVIOUS, 1, [(1, 1, digest, NOW)])
    others = {
        block_hash(first, 1, [(1, 1, digest, NOW)]),
        block_hash(FIRST_PREVIOUS, 2, [(1, 1, digest, NOW)]),
        block_hash(FIRST_PREVIOUS, 1, [(2, 1, digest, NOW)]),
        block_hash(FIRST_PREVIOUS, 1, [(1, 1, digest, NOW + timedelta(microseconds=1))]),
        block_hash(FIRST_PREVIOUS, 1, []),
    }
    assert first not in others
    assert len(others) == 5


def test_every_transfer_of_a_block_is_chained_with_its_own_moment():
    digest = journal_digest(HEAD, [ROW])
    later = NOW + timedelta(microseconds=1)
    first, again = (1, 1, digest, NOW), (2, 2, digest, NOW)
    blocks = [
        [first],
        [first, again],
        [first, (2, 2, digest, later)],
        [(1, 1, digest, later), again],
    ]
    assert len({block_hash(FIRST_PREVIOUS, 1, leaves) for leaves in blocks}) == len(blocks)
