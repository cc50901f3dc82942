"""What a promotion would do: real receipts before and after, and the sums over past weeks, as pages show them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from central_server.backoffice.formats import DASH
from central_server.backoffice.promotion_words import PROMOTION_REASONS
from central_server.backoffice.scope import link
from central_server.backoffice.shell import Reader
from central_server.backoffice.words import word
from central_server.features.catalogue.service import items
from central_server.gateway.journal.backtest import Question, backtest
from central_server.gateway.journal.samples import Sample, Samples
from central_server.platform.background import BackgroundWork
from central_server.platform.database import Database
from central_server.platform.translations import mark
from central_server.platform.unit_of_work import ReadUnit
from shared.catalogue import pick_text
from shared.money import currency as money_unit
from shared.money import parse_amount
from shared.promotions import Promotion
from shared.promotions.trial import Outcome, Trial

WEEKS = (4, 8, 13)
_KEPT = 50
Key = tuple[str, str, date, int, str]


@dataclass(slots=True)
class TrialRun:
    """A back-test that runs or has run. `reached` is the day it has come to."""

    first: date
    last: date
    outcome: Outcome = field(default_factory=Outcome)
    changed: tuple[tuple[str, int, int], ...] = ()
    reached: date | None = None
    done: bool = False
    failed: bool = False


class TrialDesk:
    """Back-tests beside the requests: one at a time, each asked for once, the newest results kept.

    Every server process has a desk of its own. A page that comes to another process starts the test there anew; it
    only reads.
    """

    def __init__(self) -> None:
        self._runs: OrderedDict[Key, TrialRun] = OrderedDict()
        self._lock = threading.Lock()
        self._work = BackgroundWork("back-test")

    def ask(
        self, database: Database, body: str, draft: Promotion, currency: str, last: date, weeks: int
    ) -> TrialRun:
        """The back-test of a promotion over the weeks before a day: as far as it is."""
        key = (body, currency, last, weeks, "")
        with self._lock:
            known = self._runs.get(key)
            if known is not None:
                return known
            run = TrialRun(last - timedelta(weeks=weeks), last)
            self._runs[key] = run
            while len(self._runs) > _KEPT:
                self._runs.popitem(last=False)
        question = Question(draft, currency, run.first, run.last)
        self._work.ask(lambda: self._try(database, question, run))
        return run

    def _try(self, database: Database, question: Question, run: TrialRun) -> None:
        def progress(day: date, trial: Trial) -> None:
            run.reached, run.outcome = day, trial.outcome

        try:
            trial = backtest(database, question, progress)
        except Exception:
            # Whatever it is, the page has to say that there will be no result.
            run.failed = True
            raise
        run.outcome = trial.outcome
        run.changed = tuple((one.name, one.before, one.after) for one in trial.changed)
        run.done = True


@dataclass(frozen=True, slots=True)
class LineText:
    """A line of a sample."""

    name: str
    quantity: str
    before: str
    after: str
    reduced: bool


@dataclass(frozen=True, slots=True)
class SampleText:
    """A sample as a page shows it; `why` says in words why it gives nothing."""

    name: str
    address: str
    lines: Sequence[LineText]
    before: str
    after: str
    saved: str
    why: str


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """Samples of one kind."""

    code: str
    name: str
    samples: Sequence[SampleText]


def sample_groups(
    unit: ReadUnit, reader: Reader, found: Samples, code: str, tag: str
) -> list[SampleGroup]:
    """Hits, near hits and others; amounts in the currency `code`, names in the language `tag`."""
    every = [*found.hits, *found.near, *found.others]
    goods = items(unit, {line.sku for one in every for line in one.lines})
    names = {sku: pick_text(item.names, tag) or sku for sku, item in goods.items()}
    texts = reader.texts
    return [
        SampleGroup(kind, texts.gettext(title), [_sample(one, reader, names, code) for one in kept])
        for kind, title, kept in (
            ("hits", mark("Hits"), found.hits),
            ("near", mark("Nearly"), found.near),
            ("others", mark("Does not"), found.others),
        )
    ]


def _sample(one: Sample, reader: Reader, names: Mapping[str, str], code: str) -> SampleText:
    amount = reader.formats.amount
    lines = [
        LineText(
            names.get(line.sku, line.sku),
            reader.formats.quantity(line.quantity) if line.quantity != 1000 else "",
            amount(line.before, code),
            amount(line.after, code),
            line.after < line.before,
        )
        for line in one.lines
    ]
    saved = reader.formats.money(one.after - one.before, code) if one.after != one.before else DASH
    return SampleText(
        one.name,
        link("/receipts", number=one.name),
        lines,
        reader.formats.money(one.before, code),
        reader.formats.money(one.after, code),
        saved,
        _why(one, reader, code),
    )


def _why(one: Sample, reader: Reader, code: str) -> str:
    texts = reader.texts
    exponent = money_unit(code).exponent

    def money(plain: str) -> str:
        return reader.formats.money(parse_amount(plain, exponent), code)

    said = []
    for lack in one.missing:
        if "quantity" in lack:
            said.append(
                texts.ngettext("{n} piece is missing", "{n} pieces are missing", lack["quantity"])
            )
        elif "spend" in lack:
            said.append(texts.gettext("{amount} are missing", amount=money(lack["spend"])))
    if one.would_save:
        said.append(texts.gettext("it would save {amount}", amount=money(one.would_save)))
    if said:
        return ", ".join(said)
    return word(texts, PROMOTION_REASONS, one.reason) if one.reason else ""
