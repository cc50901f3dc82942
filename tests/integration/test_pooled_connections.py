"""Connections to PostgreSQL: those that broke while nobody used them or in use, and what they keep prepared."""

import pytest
from sqlalchemy import text

from central_server.platform import database as module
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import reading, run_writing
from shared.errors import DomainError, EnvironmentProblem

pytestmark = pytest.mark.postgres

MINE = text("SELECT pg_backend_pid()")
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1'")
# The driver prepares what was asked so often.
OFTEN = 8


@pytest.fixture
def two(postgres_database_url):
    """The product's way to the database, and another way to it."""
    product, other = open_database(postgres_database_url), open_database(postgres_database_url)
    yield product, other
    product.dispose()
    other.dispose()


def session_of(database):
    return run_writing(database, lambda unit: unit.connection.scalar(MINE))


def end(other, session):
    kill = text("SELECT pg_terminate_backend(:session, 5000)")
    with reading(other) as unit:
        assert unit.connection.scalar(kill, {"session": session})


def test_who_comes_after_a_pause_gets_a_connection_that_stands(two, monkeypatch):
    product, other = two
    first = session_of(product)
    monkeypatch.setattr(module, "_TRUSTED_SECONDS", 0.0)
    end(other, first)
    assert session_of(product) != first


def test_a_connection_used_a_moment_ago_is_taken_as_it_is_and_replaced_once_it_fails(
    two, monkeypatch
):
    product, other = two
    monkeypatch.setattr(module, "_TRUSTED_SECONDS", 3_600.0)
    first = session_of(product)
    assert session_of(product) == first
    end(other, first)
    with pytest.raises(EnvironmentProblem) as refused:
        session_of(product)
    assert refused.value.code == "database_unavailable"
    assert session_of(product) != first


def look(database, *, in_vain=False):
    with reading(database) as unit:
        unit.connection.execute(text("SELECT 1"))
        if in_vain:
            raise DomainError("till_unknown", http_status=404)


def test_what_a_connection_has_prepared_outlives_those_who_only_look(two):
    product, _ = two
    for _time in range(OFTEN):
        look(product)
    look(product)
    with pytest.raises(DomainError):
        look(product, in_vain=True)
    assert run_writing(product, lambda unit: unit.connection.scalar(PREPARED)) == 1


@pytest.mark.parametrize("in_vain", [False, True])
def test_who_has_read_everything_has_an_answer_though_the_connection_breaks_then(two, in_vain):
    product, other = two

    def read():
        with reading(product) as unit:
            session = unit.connection.scalar(MINE)
            end(other, session)
            if in_vain:
                raise DomainError("till_unknown", http_status=404)
            return session

    if in_vain:
        with pytest.raises(DomainError) as refused:
            read()
        assert refused.value.code == "till_unknown"
    else:
        lost = read()
        assert session_of(product) != lost
    assert session_of(product)
