"""The contract of pricing requests: what is refused, with which code, and where the path points."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest

from shared.errors import DomainError
from shared.promotions import (
    Book,
    RequestError,
    parse_json,
    price,
    read_promotion,
    read_promotions,
    read_request,
    result,
)
from tests.support.promotion_documents import (
    FULL,
    OBJECTS,
    OPEN,
    refusal,
    refused,
    with_change,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_everything_the_contract_knows_is_read():
    request = read_request(parse_json(json.dumps(FULL)))
    assert [promotion.id for promotion in request.promotions] == ["P1", "P2"]
    assert request.promotions[1].name == "P2"
    answer = result(price(Book(request.promotions), request.context, request.lines))
    assert [one["promotion"] for one in answer["applied"]] == ["P1", "P2"]
    assert answer["at"] == FULL["context"]["at"]
    assert answer["shipping"] == "4.90"


def test_only_lines_and_promotions_are_needed():
    request = read_request({"lines": [], "promotions": []}, now=NOON)
    context = request.context
    assert (context.at, context.currency, context.store) == (NOON, "EUR", None)
    assert (context.channel, context.strategy, context.explain) == (
        "store",
        "best_for_customer",
        "near",
    )
    assert result(price(Book(()), context, request.lines)) == {
        "at": NOON.isoformat(),
        "list_total": "0.00",
        "discount_total": "0.00",
        "total": "0.00",
        "optimal": True,
        "lines": [],
        "applied": [],
        "benefits": [],
        "taxes": [],
        "not_applied": [],
    }


def test_the_library_must_be_told_the_time():
    assert refusal({"lines": [], "promotions": []}) == ("missing", "context.at")


def test_the_error_is_the_answer_of_the_contract():
    with pytest.raises(DomainError) as caught:
        read_request(with_change(FULL, "promotions[0].reward.percent", "101"))
    assert caught.value.as_json() == {
        "error": {
            "code": "value",
            "path": "promotions[0].reward.percent",
            "message": '"101" is not above 0 and at most 100',
        }
    }
    assert caught.value.code == "promotion_invalid"


def test_a_promotion_can_be_read_alone():
    assert read_promotion({"id": "P", "reward": {"price": "1"}}, "", 0).reward.value == 1
    with pytest.raises(RequestError) as caught:
        read_promotion({"id": "P"}, "", 2)
    assert (caught.value.kind, caught.value.path) == ("missing", "reward")
    with pytest.raises(RequestError) as caught:
        read_promotions([{"id": "P"}], "offers", 2)
    assert caught.value.path == "offers[0].reward"


# --- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "{", "{]", '{"a": NaN}', "[Infinity]", "-Infinity", '{"a": 1,}', "'a'", b"\xff\xfe\xfd", "1" * 5_000,
     "[" * 200_000],
)  # fmt: skip
def test_what_is_no_json_is_refused(text):
    with pytest.raises(RequestError) as refused_text:
        parse_json(text)
    assert (refused_text.value.kind, refused_text.value.path) == ("json", "")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"lines": [], "promotions": [], "lines": []}', "lines"),
        ('{"lines": [{"id": "1", "sku": "A", "id": "2"}], "promotions": []}', "lines[0].id"),
        ('{"lines": [], "promotions": [{"id": "P", "reward": {"percent": "1", "percent": "2"}}]}',
         "promotions[0].reward.percent"),
        ('{"context": {"usage": {"P": {}, "P": {}}}, "lines": [], "promotions": []}', "context.usage.P"),
        ('{"context": {"customer": {"attributes": {"a": "1", "b": "2", "a": "1"}}}, "lines": [], "promotions": []}',
         "context.customer.attributes.a"),
    ],
)  # fmt: skip
def test_a_key_written_twice_is_refused(text, path):
    assert refusal(parse_json(text), now=NOON) == ("duplicate", path)


@pytest.mark.parametrize("document", [None, True, 1, "x", [], [FULL]])
def test_the_document_is_an_object(document):
    assert refusal(document) == ("type", "")


def deepest_readable() -> int:
    """How many lists inside each other can be read where we stand."""
    for depth in range(1_000, 0, -1):
        with contextlib.suppress(RequestError):
            parse_json("[" * depth + "]" * depth)
            return depth
    return 0


@pytest.mark.parametrize("path", ["promotions[0].id", "lines[0].quantity", "context.at", "lines"])
def test_a_value_as_deep_as_can_be_read_is_refused_in_order(path):
    for depth in range(deepest_readable() - 40, 1_001):
        text = json.dumps(with_change(FULL, path, "HERE")).replace(
            '"HERE"', "[" * depth + "]" * depth
        )
        try:
            document = parse_json(text)
        except RequestError:
            break
        assert refusal(document)[0] == "type"


def test_half_a_character_is_no_text():
    """A lone surrogate can be written in JSON, and the answer that repeats it could not be written at all."""
    half = parse_json('"\\ud83d"')
    for path in (
        "lines[0].id",
        "promotions[0].id",
        "promotions[0].name",
        "context.customer.attributes.city",
    ):
        assert refused(path, half) == ("value", path)
    assert refused("lines[0].price", half) == ("value", "lines[0].price")
    with pytest.raises(RequestError) as caught:
        read_request(with_change(FULL, "lines[0].price", half))
    assert caught.value.message.encode()


# --- keys and types --------------------------------------------------------------------------------

# --- keys and types --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OBJECTS)
def test_unknown_keys_are_refused_everywhere(path):
    assert refusal({**FULL, "extra": 1}) == ("unknown_key", "extra")
    if path not in OPEN:
        assert refused(f"{path}.extra", None) == ("unknown_key", f"{path}.extra")


@pytest.mark.parametrize("path", OBJECTS)
@pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", []])
def test_what_is_no_object_is_refused(path, value):
    assert refused(path, value) == ("type", path)


@pytest.mark.parametrize(
    "path",
    [
        "lines", "promotions", "context.codes", "context.tenders", "context.customer.groups",
        "context.customer.subscriptions", "lines[0].categories", "lines[0].tags", "promotions[0].when.weekdays",
        "promotions[0].when.hours", "promotions[0].when.hours[0]", "promotions[0].when.stores",
        "promotions[0].when.codes", "promotions[0].who.groups", "promotions[0].who.ids",
        "promotions[0].who.attributes.city", "promotions[0].if", "promotions[0].if[1].any", "promotions[0].take.skus",
        "promotions[0].take.lines", "promotions[0].take.any", "promotions[0].take.all",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, False, 0, "text", {}])
def test_what_is_no_list_is_refused(path, value):
    assert refused(path, value) == ("type", path)


TEXTS = [
    "context.store", "context.channel", "context.codes[0]", "context.tenders[0]", "context.customer.id",
    "context.customer.groups[0]", "context.customer.attributes.city", "lines[0].id", "lines[0].sku", "lines[0].brand",
    "lines[0].categories[1]", "lines[0].tags[0]", "promotions[0].id", "promotions[0].name", "promotions[0].group",
    "promotions[0].when.stores[0]", "promotions[0].when.tenders[0]", "promotions[0].who.attributes.city[1]",
    "promotions[0].who.ids[0]", "promotions[0].take.skus[0]", "promotions[0].take.lines[0]",
]  # fmt: skip


@pytest.mark.parametrize("path", TEXTS)
def test_texts_have_one_to_five_hundred_characters(path):
    for value in (None, 1, 1.5, True, [], {}):
        assert refused(path, value) == ("type", path)
    for text in ("", "x" * 501):
        assert refused(path, text) == ("value", path)
    read_request(with_change(FULL, path, "ü" * 500))


@pytest.mark.parametrize(
    "path",
    ["context.currency", "context.strategy", "context.explain", "promotions[0].stage", "promotions[0].combine",
     "promotions[0].limit.pick", "promotions[0].if[0].basis"],
)  # fmt: skip
def test_words_are_of_a_list(path):
    assert refused(path, "other") == ("value", path)
    assert refused(path, "") == ("value", path)
    for value in (None, 1, True, ["item"]):
        assert refused(path, value) == ("type", path)


@pytest.mark.parametrize(
    "path",
    [
        "lines[0].discountable",
        "lines[0].counts",
        "promotions[0].only_unreduced",
        "promotions[0].who.known",
    ],
)
@pytest.mark.parametrize("value", [None, 0, 1, "true", []])
def test_flags_are_true_or_false(path, value):
    assert refused(path, value) == ("type", path)


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("context.customer.purchases", 0), ("context.usage.P7.total", 0), ("context.usage.P7.customer", 0),
        ("promotions[0].priority", None), ("promotions[0].when.weekdays[0]", 1),
        ("promotions[0].who.birthday_within_days", 0), ("promotions[0].who.member_for_days", 0),
        ("promotions[0].who.purchases.at_least", 0), ("promotions[0].who.purchases.at_most", 0),
        ("promotions[0].who.purchases.every", 1), ("promotions[0].if[1].any[0].quantity", 1),
        ("promotions[0].limit.pieces", 1), ("promotions[0].limit.total", 1), ("promotions[0].limit.per_customer", 1),
    ],
)  # fmt: skip
def test_whole_numbers_are_json_numbers_in_their_range(path, least):
    for value in (None, True, "3", 3.0, 2.5, [3], {}):
        assert refused(path, value) == ("type", path)
    assert refused(path, 10**15) == ("limit", path)
    if least is None:
        assert refused(path, -(10**15)) == ("limit", path)
        read_request(with_change(FULL, path, -5))
    else:
        assert refused(path, least - 1) == ("value", path)


# --- amounts ---------------------------------------------------------------------------------------

AMOUNTS = [
    "context.shipping", "context.usage.P7.amount", "lines[0].price", "lines[0].floor", "promotions[0].if[0].spend",
    "promotions[0].take.price_at_least", "promotions[0].take.price_at_most", "promotions[1].reward.amount",
    "promotions[0].limit.amount", "promotions[0].limit.budget",
]  # fmt: skip
NO_DECIMALS = ["", " ", "-1", "-0.01", "+1", "1e3", "1E-2", "NaN", "Infinity", "-inf", ".5", "5.", "1,50", "1.000.00",
               " 1", "1 ", "1\n", "0x10", "1_000", "١٢", "1.5\u00b2", "€5", "1/2"]  # fmt: skip


@pytest.mark.parametrize(
    "path", [*AMOUNTS, "lines[0].quantity", "lines[0].tax", "promotions[0].reward.percent"]
)
def test_amounts_are_plain_decimal_texts(path):
    for value in (None, True, 5, 4.99, 10**400, ["1"], {"1": 1}):
        assert refused(path, value) == ("type", path)
    for text in NO_DECIMALS:
        assert refused(path, text) == ("value", path)
    assert refused(path, "1" + "0" * 15) == ("limit", path)
    assert refused(path, "0" * 501) == ("limit", path)


@pytest.mark.parametrize("path", AMOUNTS)
def test_amounts_have_the_decimals_of_the_currency_at_most(path):
    assert refused(path, "1.005") == ("value", path)
    read_request(with_change(FULL, path, "999999999999999.99"))
    for currency, ok, wrong in (("JPY", "0", "0.0"), ("KWD", "1.005", "1.0055")):
        plain = json.loads(json.dumps(FULL).replace(".00", "").replace(".9", "9"))
        changed = with_change(with_change(plain, "context.currency", currency), path, ok)
        read_request(changed)
        assert refusal(with_change(changed, path, wrong)) == ("value", path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lines[0].quantity", "0"), ("lines[0].quantity", "0.000"), ("lines[0].quantity", "1.0000"),
        ("lines[0].tax", "100.0001"), ("lines[0].tax", "19.00001"), ("promotions[0].reward.percent", "0"),
        ("promotions[0].reward.percent", "0.0000"), ("promotions[0].reward.percent", "100.0001"),
        ("promotions[0].reward.percent", "0.00001"),
    ],
)  # fmt: skip
def test_quantities_and_rates_stay_in_their_range(path, value):
    assert refused(path, value) == ("value", path)


@pytest.mark.parametrize("value", ["0.0001", "100", "100.0000", "33.3333", "0033"])
def test_percentages_above_nothing_up_to_the_whole_are_read(value):
    read_request(with_change(FULL, "promotions[0].reward.percent", value))


# --- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["context.at", "promotions[0].when.from", "promotions[0].when.until"]
)
def test_times_carry_their_offset(path):
    for value in (None, 1_700_000_000, True, ["2026-11-21T10:15:00+01:00"]):
        assert refused(path, value) == ("type", path)
    for text in ("", "now", "2026-11-21", "2026-11-21T10:15:00", "2026-11-21 10:15:00+01:00",
                 "2026-02-30T10:15:00+01:00", "2026-11-21T25:15:00+01:00", "21.11.2026T10:15:00+01:00"):  # fmt: skip
        assert refused(path, text) == ("value", path)


def test_a_promotion_ends_after_it_begins():
    until = "promotions[0].when.until"
    assert refused(until, "2026-11-01T00:00:00+01:00") == ("value", until)
    # The same moment in the words of another offset.
    assert refused(until, "2026-10-31T23:00:00+00:00") == ("value", until)
    read_request(with_change(FULL, until, "2026-10-31T23:00:01+00:00"))


@pytest.mark.parametrize("path", ["context.customer.birthday", "context.customer.since"])
def test_days_are_days_of_the_calendar(path):
    assert refused(path, 19801122) == ("type", path)
    for text in ("", "1980-11-31", "1981-02-29", "22.11.1980", "19801122", "1980-W47-6",
                 "1980-11-22T00:00:00", "0000-01-01"):  # fmt: skip
        assert refused(path, text) == ("value", path)


def test_hours_are_pairs_of_times_of_the_day():
    path = "promotions[0].when.hours[0]"
    for pair in (
        [],
        ["08:00"],
        ["08:00", "09:00", "10:00"],
        ["09:00", "09:00"],
        ["24:00", "08:00"],
    ):
        assert refused(path, pair) == ("value", path)
    for text in ("8:00", "08:60", "24:01", "25:00", "08.00", "", "0800", "0\u0668:00"):
        assert refused(path, [text, "09:00"]) == ("value", f"{path}[0]")
    assert refused(path, ["08:00", 9]) == ("type", f"{path}[1]")
    assert refused("promotions[0].when.weekdays[5]", 8) == (
        "value",
        "promotions[0].when.weekdays[5]",
    )
