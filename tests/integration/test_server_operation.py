"""Running the centre: health, metrics, errors, the clock, units of work, jobs and their locks."""

import logging
import os
import signal
import subprocess
import sys
import time
import traceback
import urllib.request
from datetime import date, timedelta
from decimal import Decimal

import pytest
from fastapi import APIRouter
from sqlalchemy import func, make_url, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from central_server.app import cli, cli_openapi
from central_server.app.jobs import JOBS
from central_server.features.stores import service as stores
from central_server.features.stores.tables import exchange_rate
from central_server.gateway.authentication import forget_nonces
from central_server.gateway.tables import till_nonce
from central_server.platform import scheduler, unit_of_work
from central_server.platform.clock import business_clock, move_business_clock
from central_server.platform.database import open_database
from central_server.platform.scheduler import HEARTBEAT, Job, job_lock, run_job
from central_server.platform.schema import installation_setting
from central_server.platform.unit_of_work import (
    ReadOnlyUnit,
    WriteUnit,
    reading,
    run_writing,
    writing,
)
from shared.errors import DomainError, EnvironmentProblem
from shared.money import Money

METRICS = (
    "tresen_http_requests_total",
    "tresen_http_request_seconds_count",
    "tresen_journal_events_accepted_total",
    "tresen_journal_events_projected_total",
    "tresen_projection_lag_events",
    "tresen_feed_head_seq",
    "tresen_sequencer_dirty_rows",
    "tresen_event_exceptions_open",
    "tresen_tills_unseen",
)


def remember(unit, name, value="1"):
    unit.connection.execute(installation_setting.insert().values(name=name, value=value))


def remembered(centre, name):
    with reading(centre.context.database) as unit:
        query = select(installation_setting.c.value).where(installation_setting.c.name == name)
        return unit.connection.execute(query).scalar_one_or_none()


def test_a_fresh_centre_lives_and_is_ready_when_the_scheduler_is(web_centre):
    client = web_centre.client
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 503

    assert run_job(web_centre.context, HEARTBEAT)
    assert client.get("/readyz").json()["status"] == "ready"

    web_centre.clock.at += timedelta(minutes=2)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["scheduler"]) == (503, "silent for 120 s")


def test_all_metrics_are_there(web_centre):
    from central_server.gateway.snapshots import build_all

    web_centre.drain()
    build_all(web_centre.context, ["DE"])
    web_centre.join("DE01-T1")
    web_centre.clock.at += timedelta(hours=2)
    web_centre.client.get("/healthz")

    text = web_centre.client.get("/metrics").text

    for name in (*METRICS, "tresen_snapshot_build_seconds"):
        assert f"\n{name}" in text, name
    assert "tresen_tills_unseen 1.0" in text
    assert 'route="/healthz"' in text


def test_there_are_no_series_but_the_ten_metrics(web_centre):
    web_centre.client.get("/healthz")
    web_centre.client.request("INVENTED", "/healthz")

    text = web_centre.client.get("/metrics").text

    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[0] != "#"}
    known = {name.removesuffix("_total").removesuffix("_count") for name in METRICS}
    known |= {"tresen_snapshot_build_seconds"}
    endings = ("_total", "_count", "_sum", "_bucket")
    for name in names:
        base = next((name.removesuffix(e) for e in endings if name.endswith(e)), name)
        assert base in known, name
    assert 'method="other"' in text
    assert "INVENTED" not in text


def test_answers_carry_a_request_id(web_centre):
    first, second = (web_centre.client.get("/healthz").headers["x-request-id"] for _ in range(2))

    assert len(first) == 16
    assert first != second


def with_routes(centre, *routes):
    router = APIRouter()
    for path, endpoint in routes:
        router.add_api_route(path, endpoint, methods=["POST"])
    centre.app.include_router(router)


