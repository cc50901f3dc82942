"""`tresen replay FILE --store S --till T`: the whole way from a file of invoices to figures at the centre.

Killed at any point (till, sync or server) and started again, it goes on: what is rung up is in the till's journal
under the invoice's number, what is sent is known by sequence, what is booked by event.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pos_client.app.composition import Till, open_till
from pos_client.app.joining import join
from pos_client.app.local_centre import LocalCentre, home_and_port
from pos_client.app.replay.invoices import Invoice, ReadFile, Refusal, read_file
from pos_client.app.replay.ringing import clear_interrupted, is_replayed, is_rung_up, ring_up
from pos_client.runtime.child import SyncChild
from pos_client.runtime.clock import SystemClock, sleep
from pos_client.storage.paths import DataPaths
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import check_store_id, check_till_id
from shared.money import Money

CURRENCY = "GBP"
_WAIT_STEP = 0.5
_WAIT_SECONDS = 600.0
_REPORT_EVERY = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `replay`."""
    parser.add_argument("file", type=Path, help="Online Retail receipts, .csv or .csv.xz")
    parser.add_argument("--store", required=True, help="store in GBP; made if it does not exist")
    parser.add_argument("--till", required=True, help="till of the store; joined if it is new")
    parser.add_argument(
        "--errors",
        type=Path,
        help="file for refused invoices ($TRESEN_HOME/replay-NAME.errors.csv, NAME as of FILE)",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="only compare the centre's figures with the file, by day",
    )


def run(options: argparse.Namespace) -> int:
    """Replay, or verify; 1 if `--verify` finds a difference."""
    check_store_id(options.store)
    check_till_id(options.till)
    home, port = home_and_port()
    invoices = read_file(options.file)
    centre = LocalCentre(home, port)
    if options.verify:
        return _verify(centre, invoices, options)
    _write_refusals(invoices.refused, options.errors or _errors_file(home, options.file))
    centre.start()
    try:
        paths = DataPaths(home / "tills" / options.till)
        _join(centre, paths, options)
        till = open_till(paths.root)
        try:
            _refuse_rejoined(till, centre, invoices.accepted)
            _import_articles(centre, invoices.accepted)
            _ring_and_send(centre, till, invoices.accepted)
        finally:
            till.close()
    finally:
        centre.stop()
    _report(invoices)
    return 0


# --- before the first receipt --------------------------------------------------------------------


def _join(centre: LocalCentre, paths: DataPaths, options: argparse.Namespace) -> None:
    known = {
        line.split()[0]: line.split()[2] for line in centre.command("store", "list").splitlines()
    }
    if options.store not in known:
        facts = ("--market", "GB", "--currency", CURRENCY, "--timezone", "Europe/London")
        centre.command(
            "store", "add", options.store, "--name", "Online Retail", *facts, "--language", "en"
        )
    elif known[options.store] != CURRENCY:
        params = {"store": options.store, "currency": known[options.store], "wanted": CURRENCY}
        raise DomainError("replay_currency", params)
    join(centre, paths, options.store, options.till)


def _refuse_rejoined(till: Till, centre: LocalCentre, invoices: Sequence[Invoice]) -> None:
    """A journal knows which invoices it holds; one begun after a new join knows none of those sent before, and would
    ring them up twice.

    `DomainError('replay_till_rejoined')` if the centre has days of the file for a till whose journal holds no replay.
    """
    if not invoices or any(is_replayed(ref) for ref in till.journal.refs()):
        return
    identity = till.identity
    booked = _booked(centre, invoices, identity.store.store_id, identity.till_id)
    if booked:
        days, first = len(booked), min(booked).isoformat()
        raise DomainError(
            "replay_till_rejoined", {"till": identity.till_id, "days": days, "first": first}
        )


def _import_articles(centre: LocalCentre, invoices: Sequence[Invoice]) -> None:
    """Bring every article of the file into the catalogue; those that are there stay as they are."""
    names: dict[str, str] = {}
    for invoice in invoices:
        for line in invoice.lines:
            if not names.get(line.sku):
                names[line.sku] = line.description
    _say(f"{len(names)} articles …")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("article_no", "name_en", "vat_category"))
            writer.writerows((sku, name or sku, "standard") for sku, name in names.items())
        centre.command("import", "catalogue", str(path))


def _errors_file(home: Path, replayed: Path) -> Path:
    return home / f"replay-{replayed.name}.errors.csv"


def _write_refusals(refused: Sequence[Refusal], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("invoice", "row", "column", "reason"))
            writer.writerows((r.number, r.row, r.column, r.reason) for r in refused)
    except OSError as error:
        params = {"file": str(path), "detail": error.strerror or type(error).__name__}
        raise EnvironmentProblem("file_unwritable", params) from error


# --- ringing up and sending ----------------------------------------------------------------------


