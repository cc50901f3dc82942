"""SQL of what was counted in the drawers of tills, and of what was too much or too little."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from central_server.features.ledger.tables import ledger_account, ledger_journal, ledger_transfer
from central_server.platform.unit_of_work import ReadUnit
from shared.ledger.accounts import AccountKind
from shared.ledger.drawer import COUNTED, DIFFERENCE, DRAWER_RULE


def counts(
    unit: ReadUnit, first: date, last: date, store_ids: Collection[str]
) -> list[dict[str, Any]]:
    """Per store, day, till and currency: how many drawers were counted, what was counted, and the difference (below
    zero: missing), in minor units. Latest day first.
    """
    drawer, other = ledger_account.alias("drawer"), ledger_account.alias("other")
    move = ledger_transfer.c
    sides = []
    # A transfer names the drawer on one side and the store's safe or its differences on the other.
    for mine, theirs, sign in (
        (move.debit_id, move.credit_id, 1),
        (move.credit_id, move.debit_id, -1),
    ):
        sides.append(
            select(
                drawer.c.store_id,
                drawer.c.owner_id.label("till_id"),
                drawer.c.unit.label("currency"),
                ledger_journal.c.business_date,
                ledger_journal.c.id.label("journal"),
                case((move.code == DIFFERENCE, sign * move.amount), else_=0).label("difference"),
                case((move.code == COUNTED, -sign * move.amount), else_=0).label("counted"),
            )
            .select_from(
                ledger_journal.join(ledger_transfer, move.journal_id == ledger_journal.c.id)
                .join(drawer, drawer.c.id == mine)
                .join(other, other.c.id == theirs)
            )
            .where(
                ledger_journal.c.rule == DRAWER_RULE,
                ledger_journal.c.business_date.between(first, last),
                move.code.in_((COUNTED, DIFFERENCE)),
                drawer.c.kind == AccountKind.CASH.value,
                drawer.c.store_id.in_(sorted(store_ids)),
            )
        )
    both = sides[0].union_all(sides[1]).subquery("counted_drawers")
    keys = [both.c[n] for n in ("store_id", "business_date", "till_id", "currency")]
    query = (
        select(
            *keys,
            func.count(both.c.journal.distinct()).label("drawers"),
            func.sum(both.c.counted).label("counted"),
            func.sum(both.c.difference).label("difference"),
        )
        .group_by(*keys)
        .order_by(both.c.business_date.desc(), both.c.store_id, both.c.till_id, both.c.currency)
    )
    return [
        {**row, "counted": int(row["counted"]), "difference": int(row["difference"])}
        for row in unit.connection.execute(query).mappings()
    ]
