"""Small real files for uploads."""

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas


def pdf_file(path: Path, text: str) -> Path:
    """Write a PDF of one page with one line of text."""
    canvas = Canvas(str(path))
    canvas.drawString(72, 720, text)
    canvas.save()
    return path
