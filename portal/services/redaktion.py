"""Use cases of the tiers' editors: change single keys of services, propose, decide, take back; each version stays."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import Fehler
from portal.catalogue.loader import Geladen
from portal.catalogue.model import Ebene, Marke
from portal.catalogue.overlay import HOECHSTLAENGE, SCHLUESSEL, Ueberlagerung
from portal.context import PortalContext
from portal.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from portal.schema.redaktion import AenderungZeile
from portal.services import abweichung, katalog, katalogstand
from portal.services.abweichung import gebiet
from portal.services.sitzung import PersonalView

log = structlog.get_logger(__name__)

ROLLEN: dict[str, Ebene] = {
    "redaktion-eu": "eu",
    "redaktion-bund": "bund",
    "redaktion-land": "land",
    "redaktion-kommune": "kommune",
}
"""One editorial role per tier; who has it edits only that tier."""
Ort = tuple[str, str, str]
"""Where a change applies: Gebiet, service, key."""


class EditRefusedError(InvalidInputError):
    """The value breaks a rule of the catalogue. The editor corrects it; the catalogue in use stays as it is."""

    code = "katalog_regel"

    def __init__(self, fehler: Sequence[Fehler]) -> None:
        super().__init__(
            "Diese Änderung passt nicht in den Katalog. Es gilt weiter, was bisher galt; Ihre Eingabe steht noch im Formular.",
            field="eingabe",
        )
        self.fehler = list(fehler)
        self.extra = {"regeln": [f"{f.regel}: {f.text}" for f in fehler]}


class EditedMeanwhileError(ConflictError):
    """Another version came into force since the editor opened the form. She looks at it and decides again."""

    code = "fassung_veraltet"

    def __init__(self) -> None:
        super().__init__(
            "Inzwischen gilt eine neuere Fassung dieser Angabe. Ihre Änderung wurde nicht übernommen. "
            "Bitte sehen Sie sich die jetzige Fassung an und entscheiden Sie dann noch einmal."
        )


@dataclass(frozen=True)
class Eingabe:
    """What an editor sends: one key of one service. `basis` is the number of the version that she saw."""

    leistung: str
    schluessel: str
    eingabe: str
    quelle: str
    marke: str
    gueltig_ab: str
    grund: str
    basis: int


@dataclass(frozen=True)
class Vorschau:
    """What the catalogue would be with a change: mistakes by rule, and the tiers below that would have to look again."""

    geladen: Geladen
    fehler: list[Fehler]
    betroffen: list[Ebene]
    ueberlagerungen: list[Ueberlagerung]


def ebene_von(staff: PersonalView) -> Ebene:
    """The tier that this person edits. Raises ForbiddenError for all other staff."""
    for role in staff.rollen:
        if role in ROLLEN:
            return ROLLEN[role]
    raise ForbiddenError("Dieser Bereich ist den Redaktionen von EU, Bund, Land und Stadt vorbehalten.")


async def in_kraft(session: AsyncSession) -> list[AenderungZeile]:
    """The newest version in force of each key that editors changed, taken back or not."""
    rows = await session.scalars(
        select(AenderungZeile).where(AenderungZeile.status == "gilt").order_by(AenderungZeile.nummer)
    )
    return list({(row.gebiet, row.leistung, row.schluessel): row for row in rows}.values())


async def fassung(session: AsyncSession, ort: Ort) -> AenderungZeile | None:
    """The version of a key that is in force; None if the files always counted."""
    where, leistung, schluessel = ort
    found: AenderungZeile | None = await session.scalar(
        select(AenderungZeile)
        .where(
            AenderungZeile.gebiet == where,
            AenderungZeile.leistung == leistung,
            AenderungZeile.schluessel == schluessel,
            AenderungZeile.status == "gilt",
        )
        .order_by(AenderungZeile.nummer.desc())
        .limit(1)
    )
    return found


async def laden(context: PortalContext) -> None:
    """Lay the stored changes over the files at a start; one that no longer fits the files rests and is listed."""
    async with context.transaction() as session:
        await abweichung.erfassen(context, session, context.bestand.geladen)
        changed = await in_kraft(session)
        context.bestand.stand = await katalogstand.nummer(session)
    if changed:
        geladen, fehler, changes = await lesen(context)
        context.bestand.ersetzen(geladen, fehler, changes)


async def mitziehen(context: PortalContext) -> bool:
    """Take over what another process put in use since; says whether there was something.

    Files that are broken here do not replace the catalogue in use; they are listed, and the next state is tried again.
    """
    async with context.transaction() as session:
        if await katalogstand.nummer(session) == context.bestand.stand:
            return False
    async with context.redaktion:
        return await _mitziehen(context)


async def _mitziehen(context: PortalContext) -> bool:
    async with context.transaction() as session:
        wanted = await katalogstand.nummer(session)
    if wanted == context.bestand.stand:
        return False
    geladen, fehler, changes = await lesen(context)
    if not context.bestand.ersetzen(geladen, fehler, changes):
        log.error("catalogue_state_not_taken_over", stand=wanted, mistakes=[str(f) for f in fehler[:20]])
    context.bestand.stand = wanted
    return True


async def lesen(context: PortalContext) -> tuple[Geladen, list[Fehler], list[Ueberlagerung]]:
    """The files as they are now with the stored changes that fit them; mistakes are then the files' own."""
    async with context.transaction() as session:
        changes = [_ueberlagerung(row) for row in await in_kraft(session) if row.art == "setzen"]
    while True:
        geladen, fehler = await asyncio.to_thread(context.bestand.lesen, changes)
        broken = {f.datei for f in fehler}
        sound = [change for change in changes if change.datei not in broken]
        if len(sound) == len(changes):
            return geladen, fehler, changes
        log.error("catalogue_changes_rest", changes=sorted(c.datei for c in changes if c not in sound))
        changes = sound


