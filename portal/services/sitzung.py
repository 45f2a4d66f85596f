"""Use cases of sessions: begin, find, renew, raise trust, revoke."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import NotFoundError, NotLoggedInError
from portal.schema.konto import KontoRow
from portal.schema.personal import PersonalRow
from portal.schema.sitzung import SitzungRow
from portal.schema.zugang import WiderrufRow

DAUER = timedelta(hours=12)
"""A session ends after this time, however busy it is."""
PAUSE = timedelta(hours=2)
"""A session ends when nothing was asked for this long."""
AUFFRISCHEN = timedelta(minutes=1)
"""How stale `zuletzt_at` may grow before a request writes it again."""


@dataclass(frozen=True)
class Herkunft:
    """Where a login comes from, as coarse as it may be kept."""

    geraet: str = "Unbekanntes Gerät"
    """Browser and system in words."""
    netz: str = "unbekanntes Netz"
    """The coarse network."""
    kennung: str = ""
    """Random value of the browser's device cookie; only a hash of it is stored."""
    adresse: str = "unbekannt"
    """The full address: for counting failures as a keyed hash, stored nowhere."""

    def anzeige(self) -> dict[str, str]:
        """What is stored, encrypted, to be shown to the account's owner."""
        return {"geraet": self.geraet, "netz": self.netz}


@dataclass(frozen=True)
class SitzungView:
    """A citizen's live session."""

    sid: str
    konto_id: str
    vertrauen: str
    """`niedrig`, `substantiell` or `hoch`."""
    bestaetigt_at: datetime | None = None
    """When she last confirmed with a second factor or an eID in this session."""
    angemeldet_at: datetime | None = None
    """When this session began."""


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
class Anmeldestand:
    """One session as its owner sees it in the list."""

    sid: str
    geraet: str
    netz: str
    angelegt_at: datetime
    zuletzt_at: datetime
    diese: bool


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
    session: AsyncSession,
    now: datetime,
    *,
    konto_id: str | None = None,
    personal_id: str | None = None,
    vertrauen: str = "niedrig",
    bestaetigt: bool = False,
    herkunft: Herkunft | None = None,
) -> NeueSitzung:
    """Begin a session of a citizen or of a staff member.

    Parameters
    ----------
    bestaetigt
        Whether the login was made with a second factor just now.
    """
    geheimnis = secrets.token_urlsafe(32)
    row = SitzungRow(
        id=str(uuid.uuid4()),
        geheimnis_hash=_hash(geheimnis),
        konto_id=konto_id,
        personal_id=personal_id,
        vertrauen=vertrauen,
        angelegt_at=now,
        zuletzt_at=now,
        laeuft_ab_at=now + DAUER,
        bestaetigt_at=now if bestaetigt else None,
        herkunft=herkunft.anzeige() if herkunft else None,
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
        return None if await gesperrt(session, row.konto_id) else _view(row)
    return await _staff_view(session, row)


async def live(session: AsyncSession, sid: str, now: datetime) -> SitzungView:
    """The citizen's session with this public id.

    Raises
    ------
    NotLoggedInError
        There is none, it ended, or it is a staff member's.
    """
    row = await session.get(SitzungRow, sid)
    if row is None or row.konto_id is None or not _is_live(row, now) or await gesperrt(session, row.konto_id):
        raise NotLoggedInError("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich wieder an.")
    return _view(row)


async def raise_trust(session: AsyncSession, sid: str, vertrauen: str) -> None:
    """Note that this session's identity is now proved at `vertrauen`."""
    await session.execute(update(SitzungRow).where(SitzungRow.id == sid).values(vertrauen=vertrauen))


async def confirm(session: AsyncSession, sid: str, now: datetime) -> None:
    """Note that the person has just confirmed with a second factor."""
    await session.execute(update(SitzungRow).where(SitzungRow.id == sid).values(bestaetigt_at=now))


async def revoke(session: AsyncSession, sid: str, now: datetime) -> None:
    """End a session; ending it again changes nothing. The caller then tells the conversations (`gespraeche.widerrufe_melden`)."""
    await _revoke(session, SitzungRow.id == sid, now)


async def revoke_all(
    session: AsyncSession, konto_id: str, now: datetime, *, ausser: str | None = None
) -> None:
    """End all sessions of an account, but perhaps one."""
    condition = SitzungRow.konto_id == konto_id
    await _revoke(session, condition if ausser is None else condition & (SitzungRow.id != ausser), now)


async def revoke_own(session: AsyncSession, konto_id: str, sid: str, now: datetime) -> None:
    """End one session of this account. Raises NotFoundError if it is another account's."""
    known = select(SitzungRow.id).where(SitzungRow.id == sid, SitzungRow.konto_id == konto_id)
    if await session.scalar(known) is None:
        raise NotFoundError("Diese Anmeldung gibt es nicht.")
    await _revoke(session, (SitzungRow.id == sid) & (SitzungRow.konto_id == konto_id), now)


async def _revoke(session: AsyncSession, condition: ColumnElement[bool], now: datetime) -> None:
    ended = await session.scalars(
        update(SitzungRow)
        .where(condition, SitzungRow.beendet_at.is_(None))
        .values(beendet_at=now)
        .returning(SitzungRow.id)
    )
    session.add_all(WiderrufRow(sid=sid, angelegt_at=now) for sid in ended.all())
    await session.flush()


async def liste(session: AsyncSession, konto_id: str, sid: str, now: datetime) -> list[Anmeldestand]:
    """The live sessions of an account, this one first, then the newest use first."""
    query = select(SitzungRow).where(SitzungRow.konto_id == konto_id, SitzungRow.beendet_at.is_(None))
    unknown = Herkunft().anzeige()
    found = [
        Anmeldestand(
            row.id,
            (row.herkunft or unknown)["geraet"],
            (row.herkunft or unknown)["netz"],
            row.angelegt_at,
            row.zuletzt_at,
            row.id == sid,
        )
        for row in await session.scalars(query)
        if _is_live(row, now)
    ]
    return sorted(found, key=lambda one: (one.diese, one.zuletzt_at), reverse=True)


def _view(row: SitzungRow) -> SitzungView:
    return SitzungView(row.id, row.konto_id or "", row.vertrauen, row.bestaetigt_at, row.angelegt_at)


async def gesperrt(session: AsyncSession, konto_id: str) -> bool:
    """Whether an account is locked now; an unknown one is not."""
    query = select(KontoRow.gesperrt_at).where(KontoRow.id == konto_id)
    return await session.scalar(query) is not None


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
