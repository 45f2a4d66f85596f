"""Use cases of second factors: TOTP, codes by SMS, recovery codes. Passkeys: `portal.services.passkey`."""

import base64
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import ColumnElement, delete, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import zugang
from portal.domain.benachrichtigung import Kanal
from portal.errors import InvalidInputError, NotFoundError, PortalError
from portal.schema.zugang import HerausforderungRow, RettungscodeRow, ZweitfaktorRow
from portal.services import bremse, stammdaten
from portal.services.versand import Hinweis
from portal.services.versandwege import sender

AUSSTELLER = "Amtslotse"
ANZAHL_RETTUNGSCODES = 10
HOECHSTENS_FALSCH = 5
HOECHSTENS_FAKTOREN = 8
SMS_GUELTIG = timedelta(minutes=10)
SMS_PAUSE = timedelta(seconds=60)

ARTEN = {"totp": "Authenticator-App", "passkey": "Passkey", "sms": "Code per SMS"}


class WrongCodeError(PortalError):
    """The code is wrong, too old or was used before. The caller asks again."""

    code = "code_falsch"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "Dieser Code passt nicht oder wurde schon benutzt. Bitte warten Sie auf den nächsten Code in Ihrer App "
            "oder nehmen Sie einen anderen Weg. Es wurde nichts geändert.",
            field="code",
        )


@dataclass(frozen=True)
class Inhaber:
    """Whose factor it is: exactly one of the two ids."""

    konto_id: str | None = None
    personal_id: str | None = None

    @property
    def id(self) -> str:
        return self.konto_id or self.personal_id or ""

    def von(self, table: type[ZweitfaktorRow] | type[RettungscodeRow]) -> ColumnElement[bool]:
        """The condition that a row is theirs."""
        if self.konto_id is not None:
            return table.konto_id == self.konto_id
        return table.personal_id == self.personal_id


@dataclass(frozen=True)
class Faktor:
    """One second factor, as its owner sees it."""

    id: str
    art: str
    name: str
    angelegt_at: datetime
    zuletzt_at: datetime | None

    @property
    def label(self) -> str:
        return ARTEN[self.art]


@dataclass(frozen=True)
class Einrichtung:
    """A TOTP factor that waits for its first right code."""

    id: str
    secret: str
    uri: str


async def liste(session: AsyncSession, inhaber: Inhaber) -> list[Faktor]:
    """The factors that count, the oldest first."""
    rows = await _rows(session, inhaber)
    return [Faktor(r.id, r.art, r.name, r.angelegt_at, r.zuletzt_at) for r in rows]


async def vorhanden(session: AsyncSession, inhaber: Inhaber) -> bool:
    """Whether there is a factor that counts."""
    query = select(ZweitfaktorRow.id).where(
        inhaber.von(ZweitfaktorRow), ZweitfaktorRow.bestaetigt_at.is_not(None)
    )
    return await session.scalar(query.limit(1)) is not None


async def totp_beginnen(context: PortalContext, inhaber: Inhaber, konto_name: str) -> Einrichtung:
    """Make a new secret; one that was begun before and never confirmed is dropped."""
    secret = pyotp.random_base32()
    async with context.transaction() as session:
        await session.execute(
            delete(ZweitfaktorRow).where(
                inhaber.von(ZweitfaktorRow),
                ZweitfaktorRow.bestaetigt_at.is_(None),
                ZweitfaktorRow.art == "totp",
            )
        )
        row = await neu(context, session, inhaber, "totp", ARTEN["totp"], {"secret": secret})
    return _einrichtung(row.id, secret, konto_name)


async def totp_begonnen(session: AsyncSession, inhaber: Inhaber, konto_name: str) -> Einrichtung | None:
    """The factor that waits for its first code, or None."""
    row = await session.scalar(
        select(ZweitfaktorRow).where(
            inhaber.von(ZweitfaktorRow), ZweitfaktorRow.bestaetigt_at.is_(None), ZweitfaktorRow.art == "totp"
        )
    )
    return _einrichtung(row.id, row.geheimnis["secret"], konto_name) if row else None


def _einrichtung(id: str, secret: str, konto_name: str) -> Einrichtung:
    return Einrichtung(
        id, secret, pyotp.TOTP(secret).provisioning_uri(name=konto_name, issuer_name=AUSSTELLER)
    )


