"""Jobs as head office sees and starts them, reports that go out by mail, and the driver that sends them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from central_server.backoffice.report_mails import send_due
from central_server.features.reporting import mails
from central_server.platform import job_repository
from central_server.platform.mail import Attachment, Mail, SmtpMailer, read_address
from central_server.platform.scheduler import Job, job_lock, make_known, run_asked, run_job
from central_server.platform.settings import Settings
from central_server.platform.unit_of_work import reading
from shared.errors import DomainError, EnvironmentProblem
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import NOW
from tests.support.mail_server import mail_server

REPORT = {
    "name": "Wochenumsatz", "grain": "week", "by": "store", "store": "", "language": "de", "hour": "7",
    "receivers": "leitung@example.org, buero@example.org",
}  # fmt: skip
LETTER = Mail(
    "letter-1", ("leitung@example.org",), "Größe", "Grüße", (Attachment("a.pdf", "application/pdf", b"%PDF-1"),)
)  # fmt: skip


@pytest.fixture
def desk(chain):
    return at_desk(chain, "1")


def state_of(context, name):
    with reading(context.database) as unit:
        return next(row for row in job_repository.states(unit) if row.job == name)


def mailing(chain, server, **more):
    own = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none",
           "smtp_from": "tresen@example.org", **more}  # fmt: skip
    return replace(chain.context, settings=chain.context.settings.model_copy(update=own))


def at(chain, *moment):
    chain.clock.at = datetime(*moment, tzinfo=NOW.tzinfo)


def settings(port, **more):
    own = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **more}
    return Settings(**own, smtp_from="tresen@example.org")


# --- jobs -------------------------------------------------------------------------------------


def test_a_run_is_written_down_with_its_end_and_the_next(web_centre):
    context = web_centre.context
    nightly = Job("nightly", lambda _context: None, daily_at=(2, 30))

    def fails(_context):
        raise RuntimeError("bug")

    make_known(context, (nightly, Job("broken", fails, every_milliseconds=60_000)))
    assert state_of(context, "nightly").outcome == ""
    assert run_job(context, nightly)
    found = state_of(context, "nightly")
    assert (found.outcome, found.started_at) == ("ok", NOW)
    assert found.next_at == datetime(2026, 11, 26, 2, 30, tzinfo=NOW.tzinfo)
    assert not run_job(context, Job("broken", fails, every_milliseconds=60_000))
    broken = state_of(context, "broken")
    assert (broken.outcome, broken.message) == ("failed", "RuntimeError")
    make_known(context, (nightly,))
    with reading(context.database) as unit:
        assert [row.job for row in job_repository.states(unit)] == ["nightly"]
    assert state_of(context, "nightly").outcome == "ok"


def test_what_is_asked_for_runs_once_however_many_schedulers_there_are(chain, desk):
    ran = []
    job = Job("count", lambda _context: ran.append(1), daily_at=(2, 30))
    make_known(chain.context, (job,))
    assert "Noch nicht gelaufen" in words(desk.get("/jobs"))
    for _ in range(2):
        assert desk.send("/jobs/count/run").headers["location"] == "/jobs"
    assert "Angefordert" in words(desk.get("/jobs"))
    with job_lock(chain.context, "count"):
        run_asked(chain.context, {"count": job})
    assert ran == []
    for _ in range(2):
        run_asked(chain.context, {"count": job})
    assert ran == [1]
    page = words(desk.get("/jobs"))
    assert "Angefordert" not in page
    assert "Fertig" in page
    assert "Lauf angefordert" in words(desk.get("/audit?kind=job"))
    assert desk.send("/jobs/unknown/run").status_code == 404


def test_a_job_that_should_have_run_long_ago_is_late(chain, desk):
    make_known(chain.context, (Job("count", lambda _context: None, every_milliseconds=1_000),))
    assert "verspätet" not in words(desk.get("/jobs"))
    chain.clock.at += timedelta(minutes=5)
    assert "1 verspätet" in words(desk.get("/jobs"))


def test_auditors_see_jobs_and_start_none(chain):
    make_known(chain.context, (Job("count", lambda _context: None, every_milliseconds=1_000),))
    auditor = at_desk(chain, "3")
    assert "Run now" not in words(auditor.get("/jobs"))
    assert auditor.send("/jobs/count/run").status_code == 403
    assert at_desk(chain, "5").get("/jobs").status_code == 403


# --- reports by mail --------------------------------------------------------------------------


def test_a_report_goes_out_once_after_its_week_with_the_figures_on_paper(chain, desk):
    assert desk.send("/reports", **REPORT).status_code == 303
    with mail_server() as server:
        context = mailing(chain, server)
        send_due(context)
        at(chain, 2026, 11, 30, 5, 59)
        send_due(context)
        assert server.delivered == []
        at(chain, 2026, 11, 30, 6, 1)
        for _ in range(2):
            send_due(context)
        (found,) = server.delivered
    assert found.to == ["leitung@example.org", "buero@example.org"]
    assert found.message["Subject"] == "Wochenumsatz: Woche 48 2026"
    assert found.message["Message-ID"] == "<report-1-week-2026-11-23@example.org>"
    (paper,) = found.message.iter_attachments()
    assert paper.get_content().startswith(b"%PDF")
    assert "Gesendet" in words(at_desk(chain, "1").get("/reports"))


def test_what_could_not_be_sent_is_tried_again_and_said(chain, desk):
    desk.send("/reports", **{**REPORT, "grain": "day"})
    at(chain, 2026, 11, 26, 9)
    send_due(chain.context)
    desk = at_desk(chain, "1")
    assert "Kein Mailserver ist eingerichtet" in words(desk.get("/reports"))
    with mail_server() as server:
        server.refuse.add("leitung@example.org")
        server.refuse.add("buero@example.org")
        send_due(mailing(chain, server))
        assert "Der Mailserver hat sie abgelehnt" in words(desk.get("/reports"))
        server.refuse.clear()
        send_due(mailing(chain, server))
        assert len(server.delivered) == 1


def test_a_report_shows_the_stores_of_whoever_set_it_up(chain):
    manager = at_desk(chain, "4")
    manager.send("/reports", **REPORT)
    assert manager.send("/reports", **{**REPORT, "store": "UK01"}).status_code == 422
    with reading(chain.context.database) as unit:
        (report,) = mails.list_mails(unit)
    assert report.made_by == "4"
    other = at_desk(chain, "2")
    assert "Wochenumsatz" in words(other.get("/reports"))
    assert other.send(f"/reports/{report.number}/delete").status_code == 303
    assert manager.send(f"/reports/{report.number}/delete").status_code == 404
    assert at_desk(chain, "5").get("/reports").status_code == 403


@pytest.mark.parametrize(
    "receivers", ["", "niemand", "a@b", "Leitung <a@example.org>", "a@example.org\x00"]
)
def test_addresses_are_looked_at_before_anything_is_kept(looker, receivers):
    answer = looker.send("/reports", **{**REPORT, "receivers": receivers})
    assert answer.status_code == 422
    assert "Noch kein Bericht geht hinaus" in words(answer)


# --- the driver -------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written():
    with mail_server(user="tresen", password="otter") as server:
        own = settings(server.port, smtp_user="tresen", smtp_password="otter")
        SmtpMailer(own).send(LETTER)
        (found,) = server.delivered
    assert (found.sender, found.to) == ("tresen@example.org", ["leitung@example.org"])
    assert found.message["Subject"] == "Größe"
    assert found.message.get_body().get_content().strip() == "Grüße"
    (file,) = found.message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("a.pdf", b"%PDF-1")


@pytest.mark.parametrize(
    ("refuse", "more", "code"),
    [
        ({"leitung@example.org"}, {"smtp_user": "tresen", "smtp_password": "otter"}, "mail_refused"),
        (set(), {"smtp_user": "tresen", "smtp_password": "wrong"}, "mail_refused"),
        (set(), {"smtp_security": "tls"}, "mail_unreachable"),
        (set(), {"smtp_security": "starttls"}, "mail_unreachable"),
        (set(), {"smtp_port": 1}, "mail_unreachable"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_and_nothing_sent(refuse, more, code):
    with mail_server(user="tresen", password="otter") as server:
        server.refuse.update(refuse)
        with pytest.raises(EnvironmentProblem) as problem:
            SmtpMailer(settings(server.port, **more)).send(LETTER)
        assert server.delivered == []
    assert problem.value.code == code


@pytest.mark.parametrize(
    "text", ["a@b", "a b@example.org", "@example.org", "a@@example.org", "ä@example.org"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(DomainError):
        read_address(text)
