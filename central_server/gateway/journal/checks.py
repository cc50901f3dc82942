"""What the centre checks every night about what it was sent and what it booked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import structlog

from central_server.features.reporting import cell_repository as cells
from central_server.features.reporting import repository as figures
from central_server.features.stock import service as stock
from central_server.gateway.journal import repository
from central_server.gateway.journal.repository import Chain
from central_server.platform.database import Database
from central_server.platform.unit_of_work import reading
from shared.journal import first_prev_hash, link

_PAGE = 5_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """The first event of a till whose stored bytes do not give its stored hash."""

    till_id: str
    incarnation: int
    seq: int


@dataclass(frozen=True, slots=True)
class DayDiffers:
    """A store's day whose figures are not the sum of its booked receipts (minor units)."""

    store_id: str
    business_date: date
    currency: str
    of_figures: int
    of_receipts: int


def verify_chains(database: Database) -> list[BrokenChain]:
    """Work out every stored event's hash again; the chains that do not hold."""
    with reading(database) as unit:
        chains = repository.chains(unit.connection)
    return [broken for chain in chains if (broken := _verify(database, chain)) is not None]


def verify_figures(database: Database) -> list[DayDiffers]:
    """Compare the figures of all days with the receipts they are made of."""
    with reading(database) as unit:
        rows = [
            *figures.days_that_differ(unit.connection),
            *cells.cells_that_differ(unit.connection),
        ]
    return [DayDiffers(**row) for row in rows]


def nightly(database: Database) -> bool:
    """All checks; what is wrong is logged as an error. Whether everything held."""
    broken = verify_chains(database)
    differing = verify_figures(database)
    with reading(database) as unit:
        levels = stock.check_levels(unit)
    for chain in broken:
        log.error(
            "journal_chain_broken", till=chain.till_id, incarnation=chain.incarnation, seq=chain.seq
        )
    for day in differing:
        log.error(
            "figures_differ",
            store=day.store_id,
            day=day.business_date.isoformat(),
            of_figures=day.of_figures,
            of_receipts=day.of_receipts,
        )
    for location, sku, level, moved in levels:
        log.error("stock_level_differs", location=location, sku=sku, level=level, moved=moved)
    held = not (broken or differing or levels)
    log.info("nightly_checks_done", held=held)
    return held


def _verify(database: Database, chain: Chain) -> BrokenChain | None:
    previous = first_prev_hash(chain.till_id, chain.incarnation)
    seq = 0
    while seq < chain.last_seq:
        with reading(database) as unit:
            page = repository.event_page(
                unit.connection, chain.till_id, chain.incarnation, seq, _PAGE
            )
        for stored in page:
            seq += 1
            again = link(
                till_id=stored.till_id,
                incarnation=stored.incarnation,
                seq=seq,
                event_id=stored.event_id,
                event_type=stored.type,
                version=stored.type_version,
                body=stored.body,
                prev_hash=previous,
            )
            if (stored.seq, stored.hash) != (again.seq, again.hash):
                return BrokenChain(chain.till_id, chain.incarnation, seq)
            previous = again.hash
        if not page:
            return BrokenChain(chain.till_id, chain.incarnation, seq + 1)
    return (
        None if previous == chain.head_hash else BrokenChain(chain.till_id, chain.incarnation, seq)
    )
