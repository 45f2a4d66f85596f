"""Use cases of consents to what the portal does beyond a case: each is given by an act of its own and withdrawn as easily."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.einwilligung import KOMFORT, SPRACHE, Komfort
from portal.errors import NotFoundError
from portal.schema.komforteinwilligung import KomforteinwilligungZeile
from portal.services import protokoll
from portal.services.views import ConsentView

STELLE = "Dieses Portal"
RECHT = "Art. 6 Abs. 1 Buchst. a DSGVO"


@dataclass(frozen=True)
class Angebot:
    """A purpose, and whether she has consented to it."""

    zweck: str
    komfort: Komfort
    erteilt: bool


async def erteilt(session: AsyncSession, konto_id: str, zweck: str) -> bool:
    """Whether a consent to this purpose holds."""
    return await _geltend(session, konto_id, zweck) is not None


async def angebote(session: AsyncSession, konto_id: str) -> list[Angebot]:
    """All purposes, with her decision."""
    return [
        Angebot(zweck, komfort, await erteilt(session, konto_id, zweck)) for zweck, komfort in KOMFORT.items()
    ]


async def erteilen(context: PortalContext, session: AsyncSession, konto_id: str, zweck: str) -> None:
    """Consent to a purpose in the words that are shown now; a second time changes nothing. Raises NotFoundError."""
    komfort = KOMFORT.get(zweck)
    if komfort is None:
        raise NotFoundError("Danach fragt dieses Portal nicht.")
    if await erteilt(session, konto_id, zweck):
        return
    row = KomforteinwilligungZeile(
        id=str(uuid.uuid4()),
        konto_id=konto_id,
        zweck=zweck,
        textversion=komfort.wortlaut.version,
        sprache=SPRACHE,
        erteilt_utc=context.clock(),
        widerrufen_utc=None,
    )
    session.add(row)
    await session.flush()
    await _vermerken(context, session, row, "freigabe", RECHT)


async def widerrufen(
    context: PortalContext, session: AsyncSession, konto_id: str, einwilligung_id: str
) -> bool | None:
    """Withdraw a consent: True, False if that happened before, None if she has none with this id."""
    row = await session.scalar(
        select(KomforteinwilligungZeile)
        .where(KomforteinwilligungZeile.id == einwilligung_id, KomforteinwilligungZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        return None
    if row.widerrufen_utc is not None:
        return False
    row.widerrufen_utc = context.clock()
    await _vermerken(context, session, row, "widerruf", "Art. 7 Abs. 3 DSGVO")
    return True


async def liste(session: AsyncSession, konto_id: str) -> list[ConsentView]:
    """All of them, also the withdrawn ones, with the words she agreed to."""
    rows = await session.scalars(
        select(KomforteinwilligungZeile).where(KomforteinwilligungZeile.konto_id == konto_id)
    )
    found = []
    for row in rows:
        komfort = KOMFORT[row.zweck]
        found.append(
            ConsentView(
                id=row.id,
                state="widerrufen" if row.widerrufen_utc else "gueltig",
                purpose=komfort.titel,
                office=STELLE,
                authority="",
                fields=list(komfort.felder),
                legal_basis=RECHT,
                given_at=row.erteilt_utc,
                valid_until=None,
                withdrawn_at=row.widerrufen_utc,
                text=komfort.wortlaut.texte[row.textversion, row.sprache],
                text_version=row.textversion,
                language=row.sprache,
                reference=None,
                consequence=None if row.widerrufen_utc else komfort.folge,
            )
        )
    return found


async def _geltend(session: AsyncSession, konto_id: str, zweck: str) -> KomforteinwilligungZeile | None:
    return await session.scalar(
        select(KomforteinwilligungZeile).where(
            KomforteinwilligungZeile.konto_id == konto_id,
            KomforteinwilligungZeile.zweck == zweck,
            KomforteinwilligungZeile.widerrufen_utc.is_(None),
        )
    )


async def _vermerken(
    context: PortalContext,
    session: AsyncSession,
    row: KomforteinwilligungZeile,
    art: protokoll.Art,
    recht: str,
) -> None:
    komfort = KOMFORT[row.zweck]
    await protokoll.eintragen(
        context,
        session,
        row.konto_id,
        art=art,
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name=STELLE,
        zweck=komfort.titel,
        rechtsgrundlage=recht,
        felder=komfort.felder,
        kanal="Einwilligungen im Portal",
        freigabe_id=row.id,
    )
