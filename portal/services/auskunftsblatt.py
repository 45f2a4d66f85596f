"""The export of a citizen's data as a PDF for people: the same that the JSON holds, in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.context import BERLIN, PortalContext
from portal.services import gebuehr, paket

Zeile = tuple[str, str]
Eintrag = Mapping[str, Any]

VERFASSER = {"citizen": "Sie", "bot": "Assistent", "system": "Amtslotse"}


def als_pdf(context: PortalContext, daten: Mapping[str, Any]) -> bytes:
    """Lay out what `datenauskunft.sammeln` gave."""
    story = [paket.absatz("Alles, was im Amtslotsen über Sie gespeichert ist", paket.TITEL)]
    if daten["unvollstaendig"]:
        story.append(paket.absatz(daten["unvollstaendig"], paket.TEXT))
    for title, key, line in TEILE:
        entries: Sequence[Eintrag] | None = daten[key]
        if entries is None:
            continue
        story.append(paket.absatz(title, paket.UEBERSCHRIFT))
        rows = [line(entry) for entry in entries]
        story.append(paket.tabelle(rows) if rows else paket.absatz("Nichts.", paket.TEXT))
    for talk in daten["gespraeche"] or ():
        story.append(paket.absatz(f"Gespräch vom {_moment(talk['begun'])}", paket.UEBERSCHRIFT))
        story.append(paket.tabelle([_nachricht(message) for message in talk["messages"]] or [("", "Leer.")]))
    day = context.today()
    return paket.als_dokument(
        story,
        "Datenauskunft",
        fuss=f"Stand {day.day:02}.{day.month:02}.{day.year}",
        demo=context.settings.demo,
    )


def _moment(iso: str) -> str:
    return paket.deutscher_moment(datetime.fromisoformat(iso).astimezone(BERLIN))


def _bis(iso: str | None) -> str:
    return f"gilt bis {paket.deutscher_tag(iso)}" if iso else "ohne Ende"


def _datum(e: Eintrag) -> Zeile:
    return e["angabe"], f"{e['wert']}\n({e['herkunft']}, Stand {paket.deutscher_tag(e['stand'])})"


def _person(e: Eintrag) -> Zeile:
    born = paket.deutscher_tag(e["geburtsdatum"])
    return e["beziehung"], f"{e['vornamen']} {e['familienname']}, geboren am {born}"


def _entwurf(e: Eintrag) -> Zeile:
    return e["leistung"], f"{e['status']}, {len(e['angaben'])} Angaben"


def _vorgang(e: Eintrag) -> Zeile:
    return e["aktenzeichen"], f"{e['leistung']['name']}\nStand: {e['status']}"


def _bescheid(e: Eintrag) -> Zeile:
    about = f"{e['betreff']}\n{e['leistung_name']}, Bescheid vom {paket.deutscher_tag(e['bescheiddatum'])}"
    return e["stelle"], f"{about}\n{e['norm_label']} {e['norm_recht']}".rstrip()


def _gebuehr(e: Eintrag) -> Zeile:
    lines = [f"{e['leistung_name']}: {gebuehr.euro(e['betrag_cent'])}, {e['status']}"]
    if e["bezahlt"]:
        lines.append(f"bezahlt am {_moment(e['bezahlt'])}: {gebuehr.euro(e['bezahlt_cent'])}")
    lines += [f"erstattet: {gebuehr.euro(back['betrag_cent'])}" for back in e["erstattungen"]]
    return f"Kassenzeichen {e['kassenzeichen']}", "\n".join(lines)


def _termin(e: Eintrag) -> Zeile:
    return _moment(e["start"]), f"{e['name']}\n{e['office']}\n{e['status']}"


def _vertretung(e: Eintrag) -> Zeile:
    who = f"Sie für {e['fuer']}" if e["eigene"] else f"{e['wer']} für Sie"
    end = e["hindernis"] or _bis(e["gueltig_bis"])
    return who, f"{', '.join(e['umfang'])}\nNachweis: {e['nachweis']}\n{end}"


def _vereinbarung(e: Eintrag) -> Zeile:
    signed = ", ".join(one["name"] for one in e["unterschriften"].values())
    return (
        f"Wohnungsgeberbestätigung, {_moment(e['geaendert'])}",
        f"Stand: {e['status']}\nUnterschrieben: {signed or 'noch nicht'}",
    )


def _rueckfrage(e: Eintrag) -> Zeile:
    return f"{e['aktenzeichen']}, {e['von']}", f"{e['frage']}\nAntwort: {e['antwort'] or 'noch keine'}"


def _anliegen(e: Eintrag) -> Zeile:
    return e["aktenzeichen"], f"{e['thema']}\n{e['text']}\nStand: {e['status']}"


def _unterlage(e: Eintrag) -> Zeile:
    return e["kind"], f"{e['filename']}, vom {_moment(e['uploaded_at'])}"


def _einwilligung(e: Eintrag) -> Zeile:
    fields = ", ".join(e["fields"])
    return f"{e['office']}, {_moment(e['given_at'])}", f"{fields}\n{e['purpose']}\nStand: {e['state']}"


def _postfach(e: Eintrag) -> Zeile:
    return f"{_moment(e['received_at'])}, {e['sender']}", f"{e['subject']}\n{e['text']}"


def _gesendet(e: Eintrag) -> Zeile:
    return e["name"], f"über {e['channel']}, noch nicht übernommen"


def _messenger(e: Eintrag) -> Zeile:
    since = f"verbunden am {_moment(e['linked_at'])}" if e["linked_at"] else ""
    return e["channel"], f"{e['address']}\n{since}"


def _protokoll(e: Eintrag) -> Zeile:
    what = f"{e['kind']}: {e['office'] or e['actor_label']}\n{', '.join(e['fields'])}"
    return _moment(e["at"]), f"{what}\n{e['purpose']}\n{e['legal_basis']}"


def _nachricht(e: Eintrag) -> Zeile:
    sender = e.get("sender") or {}
    who = VERFASSER.get(e["author"]) or ", ".join(
        filter(None, (sender.get("function"), sender.get("office")))
    )
    return f"{_moment(e['at'])}, {who}", e["text"]


TEILE: Sequence[tuple[str, str, Callable[[Eintrag], Zeile]]] = (
    ("Stammdaten", "stammdaten", _datum),
    ("Haushalt", "haushalt", _person),
    ("Entwürfe", "entwuerfe", _entwurf),
    ("Vorgänge", "vorgaenge", _vorgang),
    ("Bescheide", "bescheide", _bescheid),
    ("Gebühren und Zahlungen", "gebuehren_und_zahlungen", _gebuehr),
    ("Termine", "termine", _termin),
    ("Vertretungen und Vollmachten", "vertretungen_und_vollmachten", _vertretung),
    ("Vereinbarungen", "vereinbarungen", _vereinbarung),
    ("Rückfragen", "rueckfragen", _rueckfrage),
    ("Anliegen", "anliegen", _anliegen),
    ("Unterlagen", "unterlagen", _unterlage),
    ("Einwilligungen", "einwilligungen", _einwilligung),
    ("Postfach", "nachrichten", _postfach),
    ("Gesendete Dateien", "gesendete_dateien", _gesendet),
    ("Verbundene Messenger", "verbundene_messenger", _messenger),
    ("Wer hat was bekommen oder angesehen", "protokoll", _protokoll),
)
"""Heading, key of the export, one row of the table."""