def test_every_error_has_the_same_form(web_centre):
    def bug():
        raise ValueError("secret detail")

    def refused():
        raise DomainError("store_unknown", {"store": "X"}, http_status=404)

    def away():
        raise EnvironmentProblem("database_unavailable")

    def strange():
        raise DomainError("never_heard_of")

    with_routes(
        web_centre, ("/bug", bug), ("/refused", refused), ("/away", away), ("/strange", strange)
    )
    client = web_centre.client

    answers = {p: client.post(p) for p in ("/bug", "/refused", "/away", "/strange", "/nowhere")}
    answers["/method"] = client.get("/bug")
    answers["/malformed"] = client.post("/api/v1/till/provision", json={"code": 5})

    assert {p: a.status_code for p, a in answers.items()} == {
        "/bug": 500, "/refused": 404, "/away": 503, "/strange": 409, "/nowhere": 404,
        "/method": 405, "/malformed": 422,
    }  # fmt: skip
    for answer in answers.values():
        assert set(answer.json()) == {"code", "message", "what_next", "params"}
    assert "secret" not in answers["/bug"].text
    assert answers["/away"].headers["retry-after"]
    assert answers["/refused"].json()["message"] == "There is no store X."


def test_a_request_commits_once_or_not_at_all(web_centre):
    hooks = []

    def good(unit: WriteUnit):
        remember(unit, "good")
        unit.after_commit(lambda: hooks.append("good"))

    def bad(unit: WriteUnit):
        remember(unit, "bad")
        unit.after_commit(lambda: hooks.append("bad"))
        raise DomainError("store_unknown")

    def sly(unit: ReadOnlyUnit):
        remember(unit, "sly")

    with_routes(web_centre, ("/good", good), ("/bad", bad), ("/sly", sly))
    statuses = [web_centre.client.post(path).status_code for path in ("/good", "/bad", "/sly")]

    assert statuses == [200, 409, 500]
    assert [remembered(web_centre, name) for name in ("good", "bad", "sly")] == ["1", None, None]
    assert hooks == ["good"]


def test_nobody_is_told_of_what_did_not_hold(web_centre, monkeypatch):
    def good(unit: WriteUnit):
        remember(unit, "late")
        return {"status": "stored"}

    def broken(unit):
        raise EnvironmentProblem("database_disk_full")

    with_routes(web_centre, ("/late", good))
    monkeypatch.setattr(unit_of_work.UnitOfWork, "complete", broken)

    answer = web_centre.client.post("/late")

    assert (answer.status_code, answer.json()["code"]) == (503, "database_disk_full")


def test_a_failed_hook_does_not_undo_what_holds(web_centre, caplog):
    def broken():
        raise RuntimeError("mail")

    with writing(web_centre.context.database) as unit:
        remember(unit, "kept")
        unit.after_commit(broken)

    assert remembered(web_centre, "kept") == "1"


def test_a_collision_repeats_the_whole_unit(web_centre):
    attempts = []

    def work(unit):
        attempts.append(1)
        remember(unit, f"try{len(attempts)}")
        if len(attempts) < 3:
            remember(unit, f"try{len(attempts)}")  # the same key twice, as after a lost race

    run_writing(web_centre.context.database, work)

    assert [remembered(web_centre, f"try{n}") for n in (1, 2, 3)] == [None, None, "1"]


def test_a_collision_that_stays_is_raised(web_centre):
    def work(unit):
        remember(unit, "a")
        remember(unit, "a")

    with pytest.raises(DBAPIError):
        run_writing(web_centre.context.database, work, attempts=2)


def test_the_business_clock_moves_for_all_processes(web_centre):
    context = web_centre.context
    run_writing(
        context.database, lambda unit: move_business_clock(unit, "demo", timedelta(days=14))
    )

    other = business_clock(web_centre.clock, context.database, "demo")

    assert other.now() == web_centre.clock.now() + timedelta(days=14)


