"""Who may reach what: every route has a rule, and a citizen's own things are as unknown to everybody else."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import Mount, Route

from portal.domain.bekanntgabe import Norm
from portal.domain.rechtsbehelf import Zugang
from portal.schema.sitzung import SitzungRow
from portal.services import (
    bescheid,
    datenvorschlag,
    dokument,
    einwilligung,
    entwurf,
    gebuehr,
    haushalt,
    kalenderabo,
    postfach,
    rueckfrage,
    vereinbarung,
    vertretung,
    zweitfaktor,
)
from portal.services.datenvorschlag import Angabe
from portal.services.gebuehr import Posten
from portal.services.zweitfaktor import Inhaber
from portal.web import auth, dialog, verwaltung
from portal.web.public import PUBLIC_ROUTES
from tests.support.portal_town import Browser, Town
from tests.support.portal_world import PDF
from tests.support.vorgaenge import delivered_case

RULES = {
    auth.current_citizen,
    auth.current_staff,
    auth.current_official,
    dialog.caller,
    verwaltung.operator,
}
"""Dependencies that refuse whoever may not."""
HEAD_ONLY = {"HEAD", "OPTIONS"}
ENDS_THE_SESSION = {"POST /abmelden", "POST /mein/sicherheit/sperren"}
"""What Bernd may do to himself, which would end the walk."""
GEHEIM = ("Geheim", "Beispiel, Anna", "anna@beispiel.example", "L01X00T47", "Annas Telefon")
"""What only Anna may read."""
ANNA = "00000000-0000-4000-8000-000000000001"


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for child in dependant.dependencies:
        yield from calls(child)


def routes(town: Town) -> Iterator[tuple[str, APIRoute | Route | Mount]]:
    """All routes with their names, those of included routers too."""

    def walk(some: list[object]) -> Iterator[tuple[str, APIRoute | Route | Mount]]:
        for route in some:
            if isinstance(route, Mount):
                yield f"MOUNT {route.path}", route
            elif isinstance(route, APIRoute | Route):
                for method in (route.methods or set()) - HEAD_ONLY:
                    yield f"{method} {route.path}", route
            else:
                original = getattr(route, "original_router", None)
                assert original is not None, f"a route of an unknown kind: {route!r}"
                yield from walk(original.routes)

    yield from walk(town.app.router.routes)


def test_rules_are_found_in_nested_dependencies(town: Town) -> None:
    found = dict(routes(town))
    for name in ("GET /mein", "GET /amt", "POST /api/dokumente", "POST /api/dialog/drafts"):
        assert RULES & set(calls(found[name].dependant)), name  # type: ignore[union-attr]


def test_every_route_has_a_rule_or_a_reason(town: Town) -> None:
    without = {
        name
        for name, route in routes(town)
        if name not in PUBLIC_ROUTES
        and not (isinstance(route, APIRoute) and RULES & set(calls(route.dependant)))
    }
    assert without == set()


def test_every_reason_belongs_to_a_route(town: Town) -> None:
    assert set(PUBLIC_ROUTES) <= {name for name, _ in routes(town)}
    assert all(PUBLIC_ROUTES.values())


async def post_of_an_office(town: Town) -> dict[str, str]:
    """A case of Anna's with a question, a decision and a fee; a document that she began; her calendar's address."""
    context, case = town.context, await delivered_case(town.context, ANNA)
    letter = Zugang(Norm.POST_AO, context.today())
    text = {"anschrift": "Geheimweg 1", "einzugsdatum": "2026-11-12", "personen": "Geheim"}
    async with context.transaction() as session:
        question = await rueckfrage.stellen(context, session, "steuern", case, "Geheim?", None, funktion="x")
        decision = await bescheid.notieren(context, session, ANNA, "wohngeld", letter, None)
        fee = await gebuehr.festsetzen(
            context, session, "steuern", case, [Posten("Geheim", 100)], "bescheid", None, "", funktion="x"
        )
        shared, _ = await vereinbarung.einladen(context, session, ANNA, "mieter", text)
        await kalenderabo.anlegen(context, session, ANNA)
        (calendar,) = await kalenderabo.liste(session, ANNA)
    return {
        "vorgang_id": case,
        "rueckfrage_id": question,
        "bescheid_id": decision,
        "gebuehr_id": fee,
        "vereinbarung_id": shared,
        "abo_id": calendar.id,
    }


async def _own_data(town: Town) -> dict[str, str]:
    """A document, a household member, a release and a power of Anna's."""
    context = town.context
    checked = await dokument.annehmen(context, "geheim.pdf", PDF)
    async with context.transaction() as session:
        kept = await dokument.aufbewahren(
            context, session, ANNA, art="sonstiges", gueltig_bis=None, datei=checked
        )
        await haushalt.hinzufuegen(
            context,
            session,
            ANNA,
            vornamen="Mia",
            familienname="Geheim",
            geburtsdatum="2020-01-01",
            beziehung="kind",
        )
        (member,) = await haushalt.liste(session, ANNA)
        await vertretung.organisation_verbinden(
            context, session, ANNA, "Musterbau GmbH", "Organisationskonto", date(2027, 6, 30)
        )
        (power,) = await vertretung.liste(context, session, ANNA)
        draft = await entwurf.oeffnen(context, session, ANNA, "hundesteuer_anmelden", "niedrig")
        await entwurf.freigeben(
            context, session, ANNA, draft.id, ["familienname"], {}, version=draft.version, vertrauen="niedrig"
        )
        consent = (await einwilligung.liste(context, session, ANNA))[0]
    return {
        "dokument_id": kept.id,
        "mitglied_id": member.id,
        "vertretung_id": power.id,
        "freigabe_id": consent.id,
    }


