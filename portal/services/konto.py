"""Use cases of local accounts: create them, check and change passwords. Logging in: `portal.services.anmeldung`."""

import asyncio
import re
import uuid
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import InvalidInputError, PortalError
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.services import bremse, stammdaten

HOECHSTENS_JE_NAME = 5
HOECHSTENS_JE_ADRESSE = 30
PASSWORT_MINDESTENS = 12
HOECHSTENS_NEUE_KONTEN = 10
"""New accounts from one address in the window of `bremse`."""
ANMELDENAME = re.compile(r"[\w.@-]{3,60}")

_hasher = PasswordHasher()


class LoginFailedError(PortalError):
    """Name or password is wrong. The caller shows the form again; it is never said which of the two."""

    code = "anmeldung_falsch"
    status = 401


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


async def passwort_pruefen(
    context: PortalContext, art: str, anmeldename: str, passwort: str, adresse: str
) -> KontoRow | PersonalRow:
    """Check name and password.

    Parameters
    ----------
    art
        `konto` or `personal`.
    adresse
        Network address of the caller; only a keyed hash of it is kept, and only after a failure.

    Raises
    ------
    LoginFailedError, TooManyAttemptsError
    """
    name = anmeldename.strip().lower()[:120]
    versuch = await bremse.beginnen(
        context, {f"{art}:{name}": HOECHSTENS_JE_NAME, f"adresse:{adresse}": HOECHSTENS_JE_ADRESSE}
    )
    async with context.transaction() as session:
        person = await _person(session, art, name)
    # argon2 takes its time on purpose: outside of any transaction, and the same for names that do not exist.
    stored = person.passwort_hash if person is not None and person.passwort_hash else None
    if not await asyncio.to_thread(_matches, stored, passwort[:1000]) or person is None:
        raise LoginFailedError(
            "Anmeldename und Passwort passen nicht zusammen. Bitte prüfen Sie beides und versuchen Sie es noch einmal.",
            field="passwort",
        )
    async with context.transaction() as session:
        await bremse.gelungen(context, session, versuch)
    return person


async def passwort_stimmt(context: PortalContext, konto_id: str, passwort: str) -> None:
    """Ask a citizen who is logged in for her password again. Raises LoginFailedError, TooManyAttemptsError."""
    versuch = await bremse.beginnen(context, {f"passwort:{konto_id}": HOECHSTENS_JE_NAME})
    async with context.transaction() as session:
        stored = (await session.get_one(KontoRow, konto_id)).passwort_hash or None
    if not await asyncio.to_thread(_matches, stored, passwort[:1000]):
        raise LoginFailedError("Das Passwort stimmt nicht. Es wurde nichts geändert.", field="passwort")
    async with context.transaction() as session:
        await bremse.gelungen(context, session, versuch)


async def hat_passwort(session: AsyncSession, konto_id: str) -> bool:
    """Whether this account can be entered with a password at all."""
    return bool((await session.get_one(KontoRow, konto_id)).passwort_hash)


async def passwort_aendern(context: PortalContext, konto_id: str, neues: str) -> None:
    """Set another password. Raises InvalidInputError if it is too short."""
    passwort_zulaessig(neues)
    hashed = await asyncio.to_thread(hash_password, neues)
    async with context.transaction() as session:
        (await session.get_one(KontoRow, konto_id)).passwort_hash = hashed


def passwort_zulaessig(passwort: str) -> None:
    """Length is what counts; no rules of signs. Raises InvalidInputError."""
    if not PASSWORT_MINDESTENS <= len(passwort) <= 1000:
        raise InvalidInputError(
            f"Ein Passwort braucht mindestens {PASSWORT_MINDESTENS} Zeichen. Mehrere Wörter hintereinander sind gut zu merken.",
            field="neues",
        )


async def _person(session: AsyncSession, art: str, name: str) -> KontoRow | PersonalRow | None:
    if art == "konto":
        return await session.scalar(select(KontoRow).where(KontoRow.anmeldename == name))
    return await session.scalar(select(PersonalRow).where(PersonalRow.anmeldename == name))


async def registrieren(
    context: PortalContext, anmeldename: str, passwort: str, email: str, adresse: str
) -> str:
    """Make a local account and give its id.

    Raises
    ------
    InvalidInputError
        Name, password or mail address cannot be taken, or the name belongs to somebody; nothing was made.
    TooManyAttemptsError
        Too many accounts were made from this address.
    """
    name = anmeldename.strip().lower()
    if not ANMELDENAME.fullmatch(name):
        raise InvalidInputError(
            "Der Anmeldename braucht 3 bis 60 Zeichen: Buchstaben, Ziffern, Punkt, Bindestrich, Unterstrich oder @.",
            field="name",
        )
    passwort_zulaessig(passwort)
    if email.strip() and not stammdaten.EMAIL.fullmatch(email.strip()):
        raise InvalidInputError(
            "Die E-Mail-Adresse ist unvollständig. Bitte geben Sie sie in der Form name@beispiel.de ein.",
            field="email",
        )
    await bremse.beginnen(context, {f"anlegen:{adresse}": HOECHSTENS_NEUE_KONTEN})
    hashed = await asyncio.to_thread(hash_password, passwort)
    try:
        async with context.transaction() as session:
            konto_id = await create_citizen(session, name, hashed, context.clock())
            if email.strip():
                await stammdaten.store(session, konto_id, {"email": email.strip()}, "angabe", context.today())
    except IntegrityError as error:
        raise InvalidInputError(
            "Diesen Anmeldenamen gibt es schon. Bitte wählen Sie einen anderen.", field="name"
        ) from error
    return konto_id


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