async def pruefen(context: PortalContext, staff: PersonalView, eingabe: Eingabe) -> Vorschau:
    """What a change would do, without doing it.

    Raises
    ------
    ForbiddenError, NotFoundError, InvalidInputError
    """
    return await _lesen(context, _neu(context, ebene_von(staff), eingabe))


async def einreichen(context: PortalContext, staff: PersonalView, eingabe: Eingabe, *, sofort: bool) -> str:
    """Store a change as a new version and give its id.

    Parameters
    ----------
    sofort
        Bring it into force at once; otherwise it is proposed, and people may vote.

    Raises
    ------
    ForbiddenError
        The person edits no tier.
    EditRefusedError
        The value breaks a rule; nothing was stored.
    EditedMeanwhileError
        `eingabe.basis` is not the version in force any more.
    """
    change = _neu(context, ebene_von(staff), eingabe)
    return await _anlegen(context, staff, change, eingabe, "setzen", sofort=sofort)


async def zuruecknehmen(
    context: PortalContext, staff: PersonalView, leistung: str, schluessel: str, *, grund: str, basis: int
) -> None:
    """Let the files count again for a key.

    Raises
    ------
    ForbiddenError, EditRefusedError, EditedMeanwhileError
        As `einreichen`.
    InvalidInputError
        The files count already, or the reason is missing.
    """
    ebene = ebene_von(staff)
    ort = (gebiet(context, ebene), leistung, schluessel)
    async with context.transaction() as session:
        now = await fassung(session, ort)
    if now is None or now.art != "setzen":
        raise InvalidInputError("Diese Angabe kommt schon aus den Dateien; es gibt nichts zurückzunehmen.")
    today = context.today().isoformat()
    eingabe = Eingabe(leistung, schluessel, "", "Dateien des Katalogs", now.marke, today, grund, basis)
    await _anlegen(context, staff, _neu(context, ebene, eingabe), eingabe, "zuruecknehmen", sofort=True)


