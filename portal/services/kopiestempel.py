"""Marks copies of identity cards as copies (§ 20 Abs. 2 PAuswG), in the file itself. The unmarked file is not kept."""

import io
from datetime import date

from PIL import Image, ImageDraw, ImageFont, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.pdfgen.canvas import Canvas

from portal.services.dateipruefung import FileAmbiguousError
from portal.services.paket import SCHRIFT

SEITEN_HOECHSTENS = 20
WORT = "KOPIE"


def stempeln(inhalt: bytes, medientyp: str, tag: date) -> bytes:
    """The same document with KOPIE across every page; blocking, for a thread. Raises FileAmbiguousError."""
    line = f"Kopie, kein Original. Erstellt am {tag.day:02}.{tag.month:02}.{tag.year} für ein Anliegen bei der Stadt."
    return _pdf(inhalt, line) if medientyp == "application/pdf" else _bild(inhalt, medientyp, line)


def _bild(inhalt: bytes, medientyp: str, line: str) -> bytes:
    try:
        with Image.open(io.BytesIO(inhalt), formats=["JPEG", "PNG"]) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError):
        raise FileAmbiguousError from None
    width, height = picture.size
    size = max(min(width, height) // 4, 12)
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    font = ImageFont.truetype(str(SCHRIFT / "DejaVuSans-Bold.ttf"), size)
    draw.text((width / 2, height / 2), WORT, font=font, fill=(190, 0, 0, 130), anchor="mm")
    layer = layer.rotate(25)
    draw = ImageDraw.Draw(layer)
    small = ImageFont.truetype(str(SCHRIFT / "DejaVuSans.ttf"), max(width // 45, 9))
    draw.text((width / 2, height - size / 4), line, font=small, fill=(190, 0, 0, 255), anchor="mb")
    out = io.BytesIO()
    marked = Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
    marked.save(out, "JPEG" if medientyp == "image/jpeg" else "PNG", quality=88)
    return out.getvalue()


def _pdf(inhalt: bytes, line: str) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(inhalt))
        if reader.is_encrypted or not 0 < len(reader.pages) <= SEITEN_HOECHSTENS:
            raise FileAmbiguousError
        writer = PdfWriter(clone_from=reader)
        for page in writer.pages:
            page.merge_page(_stempelseite(float(page.mediabox.width), float(page.mediabox.height), line))
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError):
        raise FileAmbiguousError from None
    return out.getvalue()


def _stempelseite(width: float, height: float, line: str):  # type: ignore[no-untyped-def]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.setFillColorRGB(0.75, 0, 0, alpha=0.5)
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(25)
    canvas.setFont("Helvetica-Bold", min(width, height) / 5)
    canvas.drawCentredString(0, 0, WORT)
    canvas.restoreState()
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(width / 2, 14, line)
    canvas.save()
    return PdfReader(io.BytesIO(out.getvalue())).pages[0]
