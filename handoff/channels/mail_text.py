"""Reading a mail: who wrote what, and whether a person did."""

import email
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as POLICY  # noqa: N812  # a constant
from email.utils import parseaddr

from lxml import html
from mailparser_reply import EmailReplyParser

from handoff.services.channel_intake import InboundFile

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_PARSER = EmailReplyParser(languages=["de", "en"])
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "nicht-antworten@")
NO_TEXT = "(ohne Text)"


@dataclass(frozen=True)
class Mail:
    """A person's mail.

    Parameters
    ----------
    sender
        Address, in lower case.
    message_id
        In angle brackets; made from the content if the mail has none.
    references
        Ids of the mails that it answers, in order.
    text
        Without what it quotes.
    """

    sender: str
    message_id: str
    references: tuple[str, ...]
    subject: str
    text: str
    files: tuple[InboundFile, ...]


def read(raw: bytes) -> Mail | None:
    """Read a mail; None for automatic answers, bounces, lists, and what has no sender."""
    mail = email.message_from_bytes(raw, policy=POLICY)
    sender = parseaddr(_header(mail, "From"))[1].casefold()
    if "@" not in sender or not isinstance(mail, EmailMessage) or is_automatic(mail, sender):
        return None
    ids = _MESSAGE_ID.findall(_header(mail, "Message-ID"))
    named = _MESSAGE_ID.findall(f"{_header(mail, 'References')} {_header(mail, 'In-Reply-To')}")
    return Mail(
        sender,
        ids[0] if ids else f"<{hashlib.sha256(raw).hexdigest()}@ohne-kennung>",
        tuple(dict.fromkeys(named)),
        " ".join(_header(mail, "Subject").split())[:200],
        _without_quotes(_text(mail)),
        tuple(_files(mail)),
    )


def is_automatic(mail: EmailMessage, sender: str) -> bool:
    """Tell whether a program wrote it (RFC 3834): answering could go on for ever."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().casefold()
    return (
        submitted not in ("", "no")
        or _header(mail, "Precedence").strip().casefold() in _BULK
        or "List-Id" in mail
        or "X-Auto-Response-Suppress" in mail
        or _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() == "multipart/report"
        or sender.startswith(_MACHINES)
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name) or "")
    except (ValueError, IndexError, AttributeError, TypeError):  # the library's parser on a malformed header
        return ""


def _text(mail: EmailMessage) -> str:
    """Give what was written; some programs make a part of its own of what follows an attachment."""
    further = [str(_content(part)) for part in mail.iter_attachments() if _is_text(part)]
    return "\n".join([_body(mail), *further])


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    content = "" if part is None else _content(part)
    if not isinstance(content, str):
        return ""
    if part is not None and part.get_content_type() == "text/html" and content.strip():
        root = html.fromstring(content.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
        for gone in root.xpath("//script|//style|//blockquote"):
            gone.drop_tree()
        for line in root.xpath("//br|//p|//div|//li"):
            line.tail = "\n" + (line.tail or "")
        return "\n".join(line.strip() for line in root.text_content().splitlines())
    return content


def _without_quotes(text: str) -> str:
    cut = (_PARSER.parse_reply(text.replace("\r\n", "\n")) or "").strip()
    own = "\n".join(line for line in cut.splitlines() if not line.lstrip().startswith(">"))
    return own.split("\n-- \n")[0].split("\n--\n")[0].strip()


def _files(mail: EmailMessage) -> Sequence[InboundFile]:
    """Give what is attached; text and mails among it too, so that they are refused by name."""
    found = []
    for part in mail.iter_attachments():
        if _is_text(part):
            continue
        content = _content(part)
        raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")
        found.append(InboundFile(str(part.get_filename() or "Anhang"), raw))
    return found


def _is_text(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/plain" and not part.get_filename() and not part.is_attachment()


def _content(part: object) -> object:
    try:
        return part.get_content()  # type: ignore[attr-defined]
    except (
        LookupError,
        ValueError,
        AttributeError,
    ):  # an encoding that nobody knows, a part that is no content
        return ""
