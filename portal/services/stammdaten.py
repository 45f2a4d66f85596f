"""Use cases: read a citizen's master data, and let her keep her contact data up to date."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung
from portal.context import PortalContext
from portal.domain import feldtypen
from portal.domain.benachrichtigung import Kanal
from portal.errors import InvalidInputError, NotFoundError
from portal.schema.stammdaten import StammdatumRow
from portal.services import feldpruefung, protokoll, sperrlink

FELDER: dict[str, str] = {
    "familienname": "Familienname",
    "geburtsname": "Geburtsname",
    "vornamen": "Vornamen",
    "geburtsdatum": "Geburtsdatum",
    "geburtsort": "Geburtsort",
    "staatsangehoerigkeit": "Staatsangehörigkeit",
    "geschlecht": "Geschlecht",
    "familienstand": "Familienstand",
    "anschrift": "Anschrift",
    "ausweisart": "Art des Ausweises",
    "ausweisnummer": "Ausweisnummer",
    "ausweis_gueltig_bis": "Ausweis gültig bis",
    "iban": "IBAN",
    "kennzeichen": "Kfz-Kennzeichen",
    "telefon": "Telefon",
    "email": "E-Mail",
}
"""Every master datum: id → label, in the order in which people read them.

A further one is a line here and its check in `EIGENE_PRUEFUNG`: then cases, decisions and documents can bring it. The Steuer-IdNr is
none of them: it is used in its case alone (IDNrG).
"""
AUSWEISDATEN = frozenset({"ausweisart", "ausweisnummer", "ausweis_gueltig_bis"})
"""Valid as long as the identity card."""

DATUMSFELDER = frozenset({"geburtsdatum", "ausweis_gueltig_bis"})
KONTAKTFELDER = ("telefon", "email")
"""How the citizen can be reached; kept apart on the page from what describes her."""

QUELLEN: dict[str, str] = {
    "online_ausweis": "Ihre Stammdaten, bestätigt mit Online-Ausweis",
    "angabe": "Ihre eigene Angabe",
    "buergerident": "Ausweis im Bürgerbüro geprüft (BürgerIdent)",
    "bundid": "Aus Ihrer BundID übernommen",
    "oidc": "Von Ihrem Anmeldedienst übernommen",
    "bescheid": "Ein Bescheid, von Ihnen übernommen",
    "vorgang": "Ein abgegebener Antrag, von Ihnen übernommen",
    "dokument": "Eine Unterlage, von Ihnen übernommen",
}

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,24}")
TELEFON = re.compile(r"\+?[0-9][0-9 /()-]{4,24}")


@dataclass(frozen=True)
class Stammdatum:
    """One master datum with its origin.

    Attributes
    ----------
    feld
        Id, a key of `FELDER`.
    wert
        String; dates as ISO, `anschrift` as "Straße Hausnummer, PLZ Ort".
    quelle, quelle_label
        Where the value came from, as id and in words.
    vertrauen
        `niedrig`, `substantiell` or `hoch`: how well the value is proved.
    stand
        Day on which the value was given or proved.
    gueltig_bis
        Last day on which the value is offered; None for no end.
    """

    feld: str
    wert: str
    quelle: str
    quelle_label: str
    vertrauen: str
    stand: date
    gueltig_bis: date | None = None

    def gilt(self, heute: date) -> bool:
        """Whether it may be offered without asking again."""
        return self.gueltig_bis is None or heute <= self.gueltig_bis


async def load(session: AsyncSession, konto_id: str) -> dict[str, Stammdatum]:
    """All master data of an account by field id, in the order of `FELDER`; what is unknown is absent."""
    rows = await session.scalars(select(StammdatumRow).where(StammdatumRow.konto_id == konto_id))
    by_id = {row.feld: row for row in rows}
    card = by_id.get("ausweis_gueltig_bis")
    card_ends = date.fromisoformat(card.wert) if card else None
    return {
        feld: Stammdatum(
            feld,
            by_id[feld].wert,
            by_id[feld].quelle,
            QUELLEN[by_id[feld].quelle],
            by_id[feld].vertrauen,
            by_id[feld].stand,
            by_id[feld].gueltig_bis or (card_ends if feld in AUSWEISDATEN else None),
        )
        for feld in FELDER
        if feld in by_id
    }


async def store(
    session: AsyncSession,
    konto_id: str,
    values: dict[str, str],
    quelle: str,
    stand: date,
    gueltig_bis: date | None = None,
    vertrauen: str | None = None,
) -> None:
    """Write values of one source; an empty value removes the datum.

    Parameters
    ----------
    vertrauen
        How well the values are proved; by default what an own statement or the Online-Ausweis gives.
    """
    for feld, wert in values.items():
        row = await session.get(StammdatumRow, (konto_id, feld))
        if not wert:
            if row is not None:
                await session.delete(row)
            continue
        if row is None:
            row = StammdatumRow(konto_id=konto_id, feld=feld)
            session.add(row)
        row.wert, row.quelle, row.stand = wert, quelle, stand
        row.gueltig_bis = gueltig_bis
        row.vertrauen = vertrauen or ("hoch" if quelle == "online_ausweis" else "niedrig")
    await session.flush()


async def change_contact(context: PortalContext, konto_id: str, values: dict[str, str]) -> None:
    """The citizen changes her telephone number and e-mail address.

    Raises
    ------
    InvalidInputError
        A value is no telephone number or no e-mail address; nothing was changed.
    """
    cleaned = {feld: values.get(feld, "").strip() for feld in KONTAKTFELDER}
    if cleaned["email"] and not EMAIL.fullmatch(cleaned["email"]):
        raise InvalidInputError(
            "Die E-Mail-Adresse ist unvollständig. Bitte geben Sie sie in der Form name@beispiel.de ein.",
            field="email",
        )
    if cleaned["telefon"] and not TELEFON.fullmatch(cleaned["telefon"]):
        raise InvalidInputError(
            "Die Telefonnummer enthält unzulässige Zeichen. Erlaubt sind Ziffern, Leerzeichen und ein + am Anfang.",
            field="telefon",
        )
    async with context.transaction() as session:
        known = await load(session, konto_id)
        changed = {f: w for f, w in cleaned.items() if (known[f].wert if f in known else "") != w}
        if changed:
            await speichern(context, session, konto_id, changed, "angabe")


EIGENE_PRUEFUNG: dict[str, Callable[[str], str]] = {
    "familienname": feldtypen.name,
    "geburtsname": feldtypen.name,
    "vornamen": feldtypen.name,
    "geburtsdatum": feldtypen.datum,
    "geburtsort": feldtypen.text,
    "staatsangehoerigkeit": feldtypen.text,
    "geschlecht": feldtypen.text,
    "familienstand": feldtypen.text,
    "anschrift": feldtypen.anschrift,
    "ausweisart": feldtypen.text,
    "ausweisnummer": feldtypen.dokumentnummer,
    "ausweis_gueltig_bis": feldtypen.datum,
    "iban": feldpruefung.iban,
    "kennzeichen": feldtypen.kennzeichen,
}
"""What a citizen may state or correct herself, and how it is checked; contact data have their own form."""


async def angeben(context: PortalContext, session: AsyncSession, konto_id: str, feld: str, wert: str) -> None:
    """State or correct one master datum. A proved one loses its proof; the page says so before.

    Raises
    ------
    InvalidInputError
        There is no such datum, or the value does not fit it.
    """
    await speichern(context, session, konto_id, {feld: geprueft(context, feld, wert)}, "angabe")


def geprueft(context: PortalContext, feld: str, wert: str) -> str:
    """A value in the form in which it is stored. Raises InvalidInputError: there is no such datum, or the value does not fit it."""
    check = EIGENE_PRUEFUNG.get(feld)
    if check is None:
        raise InvalidInputError("Bitte wählen Sie eine Angabe aus der Liste.", field="feld")
    try:
        checked = check(wert.strip())
        if feld == "geburtsdatum":
            feldtypen.nicht_vor_1900(checked)
            feldtypen.nicht_zukuenftig(checked, context.today())
    except feldtypen.UngueltigError as error:
        raise InvalidInputError(str(error), field="wert") from error
    return checked


ANLAESSE = {
    "angabe": "Von Ihnen angegeben oder berichtigt",
    "vorgang": "Aus einem abgegebenen Antrag übernommen",
    "bescheid": "Aus einem Bescheid übernommen",
    "dokument": "Aus einer Unterlage übernommen",
    "buergerident": "Nach der Prüfung im Bürgerbüro übernommen",
    "bundid": "Aus Ihrer BundID übernommen",
    "oidc": "Von Ihrem Anmeldedienst übernommen",
}
"""What her log says of a change, by source."""


async def speichern(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    werte: Mapping[str, str],
    quelle: str,
    vertrauen: str | None = None,
) -> None:
    """Store checked values that she chose, and note it in her log. `quelle`: a key of `ANLAESSE`; `vertrauen` as in `store`."""
    await _bisherige_melden(context, session, konto_id, werte)
    await store(session, konto_id, dict(werte), quelle, context.today(), vertrauen=vertrauen)
    await protokoll.eigene_aenderung(
        context,
        session,
        konto_id,
        [FELDER[feld] for feld in werte],
        ANLAESSE[quelle],
        "Art. 6 Abs. 1 Buchst. a DSGVO",
    )


async def entfernen(context: PortalContext, session: AsyncSession, konto_id: str, feld: str) -> None:
    """Delete one master datum. Raises NotFoundError when it is not stored."""
    row = await session.get(StammdatumRow, (konto_id, feld)) if feld in FELDER else None
    if row is None:
        raise NotFoundError("Diese Angabe ist nicht gespeichert.")
    await _bisherige_melden(context, session, konto_id, {feld: ""})
    await session.delete(row)
    await protokoll.eigene_aenderung(
        context, session, konto_id, [FELDER[feld]], "Von Ihnen gelöscht", "Art. 17 DSGVO"
    )


async def _bisherige_melden(
    context: PortalContext, session: AsyncSession, konto_id: str, werte: Mapping[str, str]
) -> None:
    """Tell an address that is about to be replaced: whoever took the account over must not cut its holder off."""
    known = await load(session, konto_id)
    for feld, kanal in (("email", Kanal.MAIL), ("telefon", Kanal.SMS)):
        if feld in werte and feld in known and known[feld].wert != werte[feld]:
            await sperrlink.aenderung_melden(context, session, konto_id, an=(kanal, known[feld].wert))


@dataclass(frozen=True)
class Uebernahme:
    """A value of a delivered case that is not yet, or differs from, a master datum. `nachgewiesen`: it would replace a proof."""

    feld: str
    label: str
    wert: str
    bisher: str | None
    nachgewiesen: bool


def _gleich(feld: str, eins: str, zwei: str) -> bool:
    """Whether two values are the same; a telephone number may be written in two ways."""
    if feld != "telefon":
        return eins == zwei
    digits = [re.sub(r"\D", "", wert).removeprefix("49").removeprefix("0") for wert in (eins, zwei)]
    return digits[0] == digits[1]


async def uebernehmbar(
    session: AsyncSession, konto_id: str, service: Leistung, paket: Mapping[str, object]
) -> list[Uebernahme]:
    """What a delivered case could add to her master data; nothing is added unless she says so, nothing from a case for somebody else."""
    if paket.get("vertretung"):
        return []
    known = await load(session, konto_id)
    fields = paket.get("felder")
    found: dict[str, Uebernahme] = {}
    for item in fields if isinstance(fields, list) else []:
        field = service.feld(str(item["id"]))
        shared = field.wiederverwenden if field else None
        target = (
            "anschrift" if shared == "neue_anschrift" else (field.stammdatum or shared) if field else None
        )
        if target not in FELDER or not isinstance(item["wert"], str):
            continue
        before = known.get(target)
        if before is None or not _gleich(target, before.wert, item["wert"]):
            found[target] = Uebernahme(
                target,
                FELDER[target],
                item["wert"],
                before.wert if before else None,
                before is not None and before.vertrauen == "hoch",
            )
        else:
            found.pop(target, None)
    return list(found.values())


async def uebernehmen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    angebot: Sequence[Uebernahme],
    felder: Sequence[str],
) -> int:
    """Take chosen values of a case over into the master data; gives how many. Foreign fields are not taken."""
    chosen = {one.feld: one.wert for one in angebot if one.feld in felder}
    if chosen:
        await speichern(context, session, konto_id, chosen, "vorgang")
    return len(chosen)
