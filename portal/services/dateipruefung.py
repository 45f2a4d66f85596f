"""What an uploaded file really is. Checked by content alone: its name and what the browser says about it count for nothing.

Refused are files that are two things at once (a PDF with an archive behind it, an image with data after its end) and files
that grow out of measure when they are unpacked.
"""

import io
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass

import filetype
from PIL import Image

from portal.errors import InvalidInputError, PortalError

GROESSE_HOECHSTENS = 25 * 1024 * 1024
"""Bytes."""
ENTPACKT_HOECHSTENS = 150 * 1024 * 1024
"""Bytes of all compressed parts of a PDF together."""
BILDPUNKTE_HOECHSTENS = 60_000_000
MEDIENTYPEN = ("application/pdf", "image/jpeg", "image/png")
STROEME_HOECHSTENS = 20_000
"""Streams of a PDF; an honest scan has a handful."""
HAEPPCHEN = 64 * 1024
"""Bytes that are unpacked at a time."""
KOPF = 1024
"""Bytes at the beginning in which a second format would show."""

_DOPPELT_GEPACKT = re.compile(
    rb"/FlateDecode\s*/(?:FlateDecode|LZWDecode|RunLengthDecode)|/FlateDecode[\s\]]*/Fl\b"
)
_STROM = re.compile(rb"stream\r?\n")
_ANDERE_DATEIEN = (b"/EmbeddedFile", b"/JavaScript", b"/Launch", b"/RichMedia")


class FileTooLargeError(PortalError):
    """The file is larger than 25 MB. The citizen sends a smaller one; nothing was kept."""

    code = "datei_zu_gross"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            "Die Datei ist größer als 25 MB und wurde nicht gespeichert. Bitte wählen Sie eine kleinere, zum Beispiel ein "
            "Foto mit weniger Auflösung. Ihre Angaben sind erhalten.",
            field="datei",
        )


class FileTypeError(PortalError):
    """The content is neither PDF nor JPEG nor PNG. The citizen sends another file; nothing was kept."""

    code = "dateityp_unzulaessig"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            "Diese Datei ist weder PDF noch JPEG noch PNG und wurde nicht gespeichert. Bitte wählen Sie eine andere Datei. "
            "Ihre Angaben sind erhalten.",
            field="datei",
        )


class FileAmbiguousError(PortalError):
    """The file is broken, or holds more than one file. The citizen saves it anew; nothing was kept."""

    code = "datei_mehrdeutig"
    status = 415

    def __init__(self) -> None:
        super().__init__(
            "In dieser Datei steckt noch etwas anderes, oder sie ist beschädigt. Sie wurde nicht gespeichert. Bitte drucken Sie das "
            "Dokument neu als PDF oder machen Sie ein einfaches Foto davon (kein bewegtes Foto). Ihre Angaben sind erhalten.",
            field="datei",
        )


class FileBombError(PortalError):
    """Unpacked, the file would be out of all measure. The citizen sends a simpler one; nothing was kept."""

    code = "datei_uebergross_entpackt"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            "Diese Datei würde beim Öffnen viel zu groß und wurde nicht gespeichert. Bitte wählen Sie eine einfachere, zum Beispiel "
            "ein Foto mit weniger Auflösung. Ihre Angaben sind erhalten.",
            field="datei",
        )


@dataclass(frozen=True)
class Geprueft:
    """What a file is. `endung` without a dot."""

    medientyp: str
    endung: str


def pruefen(inhalt: bytes) -> Geprueft:
    """Tell what a file is; blocking, for a thread.

    Raises
    ------
    InvalidInputError
        The file is empty.
    FileTooLargeError, FileTypeError, FileAmbiguousError, FileBombError
    """
    if len(inhalt) > GROESSE_HOECHSTENS:
        raise FileTooLargeError
    if not inhalt:
        raise InvalidInputError("Die Datei ist leer. Bitte wählen Sie eine andere.", field="datei")
    kind = filetype.guess(inhalt[:8192])
    if kind is None or kind.mime not in MEDIENTYPEN:
        raise FileTypeError
    if zipfile.is_zipfile(io.BytesIO(inhalt)) or _sieht_aus_wie_seite(inhalt[:KOPF]):
        raise FileAmbiguousError
    if kind.mime == "application/pdf":
        _pdf(inhalt)
    else:
        _bild(inhalt, kind.mime)
    return Geprueft(kind.mime, kind.extension)


