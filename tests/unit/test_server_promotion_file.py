"""Files of promotions: read whole or refused with the path of what is wrong; nothing is guessed."""

import hashlib
import json

import pytest

from central_server.features.promotions.document import MOST_ID, read_file, stores_of
from shared.promotions import RequestError, read_promotion

P1 = {"id": "P1", "reward": {"percent": "20"}}


def read(document, currency=""):
    return read_file(json.dumps(document).encode(), currency)


@pytest.mark.parametrize(
    ("document", "currency", "expected"),
    [
        ([P1], "", "EUR"),
        ([P1], "GBP", "GBP"),
        ({"promotions": [P1]}, "", "EUR"),
        ({"promotions": [P1]}, "JPY", "JPY"),
        ({"currency": "KWD", "promotions": [P1]}, "", "KWD"),
        ({"currency": "KWD", "promotions": [P1]}, "KWD", "KWD"),
    ],
)
def test_a_list_and_an_object_are_read(document, currency, expected):
    found = read(document, currency)
    assert found.currency == expected
    assert [draft.promotion for draft in found.drafts] == [read_promotion(P1, "", 2)]


def test_the_same_promotion_has_the_same_text_however_it_is_written():
    one = read_file(b'[{"id":"P1","name":"\\u00df",  "reward":{"percent":"20"}}]').drafts[0]
    other = read_file('[{"reward": {"percent": "20"}, "name": "ß", "id": "P1"}]'.encode()).drafts[0]
    assert one.body == other.body == '{"id":"P1","name":"ß","reward":{"percent":"20"}}'
    assert one.hash == hashlib.sha256(one.body.encode()).digest()


def test_amounts_have_the_decimals_of_their_currency():
    amount = {"id": "P1", "reward": {"amount": "1.000"}}
    assert (
        read({"currency": "KWD", "promotions": [amount]}).drafts[0].promotion.reward.value == 1000
    )
    with pytest.raises(RequestError) as wrong:
        read([amount])
    assert wrong.value.path == "[0].reward.amount"


def test_withdrawals_stand_among_the_others():
    found = read({"promotions": [P1, {"id": "P2", "withdrawn": True}]})
    assert [(draft.promotion_id, draft.promotion is None) for draft in found.drafts] == [
        ("P1", False),
        ("P2", True),
    ]
    assert found.drafts[1].path == "promotions[1]"


@pytest.mark.parametrize(
    ("text", "kind", "path"),
    [
        ("{", "json", ""),
        ('[{"id":"P1","reward":{"percent":NaN}}]', "json", ""),
        ("7", "type", ""),
        ("{}", "missing", "promotions"),
        ('{"promotions":{}}', "type", "promotions"),
        ('{"promotions":[],"promotion":[]}', "unknown_key", "promotion"),
        ('{"promotions":[],"promotions":[]}', "duplicate", "promotions"),
        ('{"currency":1,"promotions":[]}', "type", "currency"),
        ('{"currency":"XXX","promotions":[]}', "value", "currency"),
        ("[7]", "type", "[0]"),
        ('[{"reward":{"percent":"20"}}]', "missing", "[0].id"),
        ('[{"id":"P1","reward":{"percent":"120"}}]', "value", "[0].reward.percent"),
        ('[{"id":"P1","reward":{"percent":"20"},"x":1}]', "unknown_key", "[0].x"),
        (
            '{"promotions":[{"id":"P1","reward":{"percent":"2e1"}}]}',
            "value",
            "promotions[0].reward.percent",
        ),
        (
            '[{"id":"P1","withdrawn":true},{"id":"P1","reward":{"percent":"20"}}]',
            "duplicate",
            "[1].id",
        ),
        ('[{"id":"P1","withdrawn":false}]', "type", "[0].withdrawn"),
        ('[{"withdrawn":true}]', "missing", "[0].id"),
        ('[{"id":"P1","withdrawn":true,"reward":{}}]', "unknown_key", "[0].reward"),
        ('[{"id":"P1","id":"P2","withdrawn":true}]', "duplicate", "[0].id"),
        ('[{"id":"a\\u0000","reward":{"percent":"20"}}]', "value", "[0].id"),
        ('[{"id":"P1","name":"\\ud800","reward":{"percent":"20"}}]', "value", "[0].name"),
        (
            '[{"id":"P1","reward":{"percent":"20"},"when":{"from":"0001-01-01T00:00:00+14:00"}}]',
            "limit",
            "[0].when.from",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text, kind, path):
    with pytest.raises(RequestError) as wrong:
        read_file(text.encode())
    assert (wrong.value.kind, wrong.value.path) == (kind, path)
    assert wrong.value.message


def test_a_file_in_another_currency_than_asked_for_is_refused():
    with pytest.raises(RequestError, match="GBP was asked for"):
        read({"currency": "EUR", "promotions": []}, "GBP")


def test_ids_fit_into_keys():
    assert read([{**P1, "id": "x" * MOST_ID}]).drafts
    with pytest.raises(RequestError) as wrong:
        read([{**P1, "id": "x" * (MOST_ID + 1)}])
    assert (wrong.value.kind, wrong.value.path) == ("limit", "[0].id")


def test_too_many_are_refused_unread():
    with pytest.raises(RequestError) as wrong:
        read([7] * 100_001)
    assert (wrong.value.kind, wrong.value.path) == ("limit", "")


def test_the_stores_of_a_promotion():
    assert stores_of({}) == stores_of({"when": {"stores": []}}) == ()
    assert stores_of({"when": {"stores": ["B", "A", "B"]}}) == ("A", "B")
