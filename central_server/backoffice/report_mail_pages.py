"""`/reports`: reports that go out by mail, how the last one went, and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.numbers import NumberInPath
from central_server.backoffice.scope import scope_of
from central_server.backoffice.shell import attention, reader_of, render
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, looks, sends
from central_server.backoffice.words import FIGURE_WORDS, MAIL_PROBLEMS, PERIOD_WORDS, word
from central_server.features.audit.service import AuditChange
from central_server.features.reporting import mails
from central_server.features.reporting.board import By
from central_server.features.reporting.mails import ReportMail
from central_server.features.reporting.periods import Grain
from central_server.features.staff.service import get_staff
from central_server.platform.access import Right
from central_server.platform.translations import LANGUAGES
from central_server.platform.unit_of_work import ReadOnlyUnit, ReadUnit, WriteUnit
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

ReportReader = Annotated[Visitor, looks(Right.REPORTS_WRITE)]
ReportKeeper = Annotated[Visitor, sends(Right.REPORTS_WRITE)]
_PROBLEMS = frozenset(("report_mail_invalid", "mail_address_invalid", "store_not_allowed"))
_LANGUAGES = (("de", "Deutsch"), ("en", "English"))
_NEW: dict[str, Any] = {
    "name": "", "grain": "week", "by": "store", "store": "", "language": "", "hour": 7, "receivers": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MailRow:
    """A report in the list."""

    number: int
    name: str
    what: str
    rhythm: str
    store: str
    receivers: str
    maker: str
    last: str
    tone: str
    tried: str


@dataclass(frozen=True, slots=True)
class SentReport:
    """The form of a new report."""

    name: str
    grain: Grain
    by: By
    store: str
    language: str
    hour: int
    receivers: str


@router.get("/reports")
def report_list(request: Request, visitor: ReportReader, unit: ReadOnlyUnit) -> Response:
    """The reports about the visitor's own stores, and the form of a new one."""
    return _page(request, visitor, unit, {})


@router.post("/reports")
def add_report(
    request: Request,
    visitor: ReportKeeper,
    unit: WriteUnit,
    name: Annotated[str, Form(max_length=80)] = "",
    grain: Annotated[Grain, Form()] = Grain.WEEK,
    by: Annotated[By, Form()] = By.STORE,
    store: Annotated[str, Form(max_length=31)] = "",
    language: Annotated[str, Form(max_length=2)] = "de",
    hour: Annotated[int, Form(ge=0, le=23)] = 7,
    receivers: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Set a report up; it goes out from the end of the period that runs now."""
    sent = SentReport(name, grain, by, store, language, hour, receivers)
    try:
        scope = scope_of(unit, visitor, store)
        today = scope.today(request.app.state.business_clock.now())
        new = _report(sent, visitor, today)
        made = mails.add_mail(unit, new, today, request.app.state.system_clock.now())
    except DomainError as refusal:
        if refusal.code not in _PROBLEMS:
            raise
        given = {"name": name, "grain": grain.value, "by": by.value, "store": store,
                 "language": language, "hour": hour, "receivers": receivers}  # fmt: skip
        return _page(request, visitor, unit, given, refusal.code)
    note(request, visitor, unit, AuditChange("added", "report_mail", made.name, {}, _facts(made)))
    return RedirectResponse("/reports", status_code=303)


@router.post("/reports/{number}/delete")
def delete_report(
    request: Request, number: NumberInPath, visitor: ReportKeeper, unit: WriteUnit
) -> Response:
    """Send it no more."""
    found = mails.get_mail(unit, number)
    if not _is_own(visitor, found):
        raise DomainError("report_mail_unknown", http_status=404)
    mails.delete_mail(unit, number)
    gone = AuditChange("removed", "report_mail", found.name, _facts(found), {})
    note(request, visitor, unit, gone)
    return RedirectResponse("/reports", status_code=303)


def _report(sent: SentReport, visitor: Visitor, today: date) -> ReportMail:
    return ReportMail(
        number=0,
        name=sent.name,
        grain=sent.grain,
        by=sent.by,
        store_id=sent.store or None,
        language=sent.language if sent.language in LANGUAGES else "en",
        hour=sent.hour,
        receivers=mails.read_receivers(sent.receivers),
        made_by=visitor.identity.staff_id,
        active=True,
        sent_for=today,
        tried_at=None,
        outcome="",
    )


def _is_own(visitor: Visitor, report: ReportMail) -> bool:
    """Who sees the whole chain keeps every report; everybody else the own ones."""
    return visitor.identity.sees_all_stores or report.made_by == visitor.identity.staff_id


def _facts(report: ReportMail) -> dict[str, Any]:
    return {
        "period": report.grain.value,
        "by": report.by.value,
        "stores": report.store_id or "*",
        "receivers": list(report.receivers),
    }


def _page(
    request: Request,
    visitor: Visitor,
    unit: ReadUnit,
    given: dict[str, Any],
    problem: str = "",
) -> Response:
    reader = reader_of(request, visitor)
    texts, formats = reader.texts, reader.formats
    scope = scope_of(unit, visitor, "")
    now = request.app.state.system_clock.now()
    rows = []
    for one in mails.list_mails(unit):
        if not _is_own(visitor, one):
            continue
        said = texts.gettext("Sent") if one.outcome == mails.SENT else ""
        if one.outcome and not said:
            said = word(texts, MAIL_PROBLEMS, one.outcome if one.outcome in MAIL_PROBLEMS else "")
        rows.append(
            MailRow(
                number=one.number,
                name=one.name,
                what=word(texts, FIGURE_WORDS, one.by),
                rhythm=texts.gettext(
                    "{period}, from {hour}:00", period=word(texts, PERIOD_WORDS, one.grain), hour=one.hour
                ),
                store=scope.name_of(one.store_id) if one.store_id else texts.gettext("All stores"),
                receivers=", ".join(one.receivers),
                maker=get_staff(unit, one.made_by).name,
                last=said or texts.gettext("Not yet due"),
                tone="ok" if one.outcome == mails.SENT else "bad" if one.outcome else "",
                tried=formats.ago(one.tried_at, now) if one.tried_at is not None else "",
            )
        )  # fmt: skip
    return render(
        request,
        "reports.html",
        part="reports",
        status=422 if problem else 200,
        waiting=attention(unit, visitor, request),
        rows=rows,
        scope=scope,
        given={**_NEW, "language": reader.language, **given},
        problem=MAIL_PROBLEMS.get(problem, MAIL_PROBLEMS[""]) if problem else "",
        grains=[(one.value, word(texts, PERIOD_WORDS, one)) for one in Grain],
        dimensions=[(one.value, word(texts, FIGURE_WORDS, one)) for one in By],
        spoken=_LANGUAGES,
        set_up=bool(request.app.state.settings.smtp_host),
    )
