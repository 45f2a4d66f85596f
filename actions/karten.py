"""Cards of docs/protocol/conversations.md, built from what the portal says. No fact is made here."""

from collections.abc import Mapping, Sequence

from actions.gespraech import Card
from portal.client import CaseView, Checklist, DraftView, EvidenceView, FieldView, ServiceView, Source

GRUNDLAGE = "Art. 6 Abs. 1 Buchst. c oder e DSGVO mit"
"""On which an office works on a case, before the law of the service."""
UPLOAD_TYPES = ["application/pdf", "image/jpeg", "image/png"]
UPLOAD_MAX_BYTES = 25 * 1024 * 1024


def checkliste(checklist: Checklist) -> Card:
    """The ordered steps of a life situation."""
    names = {step.service: step.name for step in checklist.steps}
    return {
        "type": "checklist",
        "title": checklist.title,
        "intro": checklist.intro,
        "steps": [
            {
                "service": step.service,
                "name": step.name,
                "deadline": step.deadline.text if step.deadline else None,
                "law": step.deadline.law if step.deadline else None,
                "depends_on": [names[other] for other in step.depends_on if other in names],
                "note": step.note,
                "optional": step.optional or not step.applies,
                "done": step.done,
                "payload": f'/service{{"service": "{step.service}"}}',
            }
            for step in checklist.steps
        ],
        "sources": quellen(checklist.sources),
    }


def quellen(sources: Sequence[Source]) -> list[Card]:
    """Sources with their marks."""
    return [{"label": one.label, "mark": one.mark} for one in sources]


def leistung(view: ServiceView) -> Card:
    """What a service is, costs and needs."""
    return {
        "type": "service",
        "service": view.id,
        "name": view.name,
        "hint": view.hint,
        "before": [one.name for one in view.before],
        "office": ", ".join(part for part in (view.office.name, view.office.authority) if part),
        "fee": view.fee.display,
        "deadline": view.deadline.text if view.deadline else None,
        "duration": view.duration,
        "trust_level": view.trust_level,
        "form": view.effect,
        "data": view.data,
        "documents": [one.label for one in view.documents],
        "law": view.law,
        "sources": quellen(view.sources),
        "url": view.url,
    }


def anmeldung(text: str, zurueck: str = "/") -> Card:
    """The way to the login page of the portal, and on to `zurueck`."""
    return {"type": "login", "url": f"/anmelden?zurueck={zurueck}", "text": text}


def _feld(field: FieldView) -> Card:
    card: Card = {"id": field.id, "label": field.label, "type": field.type, "help": field.help}
    if field.options:
        card["options"] = [{"id": option.id, "label": option.label} for option in field.options]
    return card


def freigabe(draft: DraftView) -> Card:
    """Master data field by field, filled or missing, with one release for this purpose and recipient."""
    return {
        "type": "prefill",
        "draft": draft.id,
        "service": draft.name,
        "purpose": draft.purpose,
        "recipient": empfaenger(draft),
        "legal_basis": draft.legal_basis,
        "text": draft.release_text.text,
        "text_version": draft.release_text.version,
        "language": draft.release_text.language,
        "fields": [
            {
                **_feld(field),
                "value": field.value,
                "display": field.display,
                "source": field.source_label,
                "date": field.date,
                "state": "vorhanden" if field.state == "vorgeschlagen" else "fehlt",
                "required": field.required,
            }
            for field in draft.fields
            if field.state in {"vorgeschlagen", "offen"}
        ],
        "payload": "/release",
    }


def frage(draft: DraftView, field: FieldView) -> Card:
    """One question with its help and how far the form is."""
    return {"type": "question", "field": _feld(field), "progress": fortschritt(draft)}


def fortschritt(draft: DraftView) -> Mapping[str, int]:
    """Answered and all questions."""
    return {"answered": draft.progress.answered, "total": draft.progress.total}


def nachweis(draft: DraftView, evidence: EvidenceView) -> Card:
    """Upload of one document."""
    return {
        "type": "upload",
        "draft": draft.id,
        "evidence": {"id": evidence.id, "label": evidence.label, "help": evidence.help},
        "accept": UPLOAD_TYPES,
        "max_bytes": UPLOAD_MAX_BYTES,
        "url": "/api/dokumente",
        "payload": "/uploaded",
    }


def identitaet(draft: DraftView, text: str) -> Card:
    """The way to the page that proves who the citizen is."""
    return {
        "type": "identity",
        "url": "/identitaet/nachweis?zurueck=/",
        "level": draft.trust_level,
        "text": text,
    }


def unterschrift(draft: DraftView) -> str:
    """What must be signed and how, with the page that holds the sheet; empty where nothing is to be signed."""
    if not draft.signature.needed:
        return ""
    return f"{draft.signature.reason} {draft.signature.how} Das Blatt dafür: /mein/antraege/{draft.id}/unterschrift.pdf"


def uebersicht(draft: DraftView, hint: str) -> Card:
    """Everything that would be handed over, for the explicit confirmation."""
    return {
        "type": "summary",
        "draft": draft.id,
        "service": draft.name,
        "recipient": empfaenger(draft),
        "effect": draft.effect_now,
        "fields": [
            {"id": field.id, "label": field.label, "display": field.display}
            for field in draft.fields
            if field.state == "beantwortet"
        ],
        "documents": [
            {"label": one.label, "filename": one.document.filename if one.document else "wird nachgereicht"}
            for one in draft.evidence
            if one.state in {"vorhanden", "nachgereicht"}
        ],
        "fee": draft.fee.display,
        "hint": hint,
        **_vor_der_abgabe(draft),
        "payload": "/confirm",
    }


def _vor_der_abgabe(draft: DraftView) -> Card:
    """On which basis it goes to the office; a Vorbereitung goes nowhere."""
    if draft.effect_now == "vorbereitung":
        return {}
    return {
        "legal_basis": f"{GRUNDLAGE} {draft.legal_basis}",
        "text": draft.handover_text.text,
        "text_version": draft.handover_text.version,
        "language": draft.handover_text.language,
    }


def quittung(case: CaseView, deadline: str | None) -> Card:
    """What was handed over to whom, with its reference."""
    card: Card = {
        "type": "receipt",
        "case": case.id,
        "reference": case.reference,
        "service": case.name,
        "office": case.office,
        "delivered_at": case.delivered_at.isoformat() if case.delivered_at else None,
        "url": case.url,
    }
    if deadline:
        card["deadline"] = deadline
    return card


def warteschlange(reason: str, topic: str) -> Card:
    """A human was asked for; the place in the queue is in the conversation's state."""
    return {"type": "queue", "reason": reason, "topic": topic}


def empfaenger(draft: DraftView) -> str:
    """Office and authority in one line."""
    parts: Sequence[str | None] = (draft.recipient.office, draft.recipient.authority)
    return ", ".join(part for part in parts if part)
