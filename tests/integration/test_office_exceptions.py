"""An exception leads to what it is about, and is settled with a word on what came of it."""

import re
from uuid import UUID, uuid4

import pytest

from central_server.features.exceptions.service import NOTICE, Source, raise_exception
from central_server.platform.unit_of_work import writing
from tests.integration.test_backoffice_pages import at_desk, desk, words  # noqa: F401 - fixture
from tests.support.head_office import NOW


def raised(chain, code, params, event_id=None):
    """The address of a notice about an event of a till in Hamburg."""
    with writing(chain.context.database) as unit:
        source = Source(
            "DE01-T1", 1, 2, UUID(event_id) if event_id else uuid4(), "receipt.finished"
        )
        raise_exception(unit, source, code, params, NOTICE, NOW)
    page = at_desk(chain, "1").get("/exceptions").text
    return re.search(r'<a href="(/exceptions/\d+)"', page)[1]


def ways(answer):
    nav = re.search(r'<nav class="row wrap" aria-label="Nachsehen">(.*?)</nav>', answer.text)
    return re.findall(r'href="([^"]+)"', nav[1].replace("&amp;", "&")) if nav else []


@pytest.mark.parametrize(
    ("code", "params", "leads_to"),
    [
        ("return_too_many", {"receipt": "DE01-T1-1-2"}, ["/receipts?number=DE01-T1-1-2"]),
        ("external_ref_repeated", {"ref": "7", "other": "DE01-T1-1-1"},
         ["/receipts?number=DE01-T1-1-1"]),
        ("code_used_blocked", {"code": "ABCD", "promotion": "HERBST"},
         ["/promotions/show?id=HERBST", "/promotions/codes?id=HERBST"]),
        ("giftcard_not_loaded", {"amount": "5", "currency": "EUR", "card": "12", "reason": "x"},
         ["/values/cards"]),
        ("purse_not_refunded", {"amount": "5", "currency": "EUR", "card": "12", "purse": "x"},
         ["/customers"]),
    ],
)  # fmt: skip
def test_a_notice_leads_to_what_it_is_about(chain, desk, code, params, leads_to):  # noqa: F811
    assert ways(desk.get(raised(chain, code, params))) == leads_to


def test_a_booked_receipt_is_one_click_away_for_those_who_may_see_it(chain, desk):  # noqa: F811
    receipt = desk.get("/receipts?number=DE01-T1-1-2").headers["location"]
    address = raised(chain, "receipt_number_gap", {"got": 2, "expected": 1}, receipt[10:])
    assert ways(desk.get(address)) == [receipt]
    assert desk.get(receipt).status_code == 200


def test_what_came_of_it_stands_on_its_page_and_in_the_audit_trail(chain, desk):  # noqa: F811
    address = raised(chain, "return_too_many", {"receipt": "DE01-T1-1-2"})
    desk.send(f"{address}/dismiss", note="  Filiale gefragt: Nachkauf  ")
    page = words(desk.get(address))
    assert "Notiz Filiale gefragt: Nachkauf" in page
    assert "Notiz Filiale gefragt: Nachkauf" in words(desk.get("/audit?kind=exception"))
    other = raised(chain, "return_too_many", {"receipt": "DE01-T1-1-3"})
    desk.send(f"{other}/dismiss")
    assert "Notiz" not in words(desk.get(other))