async def totp_bestaetigen(context: PortalContext, inhaber: Inhaber, code: str, name: str = "") -> None:
    """The first right code makes the factor count.

    Raises
    ------
    NotFoundError
        None was begun.
    WrongCodeError, TooManyAttemptsError
    """
    versuch = await bremse.beginnen(context, {f"faktor:{inhaber.id}": HOECHSTENS_FALSCH})
    async with context.transaction() as session:
        row = await session.scalar(
            select(ZweitfaktorRow).where(
                inhaber.von(ZweitfaktorRow),
                ZweitfaktorRow.bestaetigt_at.is_(None),
                ZweitfaktorRow.art == "totp",
            )
        )
        if row is None:
            raise NotFoundError("Die Einrichtung ist abgelaufen. Bitte beginnen Sie sie noch einmal.")
        if not await _totp_stimmt(session, row, _ziffern(code), context.clock()):
            raise WrongCodeError
        row.bestaetigt_at = row.zuletzt_at = context.clock()
        row.name = name.strip()[:60] or row.name
        await bremse.gelungen(context, session, versuch)


async def sms_beginnen(context: PortalContext, inhaber: Inhaber, nummer: str, halter: str) -> None:
    """Send a code to a new number; `sms_bestaetigen` makes it count.

    Raises
    ------
    InvalidInputError
        This is no telephone number, or no SMS can be sent here.
    """
    cleaned = nummer.strip()
    if not stammdaten.TELEFON.fullmatch(cleaned):
        raise InvalidInputError(
            "Die Mobilnummer enthält unzulässige Zeichen. Erlaubt sind Ziffern, Leerzeichen und ein + am Anfang.",
            field="nummer",
        )
    async with context.transaction() as session:
        await session.execute(
            delete(ZweitfaktorRow).where(
                inhaber.von(ZweitfaktorRow),
                ZweitfaktorRow.bestaetigt_at.is_(None),
                ZweitfaktorRow.art == "sms",
            )
        )
        row = await neu(
            context, session, inhaber, "sms", f"Nummer endet auf {cleaned[-2:]}", {"nummer": cleaned}
        )
    await _sms_senden(context, row.id, cleaned, halter)


async def sms_bestaetigen(context: PortalContext, inhaber: Inhaber, code: str, halter: str) -> None:
    """The code that came by SMS makes the new number count. Raises WrongCodeError, TooManyAttemptsError."""
    versuch = await bremse.beginnen(context, {f"faktor:{inhaber.id}": HOECHSTENS_FALSCH})
    now = context.clock()
    async with context.transaction() as session:
        row = await session.scalar(
            select(ZweitfaktorRow).where(
                inhaber.von(ZweitfaktorRow),
                ZweitfaktorRow.bestaetigt_at.is_(None),
                ZweitfaktorRow.art == "sms",
            )
        )
        if row is None or await _sms_stimmt(session, halter, _ziffern(code), now) != row.id:
            raise WrongCodeError
        row.bestaetigt_at = row.zuletzt_at = now
        await bremse.gelungen(context, session, versuch)


async def sms_anfordern(context: PortalContext, inhaber: Inhaber, halter: str) -> None:
    """Send a code to the number that counts. Raises NotFoundError if there is none, TooManyAttemptsError."""
    async with context.transaction() as session:
        rows = [row for row in await _rows(session, inhaber) if row.art == "sms"]
    if not rows:
        raise NotFoundError("Für dieses Konto ist keine Mobilnummer eingerichtet.")
    await _sms_senden(context, rows[0].id, rows[0].geheimnis["nummer"], halter)


def sms_moeglich(context: PortalContext) -> bool:
    """Whether this installation can send SMS at all."""
    return Kanal.SMS in sender(context)


