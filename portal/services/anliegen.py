"""Requests left in the chat: made from the gateway's notice, settled by the office, seen by the citizen."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Stelle
from portal.client.shapes import RequestView
from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.anliegen import AnliegenZeile
from portal.schema.konto import KontoRow
from portal.services import benachrichtigung, katalog, postfach, protokoll
from portal.services.beratung import BERATUNG

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
ALLGEMEIN = ("buergercenter", "stadtverwaltung")
"""Offices that take what belongs to no service; the first that the town has."""
OFFEN, ERLEDIGT = "offen", "erledigt"
STATUS = {OFFEN: "Offen", ERLEDIGT: "Beantwortet"}
WUENSCHE = {"rueckruf": "Rückruf", "schreiben": "Antwort per E-Mail", "anliegen": "Anliegen"}
ANTWORT_HOECHSTENS = 4000


class Hinterlassen(BaseModel):
    """What the gateway tells about a request."""

    model_config = ConfigDict(extra="forbid")

    wunsch: Literal["rueckruf", "schreiben", "anliegen"]
    service: str | None = Field(default=None, max_length=80)
    topic: str | None = Field(default=None, max_length=200)
    text: str = Field(default="", max_length=8000)
    summary: list[str] = []
    telefon: str | None = Field(default=None, max_length=40)
    zeit: str | None = Field(default=None, max_length=40)
    adresse: str | None = Field(default=None, max_length=200)
    promised_for: date
    account: str | None = Field(default=None, max_length=36)


@dataclass(frozen=True)
class Anliegen:
    """A request as office and citizen see it."""

    id: str
    aktenzeichen: str
    wunsch: str
    thema: str
    stelle: str
    text: str
    zusammenfassung: list[str]
    telefon: str | None
    zeit: datetime | None
    adresse: str | None
    zugesagt_bis: date
    status: str
    antwort: str | None
    eingegangen_utc: datetime
    ueberfaellig: bool


async def anlegen(
    context: PortalContext, session: AsyncSession, unterhaltung: str, body: Hinterlassen
) -> RequestView:
    """Make a case of a request, at the office that the catalogue names; called once per key."""
    office = _stelle(context, body.service)
    konto = await session.get(KontoRow, body.account) if body.account else None
    row = AnliegenZeile(
        id=str(uuid.uuid4()),
        aktenzeichen=f"AN-{context.today().year}-" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
        konto_id=konto.id if konto is not None else None,
        unterhaltung=unterhaltung,
        wunsch=body.wunsch,
        leistung=body.service,
        thema=body.topic or "Allgemeine Anfrage",
        stelle_id=office.id,
        stelle=office.name,
        behoerde=office.behoerde,
        inhalt={
            "text": body.text,
            "zusammenfassung": body.summary,
            "telefon": body.telefon,
            "zeit": body.zeit,
            "adresse": body.adresse,
        },
        zugesagt_bis=body.promised_for,
        status=OFFEN,
        antwort=None,
        eingegangen_utc=context.clock(),
        erledigt_utc=None,
    )
    session.add(row)
    if row.konto_id is not None:
        postfach.schreiben(
            context,
            session,
            row.konto_id,
            art="status",
            absender=f"{row.stelle}, {row.behoerde}",
            betreff=f"Ihr Anliegen: {row.thema}",
            text=(
                f"Ihr Anliegen {row.aktenzeichen} ist eingegangen. "
                f"Sie bekommen bis {row.zugesagt_bis.strftime('%d.%m.%Y')} eine Antwort."
            ),
        )
        await protokoll.eintragen(
            context,
            session,
            row.konto_id,
            art="uebermittlung",
            akteur="buerger",
            akteur_label="Sie selbst, im Chat",
            stelle=office,
            zweck=f"Bearbeitung Ihres Anliegens „{row.thema}“",
            rechtsgrundlage=BERATUNG,
            felder=_gesehen(row),
            kanal="Posteingang der Stelle",
            aktenzeichen=row.aktenzeichen,
        )
    return RequestView(
        case=row.id,
        reference=row.aktenzeichen,
        service=row.thema,
        office=row.stelle,
        delivered_at=row.eingegangen_utc,
        url="/mein/anliegen" if row.konto_id else None,
    )


async def fuer_stelle(context: PortalContext, session: AsyncSession, stelle_id: str) -> list[Anliegen]:
    """An office's requests: the open ones by promised date, then the settled ones, the newest first."""
    rows = (await session.scalars(select(AnliegenZeile).where(AnliegenZeile.stelle_id == stelle_id))).all()
    still = sorted((r for r in rows if r.status == OFFEN), key=lambda r: (r.zugesagt_bis, r.eingegangen_utc))
    done = sorted((r for r in rows if r.status != OFFEN), key=lambda r: r.eingegangen_utc, reverse=True)
    return [_ansicht(context, row) for row in (*still, *done)]


