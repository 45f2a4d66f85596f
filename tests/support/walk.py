"""A walk over the portal's routes with everything that each reads: a citizen's own things, and values that are nobody's.

The routes and their fields come from the app. A field that nobody has sorted (a citizen's own thing, or nobody's) fails the walk.
"""

from typing import Any

import httpx
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import Mount, Route

from portal.schema.base import Base
from portal.schema.entwurf import EntwurfZeile
from portal.web import auth, dialog, verwaltung
from portal.web.public import PUBLIC_ROUTES
from tests.support.belongings import Person
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF
from tests.support.routes import Field, calls, fields, filled, routes

RULES = {
    auth.current_citizen,
    auth.current_staff,
    auth.current_official,
    dialog.caller,
    verwaltung.operator,
}
"""Dependencies that refuse whoever may not."""

ANNA = Person("00000000-0000-4000-8000-000000000001", "chat-anna", "Annasgeheimnis")
BERND = Person("00000000-0000-4000-8000-000000000002", "chat-bernd", "Berndsgeheimnis")
ENDS_THE_SESSION = {
    "DELETE /api/dialog/bindings",
    "POST /abmelden",
    "POST /api/dialog/account/lock",
    "POST /mein/sicherheit/sperren",
}
"""What Bernd may do to himself, which would end the walk."""
OWNED = {
    "abo_id": "abo_id",
    "account": "konto_id",
    "appointment": "termin_id",
    "bescheid_id": "bescheid_id",
    "consent": "freigabe_id",
    "document": "upload_id",
    "dokument_id": "dokument_id",
    "draft": "entwurf_id",
    "entwurf": "entwurf_id",
    "entwurf_id": "entwurf_id",
    "faktor_id": "faktor_id",
    "freigabe_id": "freigabe_id",
    "gebuehr_id": "gebuehr_id",
    "inquiry": "rueckfrage_id",
    "mitglied_id": "mitglied_id",
    "nachricht_id": "nachricht_id",
    "notice": "notice",
    "release_id": "release_id",
    "rueckfrage_id": "rueckfrage_id",
    "secret_ref": "secret_ref",
    "sid": "sid",
    "termin_id": "termin_id",
    "vereinbarung_id": "vereinbarung_id",
    "vermerk_id": "vermerk_id",
    "vertretung_id": "vertretung_id",
    "vorgang_id": "vorgang_id",
    "vorschlag_id": "vorschlag_id",
    "POST /api/dialog/console/releases id": "dokument_id",
    "GET /mein/kanaele/datei id": "at_the_gateway",
    "GET /mein/kanaele/uebernehmen id": "at_the_gateway",
    "POST /mein/kanaele/dateien/loeschen datei": "at_the_gateway",
    "POST /mein/kanaele/hinweise verbindung": "at_the_gateway",
    "POST /mein/kanaele/trennen verbindung": "at_the_gateway",
    "POST /mein/kanaele/uebernehmen datei": "at_the_gateway",
}
"""Names by which routes take the id of a citizen's own thing → which of her belongings.

What lies at the gateway is walked there (tests/integration/handoff/test_handoff_access.py); here it is away.
"""