async def entscheiden(
    context: PortalContext, staff: PersonalView, aenderung_id: str, *, uebernehmen: bool, antwort: str
) -> None:
    """Bring a proposed change into force or drop it, with a public answer.

    Raises
    ------
    NotFoundError
        There is no such open proposal of this person's tier.
    EditRefusedError, EditedMeanwhileError
        It does not fit any more; it stays open.
    """
    ebene = ebene_von(staff)
    text = pflichttext(antwort, "antwort", "Bitte schreiben Sie eine öffentliche Antwort.")
    async with context.redaktion:
        await _mitziehen(context)
        async with context.transaction() as session:
            change = _ueberlagerung(await _vorschlag(context, session, ebene, aenderung_id))
        preview = await _lesen(context, change) if uebernehmen else None
        if preview and preview.fehler:
            raise EditRefusedError(preview.fehler)
        try:
            async with context.transaction() as session:
                row = await _vorschlag(context, session, ebene, aenderung_id)
                if preview:
                    now = await fassung(session, _ort(row))
                    if (now.nummer if now else 0) != row.basis:
                        raise EditedMeanwhileError
                    await abweichung.merken(context, session, preview.geladen, row, staff.personal_id)
                row.status = "gilt" if preview else "abgelehnt"
                row.antwort, row.entschieden_utc = text, context.clock()
                counted = await katalogstand.weiterzaehlen(session) if preview else 0
        except IntegrityError as error:
            raise EditedMeanwhileError from error
        if preview:
            _in_kraft_setzen(context, preview, counted)


def pflichttext(value: str, field: str, message: str, hoechstens: int = 2000) -> str:
    """A text that must not be empty or too long. Raises InvalidInputError."""
    text = value.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInputError(message, field=field)
    if len(text) > hoechstens:
        raise InvalidInputError(f"Der Text ist zu lang; möglich sind {hoechstens} Zeichen.", field=field)
    return text


def _neu(context: PortalContext, ebene: Ebene, eingabe: Eingabe) -> Ueberlagerung:
    katalog.leistung(context, eingabe.leistung)
    if eingabe.schluessel not in SCHLUESSEL:
        raise NotFoundError("Diese Angabe gibt es nicht, oder sie lässt sich nicht ändern.")
    pflichttext(
        eingabe.grund, "grund", "Bitte begründen Sie die Änderung. Die Begründung wird veröffentlicht."
    )
    if len(eingabe.eingabe) > HOECHSTLAENGE:
        raise InvalidInputError(
            f"Der Wert ist zu lang; möglich sind {HOECHSTLAENGE} Zeichen.", field="eingabe"
        )
    quelle = pflichttext(eingabe.quelle, "quelle", "Bitte nennen Sie die Quelle.", 300)
    if eingabe.marke not in get_args(Marke):
        raise InvalidInputError("Bitte wählen Sie, ob die Angabe geprüft ist.", field="marke")
    try:
        gueltig_ab = date.fromisoformat(eingabe.gueltig_ab)
    except ValueError as error:
        raise InvalidInputError(
            "Bitte nennen Sie den Tag, seit dem die Angabe gilt.", field="gueltig_ab"
        ) from error
    if gueltig_ab > context.today():
        raise InvalidInputError(
            "Der Tag liegt in der Zukunft. Künftige Beträge und Fristen tragen Sie als weiteren Eintrag mit eigenem "
            "„gueltig_ab“ ein; alles andere ändern Sie, wenn es gilt.",
            field="gueltig_ab",
        )
    return Ueberlagerung(
        ebene=ebene,
        gebiet=gebiet(context, ebene),
        leistung=eingabe.leistung,
        schluessel=eingabe.schluessel,
        eingabe=eingabe.eingabe,
        quelle=quelle,
        marke="geprueft" if eingabe.marke == "geprueft" else "stand_pruefen",
        gueltig_ab=gueltig_ab,
        nummer=eingabe.basis + 1,
    )


async def _lesen(context: PortalContext, change: Ueberlagerung, *, weg: bool = False) -> Vorschau:
    """The catalogue as it would be with one more change (or, `weg`, without the one at this key)."""
    changes = [c for c in context.bestand.ueberlagerungen if _ort(c) != _ort(change)]
    if not weg:
        changes.append(change)
    geladen, fehler = await asyncio.to_thread(context.bestand.lesen, changes)
    before = context.bestand.geladen
    betroffen = (
        abweichung.neu_betroffen(before, geladen, change.leistung, change.schluessel) if before else []
    )
    own = [f for f in fehler if f.datei == change.datei]  # all others may only follow from these
    return Vorschau(geladen, own or fehler, betroffen, changes)


