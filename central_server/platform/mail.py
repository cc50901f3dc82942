"""Mail that the centre sends: the port, and the driver that speaks SMTP. Knows nothing of what is in a mail."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol

from central_server.platform.settings import Settings
from shared.errors import DomainError, EnvironmentProblem

_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail: its name, its media type, its bytes."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `mail_id` is the same for the same mail sent again, so that whoever gets it twice can tell."""

    mail_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    attachments: Sequence[Attachment] = ()


class Mailer(Protocol):
    """Whoever sends mail."""

    def send(self, mail: Mail) -> None:
        """Hand a mail over. `EnvironmentProblem`: `mail_unreachable`, `mail_refused`; nothing was sent then."""


class SmtpMailer:
    """Sends through a mail server, by STARTTLS, TLS from the beginning, or in the clear to this machine."""

    def __init__(self, settings: Settings, *, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._context = context or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """As the port says; to all of its receivers or to none."""
        message = composed(mail, self._settings.smtp_from)
        try:
            with self._connected() as server:
                server.send_message(message, self._settings.smtp_from, list(mail.to))
        except smtplib.SMTPResponseException as refusal:
            raise EnvironmentProblem("mail_refused", {"code": refusal.smtp_code}) from refusal
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next(iter(refusal.recipients.values()))[0]
            raise EnvironmentProblem("mail_refused", {"code": code}) from refusal
        except (smtplib.SMTPException, OSError) as problem:
            reason = type(problem).__name__
            raise EnvironmentProblem("mail_unreachable", {"reason": reason}) from problem

    def _connected(self) -> smtplib.SMTP:
        own = self._settings
        server: smtplib.SMTP
        if own.smtp_security == "tls":
            server = smtplib.SMTP_SSL(
                own.smtp_host, own.smtp_port, timeout=_SECONDS, context=self._context
            )
        else:
            server = smtplib.SMTP(own.smtp_host, own.smtp_port, timeout=_SECONDS)
        try:
            if own.smtp_security == "starttls":
                server.starttls(context=self._context)
            if own.smtp_user:
                server.login(own.smtp_user, own.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def mailer_of(settings: Settings) -> Mailer | None:
    """The mailer that an operator set up, if any."""
    return SmtpMailer(settings) if settings.smtp_host else None


def composed(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it travels."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(mail.to)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for each in mail.attachments:
        main, _, sub = each.media.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message


def read_address(text: str) -> str:
    """A mail address as typed; `DomainError('mail_address_invalid')`, 400, unless it is one and nothing else."""
    wanted = text.strip()
    name, address = parseaddr(wanted)
    place = address.rpartition("@")[2]
    plain = address.isascii() and address.isprintable() and not set(address) & set(" ,;<>\"'")
    if name or address != wanted or not plain or address.count("@") != 1 or "." not in place:
        raise DomainError("mail_address_invalid", {"address": wanted[:80]}, http_status=400)
    if len(address) > 120 or address.startswith("@"):
        raise DomainError("mail_address_invalid", {"address": wanted[:80]}, http_status=400)
    return address
