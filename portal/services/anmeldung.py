"""Use cases of logging in: after the password or the provider's answer, perhaps a second factor; then a new session.

A login under way is no session: its secret opens nothing but the pages that finish it.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotLoggedInError
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.schema.zugang import AnmeldungRow, BekanntRow, SperrlinkRow, WartendesFormularRow
from portal.services import benachrichtigung, bremse, konto, sitzung, sperrlink, zweitfaktor
from portal.services.sitzung import Herkunft, NeueSitzung, SitzungView
from portal.services.zweitfaktor import Inhaber

GUELTIG = timedelta(minutes=10)
"""How long a login may take from the password to the second factor."""
GESPERRT_GUELTIG = timedelta(minutes=30)
"""How long the pages of unlocking stay open after the password."""
WARNUNG_PAUSE = timedelta(minutes=15)
"""Between two warnings about the same account; the first one can lock it."""


@dataclass(frozen=True)
class Offen:
    """A login that is not finished; `geheimnis` goes into a cookie of its own."""

    geheimnis: str
    schritt: str
    """`faktor`, `einrichten` or `gesperrt`."""


@dataclass(frozen=True)
class Begonnen:
    """A login under way, found by its secret."""

    id: str
    inhaber: Inhaber
    schritt: str
    vertrauen: str
    zurueck: str
    herkunft: Herkunft


async def mit_passwort(
    context: PortalContext,
    art: str,
    name: str,
    passwort: str,
    herkunft: Herkunft,
    zurueck: str,
    *,
    alt: str | None = None,
) -> NeueSitzung | Offen:
    """Log in with name and password.

    Parameters
    ----------
    art
        `konto` or `personal`.
    alt
        Secret of the session that the browser held before; it ends (a login never continues a session).

    Raises
    ------
    LoginFailedError, TooManyAttemptsError
    """
    person = await konto.passwort_pruefen(context, art, name, passwort, herkunft.adresse)
    inhaber = Inhaber(konto_id=person.id) if isinstance(person, KontoRow) else Inhaber(personal_id=person.id)
    return await weiter(context, inhaber, "niedrig", herkunft, zurueck, alt=alt)


async def weiter(
    context: PortalContext,
    inhaber: Inhaber,
    vertrauen: str,
    herkunft: Herkunft,
    zurueck: str,
    *,
    alt: str | None = None,
    faktor_erfuellt: bool = False,
) -> NeueSitzung | Offen:
    """The first proof is given (password, provider): begin the session, or say what is still missing.

    Parameters
    ----------
    faktor_erfuellt
        The provider has already asked for a second factor.
    """
    now = context.clock()
    async with context.transaction() as session:
        schritt = await _naechster_schritt(context, session, inhaber, herkunft, faktor_erfuellt, now)
        if schritt is not None:
            return await _offen(session, inhaber, schritt, vertrauen, herkunft, zurueck, now)
        return await beginnen(
            context, session, inhaber, vertrauen, herkunft, alt=alt, bestaetigt=faktor_erfuellt
        )


async def _naechster_schritt(
    context: PortalContext,
    session: AsyncSession,
    inhaber: Inhaber,
    herkunft: Herkunft,
    faktor_erfuellt: bool,
    now: datetime,
) -> str | None:
    has_factor = await zweitfaktor.vorhanden(session, inhaber)
    if inhaber.konto_id is None:
        return None if faktor_erfuellt else ("faktor" if has_factor else "einrichten")
    account = await session.get_one(KontoRow, inhaber.konto_id)
    if account.gesperrt_at is not None:
        return "gesperrt"
    seen_before = await _bekannte(session, inhaber.konto_id)
    known = _merkmale(context, inhaber.konto_id, herkunft) <= seen_before
    if not known and seen_before:
        await _warnen(context, session, inhaber.konto_id, now)
    return "faktor" if has_factor and not known and not faktor_erfuellt else None


async def _offen(
    session: AsyncSession,
    inhaber: Inhaber,
    schritt: str,
    vertrauen: str,
    herkunft: Herkunft,
    zurueck: str,
    now: datetime,
) -> Offen:
    geheimnis = secrets.token_urlsafe(32)
    session.add(
        AnmeldungRow(
            id=str(uuid.uuid4()),
            geheimnis_hash=_hash(geheimnis),
            konto_id=inhaber.konto_id,
            personal_id=inhaber.personal_id,
            schritt=schritt,
            vertrauen=vertrauen,
            zurueck=zurueck[:500],
            herkunft=herkunft.anzeige() | {"kennung": herkunft.kennung},
            angelegt_at=now,
            laeuft_ab_at=now + (GESPERRT_GUELTIG if schritt == "gesperrt" else GUELTIG),
        )
    )
    return Offen(geheimnis, schritt)


async def begonnen(session: AsyncSession, geheimnis: str | None, now: datetime) -> Begonnen:
    """The login under way that this secret belongs to.

    Raises
    ------
    NotLoggedInError
        There is none, or it took too long.
    """
    row = await session.scalar(
        select(AnmeldungRow).where(AnmeldungRow.geheimnis_hash == _hash(geheimnis or ""))
    )
    if row is None or row.beendet_at is not None or now >= row.laeuft_ab_at:
        raise NotLoggedInError(
            "Die Anmeldung hat zu lange gedauert. Bitte beginnen Sie sie noch einmal. Es ist nichts verloren."
        )
    kept = row.herkunft
    return Begonnen(
        row.id,
        Inhaber(row.konto_id, row.personal_id),
        row.schritt,
        row.vertrauen,
        row.zurueck,
        Herkunft(kept["geraet"], kept["netz"], kept["kennung"]),
    )


async def mit_code(
    context: PortalContext, offen: Begonnen, code: str, *, alt: str | None = None
) -> NeueSitzung:
    """Finish a login with a code. Raises WrongCodeError, TooManyAttemptsError, NotLoggedInError."""
    await zweitfaktor.pruefen(context, offen.inhaber, code, offen.id)
    return await abschliessen(context, offen, alt=alt)


async def abschliessen(context: PortalContext, offen: Begonnen, *, alt: str | None = None) -> NeueSitzung:
    """The second factor was right: end the login under way and begin the session, once."""
    if offen.schritt == "gesperrt":
        raise NotLoggedInError("Dieses Konto ist gesperrt. Bitte weisen Sie zuerst Ihre Identität nach.")
    async with context.transaction() as session:
        await beenden(session, offen.id, context.clock())
        return await beginnen(
            context, session, offen.inhaber, offen.vertrauen, offen.herkunft, alt=alt, bestaetigt=True
        )


async def beenden(session: AsyncSession, anmeldung_id: str, now: datetime) -> None:
    """End a login under way. Raises NotLoggedInError if it has ended before."""
    done = await session.scalar(
        update(AnmeldungRow)
        .where(AnmeldungRow.id == anmeldung_id, AnmeldungRow.beendet_at.is_(None))
        .values(beendet_at=now)
        .returning(AnmeldungRow.id)
    )
    if done is None:
        raise NotLoggedInError("Diese Anmeldung ist schon beendet. Bitte melden Sie sich noch einmal an.")


async def beginnen(
    context: PortalContext,
    session: AsyncSession,
    inhaber: Inhaber,
    vertrauen: str,
    herkunft: Herkunft,
    *,
    alt: str | None = None,
    bestaetigt: bool = False,
) -> NeueSitzung:
    """Begin the session; the device and the network are known from now on.

    A form that waits for a confirmation goes on in the new session, if it is the same account's.
    """
    now = context.clock()
    before = await sitzung.find(session, alt, now) if alt is not None else None
    if before is not None:
        await sitzung.revoke(session, before.sid, now)
    if inhaber.konto_id is not None:
        await _merken(context, session, inhaber.konto_id, herkunft, now)
    new = await sitzung.begin(
        session,
        now,
        konto_id=inhaber.konto_id,
        personal_id=inhaber.personal_id,
        vertrauen=vertrauen,
        bestaetigt=bestaetigt,
        herkunft=herkunft,
    )
    if isinstance(before, SitzungView) and before.konto_id == inhaber.konto_id:
        await session.execute(
            update(WartendesFormularRow)
            .where(WartendesFormularRow.sitzung_id == before.sid)
            .values(sitzung_id=new.sid)
        )
    return new


async def name_von(session: AsyncSession, inhaber: Inhaber) -> str:
    """Login name, to label the factor in an app."""
    if inhaber.konto_id is not None:
        return (await session.get_one(KontoRow, inhaber.konto_id)).anmeldename
    return (await session.get_one(PersonalRow, inhaber.personal_id)).anmeldename


async def _warnen(context: PortalContext, session: AsyncSession, konto_id: str, now: datetime) -> None:
    young = select(SperrlinkRow.id).where(
        SperrlinkRow.konto_id == konto_id, SperrlinkRow.laeuft_ab_at > now + sperrlink.GUELTIG - WARNUNG_PAUSE
    )
    if await session.scalar(young.limit(1)) is None:
        link = await sperrlink.anlegen(context, session, konto_id)
        await benachrichtigung.anstossen(session, konto_id, "neue_anmeldung", jetzt=now, verweis=link)


async def _bekannte(session: AsyncSession, konto_id: str) -> set[str]:
    return set(await session.scalars(select(BekanntRow.merkmal_hash).where(BekanntRow.konto_id == konto_id)))


def _merkmale(context: PortalContext, konto_id: str, herkunft: Herkunft) -> set[str]:
    return {
        bremse.pruefwert(context, f"geraet:{konto_id}:{herkunft.kennung or secrets.token_hex(8)}"),
        bremse.pruefwert(context, f"netz:{konto_id}:{herkunft.netz}"),
    }


async def _merken(
    context: PortalContext, session: AsyncSession, konto_id: str, herkunft: Herkunft, now: datetime
) -> None:
    wanted = _merkmale(context, konto_id, herkunft)
    rows = await session.scalars(
        select(BekanntRow).where(BekanntRow.konto_id == konto_id, BekanntRow.merkmal_hash.in_(wanted))
    )
    for row in rows:
        row.zuletzt_at = now
        wanted.discard(row.merkmal_hash)
    session.add_all(
        BekanntRow(id=str(uuid.uuid4()), konto_id=konto_id, merkmal_hash=one, zuletzt_at=now)
        for one in wanted
    )


def _hash(geheimnis: str) -> str:
    return hashlib.sha256(geheimnis.encode("utf-8", "replace")).hexdigest()
