"""Tills join with a code, sign what they send, and are refused when something is not right."""

import base64
from datetime import timedelta

import pytest

from central_server.features.tills.service import get_till, quarantine, withdraw
from central_server.platform.access import Role
from central_server.platform.unit_of_work import reading, run_writing
from tests.support.web_centre import SignedTill

FEED = "/api/v1/till/feeds/config"


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"]


def test_a_till_joins_and_learns_who_it_is(web_centre):
    till = SignedTill(web_centre)

    answer = till.provision(web_centre.code("DE01-T1")).json()

    assert (answer["till_id"], answer["incarnation"], answer["mode"]) == ("DE01-T1", 1, "demo")
    assert answer["store"]["timezone"] == "Europe/Berlin"
    assert len(answer["centre_key"]) == 44
    assert till.get(FEED).status_code == 200


def test_only_a_till_that_signs_gets_the_key_of_the_pins(web_centre):
    till = SignedTill(web_centre)
    unsigned = web_centre.client.get("/api/v1/till/pin-key", headers={"X-Till-Protocol": "1"})
    refused(unsigned, 401, "signature_missing")
    till.provision(web_centre.code("DE01-T1"))

    answer = till.get("/api/v1/till/pin-key").json()

    assert base64.b64decode(answer["pin_key"]) == web_centre.context.pin_key


def test_each_till_and_incarnation_has_its_own_key_for_customers_until_it_is_withdrawn(web_centre):
    unsigned = web_centre.client.get("/api/v1/till/customer-key", headers={"X-Till-Protocol": "1"})
    refused(unsigned, 401, "signature_missing")
    keys = set()
    for till_id in ("DE01-T1", "DE01-T1", "DE01-T2"):
        till = SignedTill(web_centre)
        till.provision(web_centre.code(till_id))
        asked = [till.get("/api/v1/till/customer-key").json()["customer_key"] for _ in range(2)]
        assert asked[0] == asked[1]
        assert len(base64.b64decode(asked[0])) == 32
        keys.add(asked[0])
    assert len(keys) == 3
    run_writing(web_centre.context.database, lambda unit: withdraw(unit, "DE01-T2", "lost"))
    refused(till.get("/api/v1/till/customer-key"), 403, "till_withdrawn")


def test_the_code_may_be_typed_carelessly(web_centre):
    code = web_centre.code("DE01-T1")

    assert (
        SignedTill(web_centre).provision(f" {code.lower().replace('-', ' ')} ").status_code == 200
    )


def test_a_wrong_code_is_refused(web_centre):
    refused(SignedTill(web_centre).provision("AAAA-BBBB-CCCC"), 403, "code_unknown")


def test_an_expired_code_is_refused(web_centre):
    code = web_centre.code("DE01-T1")
    web_centre.clock.at += timedelta(hours=24)

    refused(SignedTill(web_centre).provision(code), 403, "code_expired")


def test_a_used_code_is_refused_to_another_device(web_centre):
    code = web_centre.code("DE01-T1")
    SignedTill(web_centre).provision(code)

    refused(SignedTill(web_centre).provision(code), 403, "code_used")


def test_a_code_of_another_till_is_refused_and_stays_valid(web_centre):
    code = web_centre.code("DE01-T2")
    till = SignedTill(web_centre)

    answer = till.provision(code, till_id="DE01-T1")

    refused(answer, 403, "code_other_till")
    assert answer.json()["params"] == {"till": "DE01-T2", "wanted": "DE01-T1"}
    assert till.provision(code, till_id="DE01-T2").json()["incarnation"] == 1


def test_the_same_device_gets_the_same_answer_again(web_centre):
    till = SignedTill(web_centre)
    code = web_centre.code("DE01-T1")

    first, second = till.provision(code), till.provision(code)

    assert first.json() == second.json()


def test_a_new_code_ends_the_one_before(web_centre):
    old, _new = web_centre.code("DE01-T1"), web_centre.code("DE01-T1")

    refused(SignedTill(web_centre).provision(old), 403, "code_expired")


def test_codes_cannot_be_guessed_at_leisure(web_centre):
    answers = [SignedTill(web_centre).provision("AAAA-BBBB-CCCC") for _ in range(11)]

    refused(answers[-1], 429, "rate_limited")
    web_centre.clock.at += timedelta(minutes=1)
    refused(SignedTill(web_centre).provision("AAAA-BBBB-CCCC"), 403, "code_unknown")


def test_something_that_is_no_key_is_refused(web_centre):
    body = {"code": web_centre.code("DE01-T1"), "public_key": "!" * 44, "build": "test"}

    answer = web_centre.client.post("/api/v1/till/provision", json=body)

    refused(answer, 400, "public_key_invalid")


def test_joining_again_makes_a_new_incarnation_and_ends_the_old_one(web_centre):
    old = web_centre.join("DE01-T1")
    new = web_centre.join("DE01-T1")

    assert (old.incarnation, new.incarnation) == (1, 2)
    refused(old.get(FEED), 403, "incarnation_wrong")
    assert new.get(FEED).status_code == 200


def test_a_forged_signature_is_refused(web_centre):
    till, other = web_centre.join("DE01-T1"), SignedTill(web_centre)

    refused(till.get(FEED, key=other.key), 401, "signature_wrong")


