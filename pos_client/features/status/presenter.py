"""The status bar: whether sales reach the centre, what signs them, where the till stands, when it is, and who is there.

Waiting is no trouble: what was journalled is safe, so it is amber at most. Red is for what stopped until somebody acts.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from pos_client.features.status.ports import Outbox, Signing, StatusView, SyncStatus
from pos_client.features.status.state import StatusState
from pos_client.ports import Place, Recording, Sale, Texts
from shared.fiscal import FISCAL_MARKETS
from shared.identity import Clock

# What is sent within this time was never waiting: the bar must not flicker with every receipt.
_PATIENCE = timedelta(seconds=30)

_COPY_TONES = {"ok": "ok", "missing": "warning", "same_disk": "warning", "differs": "danger"}


class StatusPresenter:
    """`store_name` and `zone` are the store's; `clock` is the business clock."""

    def __init__(
        self,
        outbox: Outbox,
        signing: Signing,
        sale: Sale,
        recording: Recording,
        place: Place,
        store_name: str,
        zone: tzinfo,
        clock: Clock,
        texts: Texts,
        view: StatusView,
    ) -> None:
        self._outbox = outbox
        self._signing = signing
        self._sale = sale
        self._recording = recording
        self._place = place
        self._store_name = store_name
        self._zone = zone
        self._clock = clock
        self._texts = texts
        self._view = view

    def refresh(self) -> StatusState:
        """The bar as of now. Reads only."""
        now = self._clock.now().astimezone(self._zone)
        status = self._outbox.status()
        sync = self._sync(status, now)
        fiscal = self._fiscal()
        copy = self._copy(status.second_copy)
        operator = self._recording.operator
        till = self._place.till_id.removeprefix(f"{self._place.store_id}-")
        state = StatusState(
            sync_text=sync[0],
            sync_tone=sync[1],
            sync_detail=sync[2],
            fiscal_text=fiscal[0],
            fiscal_tone=fiscal[1],
            copy_text=copy[0],
            copy_tone=copy[1],
            place=self._texts.text("status.place", store=self._store_name, till=till),
            date_text=self._texts.day(now.date()),
            time_text=self._texts.time(now),
            operator=operator.name if operator else "",
            initials=operator.initials if operator else "",
            training=self._texts.text("basket.training") if self._sale.training else "",
        )
        self._view.render(state)
        return state

    def _sync(self, status: SyncStatus, now: datetime) -> tuple[str, str, str]:
        if status.stopped:
            return self._texts.text("status.stopped"), "danger", self._sentence(status.stopped)
        waiting = status.unsent_receipts
        if status.offline_reason:
            return self._offline(status, now), "warning", self._sentence(status.offline_reason)
        oldest = status.oldest_unsent
        if not waiting or oldest is None or now - oldest < _PATIENCE:
            return self._texts.text("status.sent"), "ok", ""
        key = "status.waiting_one" if waiting == 1 else "status.waiting_many"
        text = self._texts.text(key, count=waiting, since=self._near(oldest, now))
        return text, "warning", self._texts.text("status.waiting_detail")

    def _offline(self, status: SyncStatus, now: datetime) -> str:
        waiting = status.unsent_receipts
        key = "many" if waiting > 1 else "one" if waiting else "none"
        if status.last_contact is None:
            return self._texts.text(f"status.never_online_{key}", count=waiting)
        since = self._near(status.last_contact, now)
        return self._texts.text(f"status.offline_{key}", count=waiting, since=since)

    def _near(self, at: datetime, now: datetime) -> str:
        local = at.astimezone(self._zone)
        if local.date() == now.date():
            return self._texts.time(local)
        return f"{self._texts.day(local.date())} {self._texts.time(local)}"

    def _sentence(self, code: str) -> str:
        return f"{self._texts.text(f'error.{code}')} {self._texts.text(f'error.{code}.next')}"

    def _fiscal(self) -> tuple[str, str]:
        if self._signing.signs:
            return self._texts.text("status.fiscal_ready"), "ok"
        if self._place.market in FISCAL_MARKETS:
            return self._texts.text("status.fiscal_none"), "muted"
        return "", "muted"

    def _copy(self, state: str) -> tuple[str, str]:
        tone = _COPY_TONES.get(state, "muted")
        return (self._texts.text(f"status.copy_{state}") if state in _COPY_TONES else ""), tone
