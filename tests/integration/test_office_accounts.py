"""Accounts of head office: the second factor, people and their rights, API keys, and the trail of it all."""

import base64
import csv
import io
import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from central_server.platform.access import RIGHTS, Right, RightGate
from central_server.platform.one_time_codes import code_of, step_at
from central_server.platform.security import token_digest
from central_server.platform.unit_of_work import reading
from tests.architecture.test_rights import calls, walk
from tests.support.head_office import PEOPLE, Desk


@pytest.fixture
def desk(chain):
    return Desk(chain.app).let_in("1")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def enrol(chain, desk):
    """Switch the second factor on; the secret and the recovery codes."""
    page = desk.send("/settings/second-factor")
    shown = re.search(r'<code class="wrap-anywhere">([A-Z2-7 ]+)</code>', page.text)[1]
    text = shown.replace(" ", "")
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    done = desk.send("/settings/second-factor/confirm", code=app_code(chain, secret))
    return secret, re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.text)


def app_code(chain, secret):
    return code_of(secret, step_at(chain.clock.at))


def enter(chain, code):
    """Sign in with the right password and this code."""
    other = Desk(chain.app)
    asked = other.sign_in("1", next="/tills")
    assert asked.headers["location"] == "/login/code?next=/tills"
    assert other.get("/settings").status_code == 303, "the password alone opens nothing"
    answer = other.send("/login/code", "/login/code?next=/tills", code=code, next="/tills")
    return other, answer


def test_with_a_second_factor_signing_in_asks_for_a_code_that_counts_once(chain, desk):
    secret, recovery = enrol(chain, desk)
    assert len(recovery) == 10
    _, replayed = enter(chain, app_code(chain, secret))
    assert replayed.status_code == 403, "the code that switched it on is used up"
    chain.clock.at += timedelta(seconds=30)
    other, answer = enter(chain, app_code(chain, secret))
    assert (answer.status_code, answer.headers["location"]) == (303, "/tills")
    assert other.get("/settings").status_code == 200
    _, replayed = enter(chain, app_code(chain, secret))
    assert replayed.status_code == 403
    assert "schon verbraucht" in words(replayed)


def test_a_recovery_code_lets_in_once(chain, desk):
    _, recovery = enrol(chain, desk)
    typed = recovery[0].lower().replace("-", " ")
    assert enter(chain, typed)[1].status_code == 303
    assert enter(chain, recovery[0])[1].status_code == 403
    assert "9 Notfallcodes sind übrig" in words(desk.get("/settings"))


def test_guessing_codes_is_limited(chain, desk):
    enrol(chain, desk)
    other = Desk(chain.app)
    other.sign_in("1")
    statuses = [
        other.send("/login/code", "/login/code", code=f"00000{n}").status_code for n in range(6)
    ]
    assert statuses == [403] * 5 + [429]


def test_the_way_to_the_code_ends_after_five_minutes(chain, desk):
    secret, _ = enrol(chain, desk)
    other = Desk(chain.app)
    other.sign_in("1")
    token = other.form_token("/login/code")
    chain.clock.at += timedelta(minutes=6)
    answer = other.client.post(
        "/login/code", data={"form_token": token, "code": app_code(chain, secret)}
    )
    assert answer.headers["location"] == "/login"


def test_switching_off_needs_a_code(chain, desk):
    secret, recovery = enrol(chain, desk)
    assert desk.send("/settings/second-factor/off", code="123456").status_code == 422
    chain.clock.at += timedelta(seconds=30)
    desk.send("/settings/second-factor/off", code=app_code(chain, secret))
    assert Desk(chain.app).sign_in("1").headers["location"] == "/"
    assert desk.send("/settings/second-factor/off", code=recovery[0]).status_code == 422


def test_the_database_does_not_hold_the_secret_or_the_recovery_codes(chain, desk):
    secret, recovery = enrol(chain, desk)
    with reading(chain.context.database) as unit:
        dump = str(
            [
                tuple(unit.connection.exec_driver_sql(f"SELECT * FROM {table}"))
                for table in ("staff_second_factor", "staff_recovery_code")
            ]
        )
    shown = base64.b32encode(secret).decode()
    assert base64.b64encode(secret).decode() not in dump
    assert shown not in dump
    assert not any(code in dump or code.replace("-", "") in dump for code in recovery)


