"""Who may reach what: every route has a rule, and leads those who may not to where they may."""

import pytest
from fastapi.routing import APIRoute

from portal.web.public import PUBLIC_ROUTES
from tests.support.portal_town import Town
from tests.support.routes import calls, routes
from tests.support.walk import RULES


def test_rules_are_found_in_nested_dependencies(town: Town) -> None:
    found = dict(routes(town.app))
    for name in ("GET /mein", "GET /amt", "POST /api/dokumente", "POST /api/dialog/drafts"):
        assert RULES & set(calls(found[name].dependant)), name  # type: ignore[union-attr]


def test_every_route_has_a_rule_or_a_reason(town: Town) -> None:
    without = {
        name
        for name, route in routes(town.app)
        if name not in PUBLIC_ROUTES
        and not (isinstance(route, APIRoute) and RULES & set(calls(route.dependant)))
    }
    assert without == set()


def test_every_reason_belongs_to_a_route(town: Town) -> None:
    assert set(PUBLIC_ROUTES) <= {name for name, _ in routes(town.app)}
    assert all(PUBLIC_ROUTES.values())


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