@pytest.fixture
async def annas_things(town: Town) -> dict[str, str]:
    """Ids of what belongs to Anna, by the name of the path parameter."""
    anna = await town.anna()
    draft = (await anna.open_draft()).rsplit("/", 1)[1]
    async with town.context.transaction() as session:
        message = postfach.schreiben(
            town.context,
            session,
            "00000000-0000-4000-8000-000000000001",
            art="status",
            absender="Stelle",
            betreff="Geheimer Betreff",
            text="Geheimer Text",
        )
        factor = await zweitfaktor.neu(
            town.context, session, Inhaber(konto_id=ANNA), "totp", "Annas Telefon", {"secret": "A" * 32}
        )
        proposal = await datenvorschlag.machen(
            town.context, session, ANNA, "oidc", "Probe", [Angabe("geburtsort", "Geheimstadt", "niedrig")]
        )
        sid = await session.scalar(select(SitzungRow.id).where(SitzungRow.konto_id == ANNA))
    return (
        await post_of_an_office(town)
        | await _own_data(town)
        | {
            "entwurf_id": draft,
            "nachricht_id": message,
            "faktor_id": factor.id,
            "vorschlag_id": str(proposal),
            "sid": str(sid),
        }
    )


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


def filled(path: str, things: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda hit: things.get(hit[1], "rasse"), path)


async def ask(browser: Browser, name: str, path: str, csrf: str) -> httpx.Response:
    """Call a route with a filled-in form, as a curious citizen would."""
    method = name.split(" ")[0]
    if method == "GET":
        return await browser.get(path)
    data = {"csrf": csrf, "version": "1", "wert": "x", "geprueft": "1", "freigeben": "rasse"}
    files = {"datei": ("a.pdf", PDF)} if path.endswith(("/nachweise/rasse", "/dokumente")) else None
    return await browser.http.request(method, path, data=data, files=files)


async def test_every_route_keeps_a_foreign_citizen_out(town: Town, annas_things: dict[str, str]) -> None:
    """All routes, with Bernd's session and the ids of Anna's things."""
    bernd = await town.bernd()
    await bernd.confirm()
    csrf = await bernd.csrf("/mein")
    walked: Counter[str] = Counter()
    for name, route in sorted(routes(town), key=lambda one: one[0]):
        sort = kind(name, route)
        if sort == "public" or not isinstance(route, APIRoute):
            continue
        path = filled(name.split(" ")[1], annas_things)
        if sort == "citizen" and name in ENDS_THE_SESSION:
            continue
        answer = await ask(bernd, name, path, csrf)
        assert not any(secret in answer.text for secret in GEHEIM), name
        if sort == "citizen" and "{" in name:
            assert answer.status_code == 404, (name, answer.status_code)
        elif sort == "staff":
            login = answer.headers.get("location", "").startswith("/amt/anmelden")
            assert answer.status_code in (401, 403) or login, (name, answer.status_code)
        elif sort == "service":
            assert answer.status_code in (401, 403), (name, answer.status_code)
        walked[sort] += 1
    assert min(walked["citizen"], walked["staff"], walked["service"]) >= 9, walked


async def test_no_form_is_taken_without_the_sessions_token(town: Town, annas_things: dict[str, str]) -> None:
    """Every unsafe route, with Anna's own cookie but without her CSRF token, as a foreign page would send it."""
    anna, office = await town.anna(), await town.office("amt-buergercenter")
    walked = 0
    for name, route in routes(town):
        sort = kind(name, route)
        if sort not in ("citizen", "staff") or name.startswith("GET "):
            continue
        browser = anna if sort == "citizen" else office
        answer = await ask(browser, name, filled(name.split(" ")[1], annas_things), "0" * 64)
        assert answer.status_code == 403, (name, answer.status_code)
        walked += 1
    assert walked >= 20


async def test_uploads_to_a_foreign_draft_are_refused(town: Town, annas_things: dict[str, str]) -> None:
    bernd = await town.bernd()
    csrf = (await bernd.get("/api/session")).json()["csrf"]
    answer = await bernd.http.post(
        "/api/dokumente",
        headers={"X-CSRF-Token": csrf},
        data={"entwurf": annas_things["entwurf_id"], "nachweis": "befreiung"},
        files={"datei": ("a.pdf", PDF)},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/mein", "/anmelden?zurueck=/mein"),
        ("/mein/antraege/abc", "/anmelden?zurueck=/mein/antraege/abc"),
        ("/mein/daten?gespeichert=1", "/anmelden?zurueck=/mein/daten%3Fgespeichert%3D1"),
        ("/amt", "/amt/anmelden?zurueck=/amt"),
        ("/amt/vorgaenge/abc", "/amt/anmelden?zurueck=/amt/vorgaenge/abc"),
    ],
)
async def test_without_a_session_pages_lead_to_the_login_and_back(town: Town, path: str, login: str) -> None:
    answer = await town.browser().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, login)


async def test_a_form_sent_without_a_session_leads_to_the_login(town: Town) -> None:
    answer = await town.browser().http.post("/mein/antraege", data={"leistung": "hundesteuer_anmelden"})
    assert answer.headers["location"] == "/anmelden?zurueck=/mein"


async def test_a_clerk_of_the_chat_is_no_sachbearbeiter(town: Town) -> None:
    assert (await (await town.office("konsole-1")).get("/amt")).status_code == 403


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer falsch", "Basic actions"])
async def test_the_service_interface_wants_a_service_token(town: Town, token: str) -> None:
    answer = await town.browser().http.get("/api/dialog/traits", headers={"Authorization": token})
    assert answer.status_code == 401
