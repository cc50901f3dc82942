"""What a till may take from gift cards without the centre: by itself nothing, and never more than any of the limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.tender import Tender, TenderKind, TenderMix
from shared.vouchers import StandInPolicy, StoodIn
from shared.wire.authorisations import stand_in_policy
from tests.integration.ledger_rig import named

CENTS = st.integers(0, 10_000)


def test_without_a_policy_nothing_is_left():
    assert StandInPolicy().left(StoodIn()) == 0
    assert stand_in_policy(None) == stand_in_policy({}) == StandInPolicy()


@given(st.builds(StandInPolicy, CENTS, CENTS, CENTS), st.lists(CENTS, max_size=8))
def test_what_is_taken_one_after_the_other_stays_within_every_limit(policy, wanted):
    taken = 0
    for amount in wanted:
        if amount <= policy.left(StoodIn(taken, taken, taken)):
            taken += amount
    assert taken <= min(policy.per_receipt, policy.per_card, policy.per_till)


@pytest.mark.parametrize("limit", [None, -1, "100", 5.0, True, [1]])
def test_a_limit_that_is_no_amount_allows_nothing(limit):
    given_row = {"per_receipt": 100, "per_card": 100, "per_till": limit}
    assert stand_in_policy(given_row).left(StoodIn()) == 0


def test_a_gift_card_counts_only_when_it_is_authorised_and_once():
    mix = TenderMix(1_000)
    with pytest.raises(DomainError, match="tender_unauthorised"):
        mix.add(Tender(TenderKind.GIFT_CARD, 500))
    with pytest.raises(DomainError, match="tender_no_change"):
        mix.add(Tender(TenderKind.GIFT_CARD, 1_001, named("a"), "2950"))
    first = Tender(TenderKind.GIFT_CARD, 400, named("a"), "2950")
    paid = mix.add(first)
    with pytest.raises(DomainError, match="tender_counted"):
        paid.add(first)
    assert paid.add(Tender(TenderKind.GIFT_CARD, 600, named("b"), "2950")).due == 0
    with pytest.raises(DomainError, match="tender_unauthorised"):
        TenderMix(-1_000).add(Tender(TenderKind.GIFT_CARD, -1_000))
    assert TenderMix(-1_000).add(Tender(TenderKind.GIFT_CARD, -1_000, None, "2950")).due == 0
