"""The running draft application: load it, write one answer with its version, remember it in the slots."""

from dataclasses import dataclass

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.antwort import Antwort
from actions.gespraech import Event, Gespraech
from actions.tuer import portal
from portal.client import DraftChangedError, DraftView, FieldView, NotFoundError

GEDULD = 2
"""So many answers in a row that do not fit, then the question is explained and help offered."""


@dataclass(frozen=True)
class Geschrieben:
    """What one write changed: the draft afterwards, and how the field read before and after."""

    draft: DraftView
    before: str
    after: str


async def laden(gespraech: Gespraech) -> DraftView:
    """The conversation's current draft as the portal has it now.

    Raises
    ------
    PortalError
        `NotFoundError` without a draft, `NotLoggedInError` without a session.
    """
    return await portal().current_draft(gespraech.conversation_id)


async def falls_vorhanden(gespraech: Gespraech) -> DraftView | None:
    """The current draft while it can still be changed, else None."""
    try:
        draft = await laden(gespraech)
    except NotFoundError:
        return None
    return draft if draft.status in {"offen", "vorbereitet"} else None


def gefragt(gespraech: Gespraech, draft: DraftView) -> FieldView | None:
    """The field that the citizen was asked last, None if something else was asked.

    The engine's memory decides, not the draft: when a turn runs again after a crash, the draft is already one answer
    further, and the same message must not become the answer to the next question.
    """
    return feld(draft, gespraech.slot("feld")) if gespraech.slot("frage_art") == "field" else None


def festgefahren(gespraech: Gespraech) -> bool:
    """Whether she could not answer the form's question again and again."""
    return bool(gespraech.slot("entwurf")) and int(gespraech.slot("versuche") or 0) >= GEDULD


def feld(draft: DraftView, field_id: str | None) -> FieldView | None:
    """A field of the draft by its id."""
    return next((field for field in draft.fields if field.id == field_id), None)


def anzeige(field: FieldView | None) -> str:
    """How the value of a field is shown; a dash for none."""
    return (field.display if field else None) or "–"


def gegeben(draft: DraftView) -> list[FieldView]:
    """Fields that say something already, whether answered or offered from stored data."""
    return [field for field in draft.fields if field.state in {"beantwortet", "vorgeschlagen"}]


async def schreiben(gespraech: Gespraech, draft: DraftView, answer: Antwort) -> Geschrieben:
    """Write one answer; if the draft moved on meanwhile, once more on the current one.

    Raises
    ------
    PortalError
        The portal refused the value (its message says why) or the draft changed twice.
    """
    before = anzeige(feld(draft, answer.field))
    key = gespraech.key("feld", answer.field)
    try:
        new = await _put(gespraech, draft, answer, key)
    except DraftChangedError as conflict:
        new = await _put(gespraech, conflict.draft, answer, key + ":2")
    return Geschrieben(new, before, anzeige(feld(new, answer.field)))


async def _put(gespraech: Gespraech, draft: DraftView, answer: Antwort, key: str) -> DraftView:
    return await portal().put_field(
        gespraech.conversation_id,
        draft.id,
        answer.field,
        answer.value,
        version=draft.version,
        secret_ref=answer.secret_ref,
        key=key,
    )


def art(gespraech: Gespraech, draft: DraftView) -> str:
    """What is to be asked now; the identity no more once the citizen chose a Vorbereitung, the other parent before the end."""
    if draft.next.kind == "identity" and gespraech.slot("ohne_ausweis") == draft.id:
        return "confirm"
    waits = draft.second_parent not in (None, "bestaetigt") and draft.effect_now != "vorbereitung"
    if draft.next.kind == "confirm" and waits:
        return "parent"
    return draft.next.kind


def merken(gespraech: Gespraech, draft: DraftView, *, wieder: str | None = None) -> list[Event]:
    """Events that mirror the draft in the engine's slots: what was shown, and what was asked.

    Parameters
    ----------
    gespraech, draft
        The turn, and the draft as it is now.
    wieder
        A field that is asked once more before anything else; what it says now is kept until it is answered.
    """
    return [
        SlotSet("frage_art", "field" if wieder else art(gespraech, draft)),
        SlotSet("wieder", wieder),
        SlotSet("entwurf", draft.id),
        SlotSet("entwurf_version", draft.version),
        SlotSet("leistung", draft.service),
        SlotSet("feld", wieder or draft.next.id),
    ]


def loslassen() -> list[Event]:
    """Events that end the form; the draft itself stays in the portal."""
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("entwurf", None),
        SlotSet("entwurf_version", None),
        SlotSet("frage_art", None),
        SlotSet("feld", None),
        SlotSet("wieder", None),
        SlotSet("feld_wert", None),
        SlotSet("verlauf", None),
        SlotSet("versuche", None),
    ]
