"""Her own deadlines and the questions that offices asked her: „Welche Fristen habe ich?“, „Antwort: …“.

Recognised as whole messages, whatever the conversation is about. An answer goes to the office only after a yes.
"""

import re
from typing import Any

from rasa_sdk.events import SlotSet

from actions import anmelden
from actions.gespraech import Event, Gespraech, button, german
from actions.tuer import portal
from portal.client import DeadlineItem, InquiryView

_FRISTEN = re.compile(
    r"\b(?:welche|meine|zeig\w*|habe? ich)\b[^.?!]*\bfristen\b|\bfristen\b[^.?!]*\b(?:habe? ich|laufen|für mich)\b",
    re.IGNORECASE,
)
_ANTWORT = re.compile(r"\s*antwort(?:\s+(\d{1,2}))?\s*:\s*(\S.*)", re.IGNORECASE | re.DOTALL)
HOECHSTENS = 8


async def verwerten(gespraech: Gespraech) -> list[Event] | None:
    """Answer a message about her own deadlines or to an office's question; None if it is neither."""
    if gespraech.is_payload:
        return None
    if answer := _ANTWORT.fullmatch(gespraech.text):
        if gespraech.said_this_turn("utter_rueckfrage_sicher"):
            return []
        return await _antwort(gespraech, int(answer[1] or 1), answer[2].strip())
    if _FRISTEN.search(gespraech.text):
        return [] if gespraech.said_this_turn("utter_fristen_liste") else await zeigen(gespraech)
    return None


async def zeigen(gespraech: Gespraech) -> list[Event]:
    """List her running deadlines with their reasons, and what offices wait for."""
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, {"art": "fristen"})
    running = await portal().deadlines(gespraech.conversation_id)
    asked = await portal().inquiries(gespraech.conversation_id)
    if running:
        gespraech.say("utter_fristen_liste", liste="\n".join(_zeile(one) for one in running[:HOECHSTENS]))
    else:
        gespraech.say("utter_fristen_keine")
    if asked:
        lines = "\n".join(
            f"• Rückfrage {n} zu „{one.name}“: {one.question}" for n, one in enumerate(asked, 1)
        )
        gespraech.say("utter_rueckfragen", liste=lines)
    return []


def _zeile(one: DeadlineItem) -> str:
    if one.end and one.possible_until:
        day = f"sicher bis {german(one.end)}, möglicherweise bis {german(one.possible_until)}"
    elif one.end:
        day = f"bis {german(one.end)}"
    elif one.possible_from:
        day = f"ab {german(one.possible_from)}"
    else:
        day = "ohne festen Tag"
    return f"• {one.name}: {day}. {one.reasons[0] if one.reasons else ''}".rstrip()


async def _antwort(gespraech: Gespraech, number: int, text: str) -> list[Event]:
    if not gespraech.has_account:
        return anmelden.verlangen(gespraech, {"art": "fristen"})
    asked: list[InquiryView] = await portal().inquiries(gespraech.conversation_id)
    if not 1 <= number <= len(asked):
        gespraech.say("utter_rueckfrage_keine")
        return []
    question = asked[number - 1]
    if gespraech.in_form:
        gespraech.say("utter_rueckfrage_seite", seite=question.url)
        return []
    gespraech.say(
        "utter_rueckfrage_sicher",
        stelle=question.office,
        frage=question.question,
        antwort=text,
        buttons=[button("Ja, senden", "/affirm"), button("Nicht senden", "/deny")],
    )
    return [SlotSet("angebot", {"art": "rueckfrage", "frage": question.id, "text": text})]


async def senden(gespraech: Gespraech, offer: dict[str, Any]) -> list[Event]:
    """She said yes: the answer goes to the office."""
    sent = await portal().answer_inquiry(
        gespraech.conversation_id,
        str(offer["frage"]),
        str(offer["text"]),
        key=gespraech.key("rueckfrage", str(offer["frage"])),
    )
    gespraech.say("utter_rueckfrage_gesendet", stelle=sent.office)
    return []
