"""The schema: migrations lead exactly to what the code says, on both databases, comments included."""

import pytest
from sqlalchemy import inspect

from central_server.app import schema
from central_server.app.composition import compose
from central_server.app.metadata import all_tables
from central_server.platform.columns import PRIVACY
from central_server.platform.settings import Settings
from shared.errors import EnvironmentProblem


@pytest.fixture
def context(database_url, tmp_path):
    context = compose(Settings(home=tmp_path, database_url=database_url, mode="test"))
    yield context
    context.database.dispose()


def test_migrations_lead_to_the_schema_of_the_code(context):
    assert not schema.schema_is_current(context.database)

    schema.upgrade(context.database)

    assert schema.schema_is_current(context.database)
    assert schema.differences(context.database) == []


def test_preparing_twice_changes_nothing(context):
    schema.prepare(context)
    schema.prepare(context)

    assert schema.differences(context.database) == []


def test_every_personal_column_says_so_in_the_database(context):
    schema.upgrade(context.database)
    if not context.database.is_postgresql:
        pytest.skip("SQLite has no comments")
    inspector = inspect(context.database.read_engine)

    for table in all_tables().sorted_tables:
        found = {column["name"]: column["comment"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            expected = column.comment if column.info[PRIVACY] else None
            assert found[column.name] == expected, f"{table.name}.{column.name}"


def test_every_column_says_whether_it_is_personal():
    for table in all_tables().sorted_tables:
        for column in table.columns:
            assert PRIVACY in column.info, f"{table.name}.{column.name}: use plain() or personal()"


def test_an_outdated_postgresql_database_is_left_to_its_operator(context):
    if not context.database.is_postgresql:
        schema.make_ready(context)
        assert schema.schema_is_current(context.database)
        return
    with pytest.raises(EnvironmentProblem) as problem:
        schema.make_ready(context)
    assert problem.value.code == "schema_outdated"
