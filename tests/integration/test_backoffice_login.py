"""Signing in at head office: who gets in, for how long, and who does not."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from central_server.app.jobs import JOBS
from central_server.backoffice.tables import staff_session
from central_server.features.staff.service import deactivate, set_password
from central_server.platform.unit_of_work import reading, writing
from tests.support.head_office import PASSWORD, Desk


@pytest.fixture
def desk(chain):
    return Desk(chain.app)


def signed_in(desk):
    return desk.get("/settings").status_code == 200


def sessions(chain):
    with reading(chain.context.database) as unit:
        return unit.connection.execute(select(func.count()).select_from(staff_session)).scalar_one()


def test_number_and_password_open_a_session_that_only_its_digest_is_kept_of(chain, desk):
    answer = desk.sign_in("1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = next(
        v for v in answer.headers.get_list("set-cookie") if v.startswith("tresen_session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert signed_in(desk)
    with reading(chain.context.database) as unit:
        kept = unit.connection.execute(select(staff_session)).one()
    assert desk.cookie not in [str(value) for value in kept]


def test_outside_this_machine_the_cookie_needs_encryption(chain):
    desk = Desk(chain.app, "https://centre.example")
    answer = desk.sign_in("1")
    cookie = next(v for v in answer.headers.get_list("set-cookie") if "tresen_session=" in v)
    assert cookie.startswith("__Host-tresen_session=")
    assert "Secure" in cookie
    assert signed_in(desk)


def test_an_open_line_says_that_signing_in_will_not_hold(chain):
    assert "https" in Desk(chain.app, "http://centre.example").get("/login").text
    assert "https" not in Desk(chain.app).get("/login").text


@pytest.mark.parametrize("number", ["1", "4711", "11", "1' or '1'='1", ""])
def test_every_refusal_is_the_same(desk, number):
    def answer(given, password):
        found = desk.sign_in(given, password)
        text = re.sub(r'value="[^"]*"', "", found.text).replace("autofocus", "")
        return found.status_code, re.sub(r"\s+>", ">", text)

    assert answer(number, "not the password") == answer("4712", "not the password either")
    assert desk.cookie is None


def test_guessing_is_limited_per_number_even_for_the_right_password(chain, desk):
    for _ in range(5):
        assert desk.sign_in("1", "wrong").status_code == 403
    limited = desk.sign_in("1")
    assert limited.status_code == 429
    assert limited.headers["retry-after"] == "60"
    assert Desk(chain.app).sign_in("2").status_code == 303
    chain.clock.at += timedelta(seconds=60)
    assert desk.sign_in("1").status_code == 303


def test_guessing_is_limited_per_address_whatever_the_number(chain, desk, monkeypatch):
    guard = chain.app.state.sign_in_guard
    monkeypatch.setattr(guard, "check", lambda *_: None)
    statuses = [desk.sign_in(str(number), "wrong").status_code for number in range(100, 121)]
    assert statuses == [403] * 20 + [429]


def test_a_session_ends_after_half_an_hour_without_use(chain, desk):
    desk.sign_in("1")
    for _ in range(3):
        chain.clock.at += timedelta(minutes=29)
        assert signed_in(desk)
    chain.clock.at += timedelta(minutes=31)
    answer = desk.get("/receipts?date=2026-11-25")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/receipts%3Fdate%3D2026-11-25"


def test_a_session_ends_after_twelve_hours_in_any_case(chain, desk):
    desk.sign_in("1")
    for _ in range(36):
        assert signed_in(desk)
        chain.clock.at += timedelta(minutes=20)
    assert signed_in(desk)
    chain.clock.at += timedelta(minutes=1)
    assert not signed_in(desk)


def test_signing_in_again_makes_a_new_token_and_ends_the_old_one(chain, desk):
    desk.sign_in("1")
    other = Desk(chain.app)
    token = other.form_token("/login")
    other.client.cookies.set("tresen_session", desk.cookie, domain="localhost.local")
    assert other.sign_in("2", form_token=token).status_code == 303
    assert sessions(chain) == 1
    assert not signed_in(desk)


def test_a_token_planted_before_signing_in_is_worth_nothing_after(chain, desk):
    desk.client.cookies.set("tresen_session", "planted", domain="localhost.local")
    desk.sign_in("1")
    assert signed_in(desk)
    victim = Desk(chain.app)
    victim.client.cookies.set("tresen_session", "planted", domain="localhost.local")
    assert not signed_in(victim)


def test_signing_out_ends_the_session(chain, desk):
    desk.sign_in("1")
    cookie = desk.cookie
    assert desk.send("/logout").headers["location"] == "/login"
    assert sessions(chain) == 0
    desk.client.cookies.set("tresen_session", cookie, domain="localhost.local")
    assert not signed_in(desk)


def test_signing_out_everywhere_ends_all_sessions_of_this_person_only(chain, desk):
    others = [Desk(chain.app), Desk(chain.app)]
    for each, number in zip((desk, *others), ("1", "1", "2"), strict=True):
        each.sign_in(number)
    desk.send("/logout/everywhere")
    assert [signed_in(each) for each in (desk, *others)] == [False, False, True]


def test_a_new_password_ends_the_sessions_of_the_old_one(chain, desk):
    desk.sign_in("1")
    with writing(chain.context.database) as unit:
        set_password(unit, "1", "another-password", chain.clock.now())
    assert not signed_in(desk)


def test_who_leaves_is_out_at_once(chain, desk):
    desk.sign_in("1")
    with writing(chain.context.database) as unit:
        deactivate(unit, "1", chain.clock.now())
    assert not signed_in(desk)
    assert desk.sign_in("1").status_code == 403


@pytest.mark.parametrize("number", ["7", "8"])
def test_roles_without_pages_are_told_so_and_get_no_session(chain, desk, number):
    answer = desk.sign_in(number)
    assert answer.status_code == 403
    assert "Ihre Rolle hat keine Seiten in der Zentrale" in answer.text
    assert desk.cookie is None
    assert sessions(chain) == 0


def test_a_sign_in_form_that_is_not_ours_is_refused(chain, desk):
    desk.get("/login")
    assert desk.sign_in("1", form_token="0" * 64).status_code == 403
    answer = desk.client.post(
        "/login",
        data={"number": "1", "password": PASSWORD, "form_token": desk.form_token("/login")},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403
    assert sessions(chain) == 0


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:1", "/a\nb"],
)
def test_signing_in_leads_nowhere_else(desk, target):
    assert desk.sign_in("1", next=target).headers["location"] == "/"


def test_signing_in_leads_back_to_where_one_was(desk):
    answer = desk.sign_in("1", next="/receipts?date=2026-11-25")
    assert answer.headers["location"] == "/receipts?date=2026-11-25"
    assert desk.get("/login?next=/tills").headers["location"] == "/tills"


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
def test_a_form_needs_the_sessions_token_and_our_own_address(chain, desk, origin):
    desk.sign_in("1")
    stranger = Desk(chain.app)
    stranger.sign_in("2")
    token = stranger.form_token() if origin is None else desk.form_token()
    answer = desk.client.post(
        "/tills/DE01-T1/withdraw",
        data={"form_token": token},
        headers={"Origin": origin} if origin else {},
    )
    assert answer.status_code == 403
    assert "Das Formular war zu alt" in answer.text
    assert "DE01-T1 zurückziehen" in desk.get("/tills/DE01-T1").text


def test_programs_use_the_same_session_and_changes_need_the_token(desk):
    assert desk.get("/api/v1/stores").status_code == 401
    desk.sign_in("1")
    assert len(desk.get("/api/v1/stores").json()) == 3
    refused = desk.client.post("/api/v1/tills/DE01-T1/code")
    assert (refused.status_code, refused.json()["code"]) == (403, "form_token_wrong")
    headers = {"X-CSRF-Token": desk.form_token()}
    assert desk.client.post("/api/v1/tills/DE01-T1/code", headers=headers).status_code == 201


def test_pages_forbid_foreign_and_inline_scripts_frames_and_guessing_of_types(desk):
    for answer in (desk.get("/login"), desk.get("/nowhere"), desk.sign_in("1", "wrong")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "style=" not in answer.text
        assert (
            re.findall(
                r"<script(?! src=\"/static/office\.[0-9a-f]{12}\.js\" defer></script>)", answer.text
            )
            == []
        )


def test_cleaning_deletes_what_nobody_can_use_any_more(chain, desk):
    desk.sign_in("1")
    clean = next(job for job in JOBS if job.name == "session_cleaning")
    clean.run(chain.context)
    assert sessions(chain) == 1
    chain.clock.at += timedelta(minutes=31)
    clean.run(chain.context)
    assert sessions(chain) == 0


def test_language_and_theme_are_kept_for_the_browser(desk):
    page = desk.get("/login", headers={"Accept-Language": "en-GB,de;q=0.5"}).text
    assert '<html lang="en">' in page
    answer = desk.send(
        "/preferences", "/login", language="de", theme="dark", here="/login?next=/tills"
    )
    assert answer.headers["location"] == "/login?next=/tills"
    page = desk.get("/login", headers={"Accept-Language": "en-GB"}).text
    assert '<html lang="de" data-theme="dark">' in page
    desk.sign_in("3")
    assert '<html lang="de"' in desk.get("/settings").text
    assert desk.client.post("/preferences", data={"theme": "light"}).status_code == 403


def test_behind_a_proxy_cookies_are_secure_whatever_host_it_passes_on(chain):
    chain.app.state.settings = chain.context.settings.model_copy(update={"behind_tls_proxy": True})
    answer = Desk(chain.app, "http://127.0.0.1").get("/login")
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies)