def test_a_new_password_needs_the_present_one_and_ends_every_session(chain, desk):
    def change(present, password, again):
        return desk.send("/settings/password", present=present, password=password, again=again)

    new = "reiher-specht-iltis-7"
    assert "ein anderes" in words(change("wrong", new, new))
    assert "weicht ab" in words(change("wiesel-otter-luchs-42", new, new + "x"))
    assert "zu kurz" in words(change("wiesel-otter-luchs-42", "kurz", "kurz"))
    assert change("wiesel-otter-luchs-42", new, new).status_code == 303
    assert desk.get("/settings").status_code == 303
    assert Desk(chain.app).sign_in("1", new).status_code == 303


def test_head_office_adds_a_person_who_then_signs_in(chain, desk):
    added = desk.send(
        "/people/new", staff_id="4711", name="Mia Beispiel", role="store_manager", language="de",
        store="DE01",
    )  # fmt: skip
    assert added.headers["location"] == "/people/4711"
    taken = desk.send("/people/new", staff_id="4711", name="Noch jemand", role="auditor")
    assert taken.status_code == 422
    assert "Diese Nummer ist vergeben" in words(taken)
    assert 'value="Noch jemand"' in taken.text, "what was typed stays"
    desk.send("/people/4711/password", password="reiher-specht-iltis-7")
    other = Desk(chain.app)
    assert other.sign_in("4711", "reiher-specht-iltis-7").status_code == 303
    assert other.get("/tills?store=UK01").status_code == 403
    desk.send("/people/4711", name="Mia Beispiel", role="store_manager", store="UK01")
    assert other.get("/tills?store=UK01").status_code == 200
    desk.send("/people/4711/leave")
    assert other.get("/tills").status_code == 303
    assert "4711" not in desk.get("/people").text
    assert "4711" in desk.get("/people?left=1").text


@pytest.mark.parametrize("act", ["leave", "second-factor/off"])
def test_nobody_locks_themselves_out(desk, act):
    assert desk.send(f"/people/1/{act}").status_code == 403
    assert desk.send("/people/1", name="Person", role="auditor").status_code == 403


def test_a_manager_sees_the_people_of_the_own_stores_only(chain):
    manager = Desk(chain.app).let_in("5")
    page = manager.get("/people")
    assert set(re.findall(r'href="/people/(\w+)"', page.text)) == {
        "4", "5", "7", "8",
    }  # fmt: skip
    assert manager.get("/people/10").status_code == 404
    assert manager.get("/people/7").status_code == 200
    assert "Speichern" not in manager.get("/people/7").text
    assert manager.send("/people/7", name="Anders").status_code == 403


def issue(desk, scopes, stores=()):
    token = desk.form_token()
    data = {"form_token": token, "name": "Webshop", "scope": scopes, "store": list(stores)}
    page = desk.client.post("/keys", data=data)
    return re.search(r"tresen_[0-9a-z]{8}_[\w-]{43}", page.text)[0]


def ask(chain, key, address, method="get", **options):
    return getattr(Desk(chain.app).client, method)(
        address, headers={"Authorization": f"Bearer {key}", "Accept": "application/json"}, **options
    )


def test_a_key_does_what_its_scopes_say_in_its_stores(chain, desk):
    key = issue(desk, ["receipts:read", "stores:read"], ["DE01"])
    assert [one["store_id"] for one in ask(chain, key, "/api/v1/stores").json()] == ["DE01"]
    assert ask(chain, key, "/api/v1/receipts?date=2026-11-25&store=DE01").status_code == 200
    foreign = ask(chain, key, "/api/v1/receipts?date=2026-11-25&store=UK01")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "store_not_allowed")
    beyond = ask(chain, key, "/api/v1/figures?from=2026-11-25&to=2026-11-25")
    assert (beyond.status_code, beyond.json()["code"]) == (403, "scope_missing")
    everywhere = issue(desk, ["stores:read"])
    assert len(ask(chain, everywhere, "/api/v1/stores").json()) == 3


def test_a_key_opens_no_page_and_needs_no_form_token(chain, desk):
    key = issue(desk, ["offers:write", "prices:read"])
    assert ask(chain, key, "/people").status_code == 401
    offer = {"code": "FLYER-9", "name": "Flyer", "kind": "flyer"}
    assert ask(chain, key, "/api/v1/offers", "post", json=offer).status_code == 201
    assert "key:" in desk.get("/audit?kind=offer").text


