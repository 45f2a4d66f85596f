"""From a stored draft to what citizen, bot and clerk see of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Feld, Leistung, Nachweis, NurWenn
from portal.context import PortalContext
from portal.domain import antragsentwurf as regeln
from portal.domain import einwilligung, unterlagen
from portal.domain.antragsentwurf import Bedingung, Frage, Gegeben, Lage, Wirkung, Zustand
from portal.schema.dokument import DokumentZeile
from portal.schema.entwurf import EntwurfZeile, FreigabeZeile
from portal.services import katalog, zustaendigkeit
from portal.services.feldpruefung import anzeige, verdeckt
from portal.services.views import (
    Choice,
    DisclosureText,
    DocumentName,
    DraftView,
    EvidenceView,
    FieldView,
    KeptDocument,
    NextStep,
    Progress,
    Recipient,
    SignatureView,
)
from portal.services.zustaendigkeit import Empfaenger


@dataclass(frozen=True)
class Sicht:
    """A draft together with its service, with who receives it, and with everything that decides what comes next."""

    zeile: EntwurfZeile
    leistung: Leistung
    lage: Lage
    dateinamen: dict[str, str]
    """Of the documents that were uploaded for it or are used in it, by id."""
    aufbewahrt: Sequence[DokumentZeile]
    """Documents of her own that it could use."""
    empfaenger: Empfaenger

    def werte(self) -> dict[str, str | int | None]:
        """The answers that are part of the draft."""
        return {k: v.wert for k, v in regeln.beantwortet(self.lage.fragen, self.lage.antworten).items()}


def _bedingung(nur_wenn: NurWenn | None) -> Bedingung | None:
    return Bedingung(nur_wenn.feld, tuple(nur_wenn.ist)) if nur_wenn else None


def _frage(item: Feld | Nachweis) -> Frage:
    return Frage(item.id, item.pflicht, _bedingung(item.nur_wenn))


async def sicht(context: PortalContext, session: AsyncSession, zeile: EntwurfZeile, vertrauen: str) -> Sicht:
    """Gather what is known about a draft."""
    service = katalog.leistung(context, zeile.leistung)
    void = (
        await _erloschen(session, zeile, context.clock()) if zeile.status in ("offen", "vorbereitet") else ()
    )
    answers = {
        k: Gegeben(v["wert"], v["vorschlag"] or v.get("freigabe") in void) for k, v in zeile.felder.items()
    }
    day = answers.get(service.erklaerbar_ab or "")
    first_day = date.fromisoformat(str(day.wert)) if day and day.wert and not day.vorschlag else None
    used = [beleg["dokument"] for beleg in zeile.nachweise.values() if beleg["dokument"]]
    rows = await session.execute(
        select(DokumentZeile.id, DokumentZeile.dateiname).where(
            (DokumentZeile.entwurf_id == zeile.id) | DokumentZeile.id.in_(used)
        )
    )
    questions = [_frage(f) for f in service.felder]
    said = {k: v.wert for k, v in regeln.beantwortet(questions, answers).items()}
    if zeile.status == "abgegeben":  # it was delivered to us, whatever a later table of places says
        said = {}
    receiver = await zustaendigkeit.empfaenger(context, session, service, said)
    online = service.online if receiver.anderswo is None else None
    lage = Lage(
        status=zeile.status,
        fragen=questions,
        antworten=answers,
        nachweise=[_frage(n) for n in service.nachweise],
        vorliegend=frozenset(zeile.nachweise),
        wirkung=Wirkung(online.wirkung) if online else None,
        niveau=online.vertrauensniveau if online else "niedrig",
        vertrauen=vertrauen,
        heute=context.today(),
        erklaerbar_ab=first_day,
    )
    names = {document_id: name for document_id, name in rows}
    return Sicht(zeile, service, lage, names, await _aufbewahrt(context, session, zeile), receiver)


async def _aufbewahrt(
    context: PortalContext, session: AsyncSession, zeile: EntwurfZeile
) -> Sequence[DokumentZeile]:
    """Her own documents that are still valid, the newest first; none for a draft that is closed."""
    if zeile.status not in ("offen", "vorbereitet"):
        return []
    rows = await session.scalars(
        select(DokumentZeile)
        .where(DokumentZeile.konto_id == zeile.konto_id, DokumentZeile.entwurf_id.is_(None))
        .order_by(DokumentZeile.hochgeladen_utc.desc(), DokumentZeile.id)
    )
    return [row for row in rows if row.gueltig_bis is None or row.gueltig_bis >= context.today()]


def verwendbar(nachweis: Nachweis, aufbewahrt: Sequence[DokumentZeile]) -> list[DokumentZeile]:
    """Which of her own documents can serve as this evidence; a copy of an identity card only if it is marked as one."""
    return [row for row in aufbewahrt if nachweis.hochladbar and (row.kopie or not nachweis.kopie)]


async def _erloschen(session: AsyncSession, zeile: EntwurfZeile, jetzt: datetime) -> frozenset[str]:
    """Ids of the draft's releases that release nothing any more: withdrawn or run out. Their values are offered again."""
    rows = await session.scalars(select(FreigabeZeile).where(FreigabeZeile.entwurf_id == zeile.id))
    return frozenset(
        row.id
        for row in rows
        if row.widerrufen_utc is not None
        or (row.gueltig_bis_utc is not None and row.gueltig_bis_utc <= jetzt)
    )


