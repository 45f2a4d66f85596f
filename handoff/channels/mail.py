"""E-mail: a mailbox is read by IMAP, answers go out by SMTP (docs/protocol/channels/mail.md)."""

import asyncio
import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

import aioimaplib
import aiosmtplib

from handoff.channels import mail_text
from handoff.channels.adapter import Adapter
from handoff.context import HandoffContext
from handoff.domain.channel import DOCUMENT_MAX_BYTES, DOCUMENTS, Capability, Choice, Shows
from handoff.errors import HandoffError
from handoff.ports import Delivery, ReceiverDownError, ReceiverRefusedError
from handoff.services import channel_texts
from handoff.services.channel_intake import Inbound

logger = logging.getLogger(__name__)

CAPABILITY = Capability(
    name="mail",
    title="E-Mail",
    third_party=True,
    shows=Shows.PUBLIC,
    text_max=50_000,
    buttons_max=0,
    button_chars=0,
    files_in=DOCUMENTS,
    file_max_bytes=DOCUMENT_MAX_BYTES,
    greets=False,
)
FOOTER = f"\n\n-- \n{channel_texts.PROGRAM}\n{channel_texts.MAIL_CAUTION}"
LARGEST_MAIL = 30 * 1024**2
THREAD_CHARS = 16


@dataclass(frozen=True)
class Mailbox:
    """Where mails are fetched and sent.

    Parameters
    ----------
    address
        The town's address for citizens.
    secret
        Signs the threads: only who got a mail of ours can go on in its conversation.
    tls
        Whether both servers are spoken to through TLS; off for tests only.
    pause_s
        Between two looks into the mailbox.
    """

    address: str
    imap_host: str
    smtp_host: str
    user: str
    password: str
    secret: str
    imap_port: int = 993
    smtp_port: int = 465
    tls: bool = True
    pause_s: float = 20.0
    timeout_s: float = 20.0


class Mail(Adapter):
    """The town's mailbox. A thread is a conversation; a mail without one of our ids begins a new one."""

    capability = CAPABILITY

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__()
        self._box, self.contact = mailbox, mailbox.address
        self._domain = mailbox.address.rpartition("@")[2]
        self._ours = re.compile(
            rf"<([a-z2-7]{{{THREAD_CHARS}}})\.([a-z2-7]{{16}})\.[^@<>]*@{re.escape(self._domain)}>"
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self, context: HandoffContext) -> None:
        """Begin to look into the mailbox."""
        await super().start(context)
        self._task = asyncio.create_task(self._poll(context))

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _poll(self, context: HandoffContext) -> None:
        while True:
            try:
                await self.fetch(context)
            except Exception as error:  # the edge of this worker: the mailbox is away for a moment
                logger.warning("mailbox not read: %s", type(error).__name__)
            await asyncio.sleep(self._box.pause_s)

    async def fetch(self, context: HandoffContext) -> None:
        """Take every mail that nobody has read; it counts as read once it is stored."""
        box = self._box
        kind = aioimaplib.IMAP4_SSL if box.tls else aioimaplib.IMAP4
        client = kind(box.imap_host, box.imap_port, timeout=box.timeout_s)
        await client.wait_hello_from_server()
        try:
            _checked(await client.login(box.user, box.password))
            _checked(await client.select("INBOX"))
            for uid in _numbers(_checked(await client.uid_search("UNSEEN", charset=None))):
                lines = _checked(await client.uid("fetch", uid, "(BODY.PEEK[])"))
                raw = max((bytes(one) for one in lines if isinstance(one, bytearray)), key=len, default=b"")
                if await self._take_mail(context, raw):
                    _checked(await client.uid("store", uid, "+FLAGS", r"(\Seen)"))
        finally:
            with suppress(Exception):  # the server may be gone; nothing is lost with the goodbye
                await client.logout()

    async def _take_mail(self, context: HandoffContext, raw: bytes) -> bool:
        """Hand in one mail; False when it is to be tried again."""
        try:
            mail = mail_text.read(raw[:LARGEST_MAIL])
        except Exception:  # the standard library's parser on a hostile mail
            logger.warning("mail not understood")
            return True
        if mail is None or mail.sender == self._box.address.casefold():
            return True
        thread = self.thread_of(mail)
        text = mail.text or (None if mail.files else mail.subject or mail_text.NO_TEXT)
        details = {
            "subject": mail.subject,
            "answers": mail.message_id,
            "references": list(mail.references[-10:]),
        }
        inbound = Inbound(f"mail:{mail.message_id}", text, files=mail.files, details=details)
        try:
            await self.take(context, f"{mail.sender} {thread}", inbound)
        except HandoffError:
            return False
        except Exception:  # the edge of this mail: it stays unread, and holds back no other
            logger.exception("mail not taken")
            return False
        return True

    def thread_of(self, mail: mail_text.Mail) -> str:
        """Give the thread that a mail belongs to: a signed id of ours among its references, else a new one."""
        for reference in reversed(mail.references):
            found = self._ours.fullmatch(reference)
            if found is not None and hmac.compare_digest(self._signature(found[1]), found[2]):
                return found[1]
        return _letters(hashlib.sha256(mail.message_id.encode("utf-8", "replace")).digest())

    def message_id(self, thread: str, key: str) -> str:
        """Give the id of a mail of ours: it names the thread, and nobody else can make one."""
        return f"<{thread}.{self._signature(thread)}.{key}@{self._domain}>"

    def _signature(self, thread: str) -> str:
        return _letters(hmac.digest(self._box.secret.encode(), thread.encode(), "sha256"))

    async def send(self, delivery: Delivery, key: str, text: str, choices: Sequence[Choice]) -> None:
        """Send one mail in the thread."""
        box = self._box
        try:
            await aiosmtplib.send(
                self.compose(delivery, key, text),
                hostname=box.smtp_host,
                port=box.smtp_port,
                username=box.user if box.tls else None,
                password=box.password if box.tls else None,
                use_tls=box.tls,
                start_tls=False,
                timeout=box.timeout_s,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            if all(code >= 500 for code in codes):
                raise ReceiverRefusedError("mail: address refused") from error
            raise ReceiverDownError("mail: address refused for now") from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError):
                raise ReceiverRefusedError(f"mail refused: {error.code}") from error
            raise ReceiverDownError(f"mail server says {error.code}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise ReceiverDownError("mail server does not answer") from error

    def compose(self, delivery: Delivery, key: str, text: str) -> EmailMessage:
        """Write the mail."""
        recipient, _, thread = delivery.address.partition(" ")
        details, answers = delivery.details, str(delivery.details.get("answers") or "")
        references = details.get("references")
        subject = str(details.get("subject") or "Ihre Anfrage")
        mail = EmailMessage()
        mail["From"], mail["To"] = self._box.address, recipient
        mail["Subject"] = subject if subject.casefold().startswith("re:") else f"Re: {subject}"
        mail["Date"], mail["Message-ID"] = formatdate(), self.message_id(thread, key)
        if answers:
            mail["In-Reply-To"] = answers
            earlier = [str(one) for one in references] if isinstance(references, list) else []
            mail["References"] = " ".join([*earlier, answers])
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(text + FOOTER)
        return mail


def _letters(digest: bytes) -> str:
    return base64.b32encode(digest).decode().casefold()[:16]


def _checked(answer: aioimaplib.Response) -> list[bytes | bytearray]:
    if answer.result != "OK":
        raise ConnectionError("the mail server refused a command")
    return list(answer.lines)


def _numbers(lines: Sequence[bytes | bytearray]) -> list[str]:
    return [word.decode() for word in bytes(lines[0]).split() if word.isdigit()] if lines else []
