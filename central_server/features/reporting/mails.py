"""Reports that go out by mail after each day, week, month or year: who gets what, and when the next is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from central_server.features.reporting import mail_repository
from central_server.features.reporting.board import By
from central_server.features.reporting.periods import Grain, Period, period_of
from central_server.platform.mail import read_address
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.errors import DomainError

SENT = "ok"
MOST_RECEIVERS = 20
_SPLIT = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A report: its period and dimension, of one store or of all that `made_by` may see, from `hour` on their clock."""

    number: int
    name: str
    grain: Grain
    by: By
    store_id: str | None
    language: str
    hour: int
    receivers: tuple[str, ...]
    made_by: str
    active: bool
    sent_for: date
    tried_at: datetime | None
    outcome: str

    def due(self, local_now: datetime) -> Period | None:
        """The period whose report should go out now, if any; `local_now` is the time where the stores are."""
        ended = period_of(self.grain, local_now.date()).previous()
        if not self.active or self.sent_for >= ended.first:
            return None
        waits = local_now.hour < self.hour and local_now.date() == ended.next().first
        return None if waits else ended


def list_mails(unit: ReadUnit) -> list[ReportMail]:
    """Every report by name."""
    return [_report(row) for row in mail_repository.rows(unit)]


def get_mail(unit: ReadUnit, number: int) -> ReportMail:
    """One report; `DomainError('report_mail_unknown')`, 404."""
    found = next((one for one in list_mails(unit) if one.number == number), None)
    if found is None:
        raise DomainError("report_mail_unknown", http_status=404)
    return found


def read_receivers(text: str) -> tuple[str, ...]:
    """The addresses in a text, each once.

    `DomainError`, 400: `mail_address_invalid`, `report_mail_invalid` for none or too many.
    """
    found = tuple(dict.fromkeys(read_address(part) for part in _SPLIT.split(text.strip()) if part))
    if not 0 < len(found) <= MOST_RECEIVERS:
        raise DomainError("report_mail_invalid", {"most": MOST_RECEIVERS}, http_status=400)
    return found


def add_mail(unit: UnitOfWork, new: ReportMail, today: date, at: datetime) -> ReportMail:
    """Add a report; the first one that goes out is of the period that runs today. Its number is given here.

    `DomainError('report_mail_invalid')`, 400, without a name.
    """
    if not new.name.strip():
        raise DomainError("report_mail_invalid", {"most": MOST_RECEIVERS}, http_status=400)
    number = mail_repository.insert(
        unit,
        {
            "name": new.name.strip()[:80],
            "grain": new.grain.value,
            "by": new.by.value,
            "store_id": new.store_id,
            "language": new.language,
            "hour": new.hour,
            "receivers": " ".join(new.receivers),
            "made_by": new.made_by,
            "made_at": at,
            "active": True,
            "sent_for": period_of(new.grain, today).previous().first,
            "outcome": "",
        },
    )
    return get_mail(unit, number)


def tried(unit: UnitOfWork, report: ReportMail, outcome: str, period: Period, at: datetime) -> None:
    """Keep how sending went; only what went out is not due any more."""
    values: dict[str, Any] = {"tried_at": at, "outcome": outcome[:60]}
    if outcome == SENT:
        values["sent_for"] = max(period.first, report.sent_for)
    mail_repository.update(unit, report.number, values)


def delete_mail(unit: UnitOfWork, number: int) -> ReportMail:
    """Take a report away; what it was. `DomainError('report_mail_unknown')`, 404."""
    found = get_mail(unit, number)
    mail_repository.delete(unit, number)
    return found


def _report(row: Row[Any]) -> ReportMail:
    return ReportMail(
        number=row.id,
        name=row.name,
        grain=Grain(row.grain),
        by=By(row.by),
        store_id=row.store_id,
        language=row.language,
        hour=row.hour,
        receivers=tuple(row.receivers.split()),
        made_by=row.made_by,
        active=row.active,
        sent_for=row.sent_for,
        tried_at=row.tried_at,
        outcome=row.outcome,
    )
