"""BürgerIdent: a clerk in the Bürgerbüro checks the ID card and ties what was read from it to an account, by a one-time code.

It raises trust in this portal only. It is no level of eIDAS and replaces no Schriftform. No copy of the card is kept.
"""

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from portal.schema.identitaet import IdentcodeRow
from portal.schema.konto import KontoRow
from portal.services import benachrichtigung, bremse, datenvorschlag, protokoll, sperre, stammdaten
from portal.services.datenvorschlag import Angabe
from portal.services.sitzung import PersonalView

ROLLE = "ident"
"""Role of those who may check ID cards."""
QUELLE = VERTRAUEN = "buergerident"
GUELTIG = timedelta(days=7)
HOECHSTENS_FALSCH = 10
DOKUMENTE = ("Personalausweis", "Reisepass", "Elektronischer Aufenthaltstitel", "eID-Karte")
FELDER = ("familienname", "vornamen", "geburtsdatum", "geburtsort", "anschrift", "ausweis_gueltig_bis")
"""What is read from the card; with its kind (`ausweisart`), nothing else is taken."""
RECHTSGRUNDLAGE = "Ihre Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO); § 18a PAuswG (Vor-Ort-Auslesen)"


@dataclass(frozen=True)
class Pruefung:
    """What the clerk enters."""

    code: str
    dokumentart: str
    werte: Mapping[str, str]
    """Field → value as read from the card; dates as ISO."""
    lichtbild: bool
    """She has compared photo and person."""
    einwilligung: bool
    """The person agreed to the reading and to its transfer to the account."""


@dataclass(frozen=True)
class Ergebnis:
    """What the check did."""

    entsperrt: bool
    angaben: int
    """How many values now wait for the citizen's decision."""


async def code_erzeugen(context: PortalContext, konto_id: str, zweck: str = "ident") -> str:
    """A new code; an older one of the same purpose ends. It is shown once and stored as a hash."""
    text = base64.b32encode(secrets.token_bytes(5)).decode()
    code = f"{text[:4]}-{text[4:]}"
    async with context.transaction() as session:
        await session.execute(
            delete(IdentcodeRow).where(
                IdentcodeRow.konto_id == konto_id,
                IdentcodeRow.zweck == zweck,
                IdentcodeRow.eingeloest_at.is_(None),
            )
        )
        session.add(
            IdentcodeRow(
                id=str(uuid.uuid4()),
                konto_id=konto_id,
                code_hash=_hash(context, code),
                zweck=zweck,
                laeuft_ab_at=context.clock() + GUELTIG,
            )
        )
    return code


async def pruefen(context: PortalContext, staff: PersonalView, pruefung: Pruefung) -> Ergebnis:
    """Tie a checked ID card to the account that the code belongs to.

    Raises
    ------
    ForbiddenError
        The caller may not check ID cards.
    InvalidInputError
        A value is missing or impossible, the card has expired, or photo or consent were not confirmed.
    NotFoundError
        The code is unknown, used or too old.
    ConflictError
        The card belongs to somebody else than the account.
    TooManyAttemptsError
    """
    if ROLLE not in staff.rollen or staff.stelle is None:
        raise ForbiddenError("Ausweise prüfen nur dafür berechtigte Beschäftigte im Bürgerbüro.")
    values = _geprueft(pruefung, context.today())
    versuch = await bremse.beginnen(context, {f"ident:{staff.personal_id}": HOECHSTENS_FALSCH})
    now = context.clock()
    async with context.transaction() as session:
        found = (
            await session.execute(
                update(IdentcodeRow)
                .where(
                    IdentcodeRow.code_hash == _hash(context, pruefung.code),
                    IdentcodeRow.eingeloest_at.is_(None),
                    IdentcodeRow.laeuft_ab_at > now,
                )
                .values(eingeloest_at=now)
                .returning(IdentcodeRow.konto_id, IdentcodeRow.zweck)
            )
        ).one_or_none()
        if found is None:
            raise NotFoundError(
                "Dieser Code ist unbekannt, abgelaufen oder schon benutzt. Es wurde nichts geändert. "
                "Die Person kann sich im Portal einen neuen holen."
            )
        konto_id, zweck = found
        await gehoert_dazu(session, konto_id, values, streng=zweck == "entsperren")
        await bremse.gelungen(context, session, versuch)
        proposal = await datenvorschlag.machen(
            context,
            session,
            konto_id,
            QUELLE,
            f"{staff.stelle_name}, {pruefung.dokumentart}",
            [Angabe(feld, wert, VERTRAUEN) for feld, wert in values.items()],
        )
        await session.execute(update(KontoRow).where(KontoRow.id == konto_id).values(buergerident_at=now))
        if zweck == "entsperren":
            await sperre.entsperren(session, konto_id)
        await protokoll.eintragen(
            context,
            session,
            konto_id,
            art="einsicht",
            akteur="mensch",
            akteur_label=staff.funktion,
            felder=[stammdaten.FELDER[feld] for feld in values],
            kanal=f"vor Ort: {pruefung.dokumentart}",
            zweck="BürgerIdent: Prüfung Ihres Ausweises"
            + (" und Öffnen Ihres Kontos" if zweck == "entsperren" else ""),
            rechtsgrundlage=RECHTSGRUNDLAGE,
            stelle_name=staff.stelle_name,
            personal_id=staff.personal_id,
        )
        await benachrichtigung.anstossen(
            session, konto_id, "konto_geaendert", jetzt=now, verweis="/mein/vorschlaege"
        )
    return Ergebnis(zweck == "entsperren", len(values) if proposal else 0)


