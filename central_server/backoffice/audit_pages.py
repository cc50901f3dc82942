"""`/audit`: who changed what, with before and after; searchable, and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from central_server.backoffice.figure_export import guarded
from central_server.backoffice.numbers import MOST_NUMBER
from central_server.backoffice.scope import link, scope_of
from central_server.backoffice.shell import Reader, attention, reader_of, render
from central_server.backoffice.visitors import Visitor, looks
from central_server.backoffice.words import (
    AUDIT_ACTIONS,
    AUDIT_FIELDS,
    AUDIT_KINDS,
    ROLE_WORDS,
    word,
)
from central_server.features.audit import service
from central_server.features.audit.repository import AuditFilter
from central_server.features.audit.service import AuditEntry
from central_server.features.staff.service import list_staff
from central_server.platform.access import Right
from central_server.platform.unit_of_work import ReadOnlyUnit, reading
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

AuditReader = Annotated[Visitor, looks(Right.AUDIT_READ)]
PAGE_SIZE = 50
_ADDRESSES = {
    "staff": "/people/{key}", "article": "/articles/{key}", "price_change": "/prices/changes/{key}",
    "release": "/releases/{key}", "till": "/tills/{key}", "exception": "/exceptions/{key}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """What the address of the page asks for."""

    q: str = ""
    who: str = ""
    kind: str = ""
    key: str = ""
    first: date | None = None
    last: date | None = None

    def filter(self, zone: str) -> AuditFilter:
        """The filter; days are those of `zone`. `DomainError('audit_range_invalid')`, 400."""
        if self.first and self.last and self.first > self.last:
            raise DomainError("audit_range_invalid", http_status=400)
        return AuditFilter(
            actor=self.who,
            kind=self.kind,
            object_key=self.key,
            words=self.q.strip(),
            since=_midnight(self.first, zone) if self.first else None,
            until=_midnight(self.last + timedelta(days=1), zone) if self.last else None,
        )

    def link(self, path: str, **more: Any) -> str:
        """The same question under another address."""
        given = {
            "q": self.q, "who": self.who, "kind": self.kind, "key": self.key,
            "from": str(self.first or ""), "to": str(self.last or ""),
        }  # fmt: skip
        return link(path, **{**given, **more})


def asked(
    q: Annotated[str, Query(max_length=100)] = "",
    who: Annotated[str, Query(max_length=64)] = "",
    kind: Annotated[str, Query(max_length=24)] = "",
    key: Annotated[str, Query(max_length=160)] = "",
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> AuditQuestion:
    """The question in an address; an empty date field asks for every day."""
    try:
        days = [date.fromisoformat(text) if text else None for text in (first, last)]
    except ValueError:
        raise DomainError("audit_range_invalid", http_status=400) from None
    return AuditQuestion(q, who, kind, key, days[0], days[1])


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A change as the page shows it."""

    number: int
    moment: str
    actor: str
    name: str
    action: str
    tone: str
    kind: str
    key: str
    address: str
    fields: list[tuple[str, str, str]]


class AuditWriter:
    """Writes entries for one reader."""

    def __init__(self, reader: Reader, zone: str, names: dict[str, str]) -> None:
        self._reader = reader
        self._zone = zone
        self._names = names

    def row(self, entry: AuditEntry) -> AuditRow:
        """One entry."""
        texts = self._reader.texts
        action, tone = AUDIT_ACTIONS.get(entry.action, (entry.action, ""))
        pattern = _ADDRESSES.get(entry.kind, "")
        return AuditRow(
            number=entry.entry_id,
            moment=self._reader.formats.moment(entry.at, self._zone),
            actor=entry.actor,
            name=self._names.get(entry.actor, ""),
            action=texts.gettext(action),
            tone=tone,
            kind=word(texts, AUDIT_KINDS, entry.kind),
            key=entry.key,
            address=pattern.format(key=entry.key) if pattern else "",
            fields=[
                (word(texts, AUDIT_FIELDS, name), self._spoken(before), self._spoken(after))
                for name, before, after in entry.fields()
            ],
        )

    def _spoken(self, value: Any) -> str:
        """A value as a person reads it; the file for programs keeps it as it was recorded."""
        if isinstance(value, bool):
            return self._reader.texts.gettext("yes") if value else self._reader.texts.gettext("no")
        return word(self._reader.texts, ROLE_WORDS, shown(value))


@router.get("/audit")
def audit_page(
    request: Request,
    visitor: AuditReader,
    unit: ReadOnlyUnit,
    question: Annotated[AuditQuestion, Depends(asked)],
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
) -> HTMLResponse:
    """Changes, newest first."""
    zone = scope_of(unit, visitor, None).zone
    found = service.entries(unit, question.filter(zone), before, PAGE_SIZE + 1)
    people = list_staff(unit)
    reader = reader_of(request, visitor)
    writer = AuditWriter(reader, zone, {one.staff_id: one.name for one in people})
    more = len(found) > PAGE_SIZE
    return render(
        request,
        "audit.html",
        part="audit",
        waiting=attention(unit, visitor, request),
        question=question,
        rows=[writer.row(entry) for entry in found[:PAGE_SIZE]],
        kinds=[(kind, word(reader.texts, AUDIT_KINDS, kind)) for kind in service.kinds(unit)],
        export=question.link("/audit/changes.csv"),
        more=question.link("/audit", before=found[PAGE_SIZE - 1].entry_id) if more else "",
        newest=question.link("/audit") if before else "",
    )


@router.get("/audit/changes.csv")
def audit_file(
    request: Request,
    visitor: AuditReader,
    unit: ReadOnlyUnit,
    question: Annotated[AuditQuestion, Depends(asked)],
) -> Response:
    """Everything asked for as CSV, one line for each changed field."""
    zone = scope_of(unit, visitor, None).zone
    wanted = question.filter(zone)
    database = request.app.state.database

    def lines() -> Iterator[str]:
        yield _line(["number", "at", "who", "action", "kind", "key", "field", "before", "after"])
        # A unit of its own: the request's ends before the answer is sent.
        with reading(database) as own:
            for entry in service.all_entries(own, wanted):
                head = [
                    str(entry.entry_id), entry.at.isoformat(), entry.actor, entry.action,
                    entry.kind, entry.key,
                ]  # fmt: skip
                for name, old, new in entry.fields() or [("", None, None)]:
                    yield _line([*head, name, shown(old), shown(new)])

    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def shown(value: Any) -> str:
    """A recorded value as text; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([guarded(cell) for cell in cells])
    return buffer.getvalue()