NOBODYS: dict[str, Any] = {
    "aendern": {},
    "aktion": "ablehnen",
    "alle": "",
    "altes": "x",
    "am": "2026-11-24",
    "anderer_ausweis": "ja",
    "anschrift": "Neuweg 2, 45879 Gelsenkirchen",
    "antwort": "35 cm",
    "art": "vollmacht",
    "GET /amt/vorgaenge/{vorgang_id}/vermerke/{vermerk_id}.{art} art": "pdf",
    "auth": "x",
    "basis": "0",
    "beginn": "",
    "belehrung": "WI",
    "bescheiddatum": "2026-11-23",
    "betrag": "1,00",
    "betreff": "Betreff",
    "beziehung": "kind",
    "bis": "",
    "by": "citizen",
    "code": "AAAA-BBBB",
    "content": ["Frage"],
    "day": "2026-11-24",
    "dienst": "unbekannt",
    "eigentuemer": "",
    "eingabe": "x",
    "einwilligung": "ja",
    "einzugsdatum": "2026-11-12",
    "eltern": "x",
    "email": "bernd@beispiel.example",
    "empfaenger": "Stadt",
    "endpoint": "https://127.0.0.1/x",
    "entscheidung": "abgelehnt",
    "evidence": "verguenstigung",
    "faellig": "",
    "fassung": "x",
    "familienname": "Neumann",
    "feld": "telefon",
    "feld_id": "rasse",
    "felder": [],
    "fenster": "",
    "field": "rasse",
    "folge": "",
    "formular": "",
    "frage": "?",
    "freigeben": ["vornamen"],
    "fuer": "Bernd Muster",
    "function": "Bürgerservice",
    "geburtsdatum": "2019-02-03",
    "gemeldet": "ja",
    "geprueft": "1",
    "grund": "x",
    "gueltig_ab": "2026-11-24",
    "gueltig_bis": "2027-11-24",
    "hinweise": "sofort",
    "ja": "1",
    "kassenzeichen": "",
    "kind": "dokument",
    "lage_id": "umzug",
    "later": False,
    "leer": "",
    "legal_basis": "§ 3",
    "leistung": "wohngeld",
    "leistung_id": "hundesteuer_anmelden",
    "limit": "5",
    "lines": [],
    "marke": "geprueft",
    "masked": "1",
    "meldung": "",
    "monate": "",
    "nachweis": "verguenstigung",
    "nachweis_id": "verguenstigung",
    "name": "Neu",
    "neues": "x",
    "norm": "ozg_9",
    "nummer": "0209 1",
    "office": "BÜRGERcenter",
    "ort": "",
    "p256dh": "x",
    "passkey_antwort": "",
    "passwort": "x",
    "persoenlich": "ja",
    "personen": "Bernd",
    "plz": "45879",
    "promised_for": "2026-11-25",
    "purpose": "Beratung",
    "q": "Hund",
    "quelle": "x",
    "rechtsbehelf": "",
    "regel": "volljaehrig",
    "rolle": "mieter",
    "ruhe_bis": "07:00",
    "ruhe_von": "22:00",
    "schluessel": "kurz",
    "service": "wohngeld",
    "service_id": "hundesteuer_anmelden",
    "situation": "umzug",
    "slot": "",
    "staff": "konsole-1",
    "stand": "",
    "status": "in_bearbeitung",
    "stimme": "ja",
    "strasse": "",
    "summary": [],
    "telefon": "0209 5550100",
    "text": "Text",
    "to": "Stelle",
    "token": "x",
    "topic": None,
    "traits": "",
    "uebernehmen": [],
    "umfang": ["hundesteuer_anmelden"],
    "value": "Dackel",
    "verstanden": "ja",
    "version": "",
    "vor": "5",
    "vormerken": "",
    "vornamen": "Nele",
    "weg": "",
    "wert": "0209 5550101",
    "without": "",
    "wohnungsgeber": "x",
    "wortlaut": "x",
    "wunsch": "anliegen",
    "zeit": None,
    "adresse": None,
    "zugang": "",
    "zurueck": "/mein",
    "zweck": "erinnerungen",
    "ab": "2026-11-25",
    "aenderung_id": "x",
    "anliegen_id": "x",
    "aufgabe": "",
    "ausweis_gueltig_bis": "2030-01-01",
    "bescheide": "postfach",
    "dokumentart": "personalausweis",
    "erinnern": ["7"],
    "erstattung_id": "x",
    "from": "2026-11-25",
    "geburtsort": "Bonn",
    "gesendet": "",
    "gespeichert": "1",
    "kommentar_id": "x",
    "lichtbild": "ja",
    "posten": [],
    "push": "",
    "ziel": "unterlagen",
}  # fmt: skip
"""Names of everything else that protected routes read → a value that fits."""
TRUSTED = {
    "PUT /api/dialog/bindings account": "the portal compares it with the session that is bound",
    "POST /api/dialog/requests account": "the gateway says whose chat it was; the case gives back nothing of hers",
    "POST /api/dialog/console/transcripts account": "the gateway says whose chat it was; only she reads the letter",
    "POST /api/dialog/notices/undelivered notice": "the gateway says what did not arrive; only her next way is taken",
}
"""Ids that the gateway vouches for with its own token, each with the reason. No citizen reaches these routes."""


