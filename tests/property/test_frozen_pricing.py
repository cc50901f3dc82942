"""What a receipt freezes, priced again, is the same to the cent."""

from __future__ import annotations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from shared.promotions import Book, freeze, frozen_to_body, price, price_again, read_request
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_baskets import crowd
from tests.unit.shared.test_promotion_frozen import answer, version, written

STEPS = 3_000
SEEDS = st.integers(0, 10**6)
REQUESTS = st.builds(request, SEEDS, st.sampled_from(sorted(MIXTURES))) | st.builds(crowd, SEEDS)
FOUND_IS_FOUND = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""A smaller seed makes no smaller request, so looking for one is in vain."""


@given(REQUESTS, st.sampled_from([1, 50, STEPS]))
@FOUND_IS_FOUND
def test_a_frozen_pricing_comes_to_the_same_cent_again(asked, steps):
    read = read_request({**asked, "context": {**asked["context"], "explain": "none"}})
    priced = price(Book(read.promotions), read.context, read.lines, steps)
    frozen = freeze(priced, version)
    if frozen is None:
        assert priced.uses() == []
        return
    again = written(frozen)
    published = {promotion.id: promotion for promotion in read.promotions}
    repeated = price_again(again, [published[name] for name in again.versions])
    assert answer(repeated) == answer(priced)
    assert repeated.uses() == priced.uses()
    assert all(number == version(name) for name, number in again.versions.items())
    # Freezing the repetition finds nothing new: what was kept is what counted.
    assert frozen_to_body(freeze(repeated, version)) == frozen_to_body(frozen)
