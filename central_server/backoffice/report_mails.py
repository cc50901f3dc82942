"""Sends reports by mail when they are due: the figures of a period on paper, in the language they were asked for.

A mail may go out twice if the process dies after the mail server took it: both have the same Message-ID. What could
not be sent is tried again at the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from central_server.backoffice.assets import RESOURCES
from central_server.backoffice.figures_file import MOST_ON_PAPER
from central_server.backoffice.figures_page import figures_content
from central_server.backoffice.figures_view import period_name
from central_server.backoffice.formats import Formats
from central_server.backoffice.scope import Scope
from central_server.backoffice.shell import Reader
from central_server.features.reporting import mails
from central_server.features.reporting.board import Question
from central_server.features.reporting.mails import ReportMail
from central_server.features.reporting.periods import Period
from central_server.features.staff.service import get_staff
from central_server.features.stores.service import list_stores
from central_server.platform.access import Right
from central_server.platform.mail import Attachment, Mail, Mailer, mailer_of
from central_server.platform.scheduler import Job, JobContext
from central_server.platform.translations import load_texts
from central_server.platform.unit_of_work import ReadUnit, reading, reporting, run_writing
from shared.errors import DomainError, EnvironmentProblem

log = structlog.get_logger(__name__)

NO_MAILER = "mail_not_set_up"


@dataclass(frozen=True, slots=True)
class _Due:
    report: ReportMail
    period: Period
    mail: Mail | None
    problem: str = ""


def send_due(context: JobContext) -> None:
    """Send every report whose period is over.

    What is due is read from the primary, which alone knows what was sent a moment ago; the figures come from
    where reports are read.
    """
    mailer = mailer_of(context.settings)
    now = context.business_clock.now()
    with reading(context.database) as unit, reporting(context.database) as figures:
        listed = mails.list_mails(unit)
        due = [found for report in listed if (found := _due((unit, figures), report, now))]
    for one in due:
        _send(context, mailer, one)


def _due(units: tuple[ReadUnit, ReadUnit], report: ReportMail, now: datetime) -> _Due | None:
    unit, figures = units
    try:
        scope = scope_of_report(unit, report)
    except DomainError as refusal:
        period = report.due(now)
        return _Due(report, period, None, refusal.code) if period is not None else None
    local = now.astimezone(ZoneInfo(scope.zone))
    period = report.due(local)
    if period is None:
        return None
    whole = report.store_id is None and get_staff(unit, report.made_by).identity().sees_all_stores
    return _Due(report, period, mail_of(figures, report, period, scope, local, whole=whole))


def _send(context: JobContext, mailer: Mailer | None, due: _Due) -> None:
    outcome = due.problem or mails.SENT
    if due.mail is not None:
        try:
            if mailer is None:
                outcome = NO_MAILER
            else:
                mailer.send(due.mail)
        except EnvironmentProblem as problem:
            outcome = problem.code
    if outcome != mails.SENT:
        log.warning("report_not_mailed", report=due.report.number, outcome=outcome)
    at = context.system_clock.now()
    keep = partial(mails.tried, report=due.report, outcome=outcome, period=due.period, at=at)
    run_writing(context.database, keep)


def scope_of_report(unit: ReadUnit, report: ReportMail) -> Scope:
    """The stores of a report: those of whoever set it up, as they are now.

    `DomainError`: `staff_unknown`, `staff_left`, `role_not_allowed`, `store_not_allowed`.
    """
    maker = get_staff(unit, report.made_by)
    if not maker.active:
        raise DomainError("staff_left", {"staff": report.made_by})
    identity = maker.identity()
    identity.require(Right.FIGURES_READ)
    visible = tuple(list_stores(unit, identity.only_stores()))
    if report.store_id is None:
        return Scope(visible, None)
    identity.require_store(report.store_id)
    chosen = next((store for store in visible if store.store_id == report.store_id), None)
    return Scope(visible, chosen)


def mail_of(
    unit: ReadUnit,
    report: ReportMail,
    period: Period,
    scope: Scope,
    local: datetime,
    *,
    whole: bool,
) -> Mail:
    """The mail with the figures of a period as a PDF; `whole`: they are those of the chain, not of its stores."""
    texts = load_texts(RESOURCES / "locale", "centre")[report.language]
    reader = Reader(texts, Formats(report.language), "light")
    question = Question(
        period=period,
        by=report.by,
        store_ids=tuple(scope.store_ids),
        is_chain=whole,
        today=local.date(),
        limit=MOST_ON_PAPER,
    )
    # Of who reads a mailbox nobody knows whether they may see purchase prices.
    content = figures_content(unit, reader, scope, question, "pdf", margins=False)
    name = period_name(reader.formats, texts, period)
    file = f"tresen-{report.by.value}-{period.grain.value}-{period.first}.pdf"
    text = texts.gettext(
        "{name} for {period} is attached. Whoever set it up can change or end it in Tresen.",
        name=report.name,
        period=name,
    )
    return Mail(
        mail_id=f"report-{report.number}-{period.grain.value}-{period.first}",
        to=report.receivers,
        subject=f"{report.name}: {name}",
        text=text,
        attachments=(Attachment(file, "application/pdf", content),),
    )


JOBS = (Job("report_mails", send_due, every_milliseconds=60_000),)
