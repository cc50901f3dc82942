"""Tills say how their devices are and close their terminals' days; head office sees it, and sets what codes look
like.
"""

import pytest

from central_server.features.exceptions import service as exceptions
from central_server.features.stores.scan_rules import scan_rules, set_scan_rules
from central_server.features.tills.service import add_till, devices_of, record_devices
from central_server.platform.unit_of_work import reading, run_writing
from pos_client.sync.device_news import DeviceNews
from pos_client.sync.ports import CentreRefusedError
from shared.catalogue.scan_rules import DEFAULT_SCAN_RULES, read_scan_rules
from shared.wire.devices import DeviceReport, DeviceReports, DeviceReportsAnswer
from tests.integration.test_backoffice_pages import at_desk, desk, words  # noqa: F401 - fixture
from tests.support.head_office import project, send
from tests.support.journals import START, ImaginedTill

PATH = "/api/v1/till/devices"
SINCE = "2026-11-25T08:00:00+00:00"
PAPER = {"kind": "printer", "condition": "trouble", "code": "printer_paper_out", "since": SINCE}
SCANNER = {"kind": "scanner", "condition": "ready", "code": "", "since": SINCE}
RULES = read_scan_rules(
    {"rules": [{"kind": "customer", "prefix": "98", "length": 13, "check": "gtin"}]}
)


def kept(centre, till_id="DE01-T1"):
    with reading(centre.context.database) as unit:
        found = devices_of(unit, [till_id, "DE01-T2"])
    return [(each.kind, each.condition, each.code) for each in found.get(till_id, [])]


# --- what tills say -------------------------------------------------------------------------------


def test_what_a_till_says_of_its_devices_is_kept_and_replaces_what_it_said_before(web_centre):
    till = web_centre.join("DE01-T1")
    assert till.post(PATH, {"devices": [PAPER, SCANNER]}).json() == {"kept": 2}
    assert kept(web_centre) == [
        ("printer", "trouble", "printer_paper_out"),
        ("scanner", "ready", ""),
    ]
    assert till.post(PATH, {"devices": [{**SCANNER, "condition": "busy"}, SCANNER]}).json() == {
        "kept": 1
    }
    assert kept(web_centre) == [("scanner", "ready", "")]
    assert till.post(PATH, {"devices": []}).json() == {"kept": 0}
    assert kept(web_centre) == []


@pytest.mark.parametrize(
    "device",
    [
        {**PAPER, "condition": "on fire"},
        {**PAPER, "kind": "Printer <b>"},
        {**PAPER, "code": "tcp://192.0.2.1"},
        {**PAPER, "code": "x" * 61},
        {"kind": "printer"},
    ],
)
def test_what_is_no_report_is_refused(web_centre, device):
    till = web_centre.join("DE01-T1")
    assert till.post(PATH, {"devices": [device]}).status_code == 422
    assert till.post(PATH, {"devices": [SCANNER] * 21}).status_code == 422
    assert kept(web_centre) == []


def test_only_a_till_that_signs_says_how_devices_are(web_centre):
    headers = {"X-Till-Protocol": "1"}
    assert web_centre.client.post(PATH, json={"devices": []}, headers=headers).status_code == 401


class Line:
    """The way to the centre; `refusal` is what it answers."""

    def __init__(self):
        self.sent = []
        self.refusal = None

    def devices(self, reports):
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(reports)
        return DeviceReportsAnswer(kept=len(reports.devices))


def test_news_are_sent_once_each_and_never_stop_the_upload(tmp_path):
    path, line = tmp_path / "devices.json", Line()
    news = DeviceNews(line, path)
    assert not news.send()  # the till wrote nothing yet
    reports = DeviceReports(devices=[DeviceReport(**PAPER)])
    path.write_text(reports.model_dump_json(), encoding="utf-8")
    assert [news.send(), news.send()] == [True, False]
    assert line.sent == [reports]
    path.write_text('{"devices": [', encoding="utf-8")
    assert not news.send()
    path.write_text('{"devices": []}', encoding="utf-8")
    line.refusal = CentreRefusedError(404, "not_found")
    assert [news.send(), news.send()] == [False, False]  # an older centre is told nothing more
    line.refusal = None
    assert not news.send()


# --- what head office sees ------------------------------------------------------------------------


