"""How an article sold lately, in pieces: out of cells, over all currencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from central_server.features.reporting import cell_repository
from central_server.features.reporting.board import By
from central_server.features.reporting.periods import Grain, Period, period_of
from central_server.features.reporting.tables import CHAIN
from central_server.platform.unit_of_work import ReadUnit

DAYS = 28
WEEKS = 12
_PIECES = "quantity_thousandths"


@dataclass(frozen=True, slots=True)
class ArticleCourse:
    """Thousandths of pieces after returns: `lately` in the last `DAYS` days, `weeks` in the last `WEEKS`, this one
    last.
    """

    lately: int
    weeks: tuple[tuple[Period, int], ...]


def article_course(
    unit: ReadUnit, article_no: str, today: date, store_ids: Sequence[str] | None
) -> ArticleCourse:
    """The course of an article up to `today` in these stores; None: in the whole chain."""
    places = (CHAIN,) if store_ids is None else tuple(store_ids)
    this = period_of(Grain.WEEK, today)
    weeks = [period_of(Grain.WEEK, this.first - timedelta(weeks=n)) for n in reversed(range(WEEKS))]
    days = [Period(Grain.DAY, today - timedelta(days=n)) for n in range(DAYS)]
    sold = dict.fromkeys(weeks, 0)
    lately = 0
    for code in cell_repository.currencies(unit.connection, tuple(weeks), places):
        of_week, of_day = (
            cell_repository.sums_by(
                unit.connection,
                By.ARTICLE.value,
                "period",
                (periods, places, code),
                keys=(article_no,),
            )
            for periods in (weeks, days)
        )
        for week in weeks:
            sold[week] += of_week.get(week.first, {}).get(_PIECES, 0)
        lately += sum(sums[_PIECES] for sums in of_day.values())
    return ArticleCourse(lately, tuple(sold.items()))