async def _sms_senden(context: PortalContext, faktor_id: str, nummer: str, halter: str) -> None:
    way = sender(context).get(Kanal.SMS)
    if way is None:
        raise InvalidInputError(
            "Dieses Portal kann noch keine SMS senden. Bitte richten Sie eine Authenticator-App ein.",
            field="nummer",
        )
    code = f"{secrets.randbelow(1_000_000):06}"
    now = context.clock()
    row = HerausforderungRow(
        id=str(uuid.uuid4()),
        halter=halter,
        art="sms",
        wert={"faktor": faktor_id, "code": code},
        laeuft_ab_at=now + SMS_GUELTIG,
    )
    async with context.transaction() as session:
        young = select(HerausforderungRow.id).where(
            HerausforderungRow.halter == halter,
            HerausforderungRow.art == "sms",
            HerausforderungRow.laeuft_ab_at > now + SMS_GUELTIG - SMS_PAUSE,
        )
        if await session.scalar(young.limit(1)) is not None:
            raise bremse.TooManyAttemptsError(
                "Der letzte Code ist noch keine Minute alt. Bitte warten Sie kurz auf die SMS."
            )
        await session.execute(
            delete(HerausforderungRow).where(
                HerausforderungRow.halter == halter, HerausforderungRow.art == "sms"
            )
        )
        session.add(row)
    await way.senden(
        Hinweis(
            row.id,
            nummer,
            "Ihr Code",
            f"Ihr Code für Amtslotse: {code}. Er gilt 10 Minuten. Geben Sie ihn niemandem.",
        )
    )


async def pruefen(context: PortalContext, inhaber: Inhaber, eingabe: str, halter: str) -> str:
    """Check a code, whichever of the owner's factors it belongs to, and use it up.

    Parameters
    ----------
    halter
        Id of the session or login that a code by SMS was sent for.

    Returns
    -------
    str
        `totp`, `sms` or `rettungscode`.

    Raises
    ------
    WrongCodeError, TooManyAttemptsError
    """
    versuch = await bremse.beginnen(context, {f"faktor:{inhaber.id}": HOECHSTENS_FALSCH})
    now = context.clock()
    async with context.transaction() as session:
        art = await _einloesen(context, session, inhaber, eingabe, halter, now)
        if art is not None:
            await bremse.gelungen(context, session, versuch)
    if art is None:
        raise WrongCodeError
    return art


async def _einloesen(
    context: PortalContext, session: AsyncSession, inhaber: Inhaber, eingabe: str, halter: str, now: datetime
) -> str | None:
    digits = _ziffern(eingabe)
    if len(digits) == 6:
        for row in await _rows(session, inhaber):
            if row.art == "totp" and await _totp_stimmt(session, row, digits, now):
                row.zuletzt_at = now
                return "totp"
        factor_id = await _sms_stimmt(session, halter, digits, now)
        row_of_sms = await session.get(ZweitfaktorRow, factor_id) if factor_id else None
        if row_of_sms is not None and row_of_sms.bestaetigt_at is not None:
            row_of_sms.zuletzt_at = now
            return "sms"
        return None
    return "rettungscode" if await _rettungscode(context, session, inhaber, eingabe, now) else None


async def rettungscode_einloesen(
    context: PortalContext, session: AsyncSession, inhaber: Inhaber, eingabe: str
) -> bool:
    """Use up a recovery code, in the caller's transaction; False if it is none."""
    return await _rettungscode(context, session, inhaber, eingabe, context.clock())


async def rettungscodes_erzeugen(context: PortalContext, inhaber: Inhaber) -> Sequence[str]:
    """Make new recovery codes; the old ones end. They are shown once and stored as hashes."""
    codes = [_rettungscode_neu() for _ in range(ANZAHL_RETTUNGSCODES)]
    async with context.transaction() as session:
        await rettungscodes_setzen(context, session, inhaber, codes)
    return codes


async def rettungscodes_setzen(
    context: PortalContext, session: AsyncSession, inhaber: Inhaber, codes: Sequence[str]
) -> None:
    """Replace the recovery codes."""
    await session.execute(delete(RettungscodeRow).where(inhaber.von(RettungscodeRow)))
    session.add_all(
        RettungscodeRow(
            id=str(uuid.uuid4()),
            konto_id=inhaber.konto_id,
            personal_id=inhaber.personal_id,
            code_hash=_code_hash(context, inhaber, code),
            angelegt_at=context.clock(),
        )
        for code in codes
    )


async def rettungscodes_uebrig(session: AsyncSession, inhaber: Inhaber) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).where(inhaber.von(RettungscodeRow), RettungscodeRow.eingeloest_at.is_(None))
    return await session.scalar(query) or 0


