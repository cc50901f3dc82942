"""The checks of a draft as its page shows and reads them: what baskets must cost, and how they come out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form

from central_server.backoffice.promotion_form import Reading, words_of
from central_server.backoffice.shell import Reader
from central_server.features.pricing import service as pricing
from central_server.features.promotions import cases
from central_server.features.promotions.cases import CaseDraft, CaseLine
from central_server.features.promotions.drafts import Draft
from central_server.features.promotions.overlap import begins
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadUnit
from shared.errors import DomainError
from shared.money import currency as money_unit
from shared.money import parse_amount
from shared.promotions import Promotion
from shared.quantity import parse_quantity, read_typed, to_thousandths

_LINE = re.compile(r"(?:(?P<quantity>[0-9.,]{1,9})\s*[x×]?\s+)?(?P<sku>\S+)(?:\s+(?P<price>\S+))?")


@dataclass(frozen=True, slots=True)
class CaseText:
    """A check as a page shows it; `problem` says by how much it misses, empty if it is as it must be."""

    case_id: int
    name: str
    lines: Sequence[str]
    facts: str
    expected: str
    total: str
    problem: str


def case_texts(
    unit: ReadUnit, reader: Reader, draft: Draft, promotion: Promotion, zone: str
) -> list[CaseText]:
    """The checks of a draft's promotion, as they come out with what is stored."""
    kept = cases.cases_of(unit, [draft.promotion_id]).get(draft.promotion_id, [])
    formats, found = reader.formats, []
    for result in cases.run_cases(unit, promotion, kept, draft.currency):
        case = result.case.draft
        facts = [formats.moment(case.at, zone), case.store, *case.groups, *case.codes]
        more = formats.money(abs(result.difference), draft.currency)
        problem = ""
        if result.difference > 0:
            problem = reader.texts.gettext("{amount} too much", amount=more)
        elif result.difference:
            problem = reader.texts.gettext("{amount} too little", amount=more)
        found.append(
            CaseText(
                case_id=result.case.case_id,
                name=case.name,
                lines=[
                    f"{formats.quantity(line.quantity)} × {line.sku}"
                    f" {formats.amount(line.price, draft.currency)}"
                    for line in case.lines
                ],
                facts=", ".join(filter(None, facts)),
                expected=formats.money(case.expected, draft.currency),
                total=formats.money(result.total, draft.currency),
                problem=problem,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class GivenCase:
    """The fields of the form as they are typed."""

    name: Annotated[str, Form(max_length=80)] = ""
    basket: Annotated[str, Form(max_length=4_000)] = ""
    expected: Annotated[str, Form(max_length=16)] = ""
    at: Annotated[str, Form(max_length=20)] = ""
    groups: Annotated[str, Form(max_length=200)] = ""
    codes: Annotated[str, Form(max_length=200)] = ""


_PROBLEMS = {
    "promotion_case_empty": ("basket", mark("Write quantity and article, a line each.")),
    "promotion_case_article": ("basket", mark("There is no article {sku}.")),
    "promotion_case_price": ("basket", mark("{sku} has no price there: write it behind it.")),
    "promotion_cases_full": ("basket", mark("A promotion has at most {most} checks.")),
}


def case_problem(reader: Reader, refusal: DomainError) -> tuple[str, str]:
    """The field that a refusal is about, and what to say beside it."""
    if refusal.code == "promotion_case_invalid":
        field = str(refusal.params["field"])
        return field, reader.texts.gettext("This cannot be read.")
    field, text = _PROBLEMS[refusal.code]
    filling = {key: str(value) for key, value in refusal.params.items()}
    return field, reader.texts.gettext(text, **filling)


def read_case(
    unit: ReadUnit,
    given: GivenCase,
    promotion: Promotion,
    reading: Reading,
    stores: Sequence[str],
    now: datetime,
) -> CaseDraft:
    """The check that the fields say. Without a time it is tried when the promotion begins, in its first store.

    `DomainError`, 422: `promotion_case_empty`, `_invalid`, `_article`, `_price`.
    """
    moment = _moment(given.at, reading.zone) if given.at else begins(promotion, now)
    named = sorted(promotion.when.stores) or stores
    store = named[0] if named else ""
    lines = _Basket(unit, reading, store, moment).lines(given.basket)
    if not lines:
        raise DomainError("promotion_case_empty", {"most": cases.MOST_LINES}, http_status=422)
    return CaseDraft(
        name=given.name.strip() or given.basket.strip().splitlines()[0][:80],
        lines=lines,
        at=moment.astimezone(ZoneInfo(reading.zone)),
        expected=_minor("expected", given.expected, reading),
        store=store,
        groups=tuple(words_of(given.groups)),
        codes=tuple(words_of(given.codes)),
    )


@dataclass(frozen=True, slots=True)
class _Basket:
    """Reads lines such as `2 H-1 99,95`: quantity, article, and its price where it is not the store's own."""

    unit: ReadUnit
    reading: Reading
    store: str
    at: datetime

    def lines(self, text: str) -> tuple[CaseLine, ...]:
        """The lines. `DomainError`, 422: `promotion_case_invalid`, `promotion_case_price`."""
        return tuple(self._line(line) for line in map(str.strip, text.splitlines()) if line)

    def _line(self, text: str) -> CaseLine:
        match = _LINE.fullmatch(text)
        if match is None:
            raise _invalid("basket")
        typed = read_typed(match["quantity"] or "1", self.reading.language, 3)
        try:
            quantity = to_thousandths(parse_quantity(typed))
        except DomainError:
            raise _invalid("basket") from None
        sku, typed = match["sku"], match["price"]
        price = _minor("basket", typed, self.reading) if typed else self._price(sku)
        return CaseLine(sku, quantity, price)

    def _price(self, sku: str) -> int:
        try:
            quote = pricing.quote(self.unit, sku, self.store, self.at)
        except DomainError as refusal:
            if refusal.code == "sku_unknown":
                raise DomainError(
                    "promotion_case_article", {"sku": sku[:60]}, http_status=422
                ) from None
            raise DomainError("promotion_case_price", {"sku": sku[:60]}, http_status=422) from None
        return quote.price.amount


def _minor(field: str, text: str, reading: Reading) -> int:
    exponent = money_unit(reading.currency).exponent
    try:
        return parse_amount(read_typed(text.strip(), reading.language, exponent), exponent)
    except DomainError:
        raise _invalid(field) from None


def _moment(text: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise _invalid("at") from None


def _invalid(field: str) -> DomainError:
    return DomainError("promotion_case_invalid", {"field": field}, http_status=422)
