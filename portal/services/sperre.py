"""Use cases of the lock: one act ends every session and token; only a proof of identity opens the account again."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import NotLoggedInError
from portal.schema.bindung import BindungZeile
from portal.schema.konto import KontoRow
from portal.schema.zugang import AnmeldungRow, BekanntRow, SperrlinkRow
from portal.services import (
    anmeldung,
    benachrichtigung,
    bindung,
    gespraeche,
    identitaet,
    kalenderabo,
    mitzeichnung,
    push,
    sitzung,
    sperrlink,
    vereinbarung,
    vertretung,
    zweitfaktor,
)
from portal.services.anmeldung import Begonnen
from portal.services.bremse import beginnen, gelungen
from portal.services.sitzung import NeueSitzung
from portal.services.zweitfaktor import HOECHSTENS_FALSCH, WrongCodeError


async def sperren(context: PortalContext, konto_id: str) -> None:
    """Lock an account now; locking it again changes nothing."""
    now = context.clock()
    async with context.transaction() as session:
        locked = await session.scalar(
            update(KontoRow)
            .where(KontoRow.id == konto_id, KontoRow.gesperrt_at.is_(None))
            .values(gesperrt_at=now)
            .returning(KontoRow.id)
        )
        await sitzung.revoke_all(session, konto_id, now)
        await session.execute(
            update(AnmeldungRow)
            .where(AnmeldungRow.konto_id == konto_id, AnmeldungRow.beendet_at.is_(None))
            .values(beendet_at=now)
        )
        await session.execute(delete(BekanntRow).where(BekanntRow.konto_id == konto_id))
        await kalenderabo.alle_widerrufen(session, konto_id, now)
        await push.alle_ausschalten(session, konto_id)
        await vertretung.codes_entwerten(session, konto_id)
        await mitzeichnung.codes_entwerten(session, konto_id)
        await vereinbarung.einladungen_entwerten(session, konto_id)
        if locked is not None:
            await benachrichtigung.anstossen(
                session, konto_id, "konto_gesperrt", jetzt=now, verweis="/konto/entsperren"
            )
    await gespraeche.widerrufe_melden(context)


async def sperren_mit_link(context: PortalContext, geheimnis: str) -> None:
    """Lock the account that the link of a warning belongs to.

    Raises
    ------
    NotLoggedInError
        The link is unknown or too old.
    """
    async with context.transaction() as session:
        konto_id = await sperrlink.konto_von(session, geheimnis, context.clock())
    if konto_id is None:
        raise NotLoggedInError(
            "Dieser Link gilt nicht mehr. Bitte melden Sie sich an und sperren Sie Ihr Konto dort unter „Sicherheit“, "
            "oder rufen Sie die Behördennummer 115 an."
        )
    await sperren(context, konto_id)


async def sperren_im_gespraech(context: PortalContext, unterhaltung: str) -> None:
    """Lock the account of the citizen who is logged in to a conversation; a repetition changes nothing.

    Raises
    ------
    NotLoggedInError
        Nobody is logged in to it.
    """
    async with context.transaction() as session:
        row = await session.get(BindungZeile, unterhaltung)
        if row is None or await gesperrt_seit(session, row.konto_id) is None:
            konto_id = (await bindung.gebunden(context, session, unterhaltung)).konto_id
        else:
            konto_id = row.konto_id
    await sperren(context, konto_id)


async def entsperren(session: AsyncSession, konto_id: str) -> None:
    """Open an account again, in the transaction of the use case that has proved the identity."""
    await session.execute(update(KontoRow).where(KontoRow.id == konto_id).values(gesperrt_at=None))
    await session.execute(delete(SperrlinkRow).where(SperrlinkRow.konto_id == konto_id))


async def gesperrt_seit(session: AsyncSession, konto_id: str) -> datetime | None:
    """When the account was locked; None if it is open."""
    return (await session.get_one(KontoRow, konto_id)).gesperrt_at


async def entsperren_mit_rettungscode(
    context: PortalContext, offen: Begonnen, code: str, *, alt: str | None = None
) -> NeueSitzung:
    """Open the account with a recovery code after the password, and log in. Raises WrongCodeError, TooManyAttemptsError."""
    konto_id = offen.inhaber.konto_id
    if konto_id is None:
        raise NotLoggedInError("Bitte beginnen Sie die Anmeldung noch einmal.")
    versuch = await beginnen(context, {f"faktor:{konto_id}": HOECHSTENS_FALSCH})
    async with context.transaction() as session:
        if not await zweitfaktor.rettungscode_einloesen(context, session, offen.inhaber, code):
            raise WrongCodeError
        await gelungen(context, session, versuch)
        return await _oeffnen(context, session, offen, konto_id, offen.vertrauen, alt)


async def entsperren_mit_eid(
    context: PortalContext, offen: Begonnen, antwort: str, *, alt: str | None = None
) -> NeueSitzung:
    """Open the account after an eID has proved who its holder is, and log in at that level. Raises IdentityProofError."""
    async with context.transaction() as session:
        vertrauen = await identitaet.finish_unlock(context, session, offen.id, antwort)
        return await _oeffnen(context, session, offen, offen.inhaber.konto_id or "", vertrauen, alt)


async def _oeffnen(
    context: PortalContext,
    session: AsyncSession,
    offen: Begonnen,
    konto_id: str,
    vertrauen: str,
    alt: str | None,
) -> NeueSitzung:
    now = context.clock()
    await anmeldung.beenden(session, offen.id, now)
    await entsperren(session, konto_id)
    await benachrichtigung.anstossen(
        session, konto_id, "konto_geaendert", jetzt=now, verweis="/mein/sicherheit"
    )
    return await anmeldung.beginnen(
        context, session, offen.inhaber, vertrauen, offen.herkunft, alt=alt, bestaetigt=True
    )
