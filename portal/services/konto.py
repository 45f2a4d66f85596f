"""Use cases of accounts: create them, log in with name and password, slow down guessing."""

import asyncio
import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import PortalError
from portal.schema.konto import FehlversuchRow, KontoRow
from portal.schema.personal import PersonalRow
from portal.services import sitzung
from portal.services.sitzung import NeueSitzung

FENSTER = timedelta(minutes=15)
"""Failed logins count this long."""
HOECHSTENS_JE_NAME = 5
HOECHSTENS_JE_ADRESSE = 30

_hasher = PasswordHasher()


class LoginFailedError(PortalError):
    """Name or password is wrong. The caller shows the form again; it is never said which of the two."""

    code = "anmeldung_falsch"
    status = 401


class TooManyAttemptsError(PortalError):
    """Too many failed logins for this name or from this address. The caller waits for `FENSTER`."""

    code = "zu_viele_versuche"
    status = 429


def hash_password(passwort: str) -> str:
    """argon2id with the library's present defaults."""
    return _hasher.hash(passwort)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(uuid.uuid4().hex)


def _matches(stored: str | None, passwort: str) -> bool:
    try:
        return _hasher.verify(stored or _hash_of_nobody(), passwort) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


async def login_citizen(
    context: PortalContext, anmeldename: str, passwort: str, adresse: str, *, alt: str | None = None
) -> NeueSitzung:
    """Log a citizen in.

    Parameters
    ----------
    adresse
        Network address of the caller; only a keyed hash of it is kept, and only after a failure.
    alt
        Secret of the session that the browser held before; it ends (a login never continues a session).

    Raises
    ------
    LoginFailedError, TooManyAttemptsError
    """
    return await _login(context, "konto", anmeldename, passwort, adresse, alt)


async def login_staff(
    context: PortalContext, anmeldename: str, passwort: str, adresse: str, *, alt: str | None = None
) -> NeueSitzung:
    """Log a staff member in; as `login_citizen`."""
    return await _login(context, "personal", anmeldename, passwort, adresse, alt)


async def _login(
    context: PortalContext, art: str, anmeldename: str, passwort: str, adresse: str, alt: str | None
) -> NeueSitzung:
    name = anmeldename.strip().lower()[:120]
    keys = {
        _key(context, f"{art}:{name}"): HOECHSTENS_JE_NAME,
        _key(context, f"adresse:{adresse}"): HOECHSTENS_JE_ADRESSE,
    }
    now = context.clock()
    async with context.transaction() as session:
        await _refuse_when_too_many(session, keys, now)
        person = await _person(session, art, name)
    # argon2 takes its time on purpose: outside of any transaction, and the same for names that do not exist.
    stored = person.passwort_hash if person else None
    if person is None or not await asyncio.to_thread(_matches, stored, passwort[:1000]):
        if person is None:
            await asyncio.to_thread(_matches, None, passwort[:1000])
        async with context.transaction() as session:
            for key in keys:
                session.add(FehlversuchRow(id=str(uuid.uuid4()), schluessel=key, at=now))
        raise LoginFailedError(
            "Anmeldename und Passwort passen nicht zusammen. Bitte prüfen Sie beides und versuchen Sie es noch einmal.",
            field="passwort",
        )
    async with context.transaction() as session:
        name_key = next(iter(keys))
        await session.execute(delete(FehlversuchRow).where(FehlversuchRow.schluessel == name_key))
        await session.execute(delete(FehlversuchRow).where(FehlversuchRow.at < now - FENSTER))
        if alt is not None:
            before = await sitzung.find(session, alt, now)
            if before is not None:
                await sitzung.revoke(session, before.sid, now)
        if art == "konto":
            return await sitzung.begin(session, now, konto_id=person.id)
        return await sitzung.begin(session, now, personal_id=person.id)


async def _person(session: AsyncSession, art: str, name: str) -> KontoRow | PersonalRow | None:
    if art == "konto":
        return await session.scalar(select(KontoRow).where(KontoRow.anmeldename == name))
    return await session.scalar(select(PersonalRow).where(PersonalRow.anmeldename == name))


async def _refuse_when_too_many(session: AsyncSession, keys: dict[str, int], now: datetime) -> None:
    for key, limit in keys.items():
        query = select(func.count()).where(
            FehlversuchRow.schluessel == key, FehlversuchRow.at > now - FENSTER
        )
        if (await session.scalar(query) or 0) >= limit:
            minutes = int(FENSTER.total_seconds() // 60)
            raise TooManyAttemptsError(
                f"Es gab zu viele falsche Anmeldungen. Zu Ihrem Schutz ist die Anmeldung für {minutes} Minuten gesperrt. "
                "Ihre Daten und Entwürfe bleiben erhalten."
            )


def _key(context: PortalContext, subject: str) -> str:
    return hmac.new(context.settings.signing_key.encode(), subject.encode(), hashlib.sha256).hexdigest()


async def create_citizen(
    session: AsyncSession, anmeldename: str, passwort_hash: str, now: datetime, *, konto_id: str | None = None
) -> str:
    """Create an account and give its id."""
    row = KontoRow(
        id=konto_id or str(uuid.uuid4()),
        anmeldename=anmeldename.lower(),
        passwort_hash=passwort_hash,
        angelegt_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id
