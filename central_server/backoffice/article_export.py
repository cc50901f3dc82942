"""Articles as CSV or XLSX, one line for each variant. The columns are those of the import: what went out comes back."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice

from fastapi.responses import Response, StreamingResponse

from central_server.backoffice.figure_export import guarded
from central_server.features.catalogue import repository
from central_server.features.catalogue.costs import costs_of
from central_server.features.catalogue.search import ArticleQuestion, article_numbers
from central_server.features.pricing.service import prices_of
from central_server.platform.database import Database
from central_server.platform.unit_of_work import ReadUnit, reading
from shared.errors import DomainError
from shared.money import currency
from shared.pricing import STANDARD_OFFER, PriceEntry

_COLUMNS = (
    "sku", "article_no", "name_de", "name_en", "brand", "category", "size", "colour", "barcode",
    "vat_category", "age_class", "uom", "price", "cost", "currency", "image",
)  # fmt: skip
_AMOUNTS = ("price", "cost")
_BATCH = 500
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_response(
    database: Database,
    question: ArticleQuestion,
    kind: str,
    language: str,
    now: datetime,
    *,
    with_costs: bool,
) -> Response:
    """The file; prices are those of the standard offer that hold in the whole chain `now`. Without `with_costs` the
    column of purchase prices is empty.

    `DomainError('not_found')`, 404, for another kind of file than `csv` and `xlsx`.
    """
    if kind == "csv":
        content = _csv(database, question, language, now, with_costs=with_costs)
        media = "text/csv; charset=utf-8"
        answer: Response = StreamingResponse(content, media_type=media)
    elif kind == "xlsx":
        answer = Response(_xlsx(database, question, now, with_costs=with_costs), media_type=_SHEET)
    else:
        raise DomainError("not_found", http_status=404)
    answer.headers["Content-Disposition"] = f'attachment; filename="articles.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _csv(
    database: Database,
    question: ArticleQuestion,
    language: str,
    now: datetime,
    *,
    with_costs: bool,
) -> Iterator[str]:
    german = language == "de"
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    yield "\ufeff" + _line(_COLUMNS, german=german)
    for row in _rows(database, question, now, with_costs=with_costs):
        cells = [guarded(cell) for cell in row]
        if german:
            for name in _AMOUNTS:
                place = _COLUMNS.index(name)
                cells[place] = cells[place].replace(".", ",")
        yield _line(cells, german=german)


def _line(cells: tuple[str, ...] | list[str], *, german: bool) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";" if german else ",").writerow(cells)
    return buffer.getvalue()


def _xlsx(
    database: Database, question: ArticleQuestion, now: datetime, *, with_costs: bool
) -> bytes:
    from openpyxl import Workbook  # a third of a second that no start should wait for

    book = Workbook(write_only=True)
    sheet = book.create_sheet("articles")
    sheet.append(_COLUMNS)
    for row in _rows(database, question, now, with_costs=with_costs):
        sheet.append([guarded(cell) for cell in row])
    with tempfile.SpooledTemporaryFile(max_size=16_000_000) as file:
        book.save(file)
        file.seek(0)
        return file.read()


def _rows(
    database: Database, question: ArticleQuestion, now: datetime, *, with_costs: bool
) -> Iterator[list[str]]:
    with reading(database) as unit:
        numbers = article_numbers(unit, question)
        while batch := list(islice(numbers, _BATCH)):
            yield from _batch_rows(unit, batch, now, with_costs=with_costs)


def _batch_rows(
    unit: ReadUnit, numbers: list[str], now: datetime, *, with_costs: bool
) -> Iterator[list[str]]:
    articles = repository.articles(unit, numbers)
    names = repository.names_of(unit, numbers)
    images = repository.images_of(unit, numbers)
    variants = [one for one in repository.variants_of(unit, numbers) if one.active]
    skus = [one.sku for one in variants]
    barcodes = repository.barcodes_of(unit, skus)
    prices = prices_of(unit, skus, ["chain"])
    costs = costs_of(unit, numbers) if with_costs else {}
    for one in variants:
        article = articles[one.article_no]
        held = _held(prices.get(one.sku, []), now)
        known = costs.get(one.article_no, {})
        # A line has one currency: that of the price, else the first in which it was bought.
        code = held.currency if held is not None else next(iter(sorted(known)), "")
        yield [
            one.sku,
            one.article_no,
            names.get(one.article_no, {}).get("de", ""),
            names.get(one.article_no, {}).get("en", ""),
            article.brand,
            article.category_code or "",
            one.size,
            one.colour,
            "|".join(barcodes.get(one.sku, [])),
            article.vat_category,
            str(article.age_class) if article.age_class else "",
            article.uom,
            _plain(held.amount, code) if held is not None else "",
            _plain(known[code], code) if code in known else "",
            code,
            "|".join(images.get(one.article_no, [])),
        ]


def _held(entries: list[PriceEntry], now: datetime) -> PriceEntry | None:
    return next(
        (
            entry
            for entry in entries
            if entry.offer == STANDARD_OFFER and not entry.channel and entry.holds_at(now)
        ),
        None,
    )


def _plain(amount: int, code: str) -> str:
    return str(Decimal(amount).scaleb(-currency(code).exponent))
