"""One card of each kind, with the text and the buttons that its message has (docs/protocol/conversations.md)."""

from typing import Any

from handoff.domain.message import Body

CLERK = {"function": "Bürgerservice", "office": "BÜRGERcenter"}
UPLOAD = {
    "draft": "entwurf-1",
    "evidence": {"id": "bestaetigung", "label": "Wohnungsgeberbestätigung", "help": "Vom Vermieter"},
    "accept": ["application/pdf", "image/jpeg", "image/png"],
    "max_bytes": 100_000,
    "url": "/api/dokumente",
    "payload": "/uploaded",
}
CARDS: dict[str, dict[str, Any]] = {
    "checklist": {
        "title": "Umzug",
        "steps": [
            {
                "service": "wohnsitz_anmelden", "name": "Wohnsitz an- oder ummelden", "done": True,
                "deadline": "innerhalb von zwei Wochen nach dem Einzug", "payload": "/start",
            },
            {
                "service": "hundesteuer_anmelden", "name": "Hund anmelden", "optional": True,
                "depends_on": ["Wohnsitz an- oder ummelden"], "note": "Nur mit Hund", "payload": '/start{"s":"h"}',
            },
        ],
    },
    "service": {
        "service": "wohnsitz_anmelden", "name": "Wohnsitz an- oder ummelden", "office": "BÜRGERcenter",
        "fee": "kostenlos", "deadline": "innerhalb von zwei Wochen", "trust_level": "hoch", "form": "anzeige",
        "before": ["Schwerbehinderung feststellen lassen"], "data": ["Familienname"],
        "documents": ["Wohnungsgeberbestätigung"], "law": ["§ 17 BMG"],
        "sources": [{"label": "BMG", "mark": "geprueft"}, {"label": "Satzung", "mark": "stand_pruefen"}],
        "url": "/leistungen/wohnsitz_anmelden",
    },
    "login": {"url": "/anmelden?zurueck=/", "text": "Anmelden und weitermachen"},
    "prefill": {
        "draft": "entwurf-1", "service": "Wohnsitz an- oder ummelden", "purpose": "Anmeldung", "recipient": "BÜRGERcenter",
        "legal_basis": "§ 17 BMG", "text_version": "1", "payload": "/release",
        "fields": [
            {
                "id": "familienname", "label": "Familienname", "value": "Beispiel", "display": "Beispiel",
                "source": "Stammdaten", "date": "2026-03-01", "state": "vorhanden", "required": True, "type": "name",
            },
            {
                "id": "telefon", "label": "Telefon", "value": None, "display": None, "source": None, "date": None,
                "state": "fehlt", "required": False, "type": "phone",
            },
        ],
    },
    "question": {
        "field": {"id": "einzug", "label": "Tag des Einzugs", "type": "date", "help": "Steht im Mietvertrag"},
        "progress": {"answered": 2, "total": 8},
    },
    "file": {"url": "/mein/kanaele#dateien", "text": "Datei übernehmen"},
    "upload": UPLOAD,
    "identity": {"url": "/identitaet", "level": "hoch", "text": "Mit dem Online-Ausweis nachweisen"},
    "summary": {
        "draft": "entwurf-1", "service": "Wohnsitz an- oder ummelden", "recipient": "BÜRGERcenter", "effect": "anzeige",
        "fields": [
            {"id": "familienname", "label": "Familienname", "display": "Beispiel"},
            {"id": "steuer_id", "label": "Steuer-ID", "display": "•••• 911"},
        ],
        "documents": [{"label": "Wohnungsgeberbestätigung", "filename": "bestaetigung.pdf"}],
        "fee": "kostenlos", "hint": "Bitte prüfen Sie alles.", "payload": "/confirm",
    },
    "receipt": {
        "case": "v-1", "reference": "GE-2026-0001", "service": "Wohnsitz an- oder ummelden", "office": "BÜRGERcenter",
        "effect": "anzeige", "delivered_at": "2026-11-23T10:00:00+01:00", "url": "/mein/postfach",
    },
    "proposal": {
        "id": "p1", "field": {"id": "familienname", "label": "Familienname"}, "old": "Beispil", "new": "Beispiel",
        "clerk": CLERK,
    },
    "consent": {
        "id": "a1", "kind": "daten", "label": "Telefon und E-Mail", "items": ["Telefon", "E-Mail"],
        "purpose": "Rückruf", "recipient": "BÜRGERcenter", "legal_basis": "Art. 6 Abs. 1 Buchstabe a DSGVO",
        "protection": {"kind": "besonders", "law": "Art. 9 DSGVO"}, "clerk": CLERK,
    },
}  # fmt: skip
"""The queue's card comes with the state of waiting, by asking for a human."""
BUTTONS: dict[str, list[Any]] = {
    "summary": [
        {"title": "Anzeige verbindlich absenden", "payload": "/confirm"},
        {"title": "Etwas ändern", "payload": "/change"},
    ],
    "prefill": [{"title": "Freigeben", "payload": "/release"}],
    "upload": [{"title": "Später nachreichen", "payload": "/later"}],
}


def with_card(kind: str) -> Body:
    """The message that brings a card of this kind."""
    text = f"Hier ist eine Karte der Art {kind}.\nAlles Weitere steht auch im Text."
    return Body(text, BUTTONS.get(kind, []), [{"type": kind, **CARDS[kind]}])
