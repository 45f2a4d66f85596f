"""Use case: the citizen confirms exactly one version of her draft. It becomes a case, or is kept as a Vorbereitung."""

import asyncio
import secrets
import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Stelle
from portal.context import PortalContext
from portal.domain import antragsentwurf as regeln
from portal.domain.antragsentwurf import Wirkung
from portal.domain.vertretung import Handeln
from portal.schema.dokument import DokumentZeile
from portal.schema.entwurf import FreigabeZeile
from portal.schema.vorgang import VorgangStatusZeile, VorgangZeile
from portal.services import (
    ansicht,
    auswertung,
    dokumentfreigabe,
    entwurf,
    fristen,
    handeln,
    mitzeichnung,
    paket,
    postfach,
    vermerk,
    vorgangsprotokoll,
    zustellung,
)
from portal.services.ansicht import Sicht, draft_view
from portal.services.fehler import IncompleteError, TooEarlyError
from portal.services.paket import Anlage, Deckblatt
from portal.services.views import CaseView, DraftView, SubmitView
from portal.services.vorgang import case_view

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a reference: nothing that people confuse when they read it out."""


async def abgeben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    *,
    version: int,
    vertrauen: str,
) -> SubmitView:
    """Hand in exactly this version.

    Enough trust: a case with a reference, its package in the outbox, a receipt in the postbox, an entry in the disclosure
    log. Too little trust, or no online way: a Vorbereitung that stays with the citizen and reaches no office.

    Raises
    ------
    DraftChangedError, DraftClosedError, NotFoundError
    IncompleteError
        Something required is missing.
    TooEarlyError
        The declaration is possible only later.
    """
    view = await entwurf.zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    missing = regeln.fehlend(view.lage)
    if missing is not None:
        raise IncompleteError(_label(view, missing.id or ""), missing.id or "")
    first_day = regeln.zu_frueh(view.lage)
    if first_day is not None:
        raise TooEarlyError(first_day)
    if regeln.wirkung(view.lage) is Wirkung.VORBEREITUNG:
        return await _vorbereiten(context, session, view)
    return await _uebergeben(context, session, view)


def _label(view: Sicht, item_id: str) -> str:
    item = view.leistung.feld(item_id) or view.leistung.nachweis(item_id)
    return item.label if item else item_id


async def _schliessen(context: PortalContext, session: AsyncSession, view: Sicht, status: str) -> DraftView:
    view.zeile.status = status
    view.zeile.version += 1
    view.zeile.geaendert_utc = context.clock()
    await session.flush()
    fresh = await ansicht.sicht(context, session, view.zeile, view.lage.vertrauen)
    await fristen.nachfuehren(context, session, fresh)
    return draft_view(context, fresh)


async def _vorbereiten(context: PortalContext, session: AsyncSession, view: Sicht) -> SubmitView:
    office = view.empfaenger.stelle
    draft = await _schliessen(context, session, view, "vorbereitet")
    postfach.schreiben(
        context,
        session,
        view.zeile.konto_id,
        art="vorbereitung",
        absender="Amtslotse",
        betreff=f"Vorbereitet, noch nicht abgegeben: {view.leistung.name}",
        text=_vorbereitung_text(view, office, draft),
        entwurf_id=view.zeile.id,
    )
    case = CaseView(
        id=view.zeile.id,
        reference=None,
        service=view.leistung.id,
        name=view.leistung.name,
        office=office.name,
        status="vorbereitet",
        effect="vorbereitung",
        delivered_at=None,
        url=f"/mein/antraege/{view.zeile.id}",
    )
    return SubmitView(case=case, deadline=draft.deadline, draft=draft)


def _vorbereitung_text(view: Sicht, office: Stelle, draft: DraftView) -> str:
    """What was kept, what is still to do, and where; it never says that anything was declared."""
    lines = [
        "Ihre Angaben sind vollständig gespeichert. Sie sind noch nicht bei der Behörde: Das ist eine Vorbereitung.",
        "",
        "So geht es weiter:",
    ]
    if view.empfaenger.anderswo is not None:
        lines.append(
            f"• Zuständig ist {view.empfaenger.anderswo}. Dorthin können wir von hier nichts senden. "
            "Welche Stelle es genau ist und ob es dort online geht, bitte dort prüfen."
        )
    if view.lage.wirkung is not None:
        lines.append(
            f"• Online: Weisen Sie Ihre Identität nach (Vertrauensniveau {view.lage.niveau}, zum Beispiel mit dem Online-Ausweis) "
            "und bestätigen Sie den Entwurf dann noch einmal."
        )
    where = f"{office.name}, {office.behoerde}" + (f", {office.anschrift}" if office.anschrift else "")
    lines.append(f"• Oder wenden Sie sich an: {where}. Auskunft gibt auch die Behördennummer 115.")
    bring = [e.label for e in draft.evidence if e.required and e.state != "entfaellt"]
    if bring:
        lines.append(f"• Bringen Sie mit: {', '.join(bring)} und Ihren Ausweis.")
    if draft.deadline is not None:
        end = f" Letzter Tag: {paket.deutscher_tag(draft.deadline.date)}." if draft.deadline.date else ""
        lines.append(f"• Frist: {draft.deadline.text} ({draft.deadline.law}).{end}")
    return "\n".join(lines)


async def _uebergeben(context: PortalContext, session: AsyncSession, view: Sicht) -> SubmitView:
    service, row, now = view.leistung, view.zeile, context.clock()
    acting = await handeln.zur_abgabe(context, session, row)
    other_parent = await mitzeichnung.verlangen(context, session, row)
    office = view.empfaenger.stelle
    shown = draft_view(context, view)
    head = Deckblatt(
        aktenzeichen=f"AL-{context.today().year}-" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
        behoerde=office.behoerde,
        stelle=office.name,
        stelle_id=office.id,
        leistung=service.id,
        leistung_name=service.name,
        leika=service.leika,
        wirkung=regeln.wirkung(view.lage).value,
        eingegangen=now,
        rechtsgrundlage=ansicht.rechtsgrundlage(service),
        vertrauen=view.lage.vertrauen,
        demo=context.settings.demo,
    )
    attached = await _anlagen(session, view)
    notes = await vermerk.blaetter(session, row.id)
    answers = auswertung.des_pakets(
        context,
        service,
        row.id,
        {f.id: row.felder[f.id] for f in shown.fields if f.state == "beantwortet"},
    )
    content = paket.als_json(
        head,
        shown,
        attached,
        notes,
        answers,
        vertretung=acting.paket if acting else None,
        mitzeichnung=other_parent,
    )
    content_hash = paket.sha256(content)
    pdf = await asyncio.to_thread(
        paket.als_pdf, head, shown, attached, content_hash, notes, _handelnde(acting, other_parent)
    )
    case = VorgangZeile(
        id=str(uuid.uuid4()),
        aktenzeichen=head.aktenzeichen,
        konto_id=row.konto_id,
        entwurf_id=row.id,
        entwurf_version=row.version,
        leistung=service.id,
        leistung_name=service.name,
        stelle_id=office.id,
        stelle=office.name,
        behoerde=office.behoerde,
        wirkung=head.wirkung,
        status="eingegangen",
        eingegangen_utc=now,
        paket=content,
        paket_sha256=content_hash,
        pdf=pdf,
        pdf_sha256=paket.sha256(pdf),
    )
    session.add(case)
    await session.flush()
    text = "Ihr Vorgang ist im Portal eingegangen und wird der Stelle zugestellt."
    session.add(
        VorgangStatusZeile(vorgang_id=case.id, status="eingegangen", text=text, von="Amtslotse", am_utc=now)
    )
    await dokumentfreigabe.mit_abgabe(context, session, case, [(a.id, a.label) for a in attached])
    zustellung.einreihen(context, session, case.id)
    release = await session.scalar(
        select(FreigabeZeile.id)
        .where(FreigabeZeile.entwurf_id == row.id)
        .order_by(FreigabeZeile.erteilt_utc.desc())
        .limit(1)
    )
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="uebermittlung",
        akteur="buerger",
        akteur_label="Sie selbst, durch Ihre Bestätigung",
        felder=[f.label for f in shown.fields if f.state == "beantwortet" and f.value is not None]
        + [a.label for a in attached]
        + [n.titel for n in notes],
        kanal="Posteingang der Stelle",
        freigabe_id=release,
        inhalt_sha256=content_hash,
        wortlaut="abgabe",
    )
    if answers:
        await vorgangsprotokoll.eintragen(
            context,
            session,
            case,
            art="auskunft",
            akteur="buerger",
            akteur_label="Sie selbst, durch Ihre Bestätigung",
            felder=[f"{one['label']} (Regel {one['regel']} {one['version']})" for one in answers],
            kanal="unterschriebene Antwort im Vorgang",
        )
    draft = await _schliessen(context, session, view, "abgegeben")
    await fristen.erledigen(context, session, row.id)
    _eingangsbestaetigung(context, session, case, draft)
    return SubmitView(case=case_view(case), deadline=draft.deadline, draft=draft)


def _handelnde(acting: Handeln | None, other_parent: dict[str, str] | None) -> list[tuple[str, str]]:
    """Lines of the PDF that say who acted for whom and who confirmed."""
    lines = []
    if acting is not None:
        lines.append(("Vertretung", f"{acting.satz}\n{acting.paket['nachweis']} ({acting.paket['stand']})"))
    if other_parent is not None:
        lines.append(
            (
                "Anderer Elternteil",
                f"{other_parent['name']}, bestätigt (Vertrauensniveau {other_parent['vertrauensniveau']})",
            )
        )
    return lines


async def _anlagen(session: AsyncSession, view: Sicht) -> list[Anlage]:
    wanted = {e["dokument"]: n for n, e in view.zeile.nachweise.items() if e["dokument"]}
    rows = await session.scalars(
        select(DokumentZeile).where(DokumentZeile.id.in_(wanted)).order_by(DokumentZeile.id)
    )
    return [
        Anlage(r.id, _label(view, wanted[r.id]), r.dateiname, r.medientyp, r.groesse, r.sha256) for r in rows
    ]


def _eingangsbestaetigung(
    context: PortalContext, session: AsyncSession, case: VorgangZeile, draft: DraftView
) -> None:
    what = "Ihr Antrag" if case.wirkung == "antrag" else "Ihre Anzeige"
    received = paket.deutscher_moment(case.eingegangen_utc)
    later = [e.label for e in draft.evidence if e.state == "nachgereicht"]
    lines = [
        f"{what} „{case.leistung_name}“ ist am {received} eingegangen.",
        f"Zuständig ist: {case.stelle}, {case.behoerde}.",
        f"Aktenzeichen: {case.aktenzeichen}. Bitte nennen Sie es bei Rückfragen.",
    ]
    if later:
        lines.append(f"Bitte reichen Sie noch nach: {', '.join(later)}.")
    lines.append(
        "Was die Stelle von Ihnen bekommen hat, sehen Sie im PDF und in Ihrem Datenprotokoll. Ob neue Angaben daraus in Ihre Stammdaten "
        f"sollen, entscheiden Sie nach der Zustellung: /mein/vorgaenge/{case.id}"
    )
    if context.settings.demo:
        lines.append(f"{paket.DEMO_HINWEIS}: Es wurde nichts an eine echte Stelle geschickt.")
    postfach.schreiben(
        context,
        session,
        case.konto_id,
        art="eingang",
        absender=f"{case.stelle}, {case.behoerde}",
        betreff=f"Eingangsbestätigung: {case.leistung_name}",
        text="\n".join(lines),
        vorgang_id=case.id,
    )
