"""The page of the protocol names every code with which the centre refuses a till.

Why: whoever writes or mends a till reads the page, not the centre; a code that is not there is one it will
not handle.
"""

from pathlib import Path

import pytest

from central_server.features.tills.errors import ERROR_TEXTS as TILLS
from central_server.gateway.errors import ERROR_TEXTS as GATEWAY
from central_server.gateway.journal.errors import ERROR_TEXTS as JOURNAL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
# Said to the operator who builds snapshots, and to no till.
OF_COMMANDS = {"snapshot_busy"}
OF_TILLS = {
    "code_unknown", "code_expired", "code_other_till", "code_used", "public_key_invalid",
    "till_unknown", "till_withdrawn", "till_quarantined", "incarnation_wrong",
}  # fmt: skip
CODES = {
    *(set(GATEWAY) - OF_COMMANDS),
    *(code for code in JOURNAL if code.startswith("journal_")),
    *OF_TILLS,
    "rate_limited",
    "request_too_large",
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_a_till_may_meet_stands_on_the_page(code):
    assert f"`{code}`" in PAGE.read_text(encoding="utf-8")


def test_the_codes_are_those_of_the_centre():
    assert set(TILLS) >= OF_TILLS
    assert set(GATEWAY) >= OF_COMMANDS
