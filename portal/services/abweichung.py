"""Which values of a tier must be looked at again, because what the tiers above say changed under them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.loader import Geladen
from portal.catalogue.model import Ebene
from portal.catalogue.overlay import Abgleich, abgleiche
from portal.context import PortalContext
from portal.errors import ConflictError
from portal.schema.redaktion import AenderungZeile, SichtungZeile

NICHTS = ""
"""In place of a checksum: when the value was last looked at, no tier above said anything."""

LAND = "nrw"


@dataclass(frozen=True)
class Abweichung:
    """One value to look at again. `eltern_sha256` says which state above is meant."""

    leistung: str
    leistung_name: str
    schluessel: str
    eltern_ebene: Ebene
    eltern_sha256: str


def gebiet(context: PortalContext, ebene: Ebene) -> str:
    """Where the word of a tier holds, as seen from this portal."""
    return {"eu": "eu", "bund": "bund", "land": LAND, "kommune": context.settings.commune}[ebene]


async def erfassen(context: PortalContext, session: AsyncSession, geladen: Geladen | None) -> None:
    """Note each value seen for the first time together with what stands above it; so a later change can be told."""
    if geladen is None:
        return
    known = {
        (row.gebiet, row.leistung, row.schluessel, row.wert_sha256)
        for row in await session.scalars(select(SichtungZeile))
    }
    for pair in abgleiche(geladen.leistungen):
        if (gebiet(context, pair.ebene), pair.leistung, pair.schluessel, pair.wert_sha256) not in known:
            session.add(_zeile(context, pair, pair.eltern_sha256))


async def merken(
    context: PortalContext, session: AsyncSession, geladen: Geladen, change: AenderungZeile, personal_id: str
) -> None:
    """Note, with a change that comes into force, that its editor saw what stands above it.

    A value below that had nothing above it until now was never compared: that is noted too, so that it shows up.
    """
    whole = {change.leistung: geladen.leistungen[change.leistung]}
    for pair in abgleiche(whole):
        if pair.schluessel != change.schluessel:
            continue
        if pair.ebene == change.ebene:
            session.add(_zeile(context, pair, pair.eltern_sha256, personal_id))
        elif await _zuletzt(context, session, pair) is None:
            session.add(_zeile(context, pair, NICHTS))


def neu_betroffen(before: Geladen, after: Geladen, leistung: str, schluessel: str) -> list[Ebene]:
    """The tiers whose own value of this key stands over another value from above than before."""

    def pairs(state: Geladen) -> dict[Ebene, Abgleich]:
        found = abgleiche({leistung: state.leistungen[leistung]})
        return {pair.ebene: pair for pair in found if pair.schluessel == schluessel}

    old = pairs(before)
    return [
        ebene
        for ebene, pair in pairs(after).items()
        if ebene not in old or (old[ebene].eltern_sha256 != pair.eltern_sha256)
    ]


async def offen(context: PortalContext, session: AsyncSession, ebene: Ebene) -> list[Abweichung]:
    """The values of a tier that must be looked at again, by service and key."""
    geladen = context.bestand.geladen
    if geladen is None:
        return []
    here = gebiet(context, ebene)
    rows = await session.scalars(
        select(SichtungZeile).where(SichtungZeile.gebiet == here).order_by(SichtungZeile.id)
    )
    seen = {(row.leistung, row.schluessel, row.wert_sha256): row.eltern_sha256 for row in rows}
    return sorted(
        (
            Abweichung(
                pair.leistung,
                geladen.katalog.leistungen[pair.leistung].name,
                pair.schluessel,
                pair.eltern_ebene,
                pair.eltern_sha256,
            )
            for pair in abgleiche(geladen.leistungen)
            if pair.ebene == ebene
            and seen.get((pair.leistung, pair.schluessel, pair.wert_sha256)) != pair.eltern_sha256
        ),
        key=lambda found: (found.leistung, found.schluessel),
    )


async def gesehen(
    context: PortalContext,
    session: AsyncSession,
    ebene: Ebene,
    leistung: str,
    schluessel: str,
    eltern_sha256: str,
    personal_id: str,
) -> None:
    """Note that the tier's own value stays although the one above changed.

    Raises
    ------
    ConflictError
        Nothing is open there, or what stands above changed again since the editor looked.
    """
    geladen = context.bestand.geladen
    whole = geladen.leistungen.get(leistung) if geladen else None
    for pair in abgleiche({leistung: whole} if whole else {}):
        if (pair.ebene, pair.schluessel, pair.eltern_sha256) == (ebene, schluessel, eltern_sha256):
            session.add(_zeile(context, pair, pair.eltern_sha256, personal_id))
            return
    raise ConflictError(
        "Die Angabe darüber hat sich inzwischen noch einmal geändert. Bitte sehen Sie sich beide Fassungen an."
    )


async def _zuletzt(context: PortalContext, session: AsyncSession, pair: Abgleich) -> SichtungZeile | None:
    found: SichtungZeile | None = await session.scalar(
        select(SichtungZeile)
        .where(
            SichtungZeile.gebiet == gebiet(context, pair.ebene),
            SichtungZeile.leistung == pair.leistung,
            SichtungZeile.schluessel == pair.schluessel,
            SichtungZeile.wert_sha256 == pair.wert_sha256,
        )
        .limit(1)
    )
    return found


def _zeile(
    context: PortalContext, pair: Abgleich, eltern_sha256: str, personal_id: str | None = None
) -> SichtungZeile:
    return SichtungZeile(
        gebiet=gebiet(context, pair.ebene),
        leistung=pair.leistung,
        schluessel=pair.schluessel,
        wert_sha256=pair.wert_sha256,
        eltern_sha256=eltern_sha256,
        am_utc=context.clock(),
        personal_id=personal_id,
    )
