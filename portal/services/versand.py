"""Ports to the outside: mail, SMS, messenger (Web Push: portal.services.push). Each sending carries a key, so that a repetition can be told."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import httpx

from portal.context import PortalContext
from portal.domain.benachrichtigung import Kanal
from portal.schema.benachrichtigung import DemoAusgangZeile

GEDULD_S = 15.0
"""How long one sending may take."""


class UnreachableRecipientError(Exception):
    """This address cannot be reached on this channel, now or later. The caller takes another channel."""


class LaterError(Exception):
    """The receiver asks to come back later. `nach_s`: after how many seconds at the earliest; 0 leaves it to the caller."""

    def __init__(self, nach_s: int = 0) -> None:
        super().__init__(nach_s)
        self.nach_s = nach_s


@dataclass(frozen=True)
class Hinweis:
    """One short message. `key` is the same at each try."""

    key: str
    an: str
    """Mail address, telephone number, or (messenger, push) the account's id."""
    betreff: str
    text: str
    link: str = ""
    """Where it leads to."""

    @property
    def volltext(self) -> str:
        """Text and link, for ways that carry nothing but text."""
        return f"{self.text}\n\n{self.link}".rstrip()


class Sender(Protocol):
    """A way out of the portal."""

    async def senden(self, hinweis: Hinweis) -> None:
        """Send; UnreachableRecipientError is final, any other exception means "try again"."""
        ...


@dataclass(frozen=True)
class SmtpSender:
    """Mail over SMTP with TLS."""

    url: str
    absender: str

    async def senden(self, hinweis: Hinweis) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.absender, hinweis.an, hinweis.betreff
        mail["Message-ID"] = f"<{hinweis.key}@{self.absender.partition('@')[2] or 'amtslotse'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(hinweis.volltext)
        parts = urlsplit(self.url)
        implicit = parts.scheme == "smtps"
        try:
            await aiosmtplib.send(
                mail,
                hostname=parts.hostname,
                port=parts.port or (465 if implicit else 587),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=implicit,
                start_tls=parts.scheme == "smtp",
                timeout=GEDULD_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(500 <= refused.code < 600 for refused in error.recipients):
                raise UnreachableRecipientError from error
            raise


@dataclass(frozen=True)
class SmsSender:
    """SMS over a provider's HTTP interface: POST `{to, text, reference}` (docs/protocol/notices.md)."""

    url: str
    token: str

    async def senden(self, hinweis: Hinweis) -> None:
        body = {"to": hinweis.an, "text": hinweis.volltext, "reference": hinweis.key}
        async with httpx.AsyncClient(timeout=GEDULD_S, trust_env=False) as client:
            answer = await client.post(
                self.url,
                json=body,
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": hinweis.key},
            )
        if answer.status_code in (400, 404, 422):
            raise UnreachableRecipientError
        answer.raise_for_status()


@dataclass(frozen=True)
class MessengerSender:
    """The citizen's messenger, over the conversations' channel adapters (docs/protocol/notices.md)."""

    url: str
    token: str

    async def senden(self, hinweis: Hinweis) -> None:
        body = {"account": hinweis.an, "text": hinweis.volltext, "key": hinweis.key}
        async with httpx.AsyncClient(timeout=GEDULD_S, trust_env=False) as client:
            answer = await client.post(
                f"{self.url.rstrip('/')}/api/channels/internal/notices",
                json=body,
                headers={"Authorization": f"Bearer {self.token}"},
            )
        if answer.status_code in (404, 409):
            raise UnreachableRecipientError
        answer.raise_for_status()


@dataclass(frozen=True)
class DemoSender:
    """Sends nothing: writes what would be sent to the demo's outbox page. Exists in a demo town only."""

    context: PortalContext
    kanal: Kanal

    async def senden(self, hinweis: Hinweis) -> None:
        async with self.context.transaction() as session:
            if await session.get(DemoAusgangZeile, hinweis.key) is None:
                session.add(
                    DemoAusgangZeile(
                        id=hinweis.key,
                        kanal=self.kanal,
                        inhalt={"an": hinweis.an, "betreff": hinweis.betreff, "text": hinweis.volltext},
                        gesendet_utc=self.context.clock(),
                    )
                )
