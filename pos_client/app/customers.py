"""Customers as the reference data knows them, as long as this till may show them."""

from __future__ import annotations

from datetime import timedelta

from pos_client.app.newcomers import Newcomers
from pos_client.storage.reference import Reference
from pos_client.storage.upload_state import UploadStore
from shared.errors import DomainError
from shared.identity import Clock
from shared.wire.customer_payloads import (
    CUSTOMER_DATA_KEY,
    CustomerRow,
    offline_days_from_payload,
)

# A clock that is further behind the last contact than this was put back.
_CLOCK_STEP = timedelta(days=1)


class Customers:
    """A till that has not heard of the centre for some days may have been stolen: then it shows nobody, until it has.

    `clock` is the system clock: the business clock may be moved.
    """

    def __init__(
        self, reference: Reference, newcomers: Newcomers, uploads: UploadStore, clock: Clock
    ) -> None:
        self._reference = reference
        self._newcomers = newcomers
        self._uploads = uploads
        self._clock = clock

    def customer(self, number: str) -> CustomerRow | None:
        """The customer with this number; None if the lists have none, or may not be shown."""
        if self._withheld():
            return None
        wanted = number.strip()
        found = self._reference.customer(wanted)
        name = self._newcomers.name_of(wanted) if found is None else ""
        return CustomerRow(wanted, name) if name else found

    def take_down(self, name: str, phone: str = "", email: str = "") -> str:
        """A new customer, also without a network; the number. Raises as `Newcomers.take_down`."""
        return self._newcomers.take_down(name, phone, email)

    def unknown(self, number: str) -> DomainError:
        """Why there is no customer with this number: `customers_withheld` or `customer_unknown`."""
        if self._withheld():
            return DomainError("customers_withheld", {"days": self._days()})
        return DomainError("customer_unknown", {"number": number.strip()[:40]})

    def _withheld(self) -> bool:
        last = self._uploads.load().last_contact_at
        if last is None:
            return False
        since = self._clock.now() - last
        return not -_CLOCK_STEP <= since <= timedelta(days=self._days())

    def _days(self) -> int:
        return offline_days_from_payload(self._reference.config(CUSTOMER_DATA_KEY))