def _sieht_aus_wie_seite(head: bytes) -> bool:
    lower = head.lower()
    return any(sign in lower for sign in (b"<html", b"<script", b"<!doctype", b"<svg"))


def _pdf(inhalt: bytes) -> None:
    if not inhalt.startswith(b"%PDF-"):
        raise FileAmbiguousError
    body, end, rest = inhalt.rpartition(b"%%EOF")
    if not end or rest.strip(b"\r\n\t \0"):
        raise FileAmbiguousError
    if any(sign in body for sign in _ANDERE_DATEIEN):
        raise FileAmbiguousError
    if _DOPPELT_GEPACKT.search(body):
        raise FileBombError
    left, at = ENTPACKT_HOECHSTENS, 0
    for _ in range(STROEME_HOECHSTENS):
        found = _STROM.search(body, at)
        if found is None:
            return
        size, at = _entpackt(body, found.end(), left)
        left -= size
        if left <= 0:
            raise FileBombError
    raise FileBombError


def _entpackt(body: bytes, start: int, limit: int) -> tuple[int, int]:
    """Bytes a stream unpacks to, counted up to the limit, and where it ends; (0, start) when it is not compressed that way.

    Where it ends is what the compressed data say, not the next "endstream", which may stand inside them.
    """
    unpack, size, at, waiting = zlib.decompressobj(), 0, start, b""
    try:
        while size < limit and not unpack.eof:
            if not waiting:
                waiting = body[at : at + HAEPPCHEN]
                at += len(waiting)
                if not waiting:
                    break
            out = unpack.decompress(waiting, 1024 * 1024)
            if any(sign in out for sign in _ANDERE_DATEIEN):
                raise FileAmbiguousError
            size += len(out)
            waiting = unpack.unconsumed_tail
    except zlib.error:
        return size, start
    return size, at - len(unpack.unused_data)


def _bild(inhalt: bytes, mime: str) -> None:
    end = _ende_jpeg(inhalt) if mime == "image/jpeg" else _ende_png(inhalt)
    if end is None or inhalt[end:].strip(b"\0\r\n"):
        raise FileAmbiguousError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(inhalt), formats=["JPEG", "PNG"]) as image:
                width, height = image.size
                if width * height > BILDPUNKTE_HOECHSTENS:
                    raise FileBombError
                image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise FileBombError from None
    except (OSError, SyntaxError, ValueError):
        raise FileAmbiguousError from None


def _ende_png(inhalt: bytes) -> int | None:
    """Where a PNG ends by its chunks; None when they do not lead to an end."""
    at = 8
    while at + 12 <= len(inhalt):
        length = int.from_bytes(inhalt[at : at + 4], "big")
        kind = inhalt[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return at if at <= len(inhalt) else None
    return None


def _ende_jpeg(inhalt: bytes) -> int | None:
    """Where a JPEG ends by its segments; None when they do not lead to an end."""
    at = 2
    while at + 4 <= len(inhalt):
        if inhalt[at] != 0xFF:
            return None
        marker = inhalt[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            return at + 2
        at += 2 + int.from_bytes(inhalt[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _hinter_dem_bild(inhalt, at)
    return at + 2 if inhalt[at : at + 2] == b"\xff\xd9" else None


def _hinter_dem_bild(inhalt: bytes, at: int) -> int:
    """Position of the first marker after the picture's own data, where 0xFF is followed by 0 or a restart marker."""
    while True:
        at = inhalt.find(b"\xff", at)
        if at < 0 or at + 1 >= len(inhalt):
            return len(inhalt)
        if inhalt[at + 1] == 0 or 0xD0 <= inhalt[at + 1] <= 0xD7:
            at += 2
            continue
        return at
