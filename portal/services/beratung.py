"""What a clerk of the chat sees of a citizen: always by her release, always logged, never a protected address."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung
from portal.context import BERLIN, PortalContext
from portal.domain.datenschutz import anschrift_verdeckt
from portal.domain.einwilligung import GILT_BERATUNG, SPRACHE, WORTLAUTE
from portal.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from portal.schema.beratung import ChatfreigabeZeile
from portal.schema.dokument import DokumentZeile
from portal.schema.entwurf import EntwurfZeile
from portal.schema.konto import KontoRow
from portal.services import (
    ansicht,
    auskunftssperre,
    dokument,
    fuer_wen,
    handeln,
    postfach,
    protokoll,
    stammdaten,
)
from portal.services.ansicht import draft_view
from portal.services.bindung import Gebunden
from portal.services.fehler import ProtectedAddressError
from portal.services.views import (
    ConsentView,
    ConsoleCitizen,
    DataSet,
    DocumentView,
    DraftView,
    ReleasedValue,
    ReleaseView,
)

VERLAUF_HOECHSTENS = 100_000
"""Characters of a conversation that goes into the postbox."""
TEXT = WORTLAUTE["beratung"]
"""With which a citizen releases data or a document in the chat."""
UEBERBLICK = "Beratung im Chat, Überblick"
LESEN = "Beratung im Chat, Gespräch"
GESPRAECH = "Gesprächsverlauf"
BERATUNG = "Art. 6 Abs. 1 Buchstabe e DSGVO mit § 3 DSG NRW"
EINWILLIGUNG = "Ihre Einwilligung, Art. 6 Abs. 1 Buchstabe a DSGVO"

DATENSAETZE: dict[str, tuple[str, tuple[str, ...]]] = {
    "person": ("Name und Geburt", ("familienname", "geburtsname", "vornamen", "geburtsdatum", "geburtsort")),
    "anschrift": ("Anschrift", ("anschrift",)),
    "kontakt": ("Telefon und E-Mail", ("telefon", "email")),
    "familie": ("Familienstand und Staatsangehörigkeit", ("familienstand", "staatsangehoerigkeit")),
    "ausweis": ("Ausweisdaten", ("ausweisart", "ausweisnummer", "ausweis_gueltig_bis")),
}
"""What a clerk may ask for in one go: id → name and master data."""


@dataclass(frozen=True)
class Beratung:
    """Who looks: a clerk, by function and office as the citizen reads them."""

    personal_id: str
    funktion: str
    stelle: str


async def person(
    context: PortalContext, session: AsyncSession, bound: Gebunden, wer: Beratung
) -> ConsoleCitizen:
    """What the console needs to know of the citizen herself: no master datum, only which she could release.

    Who asks reads her conversation: that is logged, once a day for each clerk.
    """
    if not await _schon_gesehen(context, session, bound.konto_id, None, wer, [GESPRAECH], kanal=LESEN):
        await protokoll.eintragen(
            context,
            session,
            bound.konto_id,
            art="einsicht",
            akteur="mensch",
            akteur_label=wer.funktion,
            stelle_name=wer.stelle,
            zweck="Beratung in Ihrem Gespräch",
            rechtsgrundlage=BERATUNG,
            felder=[GESPRAECH],
            kanal=LESEN,
            personal_id=wer.personal_id,
        )
    locked = await auskunftssperre.gilt(session, bound.konto_id)
    known = await stammdaten.load(session, bound.konto_id)
    sets = [
        DataSet(id=key, label=label, fields=[stammdaten.FELDER[f] for f in fields if f in known])
        for key, (label, fields) in DATENSAETZE.items()
        if any(f in known for f in fields) and not (locked and "anschrift" in fields)
    ]
    return ConsoleCitizen(
        trust=bound.vertrauen,
        address_locked=locked,
        data_sets=sets,
        release_text=ansicht.wortlaut("beratung"),
        transfer_text=ansicht.wortlaut("weitergabe"),
    )


async def entwurf(context: PortalContext, session: AsyncSession, bound: Gebunden, wer: Beratung) -> DraftView:
    """The conversation's draft as a clerk sees it: released values only, sensitive ones masked. The look is logged.

    Raises
    ------
    NoDraftError
    """
    row = await session.get_one(EntwurfZeile, bound.entwurf())
    view = await ansicht.sicht(context, session, row, bound.vertrauen)
    shown = draft_view(context, view, masked=True, proposals=False)
    if await auskunftssperre.gilt(session, bound.konto_id):
        shown = _ohne_anschriften(shown, view.leistung)
    seen = [f.label for f in shown.fields if f.display]
    if seen and not await _schon_gesehen(context, session, bound.konto_id, view.leistung, wer, seen):
        await protokoll.eintragen(
            context,
            session,
            bound.konto_id,
            art="einsicht",
            akteur="mensch",
            akteur_label=wer.funktion,
            stelle_name=wer.stelle,
            leistung=view.leistung,
            felder=seen,
            kanal=UEBERBLICK,
            personal_id=wer.personal_id,
            vertretung=await handeln.im_entwurf(session, row),
        )
    return await fuer_wen.ergaenzen(context, session, bound.konto_id, shown, fragen=False)


def _ohne_anschriften(draft: DraftView, service: Leistung) -> DraftView:
    fields = []
    for shown in draft.fields:
        feld = service.feld(shown.id)
        if feld is not None and anschrift_verdeckt(gesperrt=True, typ=feld.typ, stammdatum=feld.stammdatum):
            shown = shown.model_copy(
                update={"value": None, "display": None, "masked": False, "withheld": "auskunftssperre"}
            )
        fields.append(shown)
    return draft.model_copy(update={"fields": fields})


async def _schon_gesehen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    service: Leistung | None,
    wer: Beratung,
    felder: Sequence[str],
    *,
    kanal: str = UEBERBLICK,
) -> bool:
    """Whether the same person saw all this today already: one line a day, not one for each keystroke of the form."""
    morning = datetime.combine(context.today(), time(), BERLIN)
    before = await protokoll.gesehen(
        session, konto_id, personal_id=wer.personal_id, kanal=kanal, seit=morning
    )
    leistung = service.id if service else None
    return {f"{wer.stelle}/{leistung}/{label}" for label in felder} <= before


async def freigeben(
    context: PortalContext,
    session: AsyncSession,
    bound: Gebunden,
    *,
    art: str,
    kennung: str,
    stelle: str,
    zweck: str,
) -> ReleaseView:
    """Record that the citizen released a data set or a document of hers to an office, by her click in the chat.

    Parameters
    ----------
    art, kennung
        `daten` with an id of `DATENSAETZE`, or `dokument` with a document's id.
    stelle
        The office that may look, as citizens read it.

    Raises
    ------
    NotFoundError
        No such data set, or no such document of hers.
    ProtectedAddressError
    InvalidInputError
        The purpose is empty or too long.
    """
    if not 0 < len(zweck) <= 300:
        raise InvalidInputError("Der Zweck fehlt oder ist zu lang (höchstens 300 Zeichen).", field="purpose")
    if art == "daten":
        label, content = await _datensatz(session, bound.konto_id, kennung)
        labels = [stammdaten.FELDER[f] for f in content]
    else:
        view, _bytes = await dokument.laden(session, kennung, konto_id=bound.konto_id)
        label, content, labels = view.filename[:200], [kennung], [f"Dokument {view.filename}"]
    row = ChatfreigabeZeile(
        id=str(uuid.uuid4()),
        konto_id=bound.konto_id,
        unterhaltung=bound.unterhaltung,
        art=art,
        inhalt=content,
        label=label,
        zweck=zweck,
        stelle=stelle,
        rechtsgrundlage=EINWILLIGUNG,
        textversion=TEXT.version,
        erteilt_utc=context.clock(),
        widerrufen_utc=None,
    )
    session.add(row)
    await protokoll.eintragen(
        context,
        session,
        bound.konto_id,
        art="freigabe",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name=stelle,
        zweck=zweck,
        rechtsgrundlage=EINWILLIGUNG,
        felder=labels,
        kanal="Freigabe im Chat",
        freigabe_id=row.id,
        wortlaut="beratung",
    )
    return ReleaseView(id=row.id, label=label, fields=labels, document=art == "dokument")


async def _datensatz(session: AsyncSession, konto_id: str, kennung: str) -> tuple[str, list[str]]:
    label, wanted = DATENSAETZE.get(kennung, ("", ()))
    if "anschrift" in wanted and await auskunftssperre.gilt(session, konto_id):
        raise ProtectedAddressError
    known = await stammdaten.load(session, konto_id)
    content = [f for f in wanted if f in known]
    if not content:
        raise NotFoundError("Dazu ist im Konto nichts gespeichert.", field="id")
    return label, content


async def widerrufen(context: PortalContext, session: AsyncSession, konto_id: str, freigabe: str) -> bool:
    """The citizen takes a release back, in the chat or on her page of consents; False when she had done so before.

    Raises
    ------
    NotFoundError
        No such release of this citizen.
    """
    row = await session.get(ChatfreigabeZeile, freigabe, with_for_update=True)
    if row is None or row.konto_id != konto_id:
        raise NotFoundError("Diese Freigabe gibt es nicht.")
    if row.widerrufen_utc is not None:
        return False
    row.widerrufen_utc = context.clock()
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="widerruf",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name=row.stelle,
        zweck=row.zweck,
        rechtsgrundlage="Art. 7 Abs. 3 DSGVO",
        felder=_namen(row),
        kanal="Freigabe im Chat",
        freigabe_id=row.id,
    )
    return True


def _namen(row: ChatfreigabeZeile) -> list[str]:
    if row.art == "dokument":
        return [f"Dokument {row.label}"]
    return [stammdaten.FELDER.get(feld, feld) for feld in row.inhalt]


def _zustand(context: PortalContext, row: ChatfreigabeZeile) -> str:
    if row.widerrufen_utc is not None:
        return "widerrufen"
    return "gueltig" if context.clock() < row.erteilt_utc + GILT_BERATUNG else "abgelaufen"


async def freigaben(context: PortalContext, session: AsyncSession, konto_id: str) -> list[ConsentView]:
    """All releases that she gave in the chat, for her page of consents."""
    rows = await session.scalars(select(ChatfreigabeZeile).where(ChatfreigabeZeile.konto_id == konto_id))
    return [
        ConsentView(
            id=row.id,
            state=_zustand(context, row),
            purpose=row.zweck,
            office=row.stelle,
            authority="",
            fields=_namen(row),
            legal_basis=row.rechtsgrundlage,
            given_at=row.erteilt_utc,
            valid_until=row.erteilt_utc + GILT_BERATUNG,
            withdrawn_at=row.widerrufen_utc,
            text=TEXT.texte.get((row.textversion, SPRACHE))
            or f"Freigeben: {row.label}, für {row.stelle}. Zweck: {row.zweck}",
            text_version=row.textversion,
            language=SPRACHE,
            reference=None,
            consequence="Nach dem Widerruf kann die Stelle das nicht mehr ansehen."
            if _zustand(context, row) == "gueltig"
            else None,
        )
        for row in rows
    ]


async def werte(
    context: PortalContext, session: AsyncSession, bound: Gebunden, freigabe: str, wer: Beratung
) -> list[ReleasedValue]:
    """The values of a released data set, unmasked, for a clerk of the office that it was released to. Logged.

    Raises
    ------
    NotFoundError, ForbiddenError, ProtectedAddressError
    ConflictError
        The release was taken back.
    """
    row = await session.get(ChatfreigabeZeile, freigabe)
    if row is None or row.unterhaltung != bound.unterhaltung or row.konto_id != bound.konto_id:
        raise NotFoundError("Diese Freigabe gibt es nicht.")
    _pruefen(context, row, wer)
    if row.art != "daten":
        raise NotFoundError("Diese Freigabe enthält keine Daten.")
    if "anschrift" in row.inhalt and await auskunftssperre.gilt(session, row.konto_id):
        raise ProtectedAddressError
    known = await stammdaten.load(session, row.konto_id)
    found = [known[f] for f in row.inhalt if f in known]
    await _einsicht(context, session, row, wer, [stammdaten.FELDER[d.feld] for d in found])
    return [
        ReleasedValue(
            label=stammdaten.FELDER[d.feld],
            value=d.wert,
            source=d.quelle_label,
            date=d.stand.isoformat(),
        )
        for d in found
    ]


async def freigegebenes_dokument(
    context: PortalContext, session: AsyncSession, freigabe: str, wer: Beratung
) -> tuple[DocumentView, bytes]:
    """A released document for a clerk of the office that it was released to. Logged. Raises as `werte`."""
    row = await session.get(ChatfreigabeZeile, freigabe)
    if row is None or row.art != "dokument":
        raise NotFoundError("Diese Freigabe gibt es nicht.")
    _pruefen(context, row, wer)
    found = await session.get(DokumentZeile, row.inhalt[0])
    if found is None:
        raise NotFoundError("Dieses Dokument gibt es nicht mehr.")
    view, content = await dokument.laden(session, found.id, konto_id=row.konto_id)
    await _einsicht(context, session, row, wer, [f"Dokument {view.filename}"], sha256=view.sha256)
    return view, content


def _pruefen(context: PortalContext, row: ChatfreigabeZeile, wer: Beratung) -> None:
    if row.stelle != wer.stelle:
        raise ForbiddenError("Diese Freigabe gilt für eine andere Stelle.")
    if row.widerrufen_utc is not None:
        raise ConflictError("Diese Freigabe wurde zurückgenommen. Sie können neu darum bitten.")
    if _zustand(context, row) == "abgelaufen":
        raise ConflictError("Diese Freigabe ist nach 30 Tagen abgelaufen. Sie können neu darum bitten.")


async def _einsicht(
    context: PortalContext,
    session: AsyncSession,
    row: ChatfreigabeZeile,
    wer: Beratung,
    felder: Sequence[str],
    *,
    sha256: str | None = None,
) -> None:
    await protokoll.eintragen(
        context,
        session,
        row.konto_id,
        art="einsicht",
        akteur="mensch",
        akteur_label=wer.funktion,
        stelle_name=wer.stelle,
        zweck=row.zweck,
        rechtsgrundlage=row.rechtsgrundlage,
        felder=felder,
        kanal="Beratung im Chat",
        freigabe_id=row.id,
        personal_id=wer.personal_id,
        inhalt_sha256=sha256,
    )


async def weitergegeben(
    context: PortalContext,
    session: AsyncSession,
    bound: Gebunden,
    wer: Beratung,
    *,
    empfaenger: str,
    rechtsgrundlage: str,
    inhalt: Sequence[str],
    leistung_id: str | None,
) -> None:
    """Log that a clerk gave a conversation to another office, with exactly what went along."""
    service = context.katalog.leistungen.get(leistung_id or "")
    await protokoll.eintragen(
        context,
        session,
        bound.konto_id,
        art="uebermittlung",
        akteur="mensch",
        akteur_label=f"{wer.funktion}, {wer.stelle}"[:200],
        stelle_name=empfaenger,
        leistung=service,
        zweck="" if service else "Weitergabe Ihres Gesprächs an die zuständige Stelle",
        rechtsgrundlage=rechtsgrundlage or EINWILLIGUNG,
        felder=inhalt,
        kanal="Weitergabe im Chat",
        personal_id=wer.personal_id,
        wortlaut=None if rechtsgrundlage else "weitergabe",
    )


async def verlauf_ablegen(
    context: PortalContext, session: AsyncSession, konto_id: str, tag: date, text: str
) -> None:
    """Put a conversation into its citizen's postbox. Raises NotFoundError when there is no such account (any more)."""
    if await session.get(KontoRow, konto_id) is None:
        raise NotFoundError("Dieses Konto gibt es nicht.")
    postfach.schreiben(
        context,
        session,
        konto_id,
        art="status",
        absender="Amtslotse, Chat",
        betreff=f"Ihr Gespräch vom {tag:%d.%m.%Y}",
        text=text,
    )
