"""Use cases of a decision's way to the citizen: an office provides it, its notice goes out, and what is not fetched in time ends."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.domain.bekanntgabe import REGELN, Norm
from portal.domain.rechtsbehelf import Belehrung
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.schema.bescheid import BescheidZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import benachrichtigung, handeln, katalog, postfach, stammdaten, vorgang
from portal.services.bescheid import PORTALNORMEN, Bescheid, abrufen_bis, als_json, ansicht, pfad
from portal.services.dokument import Datei

ERINNERN_NACH = timedelta(days=6)
"""How long after the notice a decision that was not fetched is called to mind."""


@dataclass(frozen=True)
class Eingabe:
    """What a Sachbearbeiter hands over with a decision."""

    norm: str
    betreff: str
    bescheiddatum: date
    belehrung: Belehrung
    belehrung_text: str
    datei: Datei | None
    aufgabe: date | None = None
    """Posting or delivery, for the ways outside of this portal."""
    daten: Mapping[str, str] | None = None


async def bereitstellen(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    vorgang_id: str,
    eingabe: Eingabe,
    *,
    funktion: str,
) -> str:
    """An office makes a decision known on a case in its inbox; gives the decision's id.

    In the portal: it lies in the postbox, and the notice goes out the same day. By another way: it is noted, with its deadline.

    Raises
    ------
    InvalidInputError
        Something is missing or wrong; nothing was kept.
    ConflictError
        The person wants decisions on paper, or no notice could reach her: the office sends it otherwise.
    NotFoundError
    """
    case = await vorgang.fuer_stelle(session, stelle_id, vorgang_id)
    norm = _geprueft(context, eingabe, case)
    acting = await handeln.zum_vorgang(session, case)
    if norm in PORTALNORMEN:
        await _darf_ins_postfach(session, case.konto_id)
    office = katalog.stelle_von(context, case.stelle_id)
    now, file = context.clock(), eingabe.datei
    row = BescheidZeile(
        id=str(uuid.uuid4()),
        konto_id=case.konto_id,
        vorgang_id=case.id,
        quelle="stelle",
        leistung=case.leistung,
        leistung_name=case.leistung_name,
        stelle_id=case.stelle_id,
        stelle=f"{case.stelle}, {case.behoerde}",
        norm=norm,
        betreff=eingabe.betreff.strip(),
        bescheiddatum=eingabe.bescheiddatum,
        beginn=eingabe.aufgabe if norm not in PORTALNORMEN else None,
        zugang=None,
        belehrung=als_json(eingabe.belehrung, eingabe.belehrung_text),
        daten=None
        if acting
        else _angaben(context, eingabe) or None,  # the represented person's data are not hers
        status="bereit" if norm in PORTALNORMEN else "versandt",
        dateiname=file.name if file else None,
        sha256=hashlib.sha256(file.inhalt).hexdigest() if file else None,
        datei=file.inhalt if file else None,
        angelegt_utc=now,
        hinweis_id=None,
        hinweis_utc=None,
        abgerufen_utc=None,
        beendet_utc=None,
        ersatz_utc=None,
        erledigt_utc=None,
    )
    session.add(row)
    vorgang.verlauf(
        context, session, case, f"Bescheid: {REGELN[norm].label} ({REGELN[norm].recht})", funktion
    )
    postfach.schreiben(
        context,
        session,
        case.konto_id,
        art="bescheid",
        absender=f"{office.name}, {office.behoerde}",
        betreff=f"Bescheid: {case.leistung_name}",
        text=_nachricht(row),
        vorgang_id=case.id,
    )
    await session.flush()
    if norm in PORTALNORMEN:
        row.hinweis_id = await benachrichtigung.anstossen(
            session, case.konto_id, "bescheid_bereit", jetzt=now, verweis=pfad(row.id)
        )
    else:
        await benachrichtigung.anstossen(
            session, case.konto_id, "neue_nachricht", jetzt=now, verweis=pfad(row.id)
        )
    return row.id


def _geprueft(context: PortalContext, eingabe: Eingabe, case: VorgangZeile) -> Norm:
    if eingabe.norm not in REGELN:
        raise InvalidInputError("Bitte wählen Sie, wie der Bescheid bekannt gegeben wird.", field="norm")
    norm = Norm(eingabe.norm)
    if not eingabe.betreff.strip():
        raise InvalidInputError("Bitte geben Sie an, worum es in dem Bescheid geht.", field="betreff")
    today, filed = context.today(), case.eingegangen_utc.astimezone(BERLIN).date()
    if not filed <= eingabe.bescheiddatum <= today:
        raise InvalidInputError(
            "Das Datum des Bescheids liegt vor dem Antrag oder in der Zukunft.", field="bescheiddatum"
        )
    if norm in PORTALNORMEN and eingabe.datei is None:
        raise InvalidInputError("Bitte fügen Sie den Bescheid als PDF an.", field="datei")
    if norm not in PORTALNORMEN and eingabe.aufgabe is None:
        raise InvalidInputError(
            "Für diesen Weg fehlt der Tag der Aufgabe zur Post, Zustellung oder Übergabe.", field="aufgabe"
        )
    if norm not in PORTALNORMEN and eingabe.aufgabe and eingabe.aufgabe < eingabe.bescheiddatum:
        raise InvalidInputError(
            "Die Aufgabe zur Post kann nicht vor dem Datum des Bescheids liegen.", field="aufgabe"
        )
    return norm


def _angaben(context: PortalContext, eingabe: Eingabe) -> dict[str, str]:
    """The values that the decision brings, as they are stored; a mistake names its field."""
    found = {}
    for feld, wert in (eingabe.daten or {}).items():
        try:
            found[feld] = stammdaten.geprueft(context, feld, wert)
        except InvalidInputError as error:
            raise InvalidInputError(
                f"{stammdaten.FELDER.get(feld, feld)}: {error.message}", field=feld
            ) from error
    return found


async def _darf_ins_postfach(session: AsyncSession, konto_id: str) -> None:
    if not (await benachrichtigung.wunsch(session, konto_id)).bescheide_im_postfach:
        raise ConflictError(
            "Die Person möchte Bescheide auf Papier. Bitte senden Sie den Bescheid mit der Post und tragen Sie ihn als Brief ein."
        )
    if not await benachrichtigung.erreichbar(session, konto_id):
        raise ConflictError(
            "Für den Hinweis auf die Bereitstellung ist weder E-Mail noch Telefon bekannt. Bitte senden Sie den Bescheid mit der "
            "Post und tragen Sie ihn als Brief ein."
        )


def _nachricht(row: BescheidZeile) -> str:
    """What stands in the postbox: never the decision itself."""
    norm = Norm(str(row.norm))
    where = f"Sie finden ihn in Ihrem Bereich unter Fristen und hier: {pfad(row.id)}"
    if norm == Norm.VWVFG_41_2A:
        return (
            "Ein Bescheid liegt für Sie zum Abruf bereit. Öffnen Sie ihn innerhalb von zehn Tagen: Er gilt am Tag nach dem Öffnen als "
            "bekannt gegeben, und die Frist für Rechtsbehelfe beginnt. Öffnen Sie ihn nicht, stellt die Stelle ihn auf anderem Weg zu. "
            + where
        )
    if norm in PORTALNORMEN:
        return (
            f"Ein Bescheid liegt für Sie bereit. Er gilt nach {REGELN[norm].recht} auch dann als bekannt gegeben, wenn Sie ihn nicht "
            f"öffnen. Damit beginnt die Frist für Rechtsbehelfe. {where}"
        )
    return f"Ein Bescheid ist zu Ihnen unterwegs: {REGELN[norm].label}. Wann welche Frist endet, steht in Ihrem Bereich. {where}"


async def ueberwachen(context: PortalContext) -> int:
    """Job: note when notices went out, remind of what was not fetched, end what was not fetched in ten days.

    Gives how many provisions ended.
    """
    ended = 0
    async with context.transaction() as session:
        waiting = list(
            await session.scalars(select(BescheidZeile.id).where(BescheidZeile.status == "bereit"))
        )
    for bescheid_id in waiting:
        async with context.transaction() as session:
            row = await session.get_one(BescheidZeile, bescheid_id, with_for_update=True)
            if row.status == "bereit":
                ended += await _einen_ueberwachen(context, session, row)
    return ended


async def _einen_ueberwachen(context: PortalContext, session: AsyncSession, row: BescheidZeile) -> bool:
    now = context.clock()
    notice = await session.get(BenachrichtigungZeile, row.hinweis_id) if row.hinweis_id else None
    if notice is not None and row.hinweis_utc is None:
        row.hinweis_utc = notice.gesendet_utc
    lost = notice is not None and notice.status == "aufgegeben"
    last = abrufen_bis(row)
    if lost or (last is not None and context.today() > last):
        await _beenden(context, session, row, "Der Hinweis kam nicht an" if lost else "nicht abgerufen")
        return True
    if row.hinweis_utc is not None and last is not None and now - row.hinweis_utc > ERINNERN_NACH:
        sent = await session.scalar(
            select(BenachrichtigungZeile.id)
            .where(
                BenachrichtigungZeile.konto_id == row.konto_id,
                BenachrichtigungZeile.anlass == "bescheid_erinnerung",
                BenachrichtigungZeile.angelegt_utc > row.hinweis_utc,
            )
            .limit(1)
        )
        if sent is None:
            await benachrichtigung.anstossen(
                session, row.konto_id, "bescheid_erinnerung", jetzt=now, verweis=pfad(row.id)
            )
    return False


async def _beenden(context: PortalContext, session: AsyncSession, row: BescheidZeile, why: str) -> None:
    """End the provision: no Bekanntgabe; citizen and office are told."""
    row.status, row.beendet_utc = "beendet", context.clock()
    if row.vorgang_id is not None:
        case = await session.get_one(VorgangZeile, row.vorgang_id)
        vorgang.verlauf(
            context,
            session,
            case,
            f"Bereitstellung beendet ({why}). Bitte auf anderem Weg bekannt geben.",
            None,
        )
    postfach.schreiben(
        context,
        session,
        row.konto_id,
        art="bescheid",
        absender="Amtslotse",
        betreff=f"Bescheid kommt auf anderem Weg: {row.leistung_name}",
        text="Die Bereitstellung ist beendet, ohne dass der Bescheid als bekannt gegeben gilt. Es läuft deshalb keine Frist. Die Stelle "
        "ist informiert und stellt den Bescheid auf anderem Weg zu, meist mit der Post.",
        vorgang_id=row.vorgang_id,
    )
    await benachrichtigung.anstossen(
        session, row.konto_id, "bereitstellung_beendet", jetzt=context.clock(), verweis=pfad(row.id)
    )


async def zu_ersetzen(context: PortalContext, session: AsyncSession, stelle_id: str) -> list[Bescheid]:
    """Decisions of an office whose provision ended and that it has not sent otherwise yet, the oldest first."""
    rows = await session.scalars(
        select(BescheidZeile)
        .where(
            BescheidZeile.stelle_id == stelle_id,
            BescheidZeile.status == "beendet",
            BescheidZeile.ersatz_utc.is_(None),
        )
        .order_by(BescheidZeile.beendet_utc)
    )
    return [ansicht(context, row) for row in rows]


async def ersetzt(context: PortalContext, session: AsyncSession, stelle_id: str, bescheid_id: str) -> str:
    """The office notes that it sends an ended one otherwise; gives the case's id. Raises NotFoundError."""
    row = await session.scalar(
        select(BescheidZeile).where(
            BescheidZeile.id == bescheid_id,
            BescheidZeile.stelle_id == stelle_id,
            BescheidZeile.status == "beendet",
        )
    )
    if row is None or row.vorgang_id is None:
        raise NotFoundError("Diesen Bescheid gibt es in Ihrer Stelle nicht.")
    row.ersatz_utc = row.ersatz_utc or context.clock()
    return row.vorgang_id