async def entfernen(context: PortalContext, inhaber: Inhaber, faktor_id: str, nur: str | None = None) -> None:
    """Remove a factor, with `nur` only one of that kind. Raises NotFoundError if it is not theirs."""
    async with context.transaction() as session:
        gone = await session.scalar(
            delete(ZweitfaktorRow)
            .where(
                inhaber.von(ZweitfaktorRow),
                ZweitfaktorRow.id == faktor_id,
                ZweitfaktorRow.art == nur if nur else true(),
            )
            .returning(ZweitfaktorRow.id)
        )
        if gone is None:
            raise NotFoundError("Dieser Faktor ist schon entfernt.")
        if not await vorhanden(session, inhaber):
            await session.execute(delete(RettungscodeRow).where(inhaber.von(RettungscodeRow)))


async def neu(
    context: PortalContext,
    session: AsyncSession,
    inhaber: Inhaber,
    art: str,
    name: str,
    geheimnis: dict[str, object],
    *,
    bestaetigt: bool = False,
) -> ZweitfaktorRow:
    """Store a factor in the caller's transaction."""
    if len(await _rows(session, inhaber)) >= HOECHSTENS_FAKTOREN:
        raise InvalidInputError(
            f"Mehr als {HOECHSTENS_FAKTOREN} Wege sind nicht möglich. Bitte entfernen Sie zuerst einen."
        )
    now = context.clock()
    row = ZweitfaktorRow(
        id=str(uuid.uuid4()),
        konto_id=inhaber.konto_id,
        personal_id=inhaber.personal_id,
        art=art,
        name=name[:60],
        geheimnis=geheimnis,
        letzter_schritt=0,
        angelegt_at=now,
        bestaetigt_at=now if bestaetigt else None,
    )
    session.add(row)
    await session.flush()
    return row


async def _rows(session: AsyncSession, inhaber: Inhaber) -> list[ZweitfaktorRow]:
    query = (
        select(ZweitfaktorRow)
        .where(inhaber.von(ZweitfaktorRow), ZweitfaktorRow.bestaetigt_at.is_not(None))
        .order_by(ZweitfaktorRow.angelegt_at)
    )
    return list(await session.scalars(query))


async def _totp_stimmt(session: AsyncSession, row: ZweitfaktorRow, code: str, now: datetime) -> bool:
    totp = pyotp.TOTP(row.geheimnis["secret"])

    def expected(step: int) -> bool:
        return hmac.compare_digest(totp.at(step * zugang.TOTP_SCHRITT_S), code)

    step = zugang.totp_schritt(code, now, row.letzter_schritt, expected)
    if step is None:
        return False
    used = await session.scalar(  # of two at the same moment, one is the first
        update(ZweitfaktorRow)
        .where(ZweitfaktorRow.id == row.id, ZweitfaktorRow.letzter_schritt < step)
        .values(letzter_schritt=step)
        .returning(ZweitfaktorRow.id)
    )
    return used is not None


async def _sms_stimmt(session: AsyncSession, halter: str, code: str, now: datetime) -> str | None:
    rows = await session.scalars(
        select(HerausforderungRow).where(
            HerausforderungRow.halter == halter,
            HerausforderungRow.art == "sms",
            HerausforderungRow.eingeloest_at.is_(None),
            HerausforderungRow.laeuft_ab_at > now,
        )
    )
    for row in rows:
        if hmac.compare_digest(row.wert["code"], code) and await _verbraucht(session, row.id, now):
            return str(row.wert["faktor"])
    return None


async def _verbraucht(session: AsyncSession, herausforderung_id: str, now: datetime) -> bool:
    done = await session.scalar(
        update(HerausforderungRow)
        .where(HerausforderungRow.id == herausforderung_id, HerausforderungRow.eingeloest_at.is_(None))
        .values(eingeloest_at=now)
        .returning(HerausforderungRow.id)
    )
    return done is not None


async def _rettungscode(
    context: PortalContext, session: AsyncSession, inhaber: Inhaber, eingabe: str, now: datetime
) -> bool:
    used = await session.scalar(
        update(RettungscodeRow)
        .where(
            inhaber.von(RettungscodeRow),
            RettungscodeRow.code_hash == _code_hash(context, inhaber, eingabe),
            RettungscodeRow.eingeloest_at.is_(None),
        )
        .values(eingeloest_at=now)
        .returning(RettungscodeRow.id)
    )
    return used is not None


def _rettungscode_neu() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def _code_hash(context: PortalContext, inhaber: Inhaber, code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return bremse.pruefwert(context, f"rettungscode:{inhaber.id}:{plain}")


def _ziffern(code: str) -> str:
    return "".join(code.split()) if len(code) < 40 else ""