async def geprueft_am(session: AsyncSession, konto_id: str) -> date | None:
    """Day of the last BürgerIdent of an account."""
    moment = await session.scalar(select(KontoRow.buergerident_at).where(KontoRow.id == konto_id))
    return moment.date() if moment else None


async def gehoert_dazu(
    session: AsyncSession, konto_id: str, values: Mapping[str, str], *, streng: bool = False
) -> None:
    """Refuse what belongs to somebody else, by family name and birth date.

    Parameters
    ----------
    streng
        Both must be known already, as for opening a locked account.

    Raises
    ------
    ConflictError
    """
    known = await stammdaten.load(session, konto_id)
    compared = ("familienname", "geburtsdatum")
    if streng and not all(feld in known for feld in compared):
        raise ConflictError(
            "Zu diesem Konto sind weder Name noch Geburtsdatum bekannt. Am Schalter lässt sich nicht feststellen, wem es gehört; "
            "es öffnet sich nur mit dem Online-Ausweis oder einem Rettungscode."
        )
    both = [feld for feld in compared if feld in known and feld in values]
    if any(_gleich(known[feld].wert) != _gleich(values[feld]) for feld in both):
        raise ConflictError(
            "Familienname oder Geburtsdatum passen nicht zu diesem Konto. Es wurde nichts geändert. "
            "Bitte prüfen Sie, ob es das eigene Konto dieser Person ist."
        )


def _geprueft(pruefung: Pruefung, heute: date) -> dict[str, str]:
    if pruefung.dokumentart not in DOKUMENTE:
        raise InvalidInputError("Bitte wählen Sie die Art des Ausweises.", field="dokumentart")
    values = {feld: " ".join(pruefung.werte.get(feld, "").split())[:300] for feld in FELDER}
    for feld, wert in values.items():
        if not wert:
            raise InvalidInputError(f"„{stammdaten.FELDER[feld]}“ fehlt.", field=feld)
    birth, valid = (_datum(values[feld], feld) for feld in ("geburtsdatum", "ausweis_gueltig_bis"))
    if birth >= heute:
        raise InvalidInputError("Das Geburtsdatum liegt in der Zukunft.", field="geburtsdatum")
    if valid < heute:
        raise InvalidInputError(
            "Der Ausweis ist abgelaufen. Mit ihm ist kein BürgerIdent möglich.", field="ausweis_gueltig_bis"
        )
    if not pruefung.lichtbild:
        raise InvalidInputError(
            "Bitte vergleichen Sie das Lichtbild und bestätigen Sie es.", field="lichtbild"
        )
    if not pruefung.einwilligung:
        raise InvalidInputError("Ohne die Einwilligung der Person geht es nicht.", field="einwilligung")
    return values | {"ausweisart": pruefung.dokumentart}


def _datum(text: str, feld: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"„{stammdaten.FELDER[feld]}“ ist kein Datum. Bitte in der Form JJJJ-MM-TT.", field=feld
        ) from error


def _gleich(text: str) -> str:
    return " ".join(text.casefold().split())


def _hash(context: PortalContext, code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return bremse.pruefwert(context, f"identcode:{plain}")
