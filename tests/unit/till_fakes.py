"""Small stand-ins for the till's ports. The store's is held to the real one by a contract suite."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from pos_client.features.basket.ports import Guest
from pos_client.ports import Moment, Operator, ParkedSale
from pos_client.storage.baskets import StoredBasket
from pos_client.storage.journal import Head
from shared.errors import DomainError, EnvironmentProblem
from shared.journal import canonical_bytes, event_type, first_prev_hash, link

MOMENT = Moment(datetime.fromisoformat("2026-11-25T12:00:00+01:00"), datetime(2026, 11, 25).date())


MIA = Operator("101", "Mia", "cashier", "de")


class FakeTexts:
    """Says the key and its values."""

    language = "de"

    def text(self, key, **values):
        return " ".join([key, *(f"{name}={value}" for name, value in values.items())])

    def money(self, minor, currency):
        return f"{minor} {currency}"

    def amount(self, minor, currency):
        return str(minor)

    def coin(self, minor, currency):
        return f"{minor}"

    def quantity(self, value):
        return f"{value:f}"

    def day(self, day):
        return day.isoformat()

    def time(self, at):
        return f"{at:%H:%M}"

    def moment(self, at):
        return at.isoformat()


class View:
    def __init__(self):
        self.states = []

    def render(self, state):
        self.states.append(state)


class FakeRecording:
    def __init__(self, operator=MIA):
        self.operator = operator
        self.events = []
        self.broken = None

    def require_operator(self):
        if self.operator is None:
            raise DomainError("login_required")
        return self.operator

    def moment(self):
        return MOMENT

    def sign_on(self, operator):
        self.operator = operator

    def record(self, *events):
        if self.broken:
            raise self.broken
        self.events += events

    def record_printed(self, kind, facts, print_kind):
        self.record((kind, facts), ("print", print_kind))


class FakeTillStore:
    """`TillStore` in memory, with the same promises: all or nothing, numbers without gaps."""

    def __init__(self, till_id="DE01-T1", incarnation=1):
        self._till_id, self._incarnation = till_id, incarnation
        self._chain = []
        self._open = None
        self._parked = {}
        self._jobs = []
        self._job = 0
        self._refs = {}
        self.fail_with: EnvironmentProblem | None = None
        self._next = 1
        self.journal = SimpleNamespace(last_time=self._last_time)

    @property
    def head(self):
        if not self._chain:
            return Head(0, first_prev_hash(self._till_id, self._incarnation), self._next)
        return Head(self._chain[-1].seq, self._chain[-1].hash, self._next)

    @property
    def next_receipt(self):
        return self._next

    @property
    def events(self):
        return list(self._chain)

    def _last_time(self):
        return None

    @contextlib.contextmanager
    def _writing(self):
        if self.fail_with:
            raise self.fail_with
        yield

    def receipt_exists(self, ref):
        return ref in self._refs

    def append(self, events):
        number, chain = self._next, []
        head = self.head
        for event in events:
            if event.ref is not None and event.ref in self._refs:
                raise DomainError("receipt_exists", {"ref": event.ref})
            if event.receipt_no is not None:
                if event.receipt_no != number:
                    raise ValueError("number")
                number += 1
            prev = chain[-1].hash if chain else head.hash
            chain.append(
                link(
                    till_id=self._till_id,
                    incarnation=self._incarnation,
                    seq=head.seq + len(chain) + 1,
                    event_id=event.event_id,
                    event_type=event.type,
                    version=event_type(event.type).version,
                    body=canonical_bytes(event.body),
                    prev_hash=prev,
                )
            )
        with self._writing():
            self._chain += chain
            self._next = number
            self._refs |= {e.ref: e for e in events if e.ref is not None}
        return tuple(chain)

    def load_open(self):
        return self._open

    def begin(self, stored):
        with self._writing():
            self._open = stored

    def add_line(self, basket, line):
        with self._writing():
            self._open = replace(self._open, basket=basket)

    def change_line(self, basket_id, line):
        with self._writing():
            basket = self._open.basket
            lines = {**basket.lines, line.number: line}
            self._open = replace(self._open, basket=replace(basket, lines=lines))

    def void_line(self, basket_id, number, order):
        with self._writing():
            stored = self._open
            if order:
                voided = (*stored.voided, stored.basket.line(number))
                basket = stored.basket.void(number)
            else:
                voided = stored.voided[:-1]
                basket = stored.basket.restore(stored.voided[-1])
            self._open = replace(stored, basket=basket, voided=voided)

    def change_header(self, basket):
        with self._writing():
            changed = replace(
                self._open.basket,
                external_ref=basket.external_ref,
                note=basket.note,
                customer=basket.customer,
                codes=basket.codes,
            )
            self._open = replace(self._open, basket=changed)

    def set_tenders(self, basket_id, tenders, settles=(), voids=()):
        with self._writing():
            self._open = replace(self._open, tenders=tenders)

    def close(self, basket_id, events, print_kind=""):
        done = self.append(events)
        self._open = None
        if print_kind:
            self._queue(print_kind)
        return done

    def append_printed(self, events, print_kind):
        done = self.append(events)
        self._queue(print_kind)
        return done

    def _queue(self, kind):
        self._job += 1
        self._jobs.append((self._job, self.head.seq, kind))

    def print_jobs(self):
        return tuple(self._jobs)

    def printed(self, job):
        self._jobs = [j for j in self._jobs if j[0] != job]

    def park(self, basket_id, label, at, events):
        self.append(events)
        self._parked[basket_id] = (self._open, label, at)
        self._open = None

    def parked(self):
        return tuple(
            ParkedSale(i, label, at, s.basket.operator_id, len(s.basket.lines))
            for i, (s, label, at) in self._parked.items()
        )

    def recall(self, basket_id, events):
        if basket_id not in self._parked:
            raise DomainError("parked_unknown")
        self.append(events)
        stored: StoredBasket = self._parked.pop(basket_id)[0]
        self._open = stored
        return stored


class FakeOffers:
    """One customer, and one code that promotions ask for."""

    def __init__(self):
        self.guests = {"70001": Guest("70001", "Ada Beispiel")}

    def unknown(self, number):
        return DomainError("customer_unknown", {"number": number.strip()})

    def customer(self, number):
        return self.guests.get(number)

    def code(self, text):
        return text.strip().upper() if text.strip().upper() == "HERBST" else ""

    def running(self):
        return True
