"""Use cases: read a citizen's master data, and let her keep her contact data up to date."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import InvalidInputError
from portal.schema.stammdaten import StammdatumRow

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
    "telefon": "Telefon",
    "email": "E-Mail",
}
"""Every master datum: id → label, in the order in which people read them."""

DATUMSFELDER = frozenset({"geburtsdatum", "ausweis_gueltig_bis"})
KONTAKTFELDER = ("telefon", "email")
"""What a citizen may change herself; the rest comes from a proof or a register."""

QUELLEN: dict[str, str] = {
    "online_ausweis": "Ihre Stammdaten, bestätigt mit Online-Ausweis",
    "angabe": "Ihre eigene Angabe",
    "bescheid": "Ein Bescheid, von Ihnen übernommen",
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
    """

    feld: str
    wert: str
    quelle: str
    quelle_label: str
    vertrauen: str
    stand: date


async def load(session: AsyncSession, konto_id: str) -> dict[str, Stammdatum]:
    """All master data of an account by field id, in the order of `FELDER`; what is unknown is absent."""
    rows = await session.scalars(select(StammdatumRow).where(StammdatumRow.konto_id == konto_id))
    by_id = {row.feld: row for row in rows}
    return {
        feld: Stammdatum(
            feld,
            by_id[feld].wert,
            by_id[feld].quelle,
            QUELLEN[by_id[feld].quelle],
            by_id[feld].vertrauen,
            by_id[feld].stand,
        )
        for feld in FELDER
        if feld in by_id
    }


async def store(
    session: AsyncSession, konto_id: str, values: dict[str, str], quelle: str, stand: date
) -> None:
    """Write values of one source; an empty value removes the datum."""
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
        row.vertrauen = "hoch" if quelle == "online_ausweis" else "niedrig"
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
        await store(session, konto_id, changed, "angabe", context.today())
