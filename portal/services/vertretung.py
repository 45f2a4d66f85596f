"""Use cases of acting for others: powers with scope, proof and end; who acts for whom stands in package, log and inbox."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.vertretung import ALLES, ARTEN, Handeln
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.vertretung import VertretungZeile, VollmachtcodeZeile
from portal.services import dokument, entwurf, handeln, postfach, protokoll, sitzung
from portal.services.views import DraftView

CODE_GILT = timedelta(days=7)
LAENGSTENS = timedelta(days=5 * 366)
"""How far in the future a power may end."""


@dataclass(frozen=True)
class Vertretung:
    """A power as people see it. `eigene`: the caller acts; otherwise somebody acts for her."""

    id: str
    art: str
    fuer: str
    umfang: Sequence[str]
    nachweis: str
    bestaetigt: bool
    gueltig_bis: date | None
    hindernis: str | None
    eigene: bool
    wer: str


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Vertretung]:
    """For whom she may act, and who may act for her; the newest first."""
    rows = await session.scalars(
        select(VertretungZeile)
        .where(or_(VertretungZeile.konto_id == konto_id, VertretungZeile.fuer_konto == konto_id))
        .order_by(VertretungZeile.angelegt_utc.desc(), VertretungZeile.id)
    )
    names = context.katalog.leistungen
    found = []
    for row in rows:
        ended = await handeln.hindernis(context, session, row)
        found.append(
            Vertretung(
                row.id,
                row.art,
                row.fuer,
                ["alle Leistungen"]
                if ALLES in row.umfang
                else [names[s].name for s in row.umfang if s in names],
                row.nachweis,
                row.bestaetigt,
                row.gueltig_bis,
                handeln.HINDERNISSE[ended] if ended else None,
                row.konto_id == konto_id,
                await handeln.name(session, row.konto_id),
            )
        )
    return found


def _umfang(context: PortalContext, umfang: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(umfang))
    if not chosen or any(s != ALLES and s not in context.katalog.leistungen for s in chosen):
        raise InvalidInputError("Bitte wählen Sie, wofür die Vertretung gilt.", field="umfang")
    return [ALLES] if ALLES in chosen else chosen


def _ende(context: PortalContext, gueltig_bis: date | None) -> date:
    today = context.today()
    if gueltig_bis is None or not today <= gueltig_bis <= today + LAENGSTENS:
        raise InvalidInputError(
            "Bitte geben Sie an, bis wann die Vertretung gilt: heute oder später, höchstens fünf Jahre.",
            field="gueltig_bis",
        )
    return gueltig_bis


async def angeben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    art: str,
    fuer: str,
    umfang: Sequence[str],
    gueltig_bis: date | None,
    dokument_id: str | None,
) -> None:
    """State a power with its proof. It counts as declared; the office checks the document.

    Raises
    ------
    InvalidInputError
        Kind, name, scope, end or proof is missing or does not fit.
    NotFoundError
        The document is not hers.
    """
    kind = ARTEN.get(art)
    if kind is None or art == "organisation":
        raise InvalidInputError("Bitte wählen Sie die Art der Vertretung.", field="art")
    if not 2 <= len(fuer.strip()) <= 120:
        raise InvalidInputError(
            "Bitte geben Sie an, für wen Sie handeln: Vor- und Familienname.", field="fuer"
        )
    scope, end = _umfang(context, umfang), _ende(context, gueltig_bis)
    proof = "eigene Erklärung; die Stelle kann einen Nachweis verlangen"
    if dokument_id:
        document = await dokument.zeile(session, dokument_id, konto_id=konto_id)
        proof = f"Unterlage {document.dateiname}, SHA-256 {document.sha256}"
    elif kind.beleg:
        raise InvalidInputError(
            "Dafür brauchen wir einen Nachweis. Bitte laden Sie ihn zuerst unter „Meine Unterlagen“ hoch.",
            field="dokument_id",
        )
    session.add(
        _zeile(context, konto_id, art, fuer.strip(), scope, proof, end, dokument_id=dokument_id or None)
    )
    await _vermerken(context, session, konto_id, f"Sie handeln {kind.satz} {fuer.strip()}")


def _zeile(
    context: PortalContext,
    konto_id: str,
    art: str,
    fuer: str,
    umfang: list[str],
    nachweis: str,
    gueltig_bis: date | None,
    *,
    dokument_id: str | None = None,
    fuer_konto: str | None = None,
    bestaetigt: bool = False,
) -> VertretungZeile:
    return VertretungZeile(
        id=str(uuid.uuid4()),
        konto_id=konto_id,
        art=art,
        fuer=fuer,
        fuer_konto=fuer_konto,
        umfang=umfang,
        nachweis=nachweis,
        bestaetigt=bestaetigt,
        dokument_id=dokument_id,
        gueltig_bis=gueltig_bis,
        angelegt_utc=context.clock(),
    )


async def _vermerken(
    context: PortalContext, session: AsyncSession, konto_id: str, text: str, wortlaut: str | None = None
) -> None:
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="vertretung",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=["Name"],
        zweck=text,
        rechtsgrundlage="Art. 6 Abs. 1 Buchst. a DSGVO",
        kanal="Vertretungen im Portal",
        vertretung=Handeln(text),
        wortlaut=wortlaut,
    )


async def vollmacht_geben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    umfang: Sequence[str],
    gueltig_bis: date | None,
) -> str:
    """Give a power to whoever redeems the code within a week; gives the code, which is shown once."""
    scope, end = _umfang(context, umfang), _ende(context, gueltig_bis)
    code = secrets.token_urlsafe(12)
    session.add(
        VollmachtcodeZeile(
            code_hash=_hash(code),
            konto_id=konto_id,
            umfang=scope,
            gueltig_bis=end,
            laeuft_ab_utc=context.clock() + CODE_GILT,
        )
    )
    await _vermerken(
        context, session, konto_id, "Sie haben einen Code für eine Vollmacht gemacht", "vollmacht"
    )
    return code


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()


async def einloesen(context: PortalContext, session: AsyncSession, konto_id: str, code: str) -> None:
    """Redeem a code: from now on she may act for the one who gave it. It counts once.

    Raises
    ------
    InvalidInputError
        The code is unknown, used, too old, her own, or its giver's account is locked.
    """
    row = await session.scalar(
        select(VollmachtcodeZeile).where(VollmachtcodeZeile.code_hash == _hash(code)).with_for_update()
    )
    if (
        row is None
        or row.eingeloest_utc is not None
        or row.laeuft_ab_utc <= context.clock()
        or row.konto_id == konto_id
        or await sitzung.gesperrt(session, row.konto_id)
    ):
        raise InvalidInputError("Dieser Code gilt nicht oder nicht mehr.", field="code")
    row.eingeloest_utc = context.clock()
    giver, actor = await handeln.name(session, row.konto_id), await handeln.name(session, konto_id)
    session.add(
        _zeile(
            context,
            konto_id,
            "vollmacht",
            giver,
            row.umfang,
            "im eigenen Konto der vertretenen Person gegeben",
            row.gueltig_bis,
            fuer_konto=row.konto_id,
            bestaetigt=True,
        )
    )
    await _vermerken(context, session, konto_id, f"Sie handeln mit Vollmacht für {giver}")
    await _vermerken(context, session, row.konto_id, f"{actor} handelt mit Ihrer Vollmacht für Sie")
    postfach.schreiben(
        context,
        session,
        row.konto_id,
        art="vertretung",
        absender="Amtslotse",
        betreff="Ihre Vollmacht ist eingelöst",
        text=f"{actor} kann jetzt für Sie handeln. Unter „Vertretungen“ sehen Sie, wofür und bis wann, und beenden es jederzeit.",
    )


async def organisation_verbinden(
    context: PortalContext, session: AsyncSession, konto_id: str, name: str, nachweis: str, gueltig_bis: date
) -> None:
    """Act for a company that the Organisationskonto has just confirmed; an older confirmation of the same ends."""
    older = await session.scalars(
        select(VertretungZeile).where(
            VertretungZeile.konto_id == konto_id,
            VertretungZeile.art == "organisation",
            VertretungZeile.beendet_utc.is_(None),
        )
    )
    for row in older:
        if row.nachweis == nachweis:
            row.beendet_utc = context.clock()
    session.add(
        _zeile(
            context,
            konto_id,
            "organisation",
            name,
            [ALLES],
            nachweis,
            gueltig_bis,
            bestaetigt=True,
        )
    )
    await _vermerken(context, session, konto_id, f"Sie handeln für {name}")


async def beenden(context: PortalContext, session: AsyncSession, konto_id: str, vertretung_id: str) -> None:
    """End a power: whoever acts or is acted for may do it. Raises NotFoundError, ConflictError."""
    row = await session.get(VertretungZeile, vertretung_id)
    if row is None or konto_id not in (row.konto_id, row.fuer_konto):
        raise NotFoundError("Diese Vertretung gibt es nicht.")
    if row.beendet_utc is not None:
        raise ConflictError("Diese Vertretung ist schon beendet.")
    row.beendet_utc = context.clock()
    await _vermerken(context, session, konto_id, f"Vertretung für {row.fuer} beendet")
    if row.fuer_konto and row.fuer_konto != konto_id:
        await _vermerken(context, session, row.fuer_konto, "Die Vertretung für Sie ist beendet")


async def waehlbare(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung: str
) -> list[VertretungZeile]:
    """Powers that hold for a service today."""
    rows = await session.scalars(select(VertretungZeile).where(VertretungZeile.konto_id == konto_id))
    return [row for row in rows if await handeln.hindernis(context, session, row, leistung) is None]


async def codes_entwerten(session: AsyncSession, konto_id: str) -> None:
    """Make every code void by which she gives a power and which nobody has redeemed."""
    await session.execute(
        delete(VollmachtcodeZeile).where(
            VollmachtcodeZeile.konto_id == konto_id, VollmachtcodeZeile.eingeloest_utc.is_(None)
        )
    )


async def waehlen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    vertretung_id: str | None,
    *,
    version: int,
    vertrauen: str,
) -> DraftView:
    """Say for whom a draft is; None: for herself. Her own master data leave the draft when it is for somebody else.

    Raises
    ------
    PowerLackingError
        The power does not hold for this service.
    NotFoundError, DraftChangedError, DraftClosedError
    """
    view = await entwurf.zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    if vertretung_id:
        row = await session.get(VertretungZeile, vertretung_id)
        if row is None or row.konto_id != konto_id:
            raise NotFoundError("Diese Vertretung gibt es nicht.")
        hindrance = await handeln.hindernis(context, session, row, view.leistung.id)
        if hindrance is not None:
            raise handeln.PowerLackingError(f"{handeln.HINDERNISSE[hindrance]} Der Entwurf ist unverändert.")
        view.zeile.felder = {
            key: answer
            for key, answer in view.zeile.felder.items()
            if answer["quelle"] in ("angabe", "mensch") and not answer["vorschlag"]
        }
    view.zeile.vertretung_id = vertretung_id or None
    return await entwurf.geaendert(context, session, view, vertrauen)
