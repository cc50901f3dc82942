"""How an article sells, for its page: what went in four weeks, how long the stock lasts, and a bar for each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from central_server.backoffice.article_words import counted, in_unit
from central_server.backoffice.charts import Amount, Chart, bar_chart
from central_server.backoffice.day_view import NARROW, WIDE
from central_server.backoffice.formats import DASH
from central_server.backoffice.scope import Scope, link
from central_server.backoffice.shell import Reader
from central_server.backoffice.visitors import Visitor
from central_server.features.catalogue.service import Product
from central_server.features.reporting.article_course import DAYS, ArticleCourse, article_course
from central_server.features.reporting.periods import Period
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadUnit

_SIZES = (("wide", WIDE, 240), ("narrow", NARROW, 200))
_WEEKS_LATELY = DAYS // 7


@dataclass(frozen=True, slots=True)
class ArticleSales:
    """As it is written; no `charts` where nothing was sold in these weeks."""

    lately: str
    lasts: str
    unit: str
    charts: tuple[Chart, ...]
    finding: str


def article_sales(
    unit: ReadUnit,
    reader: Reader,
    visitor: Visitor,
    scope: Scope,
    product: Product,
    today: date,
    stock: int,
) -> ArticleSales | None:
    """The sales in the visitor's stores beside `stock` in thousandths; None for who may not see figures."""
    if not visitor.may(Right.FIGURES_READ):
        return None
    stores = None if visitor.identity.sees_all_stores else scope.store_ids
    course = article_course(unit, product.article_no, today, stores)
    texts, formats = reader.texts, reader.formats
    return ArticleSales(
        lately=counted(texts, formats, product.uom, course.lately),
        lasts=_lasts(reader, course, stock),
        unit=in_unit(texts, product.uom),
        charts=_charts(reader, course, product),
        finding=texts.gettext("Sold in each of the last weeks, after returns"),
    )


def _lasts(reader: Reader, course: ArticleCourse, stock: int) -> str:
    if course.lately <= 0 or stock <= 0:
        return DASH
    weeks = (Decimal(stock) * _WEEKS_LATELY / course.lately).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return reader.texts.gettext("{n} weeks", n=reader.formats.decimal(weeks, 1))


def _charts(reader: Reader, course: ArticleCourse, product: Product) -> tuple[Chart, ...]:
    if not any(sold for _, sold in course.weeks):
        return ()
    amounts = [_amount(reader, product, week, sold) for week, sold in course.weeks]

    def short(thousandths: int, _step: int) -> str:
        return reader.formats.quantity(thousandths)

    return tuple(
        bar_chart(amounts, short, kind=kind, width=width, height=height)
        for kind, width, height in _SIZES
    )


def _amount(reader: Reader, product: Product, week: Period, sold: int) -> Amount:
    number = week.first.isocalendar().week
    spoken = reader.texts.gettext(
        "Week {week}: {amount}",
        week=number,
        amount=counted(reader.texts, reader.formats, product.uom, sold),
    )
    at = week.first.isoformat()
    figures = link(
        "/figures", period="week", at=at, by="time", of="article", key=product.article_no
    )
    return Amount(str(number), sold, figures if sold else "", spoken)