async def oeffnen(
    context: PortalContext, session: AsyncSession, stelle_id: str, anliegen_id: str, funktion: str
) -> Anliegen:
    """A request of the caller's office; the look is logged for the citizen. Raises NotFoundError."""
    row = await _der_stelle(session, stelle_id, anliegen_id)
    if row.konto_id is not None:
        await protokoll.eintragen(
            context,
            session,
            row.konto_id,
            art="einsicht",
            akteur="mensch",
            akteur_label=funktion,
            stelle=katalog.stelle_von(context, row.stelle_id),
            leistung=context.katalog.leistungen.get(row.leistung or ""),
            felder=_gesehen(row),
            kanal="Posteingang der Stelle",
            aktenzeichen=row.aktenzeichen,
        )
    return _ansicht(context, row)


async def beantworten(
    context: PortalContext, session: AsyncSession, stelle_id: str, anliegen_id: str, text: str, funktion: str
) -> None:
    """Settle a request; a citizen with an account gets the answer in her postbox.

    Raises
    ------
    InvalidInputError
        The text is empty or too long.
    ConflictError
        It was settled already.
    NotFoundError
    """
    row = await _der_stelle(session, stelle_id, anliegen_id)
    if not text or len(text) > ANTWORT_HOECHSTENS:
        raise InvalidInputError(
            f"Bitte schreiben Sie, was geschehen ist (höchstens {ANTWORT_HOECHSTENS} Zeichen).", field="text"
        )
    if row.status != OFFEN:
        raise ConflictError("Dieses Anliegen ist schon beantwortet. Es wurde nichts geändert.")
    row.status, row.antwort, row.erledigt_utc = ERLEDIGT, text, context.clock()
    if row.konto_id is not None:
        postfach.schreiben(
            context,
            session,
            row.konto_id,
            art="status",
            absender=f"{funktion}, {row.stelle}",
            betreff=f"Antwort zu Ihrem Anliegen: {row.thema}",
            text=f"Zu Ihrem Anliegen {row.aktenzeichen}:\n\n{text}",
        )
        await benachrichtigung.anstossen(
            session, row.konto_id, "neue_nachricht", jetzt=context.clock(), verweis="/mein/postfach"
        )


async def eigene(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Anliegen]:
    """The citizen's own requests, the newest first."""
    rows = await session.scalars(
        select(AnliegenZeile)
        .where(AnliegenZeile.konto_id == konto_id)
        .order_by(AnliegenZeile.eingegangen_utc.desc())
    )
    return [_ansicht(context, row) for row in rows]


def _stelle(context: PortalContext, service: str | None) -> Stelle:
    found = context.katalog.leistungen.get(service or "")
    if found is not None and found.stelle:
        return katalog.stelle(context, found)
    general = next((one for one in ALLGEMEIN if one in context.katalog.stellen), "")
    return katalog.stelle_von(context, general)


async def _der_stelle(session: AsyncSession, stelle_id: str, anliegen_id: str) -> AnliegenZeile:
    row = await session.get(AnliegenZeile, anliegen_id)
    if row is None or row.stelle_id != stelle_id:
        raise NotFoundError("Dieses Anliegen gibt es im Posteingang Ihrer Stelle nicht.")
    return row


def _gesehen(row: AnliegenZeile) -> list[str]:
    labels = {"telefon": "Telefonnummer", "adresse": "E-Mail-Adresse"}
    return ["Anliegen", *(label for name, label in labels.items() if row.inhalt.get(name))]


def _ansicht(context: PortalContext, row: AnliegenZeile) -> Anliegen:
    content = row.inhalt
    return Anliegen(
        id=row.id,
        aktenzeichen=row.aktenzeichen,
        wunsch=row.wunsch,
        thema=row.thema,
        stelle=row.stelle,
        text=content["text"],
        zusammenfassung=list(content["zusammenfassung"]),
        telefon=content.get("telefon"),
        zeit=datetime.fromisoformat(content["zeit"]) if content.get("zeit") else None,
        adresse=content.get("adresse"),
        zugesagt_bis=row.zugesagt_bis,
        status=row.status,
        antwort=row.antwort,
        eingegangen_utc=row.eingegangen_utc,
        ueberfaellig=row.status == OFFEN and row.zugesagt_bis < context.today(),
    )