def test_a_productive_clock_cannot_be_moved(web_centre):
    context = web_centre.context
    with pytest.raises(DomainError) as refusal:
        run_writing(
            context.database,
            lambda unit: move_business_clock(unit, "productive", timedelta(days=1)),
        )
    assert (refusal.value.code, refusal.value.http_status) == ("clock_fixed", 403)

    # Nor does it follow an offset that somebody left in the database.
    run_writing(
        context.database, lambda unit: move_business_clock(unit, "demo", timedelta(days=14))
    )
    assert (
        business_clock(web_centre.clock, context.database, "productive").now()
        == web_centre.clock.now()
    )


def test_a_job_runs_in_one_scheduler_at_a_time(web_centre):
    ran = []
    job = Job("test", lambda _context: ran.append(1), every_milliseconds=1)
    with job_lock(web_centre.context, "test") as held:
        assert held
        assert run_job(web_centre.context, job) is False
    assert run_job(web_centre.context, job) is True
    assert ran == [1]


def test_a_job_that_fails_is_logged_and_may_run_again(web_centre):
    def broken(_context):
        raise RuntimeError("bug")

    job = Job("broken", broken, every_milliseconds=1)

    assert [run_job(web_centre.context, job) for _ in range(2)] == [False, False]
    with job_lock(web_centre.context, "broken") as held:
        assert held


def test_jobs_have_names_of_their_own_and_a_time():
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all((job.daily_at is None) == (job.every_milliseconds > 0) for job in JOBS)
    for job in JOBS:
        scheduler._trigger(job)


def test_spent_nonces_are_forgotten_when_they_are_too_old_to_matter(web_centre):
    web_centre.join("DE01-T1").get("/api/v1/till/feeds/config")

    def count():
        with reading(web_centre.context.database) as unit:
            return unit.connection.execute(
                select(func.count()).select_from(till_nonce)
            ).scalar_one()

    forget_nonces(web_centre.context)
    assert count() == 1
    web_centre.clock.at += timedelta(minutes=16)
    forget_nonces(web_centre.context)
    assert count() == 0


def test_a_rate_converts_and_days_without_one_have_none(web_centre):
    rate = stores.ExchangeRate(date(2026, 7, 1), "GBP", "EUR", Decimal("1.1523"), "ECB")
    database = web_centre.context.database
    for _ in range(2):
        run_writing(database, lambda unit: stores.store_rate(unit, rate, web_centre.clock.now()))

    with reading(database) as unit:
        found = stores.rate_of_day(unit, date(2026, 7, 1), "GBP", "EUR")
        assert stores.rate_of_day(unit, date(2026, 7, 2), "GBP", "EUR") is None
        assert (
            unit.connection.execute(select(func.count()).select_from(exchange_rate)).scalar_one()
            == 1
        )
    assert found == rate
    assert found.convert(Money(1000, "GBP")) == Money(1152, "EUR")


