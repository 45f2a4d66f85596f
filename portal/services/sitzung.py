"""Use cases of sessions: begin, find, renew, raise trust, revoke."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import NotLoggedInError
from portal.schema.personal import PersonalRow
from portal.schema.sitzung import SitzungRow

DAUER = timedelta(hours=12)
"""A session ends after this time, however busy it is."""
PAUSE = timedelta(hours=2)
"""A session ends when nothing was asked for this long."""
AUFFRISCHEN = timedelta(minutes=1)
"""How stale `zuletzt_at` may grow before a request writes it again."""


@dataclass(frozen=True)
class SitzungView:
    """A citizen's live session."""

    sid: str
    konto_id: str
    vertrauen: str
    """`niedrig`, `substantiell` or `hoch`."""


@dataclass(frozen=True)
class PersonalView:
    """A staff member's live session."""

    sid: str
    personal_id: str
    anmeldename: str
    rollen: tuple[str, ...]
    stelle: str | None
    """Office id whose inbox this person works on; None for the whole town."""
    stelle_name: str
    funktion: str
    themen: tuple[str, ...]


@dataclass(frozen=True)
class NeueSitzung:
    """A session just begun; `geheimnis` goes into the cookie and is stored nowhere."""

    sid: str
    geheimnis: str


def csrf_token(geheimnis: str) -> str:
    """The CSRF token that belongs to a cookie's secret: who cannot read the cookie cannot make it."""
    return hmac.new(geheimnis.encode(), b"amtslotse-csrf", hashlib.sha256).hexdigest()


def csrf_matches(geheimnis: str, token: str | None) -> bool:
    """Compare in constant time."""
    return token is not None and hmac.compare_digest(csrf_token(geheimnis).encode(), token.encode())


def _hash(geheimnis: str) -> str:
    return hashlib.sha256(geheimnis.encode()).hexdigest()


def _is_live(row: SitzungRow, now: datetime) -> bool:
    return row.beendet_at is None and now < row.laeuft_ab_at and now < row.zuletzt_at + PAUSE


async def begin(
    session: AsyncSession, now: datetime, *, konto_id: str | None = None, personal_id: str | None = None
) -> NeueSitzung:
    """Begin a session of a citizen or of a staff member, at trust `niedrig`."""
    geheimnis = secrets.token_urlsafe(32)
    row = SitzungRow(
        id=str(uuid.uuid4()),
        geheimnis_hash=_hash(geheimnis),
        konto_id=konto_id,
        personal_id=personal_id,
        vertrauen="niedrig",
        angelegt_at=now,
        zuletzt_at=now,
        laeuft_ab_at=now + DAUER,
    )
    session.add(row)
    await session.flush()
    return NeueSitzung(row.id, geheimnis)


async def find(session: AsyncSession, geheimnis: str, now: datetime) -> SitzungView | PersonalView | None:
    """The live session of a cookie's secret, or None; notes that it is in use."""
    row = await session.scalar(select(SitzungRow).where(SitzungRow.geheimnis_hash == _hash(geheimnis)))
    if row is None or not _is_live(row, now):
        return None
    if now - row.zuletzt_at > AUFFRISCHEN:
        row.zuletzt_at = now
    if row.konto_id is not None:
        return SitzungView(row.id, row.konto_id, row.vertrauen)
    return await _staff_view(session, row)


async def live(session: AsyncSession, sid: str, now: datetime) -> SitzungView:
    """The citizen's session with this public id.

    Raises
    ------
    NotLoggedInError
        There is none, it ended, or it is a staff member's.
    """
    row = await session.get(SitzungRow, sid)
    if row is None or row.konto_id is None or not _is_live(row, now):
        raise NotLoggedInError("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich wieder an.")
    return SitzungView(row.id, row.konto_id, row.vertrauen)


async def raise_trust(session: AsyncSession, sid: str, vertrauen: str) -> None:
    """Note that this session's identity is now proved at `vertrauen`."""
    await session.execute(update(SitzungRow).where(SitzungRow.id == sid).values(vertrauen=vertrauen))


async def revoke(session: AsyncSession, sid: str, now: datetime) -> None:
    """End a session; ending it again changes nothing."""
    await session.execute(
        update(SitzungRow).where(SitzungRow.id == sid, SitzungRow.beendet_at.is_(None)).values(beendet_at=now)
    )


async def _staff_view(session: AsyncSession, row: SitzungRow) -> PersonalView | None:
    person = await session.get(PersonalRow, row.personal_id)
    if person is None:
        return None
    return PersonalView(
        sid=row.id,
        personal_id=person.id,
        anmeldename=person.anmeldename,
        rollen=tuple(person.rollen),
        stelle=person.stelle,
        stelle_name=person.stelle_name,
        funktion=person.funktion,
        themen=tuple(person.themen),
    )
