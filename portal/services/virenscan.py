"""The scanner that every upload passes: a port, clamd behind it when configured, otherwise one that says what it does not do."""

import asyncio
from typing import Protocol

from portal.errors import PortalError

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The agreed test string that every scanner reports."""
ZEIT_S = 30.0
HAEPPCHEN = 256 * 1024
"""Bytes sent at a time; clamd's own limit is far above."""


class MalwareFoundError(PortalError):
    """The scanner found malware. Nothing was kept; the citizen checks her device."""

    code = "datei_schadsoftware"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "In dieser Datei wurde Schadsoftware gefunden. Sie wurde nicht gespeichert. Bitte prüfen Sie Ihr Gerät und wählen Sie "
            "eine andere Datei. Ihre Angaben sind erhalten.",
            field="datei",
        )


class ScannerUnavailableError(PortalError):
    """The scanner does not answer. Nothing was kept; the citizen tries again later or sends the document later."""

    code = "virenscan_nicht_erreichbar"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Wir können Dateien gerade nicht auf Schadsoftware prüfen und haben die Datei deshalb nicht gespeichert. Bitte versuchen "
            "Sie es in einigen Minuten noch einmal oder reichen Sie die Unterlage später nach.",
            field="datei",
        )


class Scanner(Protocol):
    """Looks for malware. `name`: what citizen and office read beside the file."""

    @property
    def name(self) -> str: ...

    async def pruefen(self, inhalt: bytes) -> None:
        """Return if nothing was found. Raises MalwareFoundError, ScannerUnavailableError."""
        ...


class Clamd:
    """ClamAV's daemon, over TCP (`host:port`) or a socket (a path)."""

    name = "auf Schadsoftware geprüft (ClamAV)"

    def __init__(self, adresse: str) -> None:
        self._adresse = adresse

    async def pruefen(self, inhalt: bytes) -> None:
        """Stream the file to clamd (its command INSTREAM)."""
        try:
            async with asyncio.timeout(ZEIT_S):
                answer = await self._fragen(inhalt)
        except (OSError, TimeoutError, ValueError, EOFError, asyncio.LimitOverrunError):
            raise ScannerUnavailableError from None
        if answer.endswith(b"FOUND"):
            raise MalwareFoundError
        if not answer.endswith(b"OK"):
            raise ScannerUnavailableError

    async def _fragen(self, inhalt: bytes) -> bytes:
        if "/" in self._adresse:
            reader, writer = await asyncio.open_unix_connection(self._adresse)
        else:
            host, _, port = self._adresse.partition(":")
            reader, writer = await asyncio.open_connection(host, int(port or 3310))
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(inhalt), HAEPPCHEN):
                part = inhalt[start : start + HAEPPCHEN]
                writer.write(len(part).to_bytes(4, "big") + part)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0")
        finally:
            writer.close()


class OhneScanner:
    """No scanner is configured. It knows the agreed test file alone, and says so."""

    name = "nicht auf Schadsoftware geprüft (kein Scanner eingerichtet)"

    async def pruefen(self, inhalt: bytes) -> None:
        """Report the test file; everything else passes."""
        if EICAR in inhalt:
            raise MalwareFoundError


def scanner(adresse: str | None) -> Scanner:
    """The scanner of this installation."""
    return Clamd(adresse) if adresse else OhneScanner()
