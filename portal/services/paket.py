"""The canonical package of a case: JSON that a machine reads, and a PDF that people read."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from portal.context import BERLIN
from portal.services.views import DraftView

SCHRIFT = Path(__file__).parent / "schrift"
"""DejaVu Sans, cut to Latin, Greek and Cyrillic: names keep their letters."""
DEMO_HINWEIS = "Demonstration, keine Behörde"


@dataclass(frozen=True)
class Anlage:
    """One attached document."""

    id: str
    label: str
    dateiname: str
    medientyp: str
    groesse: int
    sha256: str


@dataclass(frozen=True)
class Deckblatt:
    """What stands on the first page and at the head of the JSON."""

    aktenzeichen: str
    behoerde: str
    stelle: str
    stelle_id: str
    leistung: str
    leistung_name: str
    leika: str | None
    wirkung: str
    eingegangen: datetime
    rechtsgrundlage: str
    vertrauen: str
    demo: bool


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Vermerkblatt:
    """A Vermerk of the chat as the package names it; the whole of it is a file of its own."""

    id: str
    titel: str
    text: str
    sha256: str


def als_json(
    kopf: Deckblatt,
    draft: DraftView,
    anlagen: Sequence[Anlage],
    vermerke: Sequence[Vermerkblatt] = (),
    auswertungen: Sequence[Mapping[str, str]] = (),
    vertretung: Mapping[str, object] | None = None,
    mitzeichnung: Mapping[str, str] | None = None,
) -> bytes:
    """Canonical JSON (sorted keys, no spaces, UTF-8) with exactly the fields that were answered or released."""
    content = {
        "format": "amtslotse-paket-1",
        "demonstration": kopf.demo,
        "aktenzeichen": kopf.aktenzeichen,
        "empfaenger": {"behoerde": kopf.behoerde, "stelle": kopf.stelle, "stelle_id": kopf.stelle_id},
        "leistung": {"id": kopf.leistung, "name": kopf.leistung_name, "leika": kopf.leika},
        "wirkung": kopf.wirkung,
        "vertrauensniveau": kopf.vertrauen,
        "eingegangen": kopf.eingegangen.astimezone(BERLIN).isoformat(timespec="seconds"),
        "rechtsgrundlage": kopf.rechtsgrundlage,
        "entwurf": {"id": draft.id, "version": draft.version},
        "felder": [
            {
                "id": f.id,
                "label": f.label,
                "typ": "text" if f.source == "auswertung" else f.type,
                "wert": f.value,
                "anzeige": f.display,
                "quelle": f.source_label,
                "stand": f.date,
            }
            for f in draft.fields
            if f.state == "beantwortet"
        ],
        "nachgereicht": [e.label for e in draft.evidence if e.state == "nachgereicht"],
        "anlagen": [
            {
                "id": a.id,
                "nachweis": a.label,
                "dateiname": a.dateiname,
                "medientyp": a.medientyp,
                "groesse": a.groesse,
                "sha256": a.sha256,
            }
            for a in anlagen
        ],
        "auswertungen": [dict(signed) for signed in auswertungen],
        "vertretung": dict(vertretung) if vertretung else None,
        "mitzeichnung": dict(mitzeichnung) if mitzeichnung else None,
        "vermerke": [{"id": v.id, "titel": v.titel, "text": v.text, "sha256": v.sha256} for v in vermerke],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def als_pdf(
    kopf: Deckblatt,
    draft: DraftView,
    anlagen: Sequence[Anlage],
    paket_sha256: str,
    vermerke: Sequence[Vermerkblatt] = (),
    handelnde: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The same for people: cover data, all fields with their source, documents with SHA-256, legal basis."""
    _register_fonts()
    received = deutscher_moment(kopf.eingegangen)
    story: list[Flowable] = [
        absatz(f"{kopf.wirkung.capitalize()}: {kopf.leistung_name}", TITEL),
        tabelle(
            [
                ("Empfänger", f"{kopf.stelle}, {kopf.behoerde}"),
                ("Aktenzeichen", kopf.aktenzeichen),
                ("Eingegangen", received),
                ("LeiKa-Schlüssel", kopf.leika or "nicht vergeben (Stand prüfen)"),
                ("Rechtsgrundlage", kopf.rechtsgrundlage),
                ("Vertrauensniveau", kopf.vertrauen),
                *handelnde,
                ("Prüfsumme der Daten (SHA-256)", paket_sha256),
            ]
        ),
        absatz("Angaben", UEBERSCHRIFT),
        tabelle(
            [
                (f.label, f"{f.display}\n({f.source_label}, Stand {deutscher_tag(f.date)})")
                for f in draft.fields
                if f.state == "beantwortet"
            ]
        ),
        absatz("Unterlagen", UEBERSCHRIFT),
    ]
    documents = [(a.label, f"{a.dateiname}, {a.groesse} Bytes\nSHA-256 {a.sha256}") for a in anlagen]
    documents += [(e.label, "wird nachgereicht") for e in draft.evidence if e.state == "nachgereicht"]
    story.append(tabelle(documents) if documents else absatz("Keine.", TEXT))

    if vermerke:
        story.append(absatz("Vermerke aus der Beratung", UEBERSCHRIFT))
        story.append(
            tabelle(
                [(v.titel, f"{v.text}\n(eigene Datei in der Akte, SHA-256 {v.sha256})") for v in vermerke]
            )
        )
    return als_dokument(
        story, f"{kopf.leistung_name} {kopf.aktenzeichen}", fuss=kopf.aktenzeichen, demo=kopf.demo
    )


