"""Vermerke of the chat: filed to an application, delivered with it, exported to the E-Akte as JSON, XML and PDF."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from reportlab.platypus import Flowable
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.errors import InvalidInputError, NotFoundError
from portal.schema.beratung import VermerkZeile
from portal.schema.vorgang import PosteingangZeile, VorgangZeile
from portal.services import (
    entwurf,
    katalog,
    paket,
    vorgangsprotokoll,
)
from portal.services.beratung import Beratung
from portal.services.paket import Vermerkblatt
from portal.services.views import FiledNote, NoteLine, NoteView

TEXT_HOECHSTENS = 4000
ZEILEN_HOECHSTENS = 2000
FORMAT = "amtslotse-vermerk-1"


async def ablegen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    wer: Beratung,
    *,
    text: str,
    verlauf: Sequence[NoteLine],
) -> FiledNote:
    """File a Vermerk to an application, unfinished or handed in.

    Parameters
    ----------
    text
        What the clerk notes, 1 to 4,000 characters.
    verlauf
        The messages of the chat that go along; may be empty.

    Raises
    ------
    InvalidInputError, NotFoundError
    """
    text = text.strip()
    if not 0 < len(text) <= TEXT_HOECHSTENS:
        raise InvalidInputError("Der Vermerk ist leer oder länger als 4.000 Zeichen.", field="text")
    if len(verlauf) > ZEILEN_HOECHSTENS:
        raise InvalidInputError("Der Gesprächsverlauf ist für einen Vermerk zu lang.", field="verlauf")
    draft = await entwurf.zeile(session, konto_id, entwurf_id)
    service = katalog.leistung(context, draft.leistung)
    case = await session.scalar(select(VorgangZeile).where(VorgangZeile.entwurf_id == entwurf_id))
    now, note_id = context.clock(), str(uuid.uuid4())
    body = {"text": text, "verlauf": [line.model_dump(mode="json") for line in verlauf]}
    content = {
        "format": FORMAT,
        "demonstration": context.settings.demo,
        "id": note_id,
        "entwurf": entwurf_id,
        "leistung": {"id": service.id, "name": service.name},
        "verfasst": {
            "am": now.astimezone(BERLIN).isoformat(timespec="seconds"),
            "funktion": wer.funktion,
            "stelle": wer.stelle,
        },
        **body,
    }
    data = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    row = VermerkZeile(
        id=note_id,
        konto_id=konto_id,
        entwurf_id=entwurf_id,
        funktion=wer.funktion,
        stelle=wer.stelle,
        personal_id=wer.personal_id,
        angelegt_utc=now,
        inhalt=body,
        json=data,
        sha256=paket.sha256(data),
    )
    session.add(row)
    if case is not None:  # the office has the case already and sees the Vermerk at once
        await vorgangsprotokoll.eintragen(
            context,
            session,
            case,
            art="uebermittlung",
            akteur="mensch",
            akteur_label=f"{wer.funktion}, {wer.stelle}"[:200],
            felder=[_titel(row)],
            kanal="Vermerk zum Vorgang",
            inhalt_sha256=row.sha256,
            personal_id=wer.personal_id,
        )
    await session.flush()
    office = case.stelle if case else katalog.stelle(context, service).name
    return FiledNote(
        id=row.id,
        sha256=row.sha256,
        service=service.name,
        office=office,
        reference=case.aktenzeichen if case else None,
    )


def _titel(row: VermerkZeile) -> str:
    return f"Vermerk vom {paket.deutscher_moment(row.angelegt_utc)}"


async def _zeilen(session: AsyncSession, entwurf_id: str) -> Sequence[VermerkZeile]:
    query = select(VermerkZeile).where(VermerkZeile.entwurf_id == entwurf_id)
    return (await session.scalars(query.order_by(VermerkZeile.angelegt_utc, VermerkZeile.id))).all()


async def blaetter(session: AsyncSession, entwurf_id: str) -> list[Vermerkblatt]:
    """An application's Vermerke as its package names them, the oldest first."""
    rows = await _zeilen(session, entwurf_id)
    return [Vermerkblatt(r.id, _titel(r), r.inhalt["text"], r.sha256) for r in rows]


async def dateien(session: AsyncSession, entwurf_id: str, aktenzeichen: str) -> dict[str, bytes]:
    """An application's Vermerke as files of the E-Akte: each as JSON, XML and PDF, by path."""
    files: dict[str, bytes] = {}
    for number, row in enumerate(await _zeilen(session, entwurf_id), start=1):
        name = f"vermerke/{number:02}-vermerk"
        files[f"{name}.json"] = row.json
        files[f"{name}.xml"] = als_xml(row.json)
        files[f"{name}.pdf"] = als_pdf(row.json, aktenzeichen)
    return files


