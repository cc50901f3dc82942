"""PostgreSQL behind a pooler that gives each transaction another session: nothing may be left in one."""

import threading

import psycopg
import pytest
from sqlalchemy import select, text

from central_server.features.stores.tables import store
from central_server.platform.database import open_database
from central_server.platform.scheduler import Job, job_lock, run_job
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import EnvironmentProblem
from tests.integration.conftest import opened
from tests.support.head_office import Desk, found_chain, open_chain
from tests.support.pooler import pooled

pytestmark = pytest.mark.postgres
URL = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_nothing_is_asked_of_a_session_behind_a_pooler(monkeypatch):
    asked = []

    def refuse(*_words, **options):
        asked.append(options)
        raise psycopg.OperationalError("nobody listens")

    monkeypatch.setattr(psycopg.Connection, "connect", refuse)
    monkeypatch.setattr(psycopg, "connect", refuse)
    for url in (URL, f"{URL}?pooler=transaction"):
        with (
            pytest.raises(EnvironmentProblem),
            reading(open_database(url)) as unit,
        ):
            unit.connection.execute(select(1))
    direct, behind = asked
    assert "lock_timeout" in direct["options"]
    assert "prepare_threshold" not in direct
    assert "options" not in behind
    assert behind["prepare_threshold"] is None
    assert "pooler" not in behind


def test_another_kind_of_pooler_is_refused():
    with pytest.raises(EnvironmentProblem) as caught:
        open_database(f"{URL}?pooler=session")
    assert caught.value.code == "database_url_invalid"


def test_the_lock_of_a_job_holds_and_keeps_nothing_from_being_cleaned_up(
    postgres_database_url, tmp_path
):
    with opened(postgres_database_url, tmp_path) as (context, _), job_lock(context, "long") as held:
        assert held
        with reading(context.database) as unit:
            row = unit.connection.execute(
                text(
                    "SELECT a.backend_xmin, a.backend_xid FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    " WHERE l.locktype = 'advisory' AND a.datname = current_database()"
                )
            ).one()
        assert row == (None, None)


def test_the_centre_works_behind_a_pooler(postgres_database_url, tmp_path):
    with pooled(postgres_database_url, sessions=6) as url:
        found_chain(tmp_path, url)
        chain = open_chain(tmp_path, url)
        desk = Desk(chain.app).let_in("1")
        pages = ("/day/2026-11-25", "/figures?period=year&by=article", "/receipts?date=2026-11-25")
        problems = []

        def look():
            for address in pages * 3:
                answer = desk.get(address)
                if answer.status_code != 200 or "Hamburg" not in answer.text:
                    problems.append((address, answer.status_code))

        lookers = [threading.Thread(target=look) for _ in range(3)]
        with job_lock(chain.context, "held") as held:
            assert held
            for one in lookers:
                one.start()
            job = Job("held", lambda _context: problems.append("ran"), every_milliseconds=1)
            assert run_job(chain.context, job) is False
            for one in lookers:
                one.join()
        assert problems == []
        assert run_job(chain.context, Job("held", lambda _context: None, every_milliseconds=1))
        named = run_writing(
            chain.context.database,
            lambda unit: unit.connection.execute(select(store.c.store_id)).scalars().all(),
        )
        assert "DE01" in named
        chain.context.database.dispose()
