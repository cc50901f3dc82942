"""SQL of the cells that figures of every period are read from.

One statement adds receipts up to all their cells, in the database itself: the same for the receipts of a batch in the
transaction that books them, and for all there are when the cells are made again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from central_server.features.promotions.tables import promotion_use
from central_server.features.reporting.periods import Grain, Period, periods_of
from central_server.features.reporting.tables import (
    CHAIN,
    HEAD_OFFICE,
    figure_cell,
    figure_period,
    figure_sales,
    figure_vat,
)
from central_server.features.sales.tables import sale, sale_line, sale_tender, sale_vat
from central_server.platform.database import is_postgresql

MEASURES = ("receipts", "quantity_thousandths", "gross", "net", "discount")
_KEYS = ("dimension", "grain", "period", "store_id", "currency", "key")
_NONE: ColumnElement[Any] = literal_column("0")
_Condition = ColumnElement[bool]


def add_days(connection: Connection, days: Iterable[date]) -> None:
    """Make the periods of these business dates known."""
    rows = [
        {"business_date": day, "grain": period.grain.value, "period": period.first}
        for day in sorted(set(days))
        for period in periods_of(day)
    ]
    if rows:
        insert = _insert(connection, figure_period).on_conflict_do_nothing()
        connection.execute(insert, rows)


def add_receipts(connection: Connection, event_ids: Collection[UUID]) -> None:
    """Add booked receipts to their cells; each is handed in once, after its promotions were counted."""
    _add(connection, _deltas(sale.c.event_id.in_(list(event_ids))))


def add_issued(connection: Connection, row: Mapping[str, Any]) -> None:
    """Add to the VAT of its day what a row of `figure_vat` says of vouchers that head office issued."""
    keyed = literal(row["store_id"], String), literal(row["business_date"], Date)
    money = literal(row["currency"], String)
    key = literal(f"{row['category']}:{row['rate_thousandths']}", String)
    sums = {name: literal(row[name], BigInteger) for name in ("gross", "net")}
    _add(connection, [select(*_vat_columns(*keyed, money, key, sums))])


def add_days_of_sales(connection: Connection, first: date, last: date) -> None:
    """Add every booked receipt of these business dates to its cells, and what head office issued on them."""
    _add(connection, [*_deltas(sale.c.business_date.between(first, last)), _issued(first, last)])


def clear(connection: Connection) -> None:
    """Empty all cells, and let no receipt be booked and no voucher be taxed until the transaction ends."""
    if is_postgresql(connection):
        # Who books receipts waits here; a reader does not.
        connection.execute(text("LOCK TABLE sale, figure_vat IN SHARE MODE"))
    connection.execute(figure_cell.delete())


def booked_days(connection: Connection) -> list[date]:
    """Every business date with receipts, or on which head office issued what was taxed at once, in order."""
    sold = select(sale.c.business_date)
    issued = select(figure_vat.c.business_date).where(figure_vat.c.till_id == HEAD_OFFICE)
    return sorted(connection.execute(sold.union(issued)).scalars())


def _add(connection: Connection, deltas: Sequence[Select[Any]]) -> None:
    delta = union_all(*deltas).cte("delta")
    scope = union_all(
        select(literal_column("1").label("own")), select(literal_column("0").label("own"))
    ).subquery("scope")
    spread = (
        select(
            delta.c.dimension,
            figure_period.c.grain,
            figure_period.c.period,
            case((scope.c.own == literal_column("1"), delta.c.store_id), else_=_named(CHAIN)).label(
                "store_id"
            ),
            delta.c.currency,
            delta.c.key,
            *(delta.c[name] for name in MEASURES),
        )
        .select_from(
            delta.join(figure_period, figure_period.c.business_date == delta.c.business_date).join(
                scope, literal_column("1 = 1")
            )
        )
        .subquery("spread")
    )
    keys = [spread.c[name] for name in _KEYS]
    # In key order: two writers that touch the same cells then never wait for each other in a circle.
    sums = (
        select(*keys, *(func.sum(spread.c[name]).label(name) for name in MEASURES))
        .where(literal_column("1 = 1"))
        .group_by(*keys)
        .order_by(*keys)
    )
    insert = _insert(connection, figure_cell).from_select([*_KEYS, *MEASURES], sums)
    added = {name: figure_cell.c[name] + insert.excluded[name] for name in MEASURES}
    connection.execute(insert.on_conflict_do_update(index_elements=list(_KEYS), set_=added))


def _deltas(wanted: _Condition) -> list[Select[Any]]:
    """What the receipts add, by dimension, store and day: several selects may add to the same cell."""
    lines = sale.join(sale_line, sale_line.c.event_id == sale.c.event_id)
    vat = sale.join(sale_vat, sale_vat.c.event_id == sale.c.event_id)
    tenders = sale.join(sale_tender, sale_tender.c.event_id == sale.c.event_id)
    # Who only buys a gift card is no receipt in an average basket.
    count = func.sum(case((sale.c.goods_lines > 0, 1), else_=0))
    total = func.sum(sale.c.total - sale.c.value_gross)
    goods = and_(wanted, sale_line.c.value_kind == "")
    of_lines = {
        "quantity_thousandths": func.sum(sale_line.c.quantity_thousandths),
        "discount": func.sum(sale_line.c.discount),
    }
    by_line = {
        **of_lines,
        "receipts": func.count(sale.c.event_id.distinct()),
        "gross": func.sum(sale_line.c.gross),
        "net": func.sum(_net(sale_line.c.gross, sale_line.c.vat_rate_thousandths)),
    }
    rate = sale_vat.c.category + ":" + cast(sale_vat.c.rate_thousandths, String)
    # Change is cash that goes back: the cash of a day is what stays in the drawer.
    is_change = sale_tender.c.kind == "change"
    paid = func.sum(case((is_change, 0), else_=1))
    hour = cast(sale.c.local_hour, String)
    uses = (
        select(
            promotion_use.c.event_id,
            promotion_use.c.promotion_id,
            func.sum(promotion_use.c.uses).label("uses"),
            func.sum(promotion_use.c.amount).label("amount"),
        )
        .join(sale, sale.c.event_id == promotion_use.c.event_id)
        .where(wanted)
        .group_by(promotion_use.c.event_id, promotion_use.c.promotion_id)
        .subquery("uses")
    )
    used = sale.join(uses, uses.c.event_id == sale.c.event_id)
    promoted = {
        "receipts": func.sum(uses.c.uses),
        "gross": total,
        "discount": func.sum(uses.c.amount),
    }
    has_team = and_(wanted, sale.c.team != "")
    of_team = sale.c.team
    in_category = and_(wanted, sale_line.c.category != "")
    # What single-purpose vouchers pay was taxed when they were issued.
    taxed = and_(wanted, sale_tender.c.vat_category != "")
    their_rate = sale_tender.c.vat_category + ":" + cast(sale_tender.c.vat_rate_thousandths, String)
    return [
        _delta("sales", _named(""), sale, wanted, receipts=count, gross=total),
        _delta("sales", _named(""), lines, goods, **of_lines),
        _delta("sales", _named(""), vat, wanted, net=func.sum(sale_vat.c.net)),
        _delta("sales", _named(""), sale, and_(wanted, sale.c.value_gross != 0),
               net=-func.sum(sale.c.value_net)),
        _delta("hour", hour, sale, wanted, receipts=count, gross=total),
        _delta("hour", hour, lines, goods, **of_lines),
        _delta("vat", rate, vat, wanted, receipts=func.count(), gross=func.sum(sale_vat.c.gross),
               net=func.sum(sale_vat.c.net)),
        _delta("vat", their_rate, tenders, taxed, gross=-func.sum(sale_tender.c.prepaid),
               net=func.sum(sale_tender.c.vat - sale_tender.c.prepaid)),
        _delta("tender", case((is_change, "cash"), else_=sale_tender.c.kind), tenders, wanted,
               receipts=paid, gross=func.sum(sale_tender.c.amount)),
        _delta("category", sale_line.c.category, lines, in_category, **by_line),
        _delta("article", sale_line.c.article_no, lines, goods, **by_line),
        _delta("promotion", uses.c.promotion_id, used, wanted, **promoted),
        _delta("team", of_team, sale, has_team, receipts=count, gross=total),
        _delta("team", of_team, lines, and_(has_team, goods), **of_lines),
    ]  # fmt: skip


def _net(gross: ColumnElement[Any], rate: ColumnElement[Any]) -> ColumnElement[Any]:
    """A line without its VAT, rounded half away from zero. What receipts owe is rounded by rate and receipt, so this is
    for margins and not for the tax.
    """
    whole = cast(rate, BigInteger) + 100_000
    # Whole numbers above zero are divided the same way on both databases.
    size = (cast(func.abs(gross), BigInteger) * 200_000 + whole) // (whole * 2)
    return case((gross < 0, -size), else_=size)


def _delta(
    dimension: str,
    key: ColumnElement[Any],
    source: Any,
    wanted: _Condition,
    **sums: ColumnElement[Any],
) -> Select[Any]:
    keyed = [sale.c.store_id, sale.c.business_date, sale.c.currency]
    shown = key.label("key")
    return (
        select(
            _named(dimension).label("dimension"),
            *keyed,
            shown,
            *(sums.get(name, _NONE).label(name) for name in MEASURES),
        )
        .select_from(source)
        .where(wanted)
        .group_by(*keyed, literal_column("5"))
    )


def _issued(first: date, last: date) -> Select[Any]:
    """What head office issued between two days and was taxed at once."""
    of = figure_vat.c
    key = of.category + ":" + cast(of.rate_thousandths, String)
    sums = {"gross": of.gross, "net": of.net}
    columns = _vat_columns(of.store_id, of.business_date, of.currency, key, sums)
    return select(*columns).where(of.till_id == HEAD_OFFICE, of.business_date.between(first, last))


def _vat_columns(
    store_id: ColumnElement[Any],
    day: ColumnElement[Any],
    currency: ColumnElement[Any],
    key: ColumnElement[Any],
    sums: Mapping[str, ColumnElement[Any]],
) -> list[ColumnElement[Any]]:
    """The columns of a delta of VAT, as `_delta` has them."""
    return [
        _named("vat").label("dimension"),
        store_id.label("store_id"),
        day.label("business_date"),
        currency.label("currency"),
        key.label("key"),
        *(sums.get(name, _NONE).label(name) for name in MEASURES),
    ]


def _named(word: str) -> ColumnElement[Any]:
    """One of our own words as text of the statement, so that both databases know its type."""
    return cast(literal_column(f"'{word}'"), String)


def count_again(connection: Connection) -> None:
    """Let PostgreSQL know what the cells are like now. Until it does, it walks all cells of a year or month for each
    question instead of asking for the keys; its own housekeeping comes minutes later.
    """
    if is_postgresql(connection):
        connection.execute(text("ANALYZE figure_cell"))


def _insert(connection: Connection, table: Any) -> Any:
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


def _place(
    dimension: str, periods: Sequence[Period], store_ids: Sequence[str], currency: str
) -> _Condition:
    """The cells of periods of one length: then each is found by the key, and nothing else is read."""
    cell = figure_cell.c
    return and_(
        cell.dimension == dimension,
        cell.grain == periods[0].grain.value,
        cell.period.in_([period.first for period in periods]),
        cell.store_id.in_(list(store_ids)),
        cell.currency == currency,
    )


def _by_grain(periods: Sequence[Period]) -> list[list[Period]]:
    found: dict[Grain, list[Period]] = {}
    for period in periods:
        found.setdefault(period.grain, []).append(period)
    return list(found.values())


def currencies(
    connection: Connection, periods: Sequence[Period], store_ids: Sequence[str]
) -> list[str]:
    """The currencies in which these stores have sales in these periods."""
    cell = figure_cell.c
    found: set[str] = set()
    for alike in _by_grain(periods):
        query = (
            select(cell.currency)
            .distinct()
            .where(
                cell.dimension == "sales",
                cell.grain == alike[0].grain.value,
                cell.period.in_([period.first for period in alike]),
                cell.store_id.in_(list(store_ids)),
            )
        )
        found.update(connection.execute(query).scalars())
    return sorted(found)


def sums_by(
    connection: Connection,
    dimension: str,
    by: str,
    place: tuple[Sequence[Period], Sequence[str], str],
    *,
    keys: Collection[str] | None = None,
) -> dict[Any, dict[str, int]]:
    """Sums of the cells of a dimension by one of their columns (`key`, `store_id`, `period`); `place` is periods,
    stores (CHAIN for all) and currency, `keys` narrows to some keys.
    """
    periods, store_ids, currency = place
    if keys is not None and not keys:
        return {}
    column = figure_cell.c[by]
    found: dict[Any, dict[str, int]] = {}
    for alike in _by_grain(periods):
        query = select(column, *(func.sum(figure_cell.c[name]) for name in MEASURES)).where(
            _place(dimension, alike, store_ids, currency)
        )
        if keys is not None:
            query = query.where(figure_cell.c.key.in_(sorted(keys)))
        for row in connection.execute(query.group_by(column)):
            cell = found.setdefault(row[0], dict.fromkeys(MEASURES, 0))
            for name, value in zip(MEASURES, row[1:], strict=True):
                cell[name] += int(value)
    return found


def gross_by_store_and_day(
    connection: Connection, days: Sequence[date], store_ids: Sequence[str], currency: str
) -> dict[tuple[str, date], int]:
    """Gross sales of each of these stores on each of these days."""
    periods = [Period(Grain.DAY, day) for day in days]
    query = select(figure_cell.c.store_id, figure_cell.c.period, figure_cell.c.gross).where(
        _place("sales", periods, store_ids, currency)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}


def ranked(
    connection: Connection,
    dimension: str,
    place: tuple[Period, Sequence[str], str],
    order: str,
    window: tuple[int, int],
) -> list[tuple[str, dict[str, int]]]:
    """The keys of a dimension with their sums, largest `order` first; `place` is period, stores and currency, `window`
    how many are passed over and how many are wanted.
    """
    cell = figure_cell.c
    period, store_ids, currency = place
    skipped, limit = window
    one_row_a_key = len(store_ids) == 1
    sums = [
        (cell[name] if one_row_a_key else func.sum(cell[name])).label(name) for name in MEASURES
    ]
    query = select(cell.key, *sums).where(_place(dimension, [period], store_ids, currency))
    if not one_row_a_key:
        query = query.group_by(cell.key)
    first = sums[MEASURES.index(order)]
    rows = connection.execute(query.order_by(first.desc(), cell.key).offset(skipped).limit(limit))
    return [(row[0], dict(zip(MEASURES, map(int, row[1:]), strict=True))) for row in rows]


def cells_that_differ(connection: Connection) -> list[dict[str, Any]]:
    """Days of stores whose cells are not the sum of the figures by till; both sums in minor units."""
    cell = figure_cell.c
    day = ("store_id", "business_date", "currency")
    added = (
        select(*(figure_sales.c[n] for n in day), func.sum(figure_sales.c.gross).label("gross"))
        .group_by(*(figure_sales.c[n] for n in day))
        .subquery()
    )
    kept = (
        select(cell.store_id, cell.period.label("business_date"), cell.currency, cell.gross)
        .where(cell.dimension == "sales", cell.grain == "day", cell.store_id != CHAIN)
        .subquery()
    )
    same = and_(*(added.c[name] == kept.c[name] for name in day))
    both = func.coalesce(kept.c.gross, 0), func.coalesce(added.c.gross, 0)
    rows = connection.execute(
        select(
            *(func.coalesce(added.c[name], kept.c[name]).label(name) for name in day),
            both[0].label("of_figures"),
            both[1].label("of_receipts"),
        )
        .select_from(added.outerjoin(kept, same, full=True))
        .where(both[0] != both[1])
    )
    sums = ("of_figures", "of_receipts")
    return [
        {name: int(value) if name in sums else value for name, value in row.items()}
        for row in rows.mappings()
    ]
