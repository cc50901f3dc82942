"""Keeps the cells of every period: adds receipts as they are booked, and makes all of them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from central_server.features.reporting import cell_repository
from central_server.platform.database import Database
from central_server.platform.installation import read_setting, write_setting
from central_server.platform.unit_of_work import UnitOfWork, reading, run_writing
from shared.receipt import Receipt

_SETTING = "figures_made"
_WAY = "3"
"""How cells are made; of a chain whose cells were made another way they are made again."""


def add_to_cells(unit: UnitOfWork, receipts: Sequence[Receipt]) -> None:
    """Add receipts that were booked in this transaction, with their uses of promotions; each is handed in once."""
    if receipts:
        cell_repository.add_days(unit.connection, {each.business_date for each in receipts})
        cell_repository.add_receipts(unit.connection, [each.event_id for each in receipts])


def make_again(unit: UnitOfWork) -> int:
    """Empty all cells and add every booked receipt again; the number of business dates.

    Receipts that tills send meanwhile wait until this is done. One transaction: whoever reads sees the cells of
    before until then.
    """
    cell_repository.clear(unit.connection)
    days = cell_repository.booked_days(unit.connection)
    cell_repository.add_days(unit.connection, days)
    for first, last in _months(days):
        cell_repository.add_days_of_sales(unit.connection, first, last)
    cell_repository.count_again(unit.connection)
    return len(days)


def make_once(database: Database) -> None:
    """Make the cells of a chain whose receipts are older than they are, or than the way cells are made; nothing once
    that is done.
    """
    with reading(database) as unit:
        if read_setting(unit, _SETTING) == _WAY:
            return

    def make(unit: UnitOfWork) -> None:
        make_again(unit)
        write_setting(unit, _SETTING, _WAY)

    run_writing(database, make)


def _months(days: Iterable[date]) -> Iterable[tuple[date, date]]:
    """First and last day of each month with receipts: no statement has to sort more than that."""
    for _, month in groupby(days, lambda day: (day.year, day.month)):
        found = list(month)
        yield found[0], found[-1]
