"""A mailbox and a mail server on loopback, as far as RFC 3501 and RFC 5321 are needed here."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default


@dataclass
class Imap:
    """One mailbox; `failures` counts the sessions that end with an error before anything is read."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    failures: int = 0

    def put(self, raw: bytes) -> None:
        self.mails[len(self.mails) + 1] = raw

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4rev1\r\n")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            tag, _, command = line.partition(" ")
            verb = command.upper()
            if verb.startswith("LOGIN") and self.failures:
                self.failures -= 1
                break
            if verb.startswith("LOGIN") and "geheim" not in command:
                writer.write(f"{tag} NO wrong password\r\n".encode())
                continue
            if verb == "CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif verb == "UID SEARCH UNSEEN":
                unseen = [str(uid) for uid in self.mails if uid not in self.seen]
                writer.write(f"* SEARCH {' '.join(unseen)}\r\n".encode())
            elif verb.startswith("UID FETCH"):
                uid = int(command.split()[2])
                raw = self.mails[uid]
                writer.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
            elif verb.startswith("UID STORE"):
                self.seen.add(int(command.split()[2]))
            elif verb == "LOGOUT":
                writer.write(b"* BYE\r\n")
            writer.write(f"{tag} OK done\r\n".encode())
            await writer.drain()
            if verb == "LOGOUT":
                break
        writer.close()


@dataclass
class Smtp:
    """Takes mails; `failures` are answers to RCPT that come first (None hangs up without a word)."""

    mails: list[EmailMessage] = field(default_factory=list)
    failures: list[str | None] = field(default_factory=list)
    tries: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            verb = line.split()[0].upper()
            answer: str | None = "250 ok"
            if verb == "RCPT":
                self.tries += 1
                answer = self.failures.pop(0) if self.failures else answer
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                raw = await reader.readuntil(b"\r\n.\r\n")
                mail = email.message_from_bytes(raw[:-5].replace(b"\r\n..", b"\r\n."), policy=default)
                assert isinstance(mail, EmailMessage)
                self.mails.append(mail)
            elif verb == "QUIT":
                answer = "221 bye"
            if answer is None:
                break
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
        writer.close()


@dataclass
class MailServer:
    """One mailbox and the way out, with their ports."""

    imap: Imap
    smtp: Smtp
    imap_port: int
    smtp_port: int


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Both servers on free ports."""
    imap, smtp = Imap(), Smtp()
    servers = [await asyncio.start_server(one.serve, "127.0.0.1", 0) for one in (imap, smtp)]
    ports = [one.sockets[0].getsockname()[1] for one in servers]
    try:
        yield MailServer(imap, smtp, *ports)
    finally:
        for one in servers:
            one.close()
