"""Codes of batches: how they look, whose they are, when they count, and what a receipt keeps of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import (
    MOST_DRAWN,
    CodeBatch,
    CodeKind,
    CodeUse,
    Coupon,
    CouponState,
    DrawnForm,
    DrawnKeys,
    Span,
    asked_again,
    check_open,
    check_sign,
    check_whose,
    coupon_from_body,
    coupon_to_body,
    drawn_body,
    is_literal,
    literal_of,
    looks_drawn,
    read_signs,
    recognise,
    used_of,
)
from shared.coupons.signs import SIGNS
from shared.errors import DomainError
from shared.journal.code_body import uses_from_body, uses_to_body
from shared.journal.reader import BodyReader
from shared.promotions.read_promotion import code_key
from shared.wire.coupons import (
    ALONE_USUAL,
    alone_from_payload,
    alone_payload,
    batch_from_payload,
    batch_payload,
)

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
KEYS = DrawnKeys(b"till key of nobody", b"centre key of nobody")
DRAWN = CodeBatch(UUID(int=1), "autumn", "Mailing", DrawnForm("HERBST", 12), 1_000, keys=KEYS)
SPAN = CodeBatch(UUID(int=2), "spring", "Flyer", Span("F", 6, 100, 299, CheckDigit.LUHN), 200)
bodies = st.text(SIGNS, min_size=2, max_size=28)
places = st.integers(0, DRAWN.size - 1)
SPANS = st.builds(
    lambda prefix, digits, ends, check: Span(
        prefix, digits, min(e % 10**digits for e in ends), max(e % 10**digits for e in ends), check
    ),
    st.sampled_from(["", "F", "98", "KARTE7"]),
    st.integers(1, 9),
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)),
    st.sampled_from(CheckDigit),
)


def refused(code: str, call: object, *given: object) -> DomainError:
    with pytest.raises(DomainError) as caught:
        call(*given)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


# --- signs ------------------------------------------------------------------------------------


@given(bodies, st.data())
def test_a_wrong_sign_and_a_swap_of_two_are_found(body: str, data: st.DataObject) -> None:
    code = body + check_sign(body)
    first = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from(SIGNS.replace(code[first], "")))
    second = data.draw(st.integers(0, len(code) - 1))
    signs = list(code)
    signs[first], signs[second] = signs[second], signs[first]
    for changed in (code[:first] + wrong + code[first + 1 :], "".join(signs)):
        assert changed == code or check_sign(changed[:-1]) != changed[-1]


def test_lookalikes_blanks_and_hyphens_do_not_matter() -> None:
    assert read_signs(" herbst-7o il ") == "HERBST7011"


# --- drawn codes ------------------------------------------------------------------------------


@given(places, st.integers(10, 20))
@settings(max_examples=60)
def test_the_place_of_a_drawn_code_is_read_with_and_without_the_centres_key(
    place: int, signs: int
) -> None:
    form = DrawnForm("XY", signs)
    code = form.code(KEYS, place)
    assert len(code) == form.length
    assert form.sound(code)
    assert form.place(KEYS, code) == place
    assert form.place(DrawnKeys(KEYS.till), code) == place
    assert form.place(DrawnKeys(b"another"), code) is None


@given(places, st.integers(10, 20), st.sampled_from(["E", "XY9", "HERBST", "A" * 12]))
@settings(max_examples=60)
def test_a_drawn_code_looks_like_one_also_where_its_batch_is_not_known(
    place: int, signs: int, prefix: str
) -> None:
    assert looks_drawn(DrawnForm(prefix, signs).code(KEYS, place))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SOMMER",
        "A1234567890",
        "4006381333931",
        "123456789012345",
        "Ä23456789012",
        "A-2345678901",
    ],
)
def test_what_is_too_short_or_a_number_alone_does_not_look_drawn(text: str) -> None:
    assert not looks_drawn(text)


def test_a_code_that_is_not_known_yet_is_of_no_promotion() -> None:
    coupon = Coupon(UUID(int=1), "E123")
    assert (coupon.promotion, coupon.literal, coupon.shown) == ("", "", "E123")
    assert coupon_from_body(coupon_to_body(coupon)) == coupon  # type: ignore[arg-type]


def test_codes_are_all_different_and_do_not_look_alike() -> None:
    codes = {DRAWN.code(place) for place in range(DRAWN.size)}
    assert len(codes) == DRAWN.size
    assert len({code[6:10] for code in codes}) > DRAWN.size * 0.9  # the hidden place itself


def test_who_knows_a_tills_key_makes_codes_that_the_centre_does_not_take() -> None:
    stolen = replace(DRAWN, keys=DrawnKeys(KEYS.till, b"guessed"))
    forged = stolen.code(7)
    at_till = replace(DRAWN, keys=DrawnKeys(KEYS.till))
    found = recognise([at_till], forged)
    assert found is not None
    assert found.place == 7
    refused("promotion_code_unknown", recognise, [DRAWN], forged)


def test_a_batch_has_no_codes_behind_its_last() -> None:
    beyond = DRAWN.form.prefix + drawn_body(KEYS, DRAWN.size, 12)
    refused("promotion_code_unknown", recognise, [DRAWN], beyond + check_sign(beyond[6:]))
    with pytest.raises(ValueError, match="beyond"):
        drawn_body(KEYS, MOST_DRAWN, 12)
    with pytest.raises(ValueError, match="keys"):
        replace(DRAWN, keys=None).code(0)


def test_a_code_whose_hidden_place_is_beyond_every_batch_is_none() -> None:
    form = DrawnForm("XY", 12)
    found = {form.place(KEYS, f"XY{sign * 4}00000000A") for sign in SIGNS}
    assert found == {None}


@pytest.mark.parametrize(
    ("prefix", "signs"),
    [("", 12), ("ABCDEFGHJKMNP", 12), ("SOMMER", 12), ("a", 12), ("A-B", 12), ("A", 9), ("A", 21)],
)
def test_forms_of_drawn_codes_that_there_are_not(prefix: str, signs: int) -> None:
    refused("code_form_invalid", DrawnForm, prefix, signs)


# --- numbered codes ---------------------------------------------------------------------------


@given(SPANS, st.integers(0, 10**9))
def test_the_place_of_a_numbered_code_is_read(span: Span, number: int) -> None:
    place = number % span.size
    code = span.code(place)
    assert len(code) == span.length
    assert span.sound(code)
    assert span.place(code) == place


def test_numbered_codes_end_where_the_printing_house_did() -> None:
    assert [SPAN.code(0), SPAN.code(199)] == ["F0001008", "F0002998"]
    wider = replace(SPAN, form=Span("F", 6, 100, 300, CheckDigit.LUHN), size=201)
    refused("promotion_code_unknown", recognise, [SPAN], wider.code(200))


@pytest.mark.parametrize(
    ("prefix", "digits", "first", "last"),
    [
        ("F", 0, 0, 0),
        ("F", 13, 0, 1),
        ("F", 3, 5, 4),
        ("F", 3, -1, 4),
        ("F", 3, 0, 1000),
        ("f", 3, 0, 9),
    ],
)
def test_spans_that_there_are_not(prefix: str, digits: int, first: int, last: int) -> None:
    refused("code_form_invalid", Span, prefix, digits, first, last)


# --- recognising ------------------------------------------------------------------------------


@given(places)
def test_a_code_is_found_among_batches_however_it_is_typed(place: int) -> None:
    code = DRAWN.code(place)
    typed = f" {code[:6].lower()}-{code[6:11]} {code[11:]}"
    found = recognise([SPAN, DRAWN], typed)
    assert found is not None
    assert (found.batch, found.code, found.place) == (DRAWN, code, place)


def test_a_typo_is_told_from_an_unknown_code_and_from_something_else() -> None:
    code = DRAWN.code(3)
    refused(
        "code_mistyped", recognise, [DRAWN, SPAN], code[:-1] + ("0" if code[-1] != "0" else "1")
    )
    refused("code_mistyped", recognise, [DRAWN, SPAN], code[:-2] + "?" + code[-1])
    refused("code_mistyped", recognise, [SPAN], "F00010X8")
    assert recognise([DRAWN, SPAN], "4012345678901") is None
    assert recognise([DRAWN, SPAN], code[:-1]) is None
    bare = replace(SPAN, form=Span("", 6, 100, 299, CheckDigit.LUHN))
    assert recognise([bare], "1234567") is None
    assert (
        recognise([bare], replace(bare, form=Span("", 6, 0, 999, CheckDigit.LUHN)).code(0)) is None
    )
    assert [DRAWN.kind, SPAN.kind] == [CodeKind.DRAWN, CodeKind.SPAN]


def test_two_batches_of_one_prefix_are_told_apart() -> None:
    other = replace(DRAWN, batch_id=UUID(int=9), keys=DrawnKeys(b"second", b"batch"))
    found = recognise([DRAWN, other], other.code(5))
    assert found is not None
    assert found.batch is other


def test_nobody_can_type_the_word_of_a_promotion() -> None:
    word = literal_of("autumn")
    assert is_literal(word)
    assert not is_literal("AUTUMN")
    assert code_key(word) == word
    assert read_signs(DRAWN.code(0)) != word


# --- when and for whom ------------------------------------------------------------------------


def test_a_batch_counts_in_its_time_and_unless_it_is_blocked() -> None:
    timed = replace(DRAWN, starts_at=AT, ends_at=AT + timedelta(days=1))
    check_open(DRAWN, AT)
    check_open(timed, AT)
    assert refused("code_early", check_open, timed, AT - timedelta(seconds=1)).params["day"]
    assert (
        refused("promotion_code_expired", check_open, timed, AT + timedelta(days=1)).http_status
        == 409
    )
    refused("code_blocked", check_open, replace(timed, blocked=True), AT)


def test_codes_are_for_everybody_for_a_group_or_for_one() -> None:
    check_whose(DRAWN, "", None)
    vip = replace(DRAWN, group="vip")
    check_whose(vip, "C1", ["staff", "vip"])
    check_whose(vip, "C1", None)
    refused("code_other_customer", check_whose, vip, "C1", ["staff"])
    refused("code_other_customer", check_whose, vip, "", None)
    each = replace(DRAWN, one_each=True)
    check_whose(each, "C1", [], "C1")
    check_whose(each, "C1", None, None)
    refused("code_other_customer", check_whose, each, "C1", [], "C2")
    refused("code_other_customer", check_whose, each, "", [], "C2")


# --- on a receipt -----------------------------------------------------------------------------


def test_a_code_counts_once_it_is_held_and_is_used_up_if_it_gave_something() -> None:
    asked = Coupon(UUID(int=5), "HERBSTABCD", UUID(int=1), "autumn")
    held = replace(asked, state=CouponState.HELD)
    alone = replace(asked, auth_id=UUID(int=6), promotion="winter", state=CouponState.ALONE)
    assert [each.literal for each in (asked, held, alone)] == ["", "#AUTUMN", "#WINTER"]
    assert used_of([asked, held, alone], ["summer"]) == ()
    uses = used_of([asked, held, alone], ["autumn", "winter"])
    assert [(use.auth_id.int, use.alone) for use in uses] == [(5, False), (6, True)]
    assert [one.state for one in asked_again([asked, held, alone])] == ["asked"] * 3
    assert {use.end for use in uses} == {held.end} == {"ABCD"}


def test_of_two_codes_of_one_promotion_a_receipt_uses_up_one() -> None:
    held = Coupon(UUID(int=5), "HERBSTABCD", UUID(int=1), "autumn", CouponState.HELD)
    more = replace(held, auth_id=UUID(int=6), code="HERBSTWXYZ")
    alone = replace(more, auth_id=UUID(int=7), state=CouponState.ALONE)
    for coupons in ([held, more, alone], [alone, held]):
        (use,) = used_of(coupons, ["autumn"])
        assert use.auth_id == held.auth_id


@given(st.sampled_from(CouponState))
def test_a_code_on_an_open_receipt_is_read_back(state: CouponState) -> None:
    coupon = Coupon(UUID(int=5), "S0MMER24", UUID(int=1), "autumn", state, "Sommer 24")
    written = {name: str(value) for name, value in coupon_to_body(coupon).items()}
    assert coupon_from_body(written) == coupon
    assert coupon.shown == "Sommer 24"
    del written["typed"]  # an earlier release kept only how it is compared
    assert coupon_from_body(written).shown == "S0MMER24"


def test_what_a_receipt_used_is_read_back_and_a_wrong_field_named() -> None:
    uses = (
        CodeUse(UUID(int=5), "HERBSTABCD", UUID(int=1), "autumn"),
        CodeUse(UUID(int=6), "F0001008", UUID(int=2), "spring", alone=True),
    )
    body = {"codes": uses_to_body(uses)}
    assert uses_from_body(BodyReader(body)) == uses
    assert uses_from_body(BodyReader({})) == ()
    body["codes"][1]["batch"] = "none"
    wrong = refused("event_field_wrong", uses_from_body, BodyReader(body))
    assert wrong.params["field"] == "codes[1].batch"


# --- what tills are told ----------------------------------------------------------------------

batches = st.builds(
    lambda base, starts, ends, group, one_each, blocked, uses: replace(
        base,
        starts_at=starts,
        ends_at=ends,
        group=group,
        one_each=one_each,
        blocked=blocked,
        uses=uses,
    ),
    st.sampled_from([DRAWN, SPAN]),
    st.sampled_from([None, AT]),
    st.sampled_from([None, AT + timedelta(days=9)]),
    st.sampled_from(["", "vip"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 99),
)


@given(batches)
def test_tills_get_batches_without_the_key_of_the_centre(batch: CodeBatch) -> None:
    payload = batch_payload(batch)
    assert KEYS.centre.hex() not in str(payload)
    told = replace(batch, keys=DrawnKeys(KEYS.till)) if batch.keys else batch
    assert batch_from_payload(payload) == told


def test_a_payload_of_a_batch_that_cannot_be_read() -> None:
    payload = batch_payload(DRAWN)
    refused("event_field_wrong", batch_from_payload, {**payload, "key": "no hex"})
    refused("code_form_invalid", batch_from_payload, {**payload, "signs": 99})
    assert batch_payload(replace(DRAWN, keys=None))["key"] == ""


@pytest.mark.parametrize(
    "row", [None, {}, {"per_receipt": True}, {"per_receipt": 5}, {"per_receipt": "1"}]
)
def test_without_a_sensible_number_tills_go_by_the_usual_one(row: dict[str, object] | None) -> None:
    assert alone_from_payload(row) == ALONE_USUAL
    assert alone_from_payload(alone_payload(0)) == 0
