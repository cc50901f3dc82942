"""What the status bar needs besides the till's own ports."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pos_client.features.status.state import StatusState


class SyncStatus(Protocol):
    """How far the upload is."""

    @property
    def unsent_receipts(self) -> int:
        """Receipts that the centre has not acknowledged."""

    @property
    def oldest_unsent(self) -> datetime | None:
        """Since when something waits, by the business clock."""

    @property
    def last_contact(self) -> datetime | None:
        """When the centre answered last, by the system clock."""

    @property
    def offline_reason(self) -> str:
        """The code of the last failure, empty while all is well."""

    @property
    def stopped(self) -> str:
        """The code for which uploading stopped until a person acts, or empty."""

    @property
    def second_copy(self) -> str:
        """`none`, `ok`, `missing`, `same_disk` or `differs`."""


class Outbox(Protocol):
    """What waits to be sent."""

    def status(self) -> SyncStatus:
        """All of it, as it stands."""


class Signing(Protocol):
    """The fiscal device, as far as the status bar asks."""

    @property
    def signs(self) -> bool:
        """Whether receipts are signed."""


class StatusView(Protocol):
    """The screen."""

    def render(self, state: StatusState) -> None:
        """Show a state."""