def kind(name: str, route: APIRoute | Route | Mount) -> str:
    """Which class of caller a route is for; every route has exactly one."""
    found = set(calls(route.dependant)) if isinstance(route, APIRoute) else set()
    if name in PUBLIC_ROUTES:
        return "public"
    if found & {dialog.caller, verwaltung.operator}:
        return "service"
    if auth.current_staff in found:
        return "staff"
    assert auth.current_citizen in found, name
    return "citizen"


def sorted_name(name: str, field: Field) -> str | None:
    """Under which name a field is sorted; None: nobody has."""
    for one in (f"{name} {field.key}", field.key):
        if one in OWNED or one in NOBODYS:
            return one
    return None


def protected(town: Town) -> list[tuple[str, APIRoute]]:
    return [
        (name, route)
        for name, route in sorted(routes(town.app), key=lambda one: one[0])
        if isinstance(route, APIRoute) and kind(name, route) != "public"
    ]


def owned(name: str, route: APIRoute) -> list[Field]:
    """The fields of a route by which somebody else's thing could be named."""
    return [one for one in fields(route) if one.place != "file" and sorted_name(name, one) in OWNED]


async def send(
    http: httpx.AsyncClient,
    name: str,
    route: APIRoute,
    things: dict[str, str],
    *,
    foreign: Field | None = None,
    others: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    csrf: str = "",
    more: dict[str, str] | None = None,
) -> httpx.Response:
    """Call a route with the caller's own things; `foreign` alone names a thing of `others`; `more` are fields that no form has."""

    def value(field: Field) -> Any:
        if field.key == "version":
            return things["version"]
        by = sorted_name(name, field)
        assert by is not None, f"{name}: sort the field {field.key!r} into OWNED or NOBODYS"
        if by not in OWNED:
            return NOBODYS[by]
        return (others or things if field == foreign else things)[OWNED[by]]

    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "form": {}, "json": {}, "file": {}}
    for field in fields(route):
        if field.place == "file":
            given["file"][field.key] = ("a.pdf", PDF)
        else:
            given[field.place][field.key] = value(field)
    method, path = name.split(" ", 1)
    body: dict[str, Any] = {"json": given["json"]} if given["json"] else {}
    if method != "GET" and not body:
        body = {"data": {"csrf": csrf} | given["form"] | (more or {})} | (
            {"files": given["file"]} if given["file"] else {}
        )
    return await http.request(
        method,
        filled(path, given["path"]),
        params=given["query"],
        headers={"Idempotency-Key": f"{name} {foreign}"[:120]} | (headers or {}),
        **body,
    )


async def versioned(town: Town, things: dict[str, str]) -> dict[str, str]:
    """The things with the present version of the draft, as a page would show it."""
    async with town.context.transaction() as session:
        draft = await session.get(EntwurfZeile, things["entwurf_id"])
    return things | {"version": str(draft.version if draft else 0)}


async def rows_of(town: Town, things: dict[str, str]) -> set[str]:
    """Every row of the database in which one of these ids stands, as it lies there."""
    ids, found = set(things.values()) - {things["sid"]}, set()
    async with town.context.transaction() as session:
        for table in Base.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                if ids & {str(one) for one in row}:
                    found.add(f"{table.name} {tuple(row)!r}")
    return found


def callers_of(
    town: Town, browser: Browser, name: str, route: APIRoute
) -> tuple[httpx.AsyncClient, dict[str, str]]:
    """Bernd's browser, or the gateway in Bernd's conversation."""
    if kind(name, route) == "citizen":
        return browser.http, {}
    return town.browsers[0].http, {"Authorization": "Bearer handoff", "X-Conversation": BERND.unterhaltung}
