"""Use cases of consent: all releases at a glance, and their withdrawal, which stops what has not flowed yet."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import einwilligung as regeln
from portal.domain.einwilligung import Stand
from portal.errors import ConflictError, NotFoundError
from portal.schema.entwurf import EntwurfZeile, FreigabeZeile
from portal.schema.vorgang import VorgangStatusZeile, VorgangZeile, ZustellungZeile
from portal.services import beratung, entwurf, fristen, handeln, komforteinwilligung, protokoll, zustellung
from portal.services.entwurf import UNFERTIG
from portal.services.fehler import DraftClosedError
from portal.services.views import ConsentView, WithdrawalView

FOLGEN = {
    "gueltig": "Nach dem Widerruf werden diese Angaben im Entwurf nicht mehr verwendet. Bisher ist nichts abgeflossen.",
    "unterwegs": "Der Vorgang ist abgegeben, aber noch nicht bei der Stelle. Der Widerruf hält die Zustellung an.",
    "verwendet": "Der Vorgang ist bei der Stelle und bleibt dort; sie bearbeitet ihn nach dem genannten Recht. "
    "Der Widerruf gilt für alles Weitere.",
}
ZURUECKGEZOGEN = "zurueckgezogen"


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[ConsentView]:
    """All releases of a citizen, the newest first."""
    rows = await session.execute(
        select(FreigabeZeile, EntwurfZeile.status, VorgangZeile, ZustellungZeile.status)
        .join(EntwurfZeile, EntwurfZeile.id == FreigabeZeile.entwurf_id)
        .outerjoin(VorgangZeile, VorgangZeile.entwurf_id == FreigabeZeile.entwurf_id)
        .outerjoin(ZustellungZeile, ZustellungZeile.vorgang_id == VorgangZeile.id)
        .where(FreigabeZeile.konto_id == konto_id)
        .order_by(FreigabeZeile.erteilt_utc.desc(), FreigabeZeile.id, VorgangZeile.eingegangen_utc)
    )
    found = {row.id: _view(context, row, status, case, sent) for row, status, case, sent in rows}
    everything = [*found.values(), *await beratung.freigaben(context, session, konto_id)]
    everything += await komforteinwilligung.liste(session, konto_id)
    return sorted(everything, key=lambda one: one.given_at, reverse=True)


def _view(
    context: PortalContext, row: FreigabeZeile, status: str, case: VorgangZeile | None, sent: str | None
) -> ConsentView:
    service = context.katalog.leistungen.get(row.leistung)
    labels = {f.id: f.label for f in service.felder} if service else {}
    handed_in = status == "abgegeben" and case is not None
    state = regeln.zustand(
        Stand(
            row.gueltig_bis_utc, row.widerrufen_utc, handed_in, handed_in and sent == zustellung.ZUGESTELLT
        ),
        context.clock(),
    )
    return ConsentView(
        id=row.id,
        state=state,
        purpose=row.zweck,
        office=row.stelle,
        authority=row.behoerde,
        fields=[labels.get(f, f) for f in row.felder],
        legal_basis=row.rechtsgrundlage,
        given_at=row.erteilt_utc,
        valid_until=row.gueltig_bis_utc,
        withdrawn_at=row.widerrufen_utc,
        text=regeln.WORTLAUTE["freigabe"].texte.get((row.textversion, row.sprache), ""),
        text_version=row.textversion,
        language=row.sprache,
        reference=case.aktenzeichen if case and handed_in else None,
        consequence=FOLGEN.get(state),
    )


async def widerrufen(
    context: PortalContext, session: AsyncSession, konto_id: str, freigabe_id: str
) -> WithdrawalView:
    """Withdraw a release. What has not flowed yet stops; a case that has arrived stays with the office.

    Raises
    ------
    NotFoundError
        No such release of this citizen.
    ConflictError
        It was withdrawn before.
    """
    row = await session.scalar(
        select(FreigabeZeile)
        .where(FreigabeZeile.id == freigabe_id, FreigabeZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        return await _sonstige(context, session, konto_id, freigabe_id)
    if row.widerrufen_utc is not None:
        raise ConflictError("Diese Einwilligung haben Sie schon widerrufen.")
    draft = await entwurf.zeile(session, konto_id, row.entwurf_id)
    row.widerrufen_utc = context.clock()
    outcome = await _anhalten(context, session, draft)
    service = context.katalog.leistungen.get(row.leistung)
    labels = {f.id: f.label for f in service.felder} if service else {}
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="widerruf",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name=row.stelle,
        zweck=row.zweck,
        rechtsgrundlage="Art. 7 Abs. 3 DSGVO",
        felder=[labels.get(f, f) for f in row.felder],
        kanal="Einwilligungen im Portal",
        freigabe_id=row.id,
        vertretung=await handeln.im_entwurf(session, draft),
    )
    return outcome


async def entwurf_widerrufen(
    context: PortalContext, session: AsyncSession, konto_id: str, entwurf_id: str
) -> None:
    """Withdraw every release of an unfinished draft, as the chat offers it: nothing of it has flowed yet.

    Raises
    ------
    NotFoundError
        No such draft, or nothing in it is released.
    DraftClosedError
        It was handed in or given up; the citizen withdraws on the page, which says what that still stops.
    """
    draft = await entwurf.zeile(session, konto_id, entwurf_id)
    if draft.status not in UNFERTIG:
        raise DraftClosedError
    releases = await session.scalars(
        select(FreigabeZeile.id).where(
            FreigabeZeile.entwurf_id == draft.id, FreigabeZeile.widerrufen_utc.is_(None)
        )
    )
    found = list(releases)
    if not found:
        raise NotFoundError("In diesem Entwurf haben Sie nichts freigegeben.")
    for freigabe_id in found:
        await widerrufen(context, session, konto_id, freigabe_id)


async def _sonstige(
    context: PortalContext, session: AsyncSession, konto_id: str, freigabe_id: str
) -> WithdrawalView:
    """What belongs to no draft: a consent to reminders or the like, or a release in the chat."""
    done = await komforteinwilligung.widerrufen(context, session, konto_id, freigabe_id)
    if done:
        return WithdrawalView(outcome="komfort", text="Widerrufen. Das Portal tut das ab sofort nicht mehr.")
    if done is False:
        raise ConflictError("Diese Einwilligung haben Sie schon widerrufen.")
    try:
        new = await beratung.widerrufen(context, session, konto_id, freigabe_id)
    except NotFoundError:
        raise NotFoundError("Diese Einwilligung gibt es nicht.") from None
    if not new:
        raise ConflictError("Diese Einwilligung haben Sie schon widerrufen.")
    return WithdrawalView(outcome="entwurf", text="Widerrufen. Die Stelle kann das nicht mehr ansehen.")


async def _anhalten(context: PortalContext, session: AsyncSession, draft: EntwurfZeile) -> WithdrawalView:
    if draft.status in UNFERTIG:
        draft.version += 1
        draft.geaendert_utc = context.clock()
        return WithdrawalView(
            outcome="entwurf",
            text="Widerrufen. Es ist nichts abgeflossen. Der Entwurf fragt Sie neu, bevor er diese Angaben verwendet.",
        )
    case = await session.scalar(
        select(VorgangZeile)
        .where(VorgangZeile.entwurf_id == draft.id)
        .order_by(VorgangZeile.eingegangen_utc.desc())
        .limit(1)
    )
    if case is None:
        return WithdrawalView(outcome="entwurf", text="Widerrufen. Es ist nichts abgeflossen.")
    if not await zustellung.anhalten(context, session, case.id):
        return WithdrawalView(
            outcome="bleibt",
            text=f"Widerrufen. Der Vorgang {case.aktenzeichen} ist schon bei {case.stelle} oder gerade auf dem Weg dorthin. Er "
            "bleibt dort, weil die Stelle ihn nach dem Fachrecht bearbeitet. Wollen Sie ihn zurücknehmen, sagen Sie das der Stelle.",
        )
    case.status = ZURUECKGEZOGEN
    session.add(
        VorgangStatusZeile(
            vorgang_id=case.id,
            status=ZURUECKGEZOGEN,
            text="Sie haben die Freigabe widerrufen, bevor der Vorgang zugestellt war. Die Stelle hat nichts bekommen.",
            von="Amtslotse",
            am_utc=context.clock(),
        )
    )
    await _wieder_oeffnen(context, session, draft)
    return WithdrawalView(
        outcome="angehalten",
        text=f"Widerrufen. Der Vorgang {case.aktenzeichen} war noch nicht zugestellt und geht nicht mehr hinaus. Ihr Entwurf ist "
        "erhalten. Eine Frist ist damit nicht gewahrt.",
    )


async def _wieder_oeffnen(context: PortalContext, session: AsyncSession, draft: EntwurfZeile) -> None:
    other = await session.scalar(
        select(EntwurfZeile.id).where(
            EntwurfZeile.konto_id == draft.konto_id,
            EntwurfZeile.leistung == draft.leistung,
            EntwurfZeile.status.in_(UNFERTIG),
        )
    )
    draft.status = "verworfen" if other else "offen"
    draft.version += 1
    draft.geaendert_utc = context.clock()
    await fristen.wieder_offen(session, draft.id)