async def liste(session: AsyncSession, vorgang_id: str) -> list[NoteView]:
    """The Vermerke of a case, the oldest first; who may see the case may see them."""
    case = await session.get_one(VorgangZeile, vorgang_id)
    return [_view(row) for row in await _zeilen(session, case.entwurf_id)]


def _view(row: VermerkZeile) -> NoteView:
    return NoteView(
        id=row.id,
        title=_titel(row),
        by=f"{row.funktion}, {row.stelle}",
        at=row.angelegt_utc,
        text=row.inhalt["text"],
        lines=[NoteLine.model_validate(line) for line in row.inhalt["verlauf"]],
        sha256=row.sha256,
    )


def als_xml(data: bytes) -> bytes:
    """A Vermerk's canonical JSON as XML of the same content."""
    note = json.loads(data)
    root = ET.Element("vermerk", {"format": note["format"], "id": note["id"], "entwurf": note["entwurf"]})
    root.set("demonstration", "true" if note["demonstration"] else "false")
    service = ET.SubElement(root, "leistung", {"id": note["leistung"]["id"]})
    service.text = note["leistung"]["name"]
    ET.SubElement(root, "verfasst", {key: str(value) for key, value in note["verfasst"].items()})
    ET.SubElement(root, "text").text = _xml_text(note["text"])
    course = ET.SubElement(root, "verlauf")
    for line in note["verlauf"]:
        ET.SubElement(course, "nachricht", {"am": line["at"], "wer": line["author"]}).text = _xml_text(
            line["text"]
        )
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _xml_text(text: str) -> str:
    """XML 1.0 knows no control characters but tab and line breaks."""
    return "".join(sign for sign in text if sign in "\t\n\r" or ord(sign) >= 32)


def als_pdf(data: bytes, aktenzeichen: str) -> bytes:
    """A Vermerk's canonical JSON as people read it."""
    note = json.loads(data)
    written = datetime.fromisoformat(note["verfasst"]["am"])
    story: list[Flowable] = [
        paket.absatz(f"Vermerk: {note['leistung']['name']}", paket.TITEL),
        paket.tabelle(
            [
                ("Aktenzeichen", aktenzeichen),
                ("Verfasst", paket.deutscher_moment(written)),
                ("Von", f"{note['verfasst']['funktion']}, {note['verfasst']['stelle']}"),
                ("Prüfsumme der Daten (SHA-256)", paket.sha256(data)),
            ]
        ),
        paket.absatz("Vermerk", paket.UEBERSCHRIFT),
        paket.absatz(note["text"], paket.TEXT),
    ]
    if note["verlauf"]:
        story.append(paket.absatz("Gesprächsverlauf", paket.UEBERSCHRIFT))
        story.append(
            paket.tabelle(
                [
                    (
                        f"{line['author']}\n{paket.deutscher_moment(datetime.fromisoformat(line['at']))}",
                        line["text"],
                    )
                    for line in note["verlauf"]
                ]
            )
        )
    return paket.als_dokument(
        story, f"Vermerk {aktenzeichen}", fuss=aktenzeichen, demo=bool(note["demonstration"])
    )


async def datei(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    vermerk_id: str,
    art: str,
    funktion: str,
) -> tuple[str, bytes]:
    """One Vermerk of a case in the office's inbox as `json`, `xml` or `pdf`: media type and bytes. The look is logged.

    Raises
    ------
    NotFoundError
        The case, or the Vermerk, is not in this office's inbox.
    """
    case = await session.scalar(
        select(VorgangZeile)
        .join(PosteingangZeile, PosteingangZeile.vorgang_id == VorgangZeile.id)
        .where(VorgangZeile.id == vorgang_id, PosteingangZeile.stelle_id == stelle_id)
    )
    row = await session.get(VermerkZeile, vermerk_id) if case else None
    if case is None or row is None or row.entwurf_id != case.entwurf_id:
        raise NotFoundError("Diesen Vermerk gibt es im Posteingang Ihrer Stelle nicht.")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="einsicht",
        akteur="mensch",
        akteur_label=funktion,
        felder=[_titel(row)],
        kanal="Posteingang der Stelle, Vermerk",
        inhalt_sha256=row.sha256,
    )
    if art == "pdf":
        return "application/pdf", als_pdf(row.json, case.aktenzeichen)
    return ("application/xml", als_xml(row.json)) if art == "xml" else ("application/json", row.json)
