"""Uploaded files by content: two-in-one files, bombs and broken ones are refused, honest ones pass, copies are marked."""

import io
from datetime import date
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas

from portal.domain.unterlagen import unterschrift
from portal.services import dateipruefung, kopiestempel, virenscan
from portal.services.dateipruefung import FileAmbiguousError, FileBombError, FileTooLargeError, FileTypeError
from portal.services.virenscan import Clamd, MalwareFoundError, OhneScanner, ScannerUnavailableError
from tests.support import attack_files as files
from tests.support.clamd import clamd


def scan_pdf(pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(pages):
        canvas.drawString(72, 720, "Ausweis")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (scan_pdf(), "application/pdf"),
        (files.pdf(b"x" * 1000), "application/pdf"),
        (files.pdf() + b"\n\n", "application/pdf"),
        (files.picture("PNG"), "image/png"),
        (files.picture("JPEG"), "image/jpeg"),
    ],
    ids=["scan", "pdf", "pdf with blank lines", "png", "jpeg"],
)
def test_honest_files_pass(content: bytes, media_type: str) -> None:
    assert dateipruefung.pruefen(content).medientyp == media_type


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (files.archive(), FileTypeError),
        (b"MZ" + b"\0" * 200, FileTypeError),
        (b"<html><script>alert(1)</script></html>", FileTypeError),
        (b"GIF89a" + b"\0" * 50, FileTypeError),
        (files.pdf() + files.archive(), FileAmbiguousError),
        (files.archive() + files.pdf(), FileTypeError),
        (files.pdf(extra=files.archive()), FileAmbiguousError),
        (files.pdf() + b"MZ program", FileAmbiguousError),
        (files.pdf(extra=b"<< /Type /EmbeddedFile >>\n"), FileAmbiguousError),
        (files.pdf(b"<< /JavaScript (app.alert) >>"), FileAmbiguousError),
        (b"%PDF-1.4 <html><script>alert(1)</script></html> %%EOF", FileAmbiguousError),
        (b"%PDF-1.4\nno end", FileAmbiguousError),
        (files.picture("PNG") + files.archive(), FileAmbiguousError),
        (files.picture("PNG") + b"<?php system(1) ?>", FileAmbiguousError),
        (files.picture("JPEG") + files.archive(), FileAmbiguousError),
        (files.picture("JPEG") + b"ftypmp4 moving picture", FileAmbiguousError),
        (files.picture("JPEG")[:-20], FileAmbiguousError),
        (files.picture("PNG")[:-8], FileAmbiguousError),
        (files.bomb_png(), FileBombError),
        (files.bomb_pdf(), FileBombError),
        (files.hidden_bomb_pdf(), FileBombError),
        (files.pdf(b"x", filters=b"[/FlateDecode /FlateDecode]"), FileBombError),
        (b"%PDF-1.4\n" + b"stream\n" * 30_000 + b"%%EOF", FileBombError),
        (b"%PDF-1.4" + b"0" * dateipruefung.GROESSE_HOECHSTENS, FileTooLargeError),
    ],
    ids=[
        "archive",
        "program",
        "web page",
        "gif",
        "pdf with archive behind",
        "archive with pdf behind",
        "pdf with archive inside",
        "pdf with program behind",
        "pdf with file inside",
        "pdf with script",
        "pdf of html",
        "pdf without end",
        "png with archive",
        "png with php",
        "jpeg with archive",
        "jpeg with film",
        "cut jpeg",
        "cut png",
        "png bomb",
        "pdf bomb",
        "hidden pdf bomb",
        "nested filters",
        "many streams",
        "too large",
    ],
)
def test_files_that_are_more_than_they_seem_are_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        dateipruefung.pruefen(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_an_identity_card_is_marked_as_a_copy(kind: str) -> None:
    before = files.picture(kind, (600, 400))
    after = kopiestempel.stempeln(before, f"image/{kind.lower()}", date(2026, 11, 24))
    assert dateipruefung.pruefen(after).medientyp == f"image/{kind.lower()}"
    red, _, blue = Image.open(io.BytesIO(after)).convert("RGB").split()
    difference = ImageChops.subtract(red, blue).point(lambda value: 255 if value > 40 else 0)
    assert sum(difference.histogram()[255:]) > 1000


def test_every_page_of_an_identity_cards_pdf_is_marked_as_a_copy() -> None:
    after = kopiestempel.stempeln(scan_pdf(2), "application/pdf", date(2026, 11, 24))
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(after)).pages]
    assert len(texts) == 2
    assert all("KOPIE" in text and "Kopie, kein Original" in text for text in texts)
    assert dateipruefung.pruefen(after).medientyp == "application/pdf"


def test_a_pdf_that_cannot_be_marked_is_not_taken() -> None:
    with pytest.raises(FileAmbiguousError):
        kopiestempel.stempeln(files.pdf(), "application/pdf", date(2026, 11, 24))


async def test_without_a_scanner_the_test_virus_alone_is_known_and_it_says_so() -> None:
    await OhneScanner().pruefen(b"harmlos")
    assert "nicht auf Schadsoftware geprüft" in OhneScanner.name
    with pytest.raises(MalwareFoundError):
        await OhneScanner().pruefen(b"%PDF " + virenscan.EICAR)


@pytest.mark.parametrize("by_path", [False, True])
async def test_clamd_is_asked_over_its_own_protocol(by_path: bool, tmp_path: Path) -> None:
    content = b"Inhalt" * 100_000  # more than one piece
    async with clamd(path=str(tmp_path / "clamd.sock") if by_path else None) as server:
        await Clamd(server.address).pruefen(content)
        with pytest.raises(MalwareFoundError):
            await Clamd(server.address).pruefen(b"%PDF " + virenscan.EICAR)
        assert server.files == [content, b"%PDF " + virenscan.EICAR]


@pytest.mark.parametrize("mood", ["silent", "hangs_up", "errs"])
async def test_a_scanner_that_fails_lets_nothing_in(mood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virenscan, "ZEIT_S", 0.1)
    async with clamd(mood) as server:
        with pytest.raises(ScannerUnavailableError):
            await Clamd(server.address).pruefen(b"Inhalt" * 100_000)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/gibt/es/nicht.sock", "127.0.0.1:kein-port"])
async def test_a_scanner_that_is_not_there_lets_nothing_in(address: str) -> None:
    with pytest.raises(ScannerUnavailableError):
        await Clamd(address).pruefen(b"Inhalt")


async def test_a_file_beyond_the_scanners_limit_is_not_let_in_as_scanned() -> None:
    async with clamd() as server:
        with pytest.raises(ScannerUnavailableError):
            await Clamd(server.address).pruefen(b"x" * (26 * 1024 * 1024))


@pytest.mark.parametrize(
    ("written_form", "trust", "needed"),
    [
        (False, "niedrig", False),
        (False, "hoch", False),
        (True, "hoch", False),
        (True, "substantiell", True),
        (True, "niedrig", True),
    ],
)
def test_who_signs_what(written_form: bool, trust: str, needed: bool) -> None:
    answer = unterschrift(schriftform=written_form, vertrauen=trust)
    assert answer.noetig is needed
    assert bool(answer.was) is needed
    assert bool(answer.recht) is written_form
