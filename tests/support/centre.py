"""A migrated centre on SQLite and on PostgreSQL, with three stores in two currencies and their tills."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from central_server.app.schema import upgrade
from central_server.features.stock.service import add_branch
from central_server.features.stores.service import Store, add_store
from central_server.features.tills.service import add_till
from central_server.platform.database import Database, open_database
from central_server.platform.unit_of_work import writing
from shared.identity import StoreId
from tests.support.journals import START

STORES = (
    Store(StoreId("DE01"), "Hamburg", "DE", "EUR", "Europe/Berlin", languages=("de",)),
    Store(StoreId("AT01"), "Wien", "AT", "EUR", "Europe/Vienna", languages=("de",)),
    Store(StoreId("UK01"), "Bath", "GB", "GBP", "Europe/London", languages=("en",)),
)


@pytest.fixture
def centre(database_url: str) -> Iterator[Database]:
    """An empty centre with stores DE01, AT01, UK01 and two tills (`-T1`, `-T2`) in each."""
    database = open_database(database_url)
    upgrade(database)
    furnish(database)
    yield database
    database.dispose()


def furnish(database: Database) -> None:
    """Add the stores with their stock locations and tills."""
    with writing(database) as unit:
        for store in STORES:
            add_branch(unit, add_store(unit, store, START), START)
            for number in (1, 2):
                add_till(
                    unit, f"{store.store_id}-T{number}", store.store_id, START, mode="training"
                )