@pytest.mark.parametrize("change", ["path", "query", "body"])
def test_a_signature_holds_for_its_own_request_only(web_centre, change):
    till = web_centre.join("DE01-T1")
    headers = till.headers("GET", f"{FEED}?limit=5")
    targets = {"path": "/api/v1/till/feeds/stock?limit=5", "query": f"{FEED}?limit=6"}

    answer = web_centre.client.request(
        "GET",
        targets.get(change, f"{FEED}?limit=5"),
        headers=headers,
        content=b"x" if change == "body" else b"",
    )

    refused(answer, 401, "signature_wrong")


def test_a_replayed_request_is_refused(web_centre):
    till = web_centre.join("DE01-T1")
    headers = till.headers("GET", FEED)

    assert web_centre.client.get(FEED, headers=headers).status_code == 200
    refused(web_centre.client.get(FEED, headers=headers), 401, "nonce_used")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_from_another_time_is_refused(web_centre, seconds):
    till = web_centre.join("DE01-T1")
    created = int(web_centre.clock.now().timestamp()) + seconds

    refused(till.get(FEED, created=created), 401, "signature_stale")


def test_a_moved_business_clock_locks_nobody_out(web_centre):
    from central_server.platform.clock import move_business_clock

    till = web_centre.join("DE01-T1")
    database = web_centre.context.database
    run_writing(database, lambda unit: move_business_clock(unit, "demo", timedelta(days=400)))

    assert till.get(FEED).status_code == 200


def test_an_unsigned_request_is_refused(web_centre):
    answer = web_centre.client.get(FEED, headers={"X-Till-Protocol": "1"})

    refused(answer, 401, "signature_missing")


@pytest.mark.parametrize(("header", "status"), [("", 400), ("x", 400), ("999", 426)])
def test_a_protocol_that_is_not_served_is_refused(web_centre, header, status):
    till = web_centre.join("DE01-T1")

    assert till.get(FEED, {"X-Till-Protocol": header}).status_code == status


def test_a_till_that_never_joined_is_unknown(web_centre):
    till = SignedTill(web_centre, till_id="DE01-T2", incarnation=1)

    refused(till.get(FEED), 401, "till_unknown")


def test_a_withdrawn_till_is_refused_until_it_joins_again(web_centre):
    till = web_centre.join("DE01-T1")
    run_writing(web_centre.context.database, lambda unit: withdraw(unit, "DE01-T1", "stolen"))

    refused(till.get(FEED), 403, "till_withdrawn")
    assert web_centre.join("DE01-T1").get(FEED).status_code == 200


def test_a_quarantined_till_is_told_so(web_centre):
    till = web_centre.join("DE01-T1")
    run_writing(web_centre.context.database, lambda unit: quarantine(unit, "DE01-T1", "fork"))

    refused(till.get(FEED), 403, "till_quarantined")
    assert till.get("/api/v1/till/state").json()["quarantined"] is True


def test_each_request_leaves_a_contact(web_centre):
    till = web_centre.join("DE01-T1")
    web_centre.clock.at += timedelta(minutes=3)
    till.get(FEED)

    with reading(web_centre.context.database) as unit:
        seen = get_till(unit, "DE01-T1")
    assert (seen.last_contact_at, seen.protocol, seen.build) == (web_centre.clock.at, 1, "test")


def test_head_office_issues_codes_and_withdraws(web_centre):
    web_centre.sign_in(Role.HEAD_OFFICE)

    issued = web_centre.client.post("/api/v1/tills/DE01-T1/code")
    till = SignedTill(web_centre)

    assert issued.status_code == 201
    assert till.provision(issued.json()["code"]).status_code == 200
    answer = web_centre.client.post("/api/v1/tills/DE01-T1/withdraw", json={"reason": "lost"})
    assert answer.json()["state"] == "withdrawn"
    refused(till.get(FEED), 403, "till_withdrawn")


def test_only_some_roles_issue_codes_and_only_for_their_stores(web_centre):
    refused(web_centre.client.post("/api/v1/tills/DE01-T1/code"), 401, "login_required")
    web_centre.sign_in(Role.CASHIER, "DE01")
    refused(web_centre.client.post("/api/v1/tills/DE01-T1/code"), 403, "role_not_allowed")
    web_centre.sign_in(Role.REGIONAL_MANAGER, "AT01")
    refused(web_centre.client.post("/api/v1/tills/DE01-T1/code"), 403, "store_not_allowed")
    assert web_centre.client.post("/api/v1/tills/AT01-T1/code").status_code == 201


def test_people_see_the_tills_and_stores_of_their_own_stores(web_centre):
    web_centre.sign_in(Role.STORE_MANAGER, "DE01")

    tills = web_centre.client.get("/api/v1/tills").json()
    stores = web_centre.client.get("/api/v1/stores").json()

    assert {till["store_id"] for till in tills} == {"DE01"}
    assert [store["store_id"] for store in stores] == ["DE01"]
    refused(web_centre.client.get("/api/v1/tills?store=AT01"), 403, "store_not_allowed")
    refused(web_centre.client.get("/api/v1/stores/AT01"), 403, "store_not_allowed")
