"""What the portal wants next, as a sentence and a card."""

from actions import entwurf, karten, weiteres
from actions.gespraech import Button, Event, Gespraech, button, german
from portal.client import DraftView, FieldView

# After these the citizen is led back to the question.
ABSCHWEIFUNG = {
    "action_auskunft", "action_lebenslage", "action_leistung", "action_gruss", "action_dank", "action_status",
    "action_datenschutz", "action_maschine", "action_plauderei", "action_ausserhalb", "action_default_fallback", "action_nein",
}  # fmt: skip
UNTERLAGEN_HOECHSTENS = 3
"""Buttons for documents that she keeps; the page of the application has all."""


async def stellen(gespraech: Gespraech, draft: DraftView) -> list[Event]:
    """Ask what `draft.next` names. Ends the form where nothing is left to ask."""
    if ABSCHWEIFUNG & set(gespraech.abilities_this_turn):
        gespraech.say("utter_antrag_zurueck", leistung=draft.name)
    again = entwurf.feld(draft, gespraech.slot("wieder"))
    if again is not None and again.state != "entfaellt":
        _feld(gespraech, draft, again)
        return entwurf.merken(gespraech, draft, wieder=again.id)
    match entwurf.art(gespraech, draft):
        case "release":
            _freigabe(gespraech, draft)
        case "field":
            _feld(gespraech, draft, entwurf.feld(draft, draft.next.id))
        case "evidence":
            _nachweis(gespraech, draft)
        case "identity":
            _identitaet(gespraech, draft)
        case "wait":
            return await _warten(gespraech, draft)
        case "parent":
            anderer_elternteil(gespraech, draft)
        case "confirm":
            _uebersicht(gespraech, draft)
        case _:
            if draft.status == "vorbereitet":
                gespraech.say(
                    "utter_abgabe_vorbereitet_anderswo" if draft.elsewhere else "utter_abgabe_vorbereitet",
                    leistung=draft.name,
                    stelle=karten.empfaenger(draft),
                    ort=draft.elsewhere,
                )
            return entwurf.loslassen()
    return entwurf.merken(gespraech, draft)


def _freigabe(gespraech: Gespraech, draft: DraftView) -> None:
    gespraech.say(
        "utter_freigabe_frage",
        card=karten.freigabe(draft),
        leistung=draft.name,
        stelle=karten.empfaenger(draft),
        grundlage=draft.legal_basis,
        wortlaut=draft.release_text.text,
        fassung=draft.release_text.version,
        felder="\n".join(
            f"• {field.label}: {field.display}" for field in draft.fields if field.state == "vorgeschlagen"
        ),
    )


def _feld(gespraech: Gespraech, draft: DraftView, field: FieldView | None) -> None:
    if field is None:
        return
    explain = int(gespraech.slot("versuche") or 0) > 0
    gespraech.say(
        "utter_antrag_frage_mit_hilfe" if field.help and explain else "utter_antrag_frage",
        card=karten.frage(draft, field),
        buttons=_optionen(field),
        frage=field.question or field.label,
        hilfe=field.help,
    )


def _optionen(field: FieldView) -> list[Button]:
    buttons = [
        button(option.label, f'/inform{{"field": "{field.id}", "value": "{option.id}"}}')
        for option in field.options
    ]
    if not field.required:
        buttons.append(button("Überspringen", "/skip"))
    return buttons


def _nachweis(gespraech: Gespraech, draft: DraftView) -> None:
    evidence = next(one for one in draft.evidence if one.id == draft.next.id)
    gespraech.say(
        "utter_nachweis_frage",
        card=karten.nachweis(draft, evidence),
        buttons=[
            *(
                button(f"„{kept.filename}“ verwenden", f'/uploaded{{"value": "{kept.id}"}}')
                for kept in evidence.kept[:UNTERLAGEN_HOECHSTENS]
            ),
            button("Später nachreichen", "/later"),
        ],
        nachweis=evidence.label,
        hilfe=evidence.help,
    )


def _identitaet(gespraech: Gespraech, draft: DraftView) -> None:
    gespraech.say(
        "utter_identitaet_frage",
        card=karten.identitaet(draft, "Mit dem Online-Ausweis nachweisen"),
        buttons=[button("Als Vorbereitung weitermachen", "/skip")],
        leistung=draft.name,
        stufe=draft.trust_level,
    )


async def _warten(gespraech: Gespraech, draft: DraftView) -> list[Event]:
    gespraech.say("utter_abgabe_warten", leistung=draft.name, ab=german(draft.next.from_))
    return entwurf.loslassen() + await weiteres.anbieten(gespraech, erledigt=draft.service)


def anderer_elternteil(gespraech: Gespraech, draft: DraftView) -> None:
    """Both parents must declare, and the other one has not confirmed this version."""
    gespraech.say(
        f"utter_abgabe_elternteil_{draft.second_parent}",
        leistung=draft.name,
        seite=f"/mein/antraege/{draft.id}",
        buttons=[button("Weiter", "/affirm"), button("Etwas ändern", "/change")],
    )


def _uebersicht(gespraech: Gespraech, draft: DraftView) -> None:
    preparing = draft.effect_now == "vorbereitung"
    hint = "Nur eine Vorbereitung: Erst mit Online-Ausweis oder persönlicher Vorsprache gilt sie."
    if draft.elsewhere:
        hint = f"Nur eine Vorbereitung: Zuständig ist {draft.elsewhere}, dort geben Sie sie ab."
    said = [f"{draft.acting}."] if draft.acting else []
    if preparing:
        said.append(hint)
    gespraech.say(
        f"utter_abgabe_pruefen_{'anderswo' if draft.elsewhere else draft.effect_now}",
        card=karten.uebersicht(draft, " ".join(filter(None, (*said, karten.unterschrift(draft))))),
        buttons=[button("Bestätigen und absenden", "/confirm"), button("Etwas ändern", "/change")],
        leistung=draft.name,
        stelle=karten.empfaenger(draft),
        gebuehr=draft.fee.display,
        grundlage=f"{karten.GRUNDLAGE} {draft.legal_basis}",
        wortlaut=draft.handover_text.text,
        fassung=draft.handover_text.version,
        unterschrift=f" {sign}" if (sign := karten.unterschrift(draft)) else "",
        ort=draft.elsewhere,
        felder="\n".join(
            f"• {field.label}: {field.display}" for field in draft.fields if field.state == "beantwortet"
        ),
    )