def als_dokument(story: list[Flowable], titel: str, *, fuss: str, demo: bool) -> bytes:
    """Set a story as a PDF whose bytes depend on nothing but its content.

    Parameters
    ----------
    fuss
        Stands at the foot of each page, before its number.
    """
    _register_fonts()

    def frame(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("DejaVuSans", 8)
        canvas.drawString(20 * mm, 12 * mm, f"{fuss} · Seite {document.page}")
        if demo:
            canvas.setFont("DejaVuSans-Bold", 10)
            canvas.drawString(20 * mm, 285 * mm, DEMO_HINWEIS)

    out = io.BytesIO()
    SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=titel,
        author="Amtslotse",
        lang="de-DE",
        invariant=1,
    ).build(story, onFirstPage=frame, onLaterPages=frame)
    return out.getvalue()


@cache
def _register_fonts() -> None:
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        pdfmetrics.registerFont(TTFont(name, str(SCHRIFT / f"{name}.ttf")))


TEXT = ParagraphStyle("text", fontName="DejaVuSans", fontSize=9, leading=12)
FETT = ParagraphStyle("fett", parent=TEXT, fontName="DejaVuSans-Bold")
UEBERSCHRIFT = ParagraphStyle(
    "ueberschrift", parent=FETT, fontSize=11, leading=14, spaceBefore=8 * mm, spaceAfter=3 * mm
)
TITEL = ParagraphStyle("titel", parent=FETT, fontSize=15, leading=19, spaceAfter=6 * mm)


def absatz(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph of plain text; its line breaks stay."""
    _register_fonts()
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def deutscher_tag(iso: str | None) -> str:
    """An ISO date as 12.11.2026."""
    return ".".join(reversed(iso.split("-"))) if iso else "unbekannt"


def deutscher_moment(moment: datetime) -> str:
    """A moment as 12.11.2026, 10:30 Uhr, in German time."""
    return moment.astimezone(BERLIN).strftime("%d.%m.%Y, %H:%M Uhr")


def tabelle(rows: Sequence[tuple[str, str]]) -> Flowable:
    """Two columns: what it is, and what it says."""
    if not rows:
        return Spacer(1, 1)
    cells = [[absatz(left, FETT), absatz(right, TEXT)] for left, right in rows]
    line = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.3, "#888888")])
    return Table(cells, colWidths=[55 * mm, 115 * mm], style=line, splitInRow=1)
