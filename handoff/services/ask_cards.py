"""An ask as the citizen reads it: the `consent` card with its buttons, and what its kinds and answers are called."""

import json

from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.domain.people import Staff
from handoff.schema.desk import AskRow
from handoff.services import desk_texts as texts
from handoff.services.team import INVITATION

DATA, DOCUMENT, HANDOVER = "daten", "dokument", "weitergabe"
OPEN, GIVEN, DECLINED, WITHDRAWN = "offen", "erteilt", "abgelehnt", "widerrufen"
ACCEPT: list[Json] = ["application/pdf", "image/jpeg", "image/png"]
FILE_MAX_BYTES = 25 * 1024 * 1024
LEGAL_BASIS = "Ihre Einwilligung, Art. 6 Abs. 1 Buchstabe a DSGVO"


def card(ask: AskRow, staff: Staff) -> Body:
    """Give the message that asks."""
    body = ask.body
    names = {"function": staff.function, "office": staff.office}
    if ask.kind == HANDOVER:
        template = texts.ASK_INVITE if body["what"] == INVITATION else texts.ASK_TRANSFER
        text = template.format(**names, to=body["to_office"])
        if body["protection"]:
            hint = texts.PROTECTED[body["protection"]["kind"]].format(law=body["protection"]["law"])
            text = f"{text}\n{hint}"
        titles = {
            "release": texts.TRANSFER_ALL_TITLE,
            "topic": texts.TRANSFER_TOPIC_TITLE,
            "decline": texts.TRANSFER_NO_TITLE,
        }
    else:
        template = texts.ASK_DATA if ask.kind == DATA else texts.ASK_DOCUMENT
        text = template.format(
            **names, label=body["label"], items=", ".join(body["items"]), purpose=body["purpose"]
        )
        titles = {"release": texts.RELEASE_TITLE, "decline": texts.DECLINE_TITLE}
    words = body.get("wording") or {}
    if words:
        text = f"{text}\n{words['text']} (Text {words['version']})"
    reference = json.dumps({"id": ask.id})
    buttons: list[Object] = [
        {"title": title, "payload": f"/ask_{word}{reference}"} for word, title in titles.items()
    ]
    shape: Object = {
        "type": "consent",
        "id": ask.id,
        "kind": ask.kind,
        "label": body["label"],
        "items": body["items"],
        "purpose": body["purpose"],
        "recipient": body.get("to_office") or staff.office,
        "legal_basis": LEGAL_BASIS,
        "protection": body.get("protection"),
        "clerk": staff.sender(),
        "text": words.get("text"),
        "text_version": words.get("version"),
        "language": words.get("language"),
        "upload": _upload(ask) if ask.kind == DOCUMENT and body["document"] is None else None,
    }
    return Body(text, buttons, [shape], staff.sender())


def _upload(ask: AskRow) -> Object:
    body = ask.body
    return {
        "draft": body["draft"],
        "evidence": {"id": body["what"], "label": body["label"], "help": body["help"]},
        "accept": ACCEPT,
        "max_bytes": FILE_MAX_BYTES,
        "url": "/api/dokumente",
        "payload": f"/ask_release{json.dumps({'id': ask.id})}",
    }
