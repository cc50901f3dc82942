"""Facts become events here: with time, trading day, store and operator, in one transaction of the store.

The rule of time. Events carry the business clock's time in the store's zone, to the second.

- A small step back, up to two hours against the last event (a clock put right, a mistake at the change to summer time),
  leaves the journal in order: until the clock has caught up, events take the last event's time. So `finished_at` does
  not precede that of the receipt before.
- A larger step back means that the clock had been wrong. From then on events carry what the clock shows: a sale belongs
  to the day on which it happens, with that day's prices and VAT, however far ahead the clock once was. Here, and only
  here, time in the journal runs backwards; the chain's order is its sequence. A receipt that was open meanwhile does
  not begin after its end.

A clock that falls back by more than a minute against its own last reading (or, at the start, against the last event),
and every larger step, is itself journalled as `clock.changed` with both readings; the till goes on selling, and an
auditor sees where the clock was wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pos_client.ports import Facts, Moment, Operator
from pos_client.storage.identity import TillIdentity
from pos_client.storage.journal import NewEvent
from pos_client.storage.till_store import TillStore
from shared.errors import DomainError, EnvironmentProblem
from shared.fiscal import FiscalPort, FiscalResult, FiscalTransaction
from shared.identity import Clock, business_date, local_time, uuid7
from shared.journal import receipt_to_body
from shared.receipt import Receipt, ReceiptId, RecordedMode

JUMP = timedelta(minutes=1)
# The most by which an event's time may be ahead of the clock.
CATCHES_UP = timedelta(hours=2)
# Stands in a receipt until the fiscal device has answered; such a receipt is never journalled.
UNSIGNED = FiscalResult(device="")


class Recorder:
    """Records for one till. `random_bytes(n)` comes from a good source."""

    def __init__(
        self,
        store: TillStore,
        identity: TillIdentity,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        fiscal: FiscalPort,
    ) -> None:
        self._store = store
        self._identity = identity
        self._clock = clock
        self._random_bytes = random_bytes
        self._fiscal = fiscal
        self._zone = ZoneInfo(identity.store.timezone)
        self._day_start = timedelta(minutes=identity.store.day_starts_at_minutes)
        last = store.journal.last_time()
        self._floor = last.astimezone(self._zone) if last else None
        self._reading = self._floor
        self._operator: Operator | None = None

    # --- who and when -------------------------------------------------------------------------

    @property
    def operator(self) -> Operator | None:
        """Who is logged in."""
        return self._operator

    def sign_on(self, operator: Operator | None) -> None:
        """From now on events name this person; None: nobody."""
        self._operator = operator

    def require_operator(self) -> Operator:
        """Who is logged in; `DomainError('login_required')` if nobody is."""
        if self._operator is None:
            raise DomainError("login_required")
        return self._operator

    def moment(self) -> Moment:
        """Now, by the rule of time."""
        now = local_time(self._clock.now(), self._zone)
        before = self._reading
        was_wrong = self._floor is not None and now < self._floor - CATCHES_UP
        if before is not None and (was_wrong or now < before - JUMP):
            facts = {"shown_before": before.isoformat(), "shows": now.isoformat()}
            moment = self._at(now) if was_wrong else self._bounded(now)
            self._store.append([self.event("clock.changed", facts, moment)])
            self.passed(moment)
        self._reading = now
        return self._bounded(now)

    def glance(self) -> Moment:
        """Now, by the rule of time, for what is only worked out: a clock that was set is noticed by the next fact."""
        return self._bounded(local_time(self._clock.now(), self._zone))

    def _bounded(self, now: datetime) -> Moment:
        at = now if self._floor is None or now > self._floor else self._floor
        return self._at(at)

    def _at(self, at: datetime) -> Moment:
        return Moment(at, business_date(at, self._zone, self._day_start))

    def passed(self, moment: Moment) -> None:
        """An event with this moment is in the journal: by the rule of time the next ones do not precede it."""
        self._floor = moment.at

    # --- events -------------------------------------------------------------------------------

    def new_id(self, moment: Moment) -> UUID:
        """A fresh id."""
        return uuid7(moment.at, self._random_bytes(10))

    def event(self, kind: str, facts: Facts, moment: Moment) -> NewEvent:
        """An event with the facts that every one carries."""
        body = {
            "occurred_at": moment.at.isoformat(),
            "business_date": moment.business_date.isoformat(),
            "operator_id": self._operator.staff_id if self._operator else "",
            "store_id": self._identity.store.store_id,
            **facts,
        }
        return NewEvent(self.new_id(moment), kind, body)

    def receipt_event(self, kind: str, receipt: Receipt) -> NewEvent:
        """The event of a receipt, which takes its number."""
        return NewEvent(
            event_id=receipt.event_id,
            type=kind,
            body=receipt_to_body(receipt),
            receipt_no=receipt.receipt_id.number,
            ref=receipt.external_ref or None,
        )

    def record(self, *events: tuple[str, Facts]) -> None:
        """Journal facts, all or none."""
        moment = self.moment()
        self._store.append([self.event(kind, facts, moment) for kind, facts in events])
        self.passed(moment)

    def record_printed(
        self, kind: str, facts: Facts, print_kind: str, *, instead_of: int = 0
    ) -> None:
        """Journal a fact and queue it to print, `instead_of` a held print job if one is given."""
        moment = self.moment()
        events = [self.event(kind, facts, moment)]
        self._store.append_printed(events, print_kind, instead_of=instead_of)
        self.passed(moment)

    def record_control(self, control: str, *before: tuple[str, Facts], note: str = "") -> Receipt:
        """Journal facts and then a receipt without goods, in one transaction.

        Whatever fails behind the start, the fiscal device hears that there is no such receipt: a next try is another.
        """
        self.require_operator()
        moment = self.moment()
        unsigned = self._control_receipt(moment, note)
        transaction = self._control_transaction(control, unsigned)
        self._fiscal.start(transaction)
        try:
            receipt = replace(unsigned, fiscal=self._fiscal.finish(transaction))
            events: Sequence[NewEvent] = [
                *(self.event(kind, facts, moment) for kind, facts in before),
                self.receipt_event(control, receipt),
            ]
            self._store.append_printed(events, "receipt")
        except (EnvironmentProblem, DomainError):
            self._fiscal.cancel(transaction)
            raise
        self.passed(moment)
        return receipt

    def _control_transaction(self, control: str, receipt: Receipt) -> FiscalTransaction:
        return FiscalTransaction(
            basket_id=receipt.basket_id,
            till_id=receipt.receipt_id.till_id,
            market=receipt.market,
            currency=receipt.currency,
            kind=control,
            at=receipt.finished_at,
            total=0,
            receipt_no=receipt.receipt_id.printed_number,
        )

    def _control_receipt(self, moment: Moment, note: str) -> Receipt:
        identity = self._identity
        return Receipt(
            event_id=self.new_id(moment),
            basket_id=self.new_id(moment),
            receipt_id=ReceiptId(identity.till_id, identity.incarnation, self._store.next_receipt),
            store_id=identity.store.store_id,
            market=identity.store.market,
            currency=identity.store.currency,
            mode=RecordedMode(identity.mode),
            operator_id=self.require_operator().staff_id,
            business_date=moment.business_date,
            started_at=moment.at,
            finished_at=moment.at,
            lines=(),
            vat=(),
            tenders=(),
            total=0,
            fiscal=UNSIGNED,
            note=note,
        )