def zweck(service: Leistung) -> str:
    """The purpose for which data are released."""
    return f"Bearbeitung Ihres Anliegens „{service.name}“"


def rechtsgrundlage(service: Leistung) -> str:
    """The legal basis in one line."""
    return ", ".join(service.rechtsgrundlage)


def wortlaut(act: str) -> DisclosureText:
    """The text that is read before an act, a key of `portal.domain.einwilligung.WORTLAUTE`."""
    words = einwilligung.WORTLAUTE[act]
    return DisclosureText(text=words.text, version=words.version, language=einwilligung.SPRACHE)


def _unterschrift(service: Leistung, vertrauen: str) -> SignatureView:
    online = service.online
    needed = unterlagen.unterschrift(
        schriftform=online is not None and online.schriftform, vertrauen=vertrauen
    )
    return SignatureView(needed=needed.noetig, reason=needed.grund, law=needed.recht, how=needed.was)


def draft_view(
    context: PortalContext, view: Sicht, *, masked: bool = False, proposals: bool = True
) -> DraftView:
    """What is shown of a draft.

    Parameters
    ----------
    masked
        Hide all but the last characters of sensitive values.
    proposals
        Show values that the citizen has not released yet; only she may see them.
    """
    service, lage = view.leistung, view.lage
    states = regeln.zustaende(lage.fragen, lage.antworten)
    office, there = view.empfaenger.stelle, view.empfaenger.leistung
    step = regeln.naechster_schritt(lage)
    answered, total = regeln.fortschritt(lage)
    full_effect = lage.wirkung or Wirkung.VORBEREITUNG
    return DraftView(
        id=view.zeile.id,
        service=service.id,
        name=service.name,
        version=view.zeile.version,
        status=view.zeile.status,  # type: ignore[arg-type]  # checked by the model
        recipient=Recipient(office=office.name, authority=office.behoerde),
        purpose=zweck(service),
        legal_basis=rechtsgrundlage(service),
        release_text=wortlaut("freigabe"),
        handover_text=wortlaut("abgabe"),
        signature=_unterschrift(service, lage.vertrauen),
        fields=[_field(view, f, states[f.id], masked, proposals) for f in service.felder],
        evidence=[_evidence(view, n, proposals) for n in service.nachweise],
        next=NextStep.model_validate(
            {"kind": step.art, "id": step.id, "from": step.ab and step.ab.isoformat()}
        ),
        progress=Progress(answered=answered, total=total),
        effect=full_effect.value,
        effect_now=regeln.wirkung(lage).value,
        trust_level=lage.niveau,
        trust=lage.vertrauen,
        fee=katalog.gebuehr(there, lage.heute),
        deadline=katalog.frist(there, lage.heute, view.werte(), ags=view.empfaenger.ags),
        elsewhere=view.empfaenger.anderswo,
        changed_at=view.zeile.geaendert_utc,
    )


def _field(view: Sicht, feld: Feld, state: Zustand, masked: bool, proposals: bool) -> FieldView:
    answer = view.zeile.felder.get(feld.id)
    shown = answer if state is Zustand.BEANTWORTET or (state is Zustand.VORGESCHLAGEN and proposals) else None
    value = shown["wert"] if shown else None
    display = anzeige(feld, value) if shown else None
    hidden = masked and feld.ist_sensibel and value is not None
    if hidden:
        value = display = verdeckt(value)
    return FieldView(
        id=feld.id,
        label=feld.label,
        question=feld.frage or feld.label,
        help=feld.hilfe,
        type=feld.typ,
        options=[Choice(id=o.id, label=o.label) for o in feld.optionen]
        or ([Choice(id="ja", label="Ja"), Choice(id="nein", label="Nein")] if feld.typ == "yes_no" else []),
        required=feld.pflicht,
        value=value,
        display=display,
        sensitive=feld.ist_sensibel,
        masked=hidden,
        source=shown["quelle"] if shown else None,  # type: ignore[arg-type]
        source_label=shown["quelle_label"] if shown else None,
        date=shown["stand"] if shown else None,
        state=state.value,
    )


def _evidence(view: Sicht, nachweis: Nachweis, proposals: bool) -> EvidenceView:
    entry = view.zeile.nachweise.get(nachweis.id)
    counting = regeln.beantwortet(view.lage.fragen, view.lage.antworten)
    document = entry["dokument"] if entry else None
    if not regeln.gilt(_bedingung(nachweis.nur_wenn), counting):
        state = "entfaellt"
    elif entry is None:
        state = "offen"
    else:
        state = "vorhanden" if document else "nachgereicht"
    name = view.dateinamen.get(document) if document else None
    return EvidenceView(
        id=nachweis.id,
        label=nachweis.label,
        help=nachweis.hilfe,
        required=nachweis.pflicht,
        state=state,  # type: ignore[arg-type]
        document=DocumentName(id=document, filename=name) if document and name else None,
        kept=[
            KeptDocument(id=row.id, label=unterlagen.bezeichnung(row.art), filename=row.dateiname)
            for row in verwendbar(nachweis, view.aufbewahrt)
        ]
        if proposals and state == "offen"
        else [],
    )
