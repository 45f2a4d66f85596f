"""The service interface over HTTP: who may call, idempotency, errors, documents."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from portal.schema.vorgang import VorgangZeile
from portal.services.sitzung import csrf_token
from portal.web import beratung, dialog, dialog_antraege, dialog_dateien, dialog_eigenes
from tests.support.portal_world import ANDERES_KONTO, KONTO, PDF, PortalWorld, portal_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        yield running


def http(world: PortalWorld, token: str = "actions-token", conversation: str = "c1") -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}", "X-Conversation": conversation}
    return httpx.AsyncClient(transport=world.transport(), base_url="http://portal", headers=headers)


async def bound(
    world: PortalWorld, conversation: str = "c1", konto: str = KONTO, trust: str = "niedrig"
) -> str:
    sid = await world.log_in(konto, trust)
    async with http(world, "handoff-token", conversation) as gateway:
        answer = await gateway.put("/api/dialog/bindings", json={"account": konto, "sid": sid})
    assert answer.status_code == 200, answer.text
    return sid


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


async def opened(client: httpx.AsyncClient, service: str = "probe_hund") -> dict:
    answer = await client.post(
        "/api/dialog/drafts", json={"service": service}, headers=key(f"m0:start:{service}")
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_every_route_of_the_interface_asks_who_calls() -> None:
    routers = (dialog, dialog_antraege, dialog_dateien, dialog_eigenes, beratung)
    for route in (route for module in routers for route in module.router.routes):
        assert isinstance(route, APIRoute)
        calls = {d.call for d in route.dependant.dependencies}
        assert calls & {dialog.caller, dialog.conversation_caller, dialog.handoff_only}, route.path


@pytest.mark.parametrize("token", ["", "falsch", "portal-token"])
async def test_strangers_get_nothing(world: PortalWorld, token: str) -> None:
    async with http(world, token) as client:
        answer = await client.get("/api/dialog/services/probe_hund")
    assert (answer.status_code, answer.json()["code"]) == (401, "dienst_unbekannt")


async def test_the_gateways_calls_are_closed_to_actions(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
        for answer in (
            await client.put("/api/dialog/bindings", json={"account": KONTO, "sid": "x"}),
            await client.post("/api/dialog/vault", json={"kind": "iban", "value": "DE"}, headers=key("k")),
            await client.get(
                f"/api/dialog/drafts/{draft['id']}/fields/familienname/value?staff=s&function=f&office=o"
            ),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "nicht_erlaubt")


async def test_an_unbound_conversation_must_log_in(world: PortalWorld) -> None:
    async with http(world) as client:
        answer = await client.post("/api/dialog/drafts", json={"service": "probe_hund"}, headers=key("k"))
        me = await client.get("/api/dialog/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "anmeldung_noetig")
    assert me.json() == {"bound": False, "trust": None, "first_name": None}


async def test_a_session_of_another_account_cannot_be_bound(world: PortalWorld) -> None:
    sid = await world.log_in(ANDERES_KONTO)
    async with http(world, "handoff-token") as gateway:
        answer = await gateway.put("/api/dialog/bindings", json={"account": KONTO, "sid": sid})
    assert answer.status_code == 401


async def test_an_ended_session_closes_the_conversation_even_for_old_keys(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        await opened(client)
        world.clock.forward(hours=13)
        again = await client.post(
            "/api/dialog/drafts", json={"service": "probe_hund"}, headers=key("m0:start:probe_hund")
        )
    assert (again.status_code, again.json()["code"]) == (401, "anmeldung_noetig")


async def test_the_same_key_gives_the_first_answer_and_changes_nothing(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
        url = f"/api/dialog/drafts/{draft['id']}/fields/seit"
        first = await client.put(url, json={"value": "2026-11-20", "version": 1}, headers=key("m1:feld:seit"))
        again = await client.put(url, json={"value": "2026-11-20", "version": 1}, headers=key("m1:feld:seit"))
        now = await client.get("/api/dialog/drafts/current")
    assert first.json() == again.json()
    assert now.json()["version"] == 2


async def test_a_key_belongs_to_one_call_and_one_conversation(world: PortalWorld) -> None:
    await bound(world)
    await bound(world, "c2", ANDERES_KONTO)
    async with http(world) as client, http(world, conversation="c2") as other:
        await opened(client)
        reused = await client.post(
            "/api/dialog/drafts/x/submit", json={"version": 1}, headers=key("m0:start:probe_hund")
        )
        elsewhere = await opened(other)
    assert (reused.status_code, reused.json()["code"]) == (409, "schluessel_verwendet")
    assert all(f["value"] is None for f in elsewhere["fields"])


async def test_a_write_without_key_is_refused(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        answer = await client.post("/api/dialog/drafts", json={"service": "probe_hund"})
    assert answer.status_code == 422


async def test_an_old_version_gets_the_current_draft(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
        answer = await client.put(
            f"/api/dialog/drafts/{draft['id']}/fields/seit",
            json={"value": "2026-11-20", "version": 7},
            headers=key("k"),
        )
    assert (answer.status_code, answer.json()["code"]) == (409, "entwurf_veraendert")
    assert answer.json()["draft"]["version"] == 1


async def test_a_wrong_value_gets_a_sentence_and_its_field(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
        answer = await client.put(
            f"/api/dialog/drafts/{draft['id']}/fields/seit",
            json={"value": "2027-01-01", "version": 1},
            headers=key("k"),
        )
    body = answer.json()
    assert (answer.status_code, body["code"], body["field"]) == (422, "wert_ungueltig", "seit")
    assert "Zukunft" in body["message"]


async def test_confirming_twice_makes_one_case(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
        url = f"/api/dialog/drafts/{draft['id']}"
        body = {"freigeben": ["familienname", "anschrift"], "aendern": {}, "version": 1}
        draft = (await client.post(f"{url}/release", json=body, headers=key("r"))).json()
        for field, value in (("seit", "2026-11-20"), ("chip", None)):
            answer = await client.put(
                f"{url}/fields/{field}",
                json={"value": value, "version": draft["version"]},
                headers=key(field),
            )
            draft = answer.json()
        assert draft["next"]["kind"] == "confirm"
        confirm = {"version": draft["version"]}
        first = await client.post(f"{url}/submit", json=confirm, headers=key("m9:abgabe"))
        again = await client.post(f"{url}/submit", json=confirm, headers=key("m9:abgabe"))
        other = await client.post(f"{url}/submit", json=confirm, headers=key("m10:abgabe"))
        cases = (await client.get("/api/dialog/cases")).json()
    assert first.status_code == 201
    assert first.json() == again.json()
    assert other.status_code == 409
    assert len(cases) == 1
    async with world.context.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(VorgangZeile)) == 1


async def test_a_number_of_the_vault_fills_a_field_of_its_own_conversation_only(world: PortalWorld) -> None:
    await bound(world)
    async with http(world, "handoff-token") as gateway, http(world, "handoff-token", "c2") as foreign:
        body = {"kind": "dokument", "value": "L01X00T99"}
        kept = (await gateway.post("/api/dialog/vault", json=body, headers=key("v"))).json()
        stolen = (await foreign.post("/api/dialog/vault", json=body, headers=key("v"))).json()
    async with http(world) as client:
        draft = await opened(client, "probe_umzug")
        url = f"/api/dialog/drafts/{draft['id']}/fields/ausweisnummer"
        wrong = await client.put(url, json={"secret_ref": stolen["ref"], "version": 1}, headers=key("a"))
        right = await client.put(url, json={"secret_ref": kept["ref"], "version": 1}, headers=key("b"))
    assert wrong.status_code == 404
    assert "L01X00T99" not in right.text
    async with http(world, "handoff-token") as gateway:
        seen = await gateway.get(f"{url}/value?staff=s1&function=B%C3%BCrgerservice&office=B%C3%BCro")
    assert seen.json() == {"value": "L01X00T99"}


async def test_a_clerk_sees_no_value_that_was_not_released(world: PortalWorld) -> None:
    await bound(world)
    async with http(world) as client:
        draft = await opened(client)
    async with http(world, "handoff-token") as gateway:
        seen = (await gateway.get("/api/dialog/drafts/current?masked=1")).json()
        value = await gateway.get(
            f"/api/dialog/drafts/{draft['id']}/fields/familienname/value?staff=s&function=f&office=o"
        )
    assert "Yıldız" not in str(seen)
    assert value.status_code == 404


async def test_an_upload_needs_the_citizen_and_her_own_draft(world: PortalWorld) -> None:
    sid = await bound(world)
    async with http(world) as client:
        draft = await opened(client, "probe_umzug")
    form = {"entwurf": draft["id"], "nachweis": "bestaetigung"}
    file = {"datei": ("nachweis.pdf", PDF, "text/html")}
    foreign = world.sids[await world.log_in(ANDERES_KONTO)]
    own = world.sids[sid]
    async with httpx.AsyncClient(transport=world.transport(), base_url="http://portal") as browser:
        anonymous = await browser.post("/api/dokumente", data=form, files=file)
        browser.cookies.set("amtslotse_sitzung", foreign)
        wrong = await browser.post(
            "/api/dokumente", data=form, files=file, headers={"X-CSRF-Token": csrf_token(foreign)}
        )
        browser.cookies.set("amtslotse_sitzung", own)
        forged = await browser.post("/api/dokumente", data=form, files=file)
        right = await browser.post(
            "/api/dokumente", data=form, files=file, headers={"X-CSRF-Token": csrf_token(own)}
        )
    assert [a.status_code for a in (anonymous, wrong, forged, right)] == [401, 404, 403, 201]
    assert right.json()["media_type"] == "application/pdf"


async def test_the_catalogue_is_open_and_a_dropped_file_is_a_service(world: PortalWorld) -> None:
    async with httpx.AsyncClient(transport=world.transport(), base_url="http://portal") as anybody:
        service = (await anybody.get("/api/services/probe_hund")).json()
        found = (await anybody.get("/api/search", params={"q": "Probehund anmelden"})).json()
        steps = (await anybody.get("/api/life-situations/probelage?without=probetier")).json()
        unknown = await anybody.get("/api/services/gibt_es_nicht")
    assert service["office"]["name"] == "Probeamt"
    assert found["services"][0]["id"] == "probe_hund"
    assert [s["service"] for s in steps["steps"]] == ["probe_umzug"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "nicht_gefunden")


async def test_an_upload_that_announces_too_much_is_refused_before_it_is_read(world: PortalWorld) -> None:
    async with httpx.AsyncClient(transport=world.transport(), base_url="http://portal") as browser:
        answer = await browser.post(
            "/api/dokumente", content=b"", headers={"Content-Length": str(40 * 1024 * 1024)}
        )
    assert (answer.status_code, answer.json()["code"]) == (413, "datei_zu_gross")
