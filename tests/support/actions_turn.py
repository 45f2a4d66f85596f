"""One turn for unit tests of the actions: a message as the engine sends it, and the pieces of a draft."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.gespraech import Gespraech
from portal.client import Choice, DraftView, FeeView, FieldView, NextStep, Progress, Recipient

NOW = "2026-11-24T10:00:00+01:00"


def tracker(
    text: str,
    *,
    intent: str = "inform",
    confidence: float = 0.98,
    act: str | None = None,
    entities: dict[str, Any] | None = None,
    hits: list[dict[str, Any]] | None = None,
    secrets: list[dict[str, Any]] | None = None,
    values: dict[str, Any] | None = None,
    slots: dict[str, Any] | None = None,
    events: list[dict[str, Any]] | None = None,
    account: bool = True,
) -> Tracker:
    """A conversation whose last message says `text`."""
    message = {
        "text": text,
        "message_id": "m1",
        "intent": {"name": intent, "confidence": confidence},
        "act": act,
        "entities": [
            {"entity": name, "value": value, "start": 0} for name, value in (entities or {}).items()
        ],
        "services": hits or [],
        "metadata": {"now": NOW, "account": account, "values": values, "secrets": secrets or []},
    }
    past = [{"event": "user", "text": text, "parse_data": message}, *(events or [])]
    loop = {"name": "antrag_form"} if (slots or {}).get("entwurf") else {}
    return Tracker("unterhaltung", slots or {}, message, past, False, None, loop, "action_listen")


def turn(text: str, **given: Any) -> Gespraech:
    """The same as an ability sees it."""
    return Gespraech(CollectingDispatcher(), tracker(text, **given))


def field(
    kind: str = "text", name: str = "frage", label: str = "Frage", value: Any = None, *, required: bool = True
) -> FieldView:
    """A field of a draft; with a value it is answered."""
    options = {
        "choice": [
            Choice(id="neue", label="Die neue Wohnung"),
            Choice(id="weitere", label="Die weitere Wohnung"),
        ],
        "yes_no": [Choice(id="ja", label="Ja"), Choice(id="nein", label="Nein")],
    }
    return FieldView(
        id=name,
        label=label,
        question=f"{label}?",
        help=None,
        type=kind,
        options=options.get(kind, []),
        required=required,
        value=value,
        display=None if value is None else str(value),
        sensitive=False,
        source=None if value is None else "angabe",
        source_label=None,
        date=None,
        state="offen" if value is None else "beantwortet",
    )


def draft(*fields: FieldView, kind: str = "field", asked: str | None = None, version: int = 1) -> DraftView:
    """A running draft."""
    return DraftView.model_validate(
        {
            "id": "e1",
            "service": "wohnsitz_anmelden",
            "name": "Wohnsitz an- oder ummelden",
            "version": version,
            "status": "offen",
            "recipient": Recipient(office="BÜRGERcenter", authority="Stadt Gelsenkirchen"),
            "purpose": "Bearbeitung",
            "legal_basis": "§ 17 BMG",
            "release_text": {"text": "Freigabetext", "version": "1", "language": "de"},
            "handover_text": {"text": "Abgabetext", "version": "1", "language": "de"},
            "signature": {"needed": False, "reason": "Keine Schriftform.", "law": "", "how": ""},
            "fields": list(fields),
            "evidence": [],
            "next": NextStep(kind=kind, id=asked),
            "progress": Progress(answered=1, total=2),
            "effect": "anzeige",
            "effect_now": "anzeige",
            "trust_level": "niedrig",
            "trust": "niedrig",
            "fee": FeeView(display="kostenlos", mark="geprueft"),
            "deadline": None,
            "changed_at": NOW,
        }
    )