def test_a_key_is_shown_once_kept_as_a_digest_and_ends_when_revoked(chain, desk):
    key = issue(desk, ["stores:read"])
    assert key not in desk.get("/keys").text
    with reading(chain.context.database) as unit:
        rows = str(list(unit.connection.exec_driver_sql("SELECT * FROM api_key")))
    secret = key.split("_", 2)[2]
    assert secret not in rows
    assert token_digest(secret) in rows
    assert "nie genutzt" in words(desk.get("/keys"))
    assert ask(chain, key, "/api/v1/stores").status_code == 200
    assert "zuletzt genutzt" in words(desk.get("/keys"))
    desk.send(f"/keys/{key.split('_')[1]}/revoke")
    for text in (key, key[:-1], "tresen_x_y", "", "tresen"):
        refused = ask(chain, text, "/api/v1/stores")
        assert (refused.status_code, refused.json()["code"]) == (401, "key_invalid")


def test_a_key_without_scope_or_with_one_of_persons_is_refused(desk):
    assert "mindestens eines" in words(desk.send("/keys", name="Webshop"))
    assert desk.send("/keys", name="Webshop", scope="people:write").status_code == 400


def test_every_change_stands_in_the_trail_with_before_and_after(chain, desk):
    desk.send("/people/5", name="Anna Anders", role="regional_manager", store="DE01")
    desk.send("/tills/DE01-T2/withdraw", reason="gestohlen")
    page = words(desk.get("/audit"))
    for expected in (
        "Person store_manager → Anna Anders", "Filialleitung → Regionalleitung", "gestohlen",
        "Zurückgezogen",
    ):  # fmt: skip
        assert expected in page
    found = words(desk.get("/audit?q=anna+ANDERS"))
    assert "Regionalleitung" in found
    assert "gestohlen" not in found
    assert "Keine Änderungen hier" in words(desk.get("/audit?who=2"))
    assert "Keine Änderungen hier" in words(desk.get("/audit?to=2026-11-24"))
    assert desk.get("/audit?from=2026-11-26&to=2026-11-25").status_code == 400
    assert desk.get("/audit?from=gestern").status_code == 400


def test_saving_without_a_change_leaves_no_trace(chain, desk):
    desk.send("/people/5", name="Person store_manager", role="store_manager", store="DE01")
    assert "Keine Änderungen hier" in words(desk.get("/audit"))


def test_the_trail_is_exported_line_by_line_and_no_formula_survives(chain, desk):
    desk.send("/people/5", name="=HYPERLINK(1)", role="store_manager", store="DE01")
    answer = desk.get("/audit/changes.csv?kind=staff")
    rows = list(csv.reader(io.StringIO(answer.text), delimiter=";"))
    assert rows[0] == ["number", "at", "who", "action", "kind", "key", "field", "before", "after"]
    assert rows[1][2:] == [
        "1", "changed", "staff", "5", "name", "Person store_manager", "'=HYPERLINK(1)",
    ]  # fmt: skip


def test_a_long_trail_is_paged_and_exported_whole(chain, desk):
    for number in range(61):
        desk.send("/people/5", name=f"Name {number}", role="store_manager", store="DE01")
    first = desk.get("/audit")
    older = re.search(r'href="(/audit\?before=\d+)"', first.text)[1]
    assert first.text.count("<ins>") == 50
    assert desk.get(older).text.count("<ins>") == 11
    assert len(desk.get("/audit/changes.csv").text.splitlines()) == 62


FILLED = {
    "day": "2026-11-25", "event_id": "0190aaaa-0000-7000-8000-000000000000", "till_id": "UK01-T1",
    "exception_id": "1", "incarnation": "1", "seq": "1", "store_id": "UK01", "staff_id": "10",
    "key_id": "nothing1", "article_no": "A-1", "sku": "A-1",
}  # fmt: skip


@pytest.mark.parametrize(("number", "role"), [(person[0], person[1]) for person in PEOPLE])
def test_every_route_refuses_every_role_without_its_right(chain, number, role):
    desk = Desk(chain.app).let_in(number)
    pages = Right.PAGES in RIGHTS[role]
    token = desk.form_token() if pages else "none"
    checked = 0
    for route in walk(chain.app.routes):
        if not isinstance(route, APIRoute):
            continue
        gates = [call.right for call in calls(route.dependant) if isinstance(call, RightGate)]
        if not gates or gates[0] in RIGHTS[role]:
            continue
        address = re.sub(r"{(\w+)(:\w+)?}", lambda m: FILLED.get(m[1], "1"), route.path)
        method = next(iter(route.methods))
        answer = desk.client.request(
            method, address, data={"form_token": token} if method == "POST" else None,
            headers={"X-CSRF-Token": token, "Accept": "application/json"},
        )  # fmt: skip
        if pages:
            assert answer.json().get("code") == "role_not_allowed", f"{method} {address}"
        assert answer.status_code == 403, f"{method} {address}"
        checked += 1
    assert checked or role.value == "head_office"
