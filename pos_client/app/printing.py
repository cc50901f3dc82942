"""Printing beside the sale: a worker takes the queue of `journal.db` to the printer, job by job and in order.

With a second printer for slips there are two workers, each with its share of the queue. Nothing of a sale waits for
them. A job that was not begun waits until the printer is well again. One that broke off, or
was under way when the till died, is held: the cashier looks at the paper and says whether it is printed again, as a
copy, or came out. The worker has a connection of its own to the journal; what is journalled, the till's lane writes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from pos_client.app.composition import Till
from pos_client.app.print_papers import DRAWER_WITHIN, PrintPapers, original_id
from pos_client.app.settings import TillSettings, load_settings
from pos_client.app.translations import TillTexts
from pos_client.devices.printer.address import PrinterAddress, parse_address
from pos_client.devices.printer.opening import printer_at
from pos_client.devices.printer.port import (
    DrawerLevel,
    Printer,
    PrinterStatus,
    drawer_is_open,
)
from pos_client.devices.printer.profiles import STANDARD
from pos_client.runtime.workers import start_worker
from pos_client.storage.journal_file import JournalFile
from pos_client.storage.print_queue import PrintJob, PrintQueue, PrintShare
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import parse_body
from shared.journal.reader import BodyReader

log = structlog.get_logger()
# A receipt that nobody could print for a day is printed when somebody asks for it; the queue does not spit it out.
STALE = timedelta(hours=24)
# A printer that was left within a command, of a picture say, takes what comes next for the rest of it. Nothing is not
# printed: so much of it ends any command there is.
FILLING = bytes(32_768)
_JOIN_SECONDS = 30
_DEMO_LOGO = Path(__file__).resolve().parents[2] / "resources" / "demo" / "receipt-logo.png"


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that broke off: its number in the queue, and which receipt it is."""

    job: int
    text: str


