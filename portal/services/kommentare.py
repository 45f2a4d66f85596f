"""Use cases of public comments: write, list, answer, hide. Plain text; public at once, moderated afterwards."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from language import structured
from portal.catalogue.model import Ebene
from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError, PortalError
from portal.schema.kommentar import KommentarZeile
from portal.services.redaktion import ebene_von, pflichttext
from portal.services.sitzung import PersonalView, SitzungView

VERARBEITUNG = "verarbeitung"
"""Topic of the comments on the system's description of itself."""
HOECHSTLAENGE = 2000
FENSTER = timedelta(minutes=15)
HOECHSTENS = 5
"""Comments of one sender within `FENSTER`."""
SEITE = 20
"""Comments on one page."""


class TooManyCommentsError(PortalError):
    """Too many comments from this sender in a short time. The sender waits; what was written is still in the form."""

    code = "zu_viele_kommentare"
    status = 429


@dataclass(frozen=True)
class Kommentar:
    """A comment as everybody sees it; a hidden one shows why it is hidden instead of its text."""

    id: str
    thema: str
    ebene: str
    schluessel: str | None
    text: str | None
    angemeldet: bool
    am_utc: datetime
    entfernt_grund: str | None
    antwort: str | None
    funktion: str | None
    beantwortet_utc: datetime | None


@dataclass(frozen=True)
class Kommentarseite:
    """Some of a topic's comments, the newest first."""

    eintraege: Sequence[Kommentar]
    anzahl: int
    seite: int
    letzte: int


def thema_von(leistung_id: str) -> str:
    """The topic of a service's process."""
    return f"leistung:{leistung_id}"


async def schreiben(
    context: PortalContext,
    thema: str,
    text: str,
    *,
    ebene: Ebene,
    schluessel: str | None,
    citizen: SitzungView | None,
    adresse: str,
) -> str:
    """Publish a comment and give its id.

    Parameters
    ----------
    ebene
        The tier that answers for what is commented.
    citizen
        Whoever is logged in; None for an anonymous visitor. Nobody's name is shown.
    adresse
        Network address; only a keyed hash is kept, and only for `FENSTER`.

    Raises
    ------
    InvalidInputError
        The text is empty, too long, or holds a number that identifies a person.
    TooManyCommentsError
        The sender wrote `HOECHSTENS` comments within `FENSTER`.
    """
    written = pflichttext(text, "text", "Bitte schreiben Sie, was Sie anmerken möchten.", HOECHSTLAENGE)
    if structured.find(written):
        raise InvalidInputError(
            "Im Text steht eine IBAN, eine Steuer-Identifikationsnummer oder eine Ausweisnummer. Kommentare sind öffentlich; "
            "bitte nehmen Sie die Nummer heraus. Es wurde nichts veröffentlicht.",
            field="text",
        )
    now = context.clock()
    who = f"konto:{citizen.konto_id}" if citizen else f"adresse:{adresse}"
    absender = hmac.new(
        context.settings.signing_key.encode(), f"kommentar:{who}".encode(), hashlib.sha256
    ).hexdigest()
    async with context.transaction() as session:
        await session.execute(
            update(KommentarZeile).where(KommentarZeile.am_utc <= now - FENSTER).values(absender=None)
        )
        recent = select(func.count()).where(
            KommentarZeile.absender == absender, KommentarZeile.am_utc > now - FENSTER
        )
        if (await session.scalar(recent) or 0) >= HOECHSTENS:
            minutes = int(FENSTER.total_seconds() // 60)
            raise TooManyCommentsError(
                f"Sie haben in kurzer Zeit schon {HOECHSTENS} Kommentare geschrieben. Dieser wurde nicht veröffentlicht. "
                f"Bitte warten Sie {minutes} Minuten und senden Sie ihn dann noch einmal."
            )
        row = KommentarZeile(
            id=str(uuid.uuid4()),
            thema=thema,
            ebene=ebene,
            schluessel=schluessel,
            text=written,
            konto_id=citizen.konto_id if citizen else None,
            angemeldet=citizen is not None,
            absender=absender,
            am_utc=now,
            entfernt_grund=None,
            antwort=None,
            funktion=None,
            beantwortet_utc=None,
        )
        session.add(row)
        return row.id


async def liste(session: AsyncSession, thema: str, seite: int = 1) -> Kommentarseite:
    """A page of a topic's comments, the newest first; a page beyond the last gives the last."""
    query = select(KommentarZeile).where(KommentarZeile.thema == thema)
    anzahl = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
    letzte = max(1, -(-anzahl // SEITE))
    seite = min(max(seite, 1), letzte)
    rows = await session.scalars(
        query.order_by(KommentarZeile.am_utc.desc(), KommentarZeile.id)
        .limit(SEITE)
        .offset((seite - 1) * SEITE)
    )
    return Kommentarseite([_view(row) for row in rows], anzahl, seite, letzte)


async def unbeantwortet(session: AsyncSession, ebene: Ebene) -> list[Kommentar]:
    """The public comments that wait for an answer of this tier, the oldest first."""
    rows = await session.scalars(
        select(KommentarZeile)
        .where(
            KommentarZeile.ebene == ebene,
            KommentarZeile.antwort.is_(None),
            KommentarZeile.entfernt_grund.is_(None),
        )
        .order_by(KommentarZeile.am_utc)
        .limit(100)
    )
    return [_view(row) for row in rows]


async def beantworten(context: PortalContext, staff: PersonalView, kommentar_id: str, antwort: str) -> None:
    """Answer a comment in public.

    Raises
    ------
    ForbiddenError, NotFoundError
        The person edits no tier, or the comment is another tier's.
    ConflictError
        It has an answer already.
    InvalidInputError
    """
    text = pflichttext(antwort, "antwort", "Bitte schreiben Sie eine öffentliche Antwort.")
    async with context.transaction() as session:
        row = await _eigener(session, staff, kommentar_id)
        if row.antwort is not None:
            raise ConflictError(
                "Dieser Kommentar ist schon beantwortet. Ihre Antwort wurde nicht gespeichert."
            )
        row.antwort, row.funktion, row.beantwortet_utc = text, staff.funktion, context.clock()


async def entfernen(context: PortalContext, staff: PersonalView, kommentar_id: str, grund: str) -> None:
    """Hide a comment's text from the public; that it was there and why it went stays visible. Raises as `beantworten`."""
    text = pflichttext(grund, "grund", "Bitte begründen Sie öffentlich, warum der Kommentar entfernt wird.")
    async with context.transaction() as session:
        row = await _eigener(session, staff, kommentar_id)
        if row.entfernt_grund is not None:
            raise ConflictError("Dieser Kommentar ist schon entfernt.")
        row.entfernt_grund, row.funktion, row.beantwortet_utc = text, staff.funktion, context.clock()


async def _eigener(session: AsyncSession, staff: PersonalView, kommentar_id: str) -> KommentarZeile:
    ebene = ebene_von(staff)
    row = await session.get(KommentarZeile, kommentar_id)
    if row is None or row.ebene != ebene:
        raise NotFoundError("Diesen Kommentar gibt es in Ihrer Redaktion nicht.")
    return row


def _view(row: KommentarZeile) -> Kommentar:
    return Kommentar(
        id=row.id,
        thema=row.thema,
        ebene=row.ebene,
        schluessel=row.schluessel,
        text=None if row.entfernt_grund else row.text,
        angemeldet=row.angemeldet,
        am_utc=row.am_utc,
        entfernt_grund=row.entfernt_grund,
        antwort=row.antwort,
        funktion=row.funktion,
        beantwortet_utc=row.beantwortet_utc,
    )
