"""Logging in with an identity provider: there and back, once, in the same browser; its values wait for the citizen's word."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ForbiddenError
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.schema.sitzung import NachweisanfrageRow
from portal.schema.zugang import VerknuepfungRow
from portal.services import anbieter, anmeldung, benachrichtigung, bremse, datenvorschlag, sperre
from portal.services.anbieter import Anmeldedienst, IdentityProofError, Person, Weg
from portal.services.anmeldung import Offen
from portal.services.identitaet import ANFRAGE_GUELTIG
from portal.services.sitzung import Herkunft, NeueSitzung
from portal.services.zweitfaktor import Inhaber

EXTERN = "extern:"
"""Prefix of the login name of accounts that only a provider leads into; nobody can type a password for them."""


async def beginnen(context: PortalContext, art: str, dienst_id: str, besuch: str, zurueck: str) -> Weg:
    """Open a request for this browser and give the way to the provider. Raises NotFoundError, IdentityProofError."""
    dienst = anbieter.dienst(context, art, dienst_id)
    now = context.clock()
    anfrage = f"_{secrets.token_hex(20)}"
    weg = await dienst.beginnen(anfrage, now)
    async with context.transaction() as session:
        session.add(
            NachweisanfrageRow(
                id=anfrage,
                zweck=art,
                halter_hash=_hash(besuch),
                anbieter=dienst.id,
                zurueck=zurueck[:500],
                geheim=dict(weg.geheim),
                angelegt_at=now,
            )
        )
    return weg


async def beenden(
    context: PortalContext,
    art: str,
    dienst_id: str,
    anfrage: str,
    antwort: Mapping[str, str],
    besuch: str,
    herkunft: Herkunft,
    *,
    alt: str | None = None,
) -> tuple[NeueSitzung | Offen, str, str | None]:
    """Take the provider's answer and log in.

    Returns
    -------
    tuple
        The session (or what is missing), the own path to go to, and the id of a proposal for the master data.

    Raises
    ------
    IdentityProofError
        The answer is forged, too old, used before, or another browser's.
    ForbiddenError
        The provider knows this member of staff, the town does not.
    """
    dienst = anbieter.dienst(context, art, dienst_id)
    now = context.clock()
    zurueck, geheim = await _einloesen(context, art, dienst, anfrage, besuch, now)
    person = await dienst.pruefen(anfrage, geheim, antwort, now)
    proposal = None
    async with context.transaction() as session:
        inhaber = await _inhaber(context, session, art, dienst, person, now)
        if inhaber.konto_id is not None:
            locked = await sperre.gesperrt_seit(session, inhaber.konto_id)
            if locked is not None and person.vertrauen == "hoch":  # the eID, nothing less
                await sperre.entsperren(session, inhaber.konto_id)
                await benachrichtigung.anstossen(
                    session, inhaber.konto_id, "konto_geaendert", jetzt=now, verweis="/mein/sicherheit"
                )
            proposal = await datenvorschlag.machen(
                context, session, inhaber.konto_id, dienst.quelle, dienst.name, person.angaben
            )
    found = await anmeldung.weiter(
        context,
        inhaber,
        person.vertrauen,
        herkunft,
        zurueck,
        alt=alt,
        faktor_erfuellt=person.faktor_erfuellt,
    )
    return found, zurueck, proposal


async def dienste_von(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Anmeldedienst]:
    """The providers that lead into this account and that the installation still offers."""
    linked = set(
        await session.scalars(select(VerknuepfungRow.anbieter).where(VerknuepfungRow.konto_id == konto_id))
    )
    return [one for one in anbieter.dienste(context, "konto").values() if one.id in linked]


async def antwort_ablegen(context: PortalContext, dienst_id: str, anfrage: str, antwort: str) -> None:
    """Keep an answer that came by a foreign page's form until the browser comes with its own cookie; only the first one."""
    now = context.clock()
    async with context.transaction() as session:
        row = await session.scalar(
            select(NachweisanfrageRow)
            .where(
                NachweisanfrageRow.id == anfrage,
                NachweisanfrageRow.anbieter == dienst_id,
                NachweisanfrageRow.eingeloest_at.is_(None),
                NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
            )
            .with_for_update()
        )
        if row is None or "antwort" in row.geheim:
            raise IdentityProofError
        row.geheim = dict(row.geheim) | {"antwort": antwort}


async def abgelegte_antwort(session: AsyncSession, anfrage: str) -> str:
    """The answer that was kept. Raises IdentityProofError."""
    row = await session.get(NachweisanfrageRow, anfrage)
    if row is None or "antwort" not in row.geheim:
        raise IdentityProofError
    return row.geheim["antwort"]


async def _einloesen(
    context: PortalContext, art: str, dienst: Anmeldedienst, anfrage: str, besuch: str, now: datetime
) -> tuple[str, Mapping[str, str]]:
    """Use the request up, before its answer is looked at: neither a wrong nor a right one counts twice."""
    async with context.transaction() as session:
        row = (
            await session.execute(
                update(NachweisanfrageRow)
                .where(
                    NachweisanfrageRow.id == anfrage,
                    NachweisanfrageRow.zweck == art,
                    NachweisanfrageRow.anbieter == dienst.id,
                    NachweisanfrageRow.halter_hash == _hash(besuch),
                    NachweisanfrageRow.eingeloest_at.is_(None),
                    NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
                )
                .values(eingeloest_at=now)
                .returning(NachweisanfrageRow.zurueck, NachweisanfrageRow.geheim)
            )
        ).one_or_none()
    if row is None:
        raise IdentityProofError
    return row[0], row[1]


async def _inhaber(
    context: PortalContext,
    session: AsyncSession,
    art: str,
    dienst: Anmeldedienst,
    person: Person,
    now: datetime,
) -> Inhaber:
    key = bremse.pruefwert(context, f"subjekt:{dienst.id}:{person.subjekt}")
    link = await session.scalar(
        select(VerknuepfungRow).where(
            VerknuepfungRow.anbieter == dienst.id, VerknuepfungRow.subjekt_hash == key
        )
    )
    if link is not None:
        link.zuletzt_at = now
        return Inhaber(link.konto_id, link.personal_id)
    if art == "personal":
        staff = await session.scalar(
            select(PersonalRow).where(PersonalRow.anmeldename == person.dienstname.lower())
        )
        if staff is None or not person.dienstname:
            raise ForbiddenError(
                "Ihr Dienstkonto ist in Amtslotse noch nicht eingerichtet. Bitte wenden Sie sich an die Leitung."
            )
        inhaber = Inhaber(personal_id=staff.id)
    else:
        account = KontoRow(id=str(uuid.uuid4()), anmeldename="", passwort_hash="", angelegt_at=now)
        account.anmeldename = f"{EXTERN}{account.id}"
        session.add(account)
        await session.flush()
        inhaber = Inhaber(konto_id=account.id)
    session.add(
        VerknuepfungRow(
            id=str(uuid.uuid4()),
            konto_id=inhaber.konto_id,
            personal_id=inhaber.personal_id,
            anbieter=dienst.id,
            subjekt_hash=key,
            angelegt_at=now,
            zuletzt_at=now,
        )
    )
    await session.flush()
    return inhaber


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