def test_head_office_sees_what_is_wrong_with_the_devices_of_a_till(chain, desk):  # noqa: F811
    reports = [DeviceReport(**PAPER), DeviceReport(**SCANNER)]
    run_writing(
        chain.context.database,
        lambda unit: record_devices(unit, "DE01-T1", reports, chain.clock.now()),
    )
    assert "Bondrucker" in words(desk.get("/tills"))
    page = words(desk.get("/tills/DE01-T1"))
    assert "Geräte" in page
    assert "Gestört" in page
    assert "Kein Papier. Eine neue Rolle einlegen." in page
    assert page.index("Gestört") < page.index("Bereit")
    assert "Geräte" not in words(desk.get("/tills/DE01-T2"))
    desk.client.cookies.set("tresen_language", "en", domain="localhost.local", path="/")
    assert "No paper. Put in a new roll." in words(desk.get("/tills/DE01-T1"))


# --- the terminal's day ---------------------------------------------------------------------------


def day(till, terminal, journal):
    facts = {"amount": terminal, "journal_amount": journal, "journal_count": 1, "from_seq": 1}
    till.journal(
        "terminal.day_closed",
        {
            **facts,
            "currency": "EUR",
            "by_card": [],
            "occurred_at": START.isoformat(),
            "store_id": till.store_id,
        },
    )


@pytest.mark.parametrize(("terminal", "journal"), [(1_999, 1_999), (1_999, 2_499)])
def test_a_terminal_with_another_sum_than_the_journal_waits_for_somebody(
    chain,
    desk,  # noqa: F811
    terminal,
    journal,
):
    till = ImaginedTill("DE01-T9", "DE01")
    run_writing(chain.context.database, lambda unit: add_till(unit, "DE01-T9", "DE01", START))
    till.sell(("A-1", "1", 1_999))
    day(till, terminal, journal)
    till.sell(("A-1", "1", 500))
    send(chain.context.database, till)
    project(chain.context.database)
    with reading(chain.context.database) as unit:
        found = exceptions.listed(unit, till_ids=["DE01-T9"])
    assert [(one["code"], one["kind"]) for one in found] == (
        [("terminal_day_differs", "notice")] if terminal != journal else []
    )
    if found:
        page = words(desk.get(f"/exceptions/{found[0]['id']}"))
        assert "19.99 EUR" in page
        assert "das Journal nennt 24.99 EUR auf Karten" in page


# --- what codes look like -------------------------------------------------------------------------


def test_rules_for_codes_reach_the_tills(web_centre):
    till = web_centre.join("DE01-T1")
    web_centre.drain()
    held, cursor = till.follow("config")
    assert ("config", "chain", "scan_rules") not in held
    run_writing(web_centre.context.database, lambda unit: set_scan_rules(unit, RULES))
    web_centre.drain()
    held, _ = till.follow("config", cursor)
    assert read_scan_rules(held["config", "chain", "scan_rules"]) == RULES


def fields(**changed):
    row = {"kind": "customer", "prefix": "98", "length": "13", "check": "gtin", "cut": "no"}
    return {
        **{name: [value, ""] for name, value in row.items()},
        "labels": "28AAAAAWWWWWK",
        **changed,
    }


def test_head_office_sets_what_codes_begin_with(chain, desk):  # noqa: F811
    page = desk.get("/rules").text
    assert 'value="KD-"' in page
    assert "28AAAAAWWWWWK" in page
    assert desk.send("/rules/codes", "/rules", **fields()).status_code == 303
    with reading(chain.context.database) as unit:
        rules = scan_rules(unit)
    assert (rules.rules, [label.layout for label in rules.labels]) == (
        RULES.rules,
        ["28AAAAAWWWWWK"],
    )
    assert "KD-" not in desk.get("/rules").text


def test_a_rule_that_is_none_changes_nothing_and_stays_to_be_corrected(chain, desk):  # noqa: F811
    answer = desk.send("/rules/codes", "/rules", **fields(prefix=["4", ""]))
    assert answer.status_code == 422
    assert "eine Zahlkarte könnte so beginnen" in words(answer)
    assert 'value="4"' in answer.text
    with reading(chain.context.database) as unit:
        assert scan_rules(unit) == DEFAULT_SCAN_RULES


def test_rules_are_for_those_who_may_set_them(chain):
    manager = at_desk(chain, "3")
    assert manager.client.post("/rules/codes", data=fields()).status_code in {401, 403}