@pytest.mark.parametrize(
    ("pair", "rate", "code"),
    [
        (("GBP", "EUR"), "0", "rate_invalid"),
        (("GBP", "EUR"), "-1", "rate_invalid"),
        (("GBP", "EUR"), "NaN", "rate_invalid"),
        (("GBP", "EUR"), "1.123456789", "rate_invalid"),
        (("GBP", "GBP"), "1", "rate_same_currency"),
        (("GBP", "XXX"), "1", "currency_unknown"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(web_centre, pair, rate, code):
    new = stores.ExchangeRate(date(2026, 7, 1), *pair, Decimal(rate), "ECB")
    with pytest.raises(DomainError) as refusal:
        run_writing(
            web_centre.context.database,
            lambda unit: stores.store_rate(unit, new, web_centre.clock.now()),
        )
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite://", "nonsense", "postgresql+asyncpg://x/y"]
)
def test_a_database_that_is_not_served_is_said(url):
    with pytest.raises(EnvironmentProblem, match="database_url_invalid"):
        open_database(url)


def test_a_database_that_is_away_is_no_bug():
    database = open_database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(EnvironmentProblem, match="database_unavailable"), reading(database) as unit:
        unit.connection.execute(select(1))
    database.dispose()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_command_says_in_one_line_that_the_database_is_away(tmp_path, host):
    url = f"postgresql+psycopg://nobody:secret@{host}/none"
    done = command("store", "list", home=tmp_path, TRESEN_DATABASE_URL=url)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("tresen: The database cannot be reached.")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.postgres
def test_a_wrong_user_is_a_database_that_is_away(postgres_url):
    url = make_url(postgres_url).set(username="nobody_here", password="wrong", database="none")
    database = open_database(url.render_as_string(hide_password=False))
    with pytest.raises(EnvironmentProblem, match="database_unavailable"), reading(database) as unit:
        unit.connection.execute(select(1))
    database.dispose()


def test_a_directory_that_cannot_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = command("store", "list", home=tmp_path / "file" / "home")

    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be made" in done.stderr
    assert "TRESEN_HOME" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_errors_of_the_database_do_not_show_what_was_stored(web_centre):
    verifier = f"{4938}-secret"
    with writing(web_centre.context.database) as unit:
        remember(unit, "a", verifier)
    with pytest.raises(IntegrityError) as failed, writing(web_centre.context.database) as unit:
        remember(unit, "a", verifier)

    shown = "".join(traceback.format_exception(failed.value))
    assert "INSERT INTO" in shown
    assert verifier not in shown


def test_the_interface_describes_itself():
    paths = cli_openapi.description()["paths"]

    assert {"/api/v1/quote", "/api/v1/till/feeds/{feed}", "/api/v1/till/provision"} <= set(paths)


def command(*arguments, home, **variables):
    return subprocess.run(
        [sys.executable, "-m", "central_server.app.cli", *arguments],
        env={**os.environ, "TRESEN_HOME": str(home), "TRESEN_DATABASE_URL": "", **variables},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "variables", "status", "said"),
    [
        (["nonsense"], {}, 2, "no command 'nonsense'"),
        (["store"], {}, 2, "required"),
        (["store", "change", "XX", "--name", "x"], {}, 2, "no store XX"),
        (["clock", "+1d"], {}, 2, "cannot be moved"),
        (["clock", "tomorrow"], {"TRESEN_MODE": "demo"}, 2, "is not a step"),
        (["rates", "set", "heute", "GBP", "EUR", "1", "--source", "x"], {}, 2, "is not a day"),
        (["store", "list"], {"TRESEN_MODE": "maybe"}, 2, "TRESEN_MODE"),
        (["store", "list"], {"TRESEN_DATABASE_URL": "mysql://x"}, 1, "cannot be used"),
        (["server", "--host", "999.9.9.9"], {}, 1, "cannot be used"),
        (["server", "--host", "0.0.0.0"], {}, 1, "there is no TLS"),  # noqa: S104 - refused
    ],
)
def test_bad_input_is_said_in_one_line(tmp_path, arguments, variables, status, said):
    done = command(*arguments, home=tmp_path, **variables)

    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])

    assert left.value.code == 0
    assert f"tresen {name}" in capsys.readouterr().out


def wait_until_ready(address, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()  # noqa: S310 - own server
        except OSError:
            time.sleep(0.3)
        else:
            return True
    return False


def test_the_server_starts_its_scheduler_and_both_end_together(tmp_path):
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "central_server.app.cli", "server", "--port", "0"],
            env={**os.environ, "TRESEN_HOME": str(tmp_path), "TRESEN_DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with server:
            ready = wait_until_ready(server.stdout.readline().split()[-1])
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    said = (tmp_path / "log").read_text()
    assert ready, said
    assert server.returncode in (0, -signal.SIGTERM), said
    assert "scheduler_started" in said
    assert "scheduler_stopped" in said
    assert "Traceback" not in said


def test_the_log_tells_no_secrets():
    from central_server.platform.observability import configure_logging, hide_secrets

    configure_logging("info")
    assert hide_secrets(None, "", {"pin": "1234", "new_password": "x", "till": "T1"}) == {
        "pin": "***", "new_password": "***", "till": "T1",
    }  # fmt: skip
    # Each readiness check looks at the schema.
    assert not logging.getLogger("alembic.runtime.migration").isEnabledFor(logging.INFO)
