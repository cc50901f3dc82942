"""Codes of an authenticator app against the vectors of RFC 6238, and what may be used twice: nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central_server.platform.one_time_codes import (
    code_of,
    enrolment_address,
    matching_step,
    new_secret,
    seal,
    shown_secret,
    step_at,
    unseal,
)
from shared.errors import EnvironmentProblem

RFC_SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


# RFC 6238 appendix B gives eight digits; ours are the last six of them.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_rfc(seconds, code):
    assert code_of(RFC_SECRET, seconds // 30) == code


@given(st.integers(-5, 5), st.integers(0, 29))
def test_a_code_counts_one_step_around_now_and_once(away, second):
    at = NOW + timedelta(seconds=second)
    code = code_of(RFC_SECRET, step_at(at) + away)
    found = matching_step(RFC_SECRET, code, at, 0)
    assert (found is not None) == (abs(away) <= 1)
    if found is not None:
        assert matching_step(RFC_SECRET, code, at, found) is None


def test_words_are_no_codes():
    assert matching_step(RFC_SECRET, "äöü", NOW, 0) is None
    assert matching_step(RFC_SECRET, "", NOW, 0) is None


def test_a_secret_is_shown_in_groups_and_stands_in_the_address():
    assert shown_secret(RFC_SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert enrolment_address(RFC_SECRET, "47 11", "Tresen") == (
        "otpauth://totp/Tresen%3A47%2011?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tresen"
    )
    assert len(new_secret()) == 20
    assert new_secret() != new_secret()


@given(st.binary(max_size=80))
def test_what_is_sealed_opens_with_its_key_and_purpose_only(content):
    key, other = b"k" * 32, b"o" * 32
    text = seal(key, "a purpose", content)
    assert unseal(key, "a purpose", text) == content
    for wrong in ((other, "a purpose"), (key, "another purpose")):
        with pytest.raises(EnvironmentProblem):
            unseal(*wrong, text)