def _ring_and_send(centre: LocalCentre, till: Till, invoices: Sequence[Invoice]) -> None:
    child = SyncChild(till.paths.root, SystemClock(), log=till.paths.root / "sync.log")
    try:
        child.start()
        _wait_for_articles(till, invoices, centre, child)
        _ring(till, invoices, centre, child)
        _wait_until_booked(till, centre, child)
    finally:
        child.stop()
    _say(f"{till.identity.till_id}: everything is at the centre and booked")


def _ring(till: Till, invoices: Sequence[Invoice], centre: LocalCentre, child: SyncChild) -> None:
    left = [invoice for invoice in invoices if not is_rung_up(till, invoice)]
    if not left:
        return
    clear_interrupted(till, left[0])
    before = len(invoices) - len(left)
    for done, invoice in enumerate(left, 1):
        ring_up(till, invoice)
        if done % _REPORT_EVERY == 0 or done == len(left):
            _say(
                f"{before + done} of {len(invoices)} invoices rung up, {till.outbox.unsent()} events unsent"
            )
            _watch(centre, child)


def _wait_for_articles(
    till: Till, invoices: Sequence[Invoice], centre: LocalCentre, child: SyncChild
) -> None:
    wanted = {line.sku for invoice in invoices for line in invoice.lines}
    waited = 0.0
    while wanted:
        wanted = {sku for sku in wanted if not _is_known(till, sku)}
        if wanted and waited > _WAIT_SECONDS:
            raise EnvironmentProblem("replay_articles_missing", {"count": len(wanted)})
        if wanted:
            _say(f"waiting for {len(wanted)} articles to reach the till …")
            _watch(centre, child)
            sleep(_WAIT_STEP)
            waited += _WAIT_STEP


def _is_known(till: Till, sku: str) -> bool:
    try:
        till.reference.find(sku)
    except (DomainError, EnvironmentProblem):
        return False
    return True


def _wait_until_booked(till: Till, centre: LocalCentre, child: SyncChild) -> None:
    """Wait until the centre has booked the last event; progress starts the waiting anew."""
    waited, before = 0.0, -1
    while True:
        status = till.outbox.status()
        if status.stopped:
            raise EnvironmentProblem("upload_stopped", {"reason": status.stopped})
        left = till.journal.head.seq - status.processed_through
        if left <= 0:
            return
        waited = 0.0 if left != before else waited + _WAIT_STEP
        if waited > _WAIT_SECONDS:
            raise EnvironmentProblem("replay_not_booked", {"count": left})
        if left != before:
            _say(f"{status.unsent} events unsent, {left} not booked yet …")
        before = left
        _watch(centre, child)
        till.nudger.nudge()
        sleep(_WAIT_STEP)


def _watch(centre: LocalCentre, child: SyncChild) -> None:
    centre.keep_alive()
    if not child.watch():
        raise EnvironmentProblem("sync_process_fails")


# --- what it came to -----------------------------------------------------------------------------


def _report(invoices: ReadFile) -> None:
    accepted = invoices.accepted
    returns = [invoice for invoice in accepted if invoice.number.startswith("C")]
    print(f"invoices  {len(accepted)}")
    print(f"lines     {sum(len(invoice.lines) for invoice in accepted)}")
    print(f"revenue   {_pounds(sum(invoice.revenue for invoice in accepted))}")
    print(f"returns   {len(returns)}")
    print(f"refused   {len(invoices.refused)}")


def _verify(centre: LocalCentre, invoices: ReadFile, options: argparse.Namespace) -> int:
    expected: dict[date, int] = defaultdict(int)
    for invoice in invoices.accepted:
        expected[invoice.business_date] += invoice.revenue
    if not expected:
        print("the file holds no accepted invoice")
        return 0
    booked = _booked(centre, invoices.accepted, options.store, options.till)
    print(f"{'day':<12}{'file':>14}{'centre':>14}")
    differing = 0
    for day in sorted({*expected, *booked}):
        own, there = expected.get(day, 0), booked.get(day, 0)
        differing += own != there
        print(
            f"{day!s:<12}{_pounds(own):>14}{_pounds(there):>14}{'' if own == there else '  differs'}"
        )
    print(f"{'sum':<12}{_pounds(sum(expected.values())):>14}{_pounds(sum(booked.values())):>14}")
    print(
        f"{len(expected)} days, {differing} differ"
        if differing
        else f"{len(expected)} days, all equal"
    )
    return 1 if differing else 0


def _booked(
    centre: LocalCentre, invoices: Sequence[Invoice], store: str, till: str
) -> dict[date, int]:
    """What the centre has of a till, by day, from the first day of the invoices to the last."""
    days = [invoice.business_date for invoice in invoices]
    span = ("--from", min(days).isoformat(), "--to", max(days).isoformat())
    answer = centre.command("figures", "--store", store, "--till", till, *span, "--json")
    return {
        date.fromisoformat(row["business_date"]): row["gross"] for row in json.loads(answer)["days"]
    }


def _pounds(minor: int) -> str:
    return Money(minor, CURRENCY).plain()


def _say(text: str) -> None:
    print(f"replay: {text}", file=sys.stderr, flush=True)