async def _anlegen(
    context: PortalContext,
    staff: PersonalView,
    change: Ueberlagerung,
    eingabe: Eingabe,
    art: str,
    *,
    sofort: bool,
) -> str:
    row_id = str(uuid.uuid4())
    async with context.redaktion:
        await _mitziehen(context)
        async with context.transaction() as session:
            change = replace(change, nummer=await _naechste(session, change))
        preview = await _lesen(context, change, weg=art == "zuruecknehmen")
        if preview.fehler:
            raise EditRefusedError(preview.fehler)
        now = context.clock()
        row = AenderungZeile(
            id=row_id,
            ebene=change.ebene,
            gebiet=change.gebiet,
            leistung=change.leistung,
            schluessel=change.schluessel,
            nummer=change.nummer,
            basis=eingabe.basis,
            art=art,
            eingabe=change.eingabe,
            quelle=change.quelle,
            marke=change.marke,
            gueltig_ab=change.gueltig_ab,
            grund=eingabe.grund.replace("\r\n", "\n").strip(),
            status="gilt" if sofort else "vorschlag",
            personal_id=staff.personal_id,
            funktion=staff.funktion,
            angelegt_utc=now,
            antwort=None,
            entschieden_utc=now if sofort else None,
        )
        try:
            async with context.transaction() as session:
                current = await fassung(session, _ort(change))
                if (current.nummer if current else 0) != eingabe.basis:
                    raise EditedMeanwhileError
                session.add(row)
                await session.flush()
                if sofort:
                    await abweichung.merken(context, session, preview.geladen, row, staff.personal_id)
                    counted = await katalogstand.weiterzaehlen(session)
        except IntegrityError as error:
            raise EditedMeanwhileError from error
        if sofort:
            _in_kraft_setzen(context, preview, counted)
    return row_id


def _in_kraft_setzen(context: PortalContext, preview: Vorschau, counted: int) -> None:
    """Put a stored change in use. Where another process stored one in between, `mitziehen` still sees a newer number."""
    context.bestand.ersetzen(preview.geladen, [], preview.ueberlagerungen)
    if counted == context.bestand.stand + 1:
        context.bestand.stand = counted


async def _naechste(session: AsyncSession, change: Ueberlagerung) -> int:
    newest = await session.scalar(
        select(func.max(AenderungZeile.nummer)).where(
            AenderungZeile.gebiet == change.gebiet,
            AenderungZeile.leistung == change.leistung,
            AenderungZeile.schluessel == change.schluessel,
        )
    )
    return (newest or 0) + 1


async def _vorschlag(
    context: PortalContext, session: AsyncSession, ebene: Ebene, aenderung_id: str
) -> AenderungZeile:
    row = await session.get(AenderungZeile, aenderung_id)
    if row is None or row.gebiet != gebiet(context, ebene):
        raise NotFoundError("Diesen Vorschlag gibt es in Ihrer Redaktion nicht.")
    if row.status != "vorschlag":
        raise ConflictError("Über diesen Vorschlag ist schon entschieden. Es wurde nichts geändert.")
    return row


def _ort(change: Ueberlagerung | AenderungZeile) -> Ort:
    return change.gebiet, change.leistung, change.schluessel


def _ueberlagerung(row: AenderungZeile) -> Ueberlagerung:
    return Ueberlagerung(
        ebene=next(e for e in get_args(Ebene) if e == row.ebene),
        gebiet=row.gebiet,
        leistung=row.leistung,
        schluessel=row.schluessel,
        eingabe=row.eingabe,
        quelle=row.quelle,
        marke="geprueft" if row.marke == "geprueft" else "stand_pruefen",
        gueltig_ab=row.gueltig_ab,
        nummer=row.nummer,
    )
