"""Ways of basket promotions whose lowest end hides behind sets that seem to come to less than they do."""

import pytest

from tests.support import brute_force
from tests.support.brute_force.baskets import request
from tests.support.promotion_answers import answered

COME_TO_ONE_SET_IN_TWO_WAYS = ("together", 620)
MORE_ALIKE_THAN_ARE_KEPT = ("basket", 286)
PRICES_FOLLOW_FROM_ALL_CLAIMS = ("basket", 146)
MORE_SETS_OF_ONE_STATE_THAN_ARE_KEPT = ("limits", 306)


@pytest.mark.parametrize(
    ("mixture", "seed"),
    [
        COME_TO_ONE_SET_IN_TWO_WAYS,
        MORE_ALIKE_THAN_ARE_KEPT,
        PRICES_FOLLOW_FROM_ALL_CLAIMS,
        MORE_SETS_OF_ONE_STATE_THAN_ARE_KEPT,
    ],
)
def test_the_lowest_end_is_found_and_known_to_be_the_lowest(mixture, seed):
    asked = request(seed, mixture)
    found, expected = answered(asked), brute_force.price(asked)
    assert found["optimal"]
    assert found["total"] == expected["total"]
    assert [one["promotion"] for one in found["applied"]] == [
        one["promotion"] for one in expected["applied"]
    ]