@dataclass(frozen=True, slots=True)
class PrinterState:
    """For the window: `tone` is `ok`, `warning`, `danger` or `muted`; `text` a word or two; `detail` what is wrong and
    what to do, or which printer it is; how many jobs wait; what a person must decide about.
    """

    tone: str
    text: str
    detail: str = ""
    waiting: int = 0
    held: tuple[HeldJob, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first wait after a failure, doubled up to `most`; between looks at an idle printer; and between
    looks at a drawer that is open or has a sensor at all.
    """

    first: float = 0.5
    most: float = 10.0
    idle: float = 30.0
    drawer_open: float = 0.5
    drawer: float = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the worker found last; replaced whole, so that any thread can read it."""

    problem: EnvironmentProblem | None = None
    status: PrinterStatus | None = None
    waiting: int = 0
    held: tuple[HeldJob, ...] = ()


@dataclass(frozen=True, slots=True)
class PrinterSetup:
    """One printer of a till: what reaches it and where it is, what its papers look like, which jobs it takes, and what
    the sensor of the drawer at it says when that is open.
    """

    printer: Printer | None
    papers: PrintPapers
    address: str = ""
    share: PrintShare = PrintShare.ALL
    drawer: DrawerLevel = ""


class Printing:
    """The queue's worker and what a person does about it; `slips` is the one of the slip printer, if there is one.

    `state`, `drawer_open` and `wake` never wait; the others journal something, so they belong into the lane that owns
    the till.
    """

    def __init__(self, till: Till, setup: PrinterSetup, pace: Pace | None = None) -> None:
        self._till = till
        self._setup = setup
        self.slips: Printing | None = None
        self._pace = pace or Pace()
        self._seen = Seen()
        self._failures = 0
        self._trial = False
        # Whether the printer may still wait for the rest of a command.
        self._broken_off = False
        self._end = threading.Event()
        self._woken = threading.Event()
        self._file: JournalFile | None = None
        self._queue: PrintQueue | None = None
        self._opened_for = setup
        self._worker = start_worker("printing", self._work)

    # --- for the window and the till's lane -----------------------------------------------------

    def state(self) -> PrinterState:
        """How printing stands, in the language of whoever is logged in."""
        if self._setup.printer is None:
            return PrinterState("muted", self._till.texts.text("printer.none"))
        return printer_state(self._till.texts, self._seen, self._setup.address)

    def seen(self) -> Seen | None:
        """What the worker found last; None without a printer."""
        return self._seen if self._setup.printer is not None else None

    @property
    def address(self) -> str:
        """Where the printer is; empty for none."""
        return self._setup.address

    def drawer_open(self) -> bool | None:
        """Whether the drawer is open, as far as its sensor was seen; None where nobody knows."""
        status = self._seen.status
        return drawer_is_open(status, self._setup.drawer) if status is not None else None

    def wake(self) -> None:
        """Something was queued, or may go better now."""
        self._woken.set()
        if self.slips is not None:
            self.slips.wake()

    def use(self, setup: PrinterSetup) -> None:
        """Print on another printer from the next job on."""
        self._setup = setup
        self.wake()

    def test(self) -> None:
        """Print a test page, once; it is in no queue."""
        self._trial = True
        self.wake()

    def open_drawer(self) -> None:
        """Open the drawer without a sale: journalled as `drawer.opened`. `DomainError('printer_none')` without a
        printer, `login_required` without anybody to answer for it.
        """
        self._till.recorder.require_operator()
        if self._setup.printer is None:
            raise DomainError("printer_none")
        self._till.recorder.record_printed("drawer.opened", {"reason": "no_sale"}, "drawer")

    def print_again(self, job: int) -> None:
        """A held job did not come out: print it as a copy; the reprint is journalled and takes the job's place.

        `DomainError('print_job_unknown')` if it is not held (any more).
        """
        self._till.recorder.require_operator()
        held = self._held(job)
        event_id = original_id(held)
        original = self._till.journal.by_id(event_id)
        receipt = _receipt_number(original.body) if original else ""
        facts = {"receipt_event_id": str(event_id), "receipt": receipt}
        kind = _AGAIN.get(held.kind, "copy")
        self._till.recorder.record_printed("receipt.reprinted", facts, kind, instead_of=job)

    def came_out(self, job: int) -> None:
        """A held job came out whole: forget it; `DomainError('print_job_unknown')` if it is not held (any more)."""
        self._till.store.settle_held(job)
        self.wake()

    def close(self) -> None:
        """End the worker behind the job that is under way; what waits is printed after the next start."""
        if self.slips is not None:
            self.slips.close()
            self.slips = None
        if self._setup.share is not PrintShare.SLIPS:
            self._till.store.on_queued = _nothing
        self._end.set()
        self._woken.set()
        self._worker.join(_JOIN_SECONDS)

    def _held(self, job: int) -> PrintJob:
        for held in PrintQueue(self._till.journal.file).held():
            if held.job == job:
                return held
        raise DomainError("print_job_unknown", {"job": job})

    # --- the worker -----------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._end.is_set():
            self._woken.clear()
            self._woken.wait(self._turn())
        self._let_go()

    def _turn(self) -> float:
        """Do the next thing; how many seconds to wait for the one after it."""
        setup = self._setup
        if setup is not self._opened_for:
            self._let_go()
            self._opened_for, self._failures, self._seen = setup, 0, Seen()
        try:
            queue = self._open(setup)
            pause = self._next(queue, setup)
        except EnvironmentProblem as problem:
            if problem.code.startswith("journal_"):
                self._let_go()
            pause = self._failed(problem)
        return pause

    def _failed(self, problem: EnvironmentProblem) -> float:
        if self._failures == 0:
            log.warning("printing_stopped", code=problem.code, params=problem.params)
        self._publish(problem=problem)
        pause = min(self._pace.most, self._pace.first * (1 << min(self._failures, 10)))
        self._failures += 1
        return pause

    def _next(self, queue: PrintQueue, setup: PrinterSetup) -> float:
        job, printer = queue.next_waiting(), setup.printer
        if printer is None:
            if job is not None:
                queue.remove(job.job)
            return 0 if job is not None else self._pace.idle
        if job is not None and self._is_stale(job, setup):
            log.warning("print_job_stale", job=job.job, of=str(job.event_id))
            queue.remove(job.job)
            return 0
        if job is None or self._failures or self._seen.status is None:
            self._look(printer, job)
        if self._trial:
            self._trial = False
            printer.print(setup.papers.trial())
        self._publish(status=self._seen.status)
        if job is None:
            return self._idle(setup)
        self._print(queue, setup, printer, job)
        return 0

    def _idle(self, setup: PrinterSetup) -> float:
        """How long an idle printer may be left alone: a drawer that stands open is looked after."""
        if not setup.drawer:
            return self._pace.idle
        return self._pace.drawer_open if self.drawer_open() else self._pace.drawer

    def _look(self, printer: Printer, job: PrintJob | None) -> None:
        try:
            status = printer.state()
            problem = status.problem()
            if problem is not None:
                raise problem
        except EnvironmentProblem:
            self._trial = False
            if job is not None and job.kind == "drawer" and self._queue is not None:
                self._queue.remove(job.job)
            raise
        self._failures = 0
        self._seen = Seen(None, status, self._seen.waiting, self._seen.held)

    def _print(
        self, queue: PrintQueue, setup: PrinterSetup, printer: Printer, job: PrintJob
    ) -> None:
        try:
            data = setup.papers.job_bytes(job, queue.event)
        except Exception:
            # A bug, or an event that was tampered with: the queue goes on, and a person sees that one is missing.
            log.exception("print_job_unprintable", job=job.job)
            queue.hold(job.job)
            return
        queue.begin(job.job)
        try:
            printer.print(FILLING + data if self._broken_off else data)
        except EnvironmentProblem as problem:
            self._broken_off = self._broken_off or problem.code == "printer_interrupted"
            if job.kind == "drawer":
                queue.remove(job.job)
            elif problem.code == "printer_interrupted":
                queue.hold(job.job)
            else:
                queue.release(job.job)
            raise
        queue.remove(job.job)
        self._failures, self._broken_off = 0, False

    def _is_stale(self, job: PrintJob, setup: PrinterSetup) -> bool:
        try:
            age = setup.papers.age(job)
        except DomainError:
            return False
        return age > (DRAWER_WITHIN if job.kind == "drawer" else STALE)

    def _publish(
        self, *, problem: EnvironmentProblem | None = None, status: PrinterStatus | None = None
    ) -> None:
        waiting, held = self._seen.waiting, self._seen.held
        if self._queue is not None:
            try:
                queue = self._queue
                waiting = queue.waiting()
                held = tuple(
                    HeldJob(job.job, self._opened_for.papers.title(job, queue.event))
                    for job in queue.held()
                )
            except EnvironmentProblem as trouble:
                problem = problem or trouble
        self._seen = Seen(problem, status, waiting, held)

    def _open(self, setup: PrinterSetup) -> PrintQueue:
        """The queue on a connection of this thread; what an earlier process left begun is held then."""
        if self._queue is None:
            identity, path = self._till.identity, self._till.paths.journal
            if not path.exists():
                # Opening would make a new one, and the till would be told that its own was replaced.
                raise EnvironmentProblem("journal_gone", {"file": str(path)})
            self._file = JournalFile(path, identity.till_id, identity.incarnation)
            self._queue = PrintQueue(self._file, setup.share)
            self._broken_off = self._queue.hold_begun() or self._broken_off
        return self._queue

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._queue = None


def start_printing(till: Till, address: str | None = None, pace: Pace | None = None) -> Printing:
    """Print what the till queues, on the printer at `address`, else at the one of `till.json`; slips on a printer of
    their own where that names one.

    `DomainError('printer_address_invalid')`; `EnvironmentProblem('receipt_logo_unreadable')`.
    """
    receipts, slips = printer_setups(till, address)
    printing = Printing(till, receipts, pace)
    if slips is not None:
        printing.slips = Printing(till, slips, pace)
    till.store.on_queued = printing.wake
    return printing


def use_printers(printing: Printing, till: Till, pace: Pace | None = None) -> None:
    """Go over to the printers that `till.json` names now; raises as `start_printing`, and then nothing changed."""
    receipts, slips = printer_setups(till)
    if slips is None and printing.slips is not None:
        gone, printing.slips = printing.slips, None
        gone.close()
    printing.use(receipts)
    if slips is not None and printing.slips is not None:
        printing.slips.use(slips)
    elif slips is not None:
        printing.slips = Printing(till, slips, pace)


def printer_setups(
    till: Till, address: str | None = None, settings: TillSettings | None = None
) -> tuple[PrinterSetup, PrinterSetup | None]:
    """The printer for receipts and the one for slips, as `till.json` says (or other `settings`), or the first at
    another `address`.
    """
    settings = settings or load_settings(till.paths.settings)
    facts = till.identity.store
    texts = TillTexts(facts.languages[0], facts.market, facts.currency)
    logo = _logo(settings, till.identity.mode)

    def setup(place: PrinterAddress | None, columns: int, share: PrintShare) -> PrinterSetup:
        model = place.profile if place is not None else STANDARD
        papers = PrintPapers(
            till.identity, texts, till.clock, columns or model.columns, logo, model
        )
        printer = printer_at(place) if place is not None else None
        drawer: DrawerLevel = settings.drawer_sensor if share is not PrintShare.SLIPS else ""
        return PrinterSetup(printer, papers, str(place or ""), share, drawer)

    place = parse_address(address if address is not None else settings.printer)
    slips = parse_address(settings.slip_printer)
    share = PrintShare.ALL if slips is None else PrintShare.RECEIPTS
    receipts = setup(place, settings.paper_columns, share)
    return receipts, setup(slips, 0, PrintShare.SLIPS) if slips is not None else None


def start_printing_if_set(till: Till, address: str | None = None) -> Printing | None:
    """As `start_printing`, but without any printer nothing starts and the queue stays as it is: for tills that others
    drive.
    """
    wanted = address if address is not None else load_settings(till.paths.settings).printer
    return start_printing(till, wanted) if parse_address(wanted) is not None else None


def printer_state(texts: TillTexts, seen: Seen, address: str) -> PrinterState:
    """What the worker found, in words."""
    problem = seen.problem
    if problem is not None:
        text = texts.text(f"printer.{_SHORT.get(problem.code, 'trouble')}")
        detail = " ".join(texts.error(problem))
        return PrinterState("danger", text, detail, seen.waiting, seen.held)
    if seen.held:
        detail = texts.text("printer.held_detail")
        return PrinterState("warning", texts.text("printer.held"), detail, seen.waiting, seen.held)
    if seen.status is not None and seen.status.paper_low:
        detail = texts.text("printer.paper_low_detail")
        return PrinterState("warning", texts.text("printer.paper_low"), detail, seen.waiting)
    key = "printer.printing" if seen.waiting else "printer.ready"
    return PrinterState("ok", texts.text(key), address, seen.waiting)


def _logo(settings: TillSettings, mode: str) -> bytes:
    path = settings.receipt_logo or (_DEMO_LOGO if mode == "demo" else None)
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentProblem(
            "receipt_logo_unreadable", {"file": str(path), "detail": str(error)[:120]}
        ) from error


def _receipt_number(body: bytes) -> str:
    try:
        number = BodyReader(parse_body(body)).object("receipt")
        till, incarnation = number.text("till_id"), number.integer("incarnation")
        return f"{till}-{incarnation}-{number.integer('number')}"
    except DomainError:
        return ""


def _nothing() -> None:
    """Nobody prints any more."""


# What a job is printed again as; what came out of the slip printer comes out of it again.
_AGAIN = {"gift": "gift", "slip": "copy_slip", "copy_slip": "copy_slip"}
# Which word stands for a problem in the status bar.
_SHORT = {
    "printer_unreachable": "unreachable",
    "printer_silent": "silent",
    "printer_answer_unreadable": "unreadable",
    "printer_paper_out": "paper_out",
    "printer_cover_open": "cover_open",
    "printer_fault": "fault",
    "printer_offline": "offline",
    "printer_interrupted": "interrupted",
}
