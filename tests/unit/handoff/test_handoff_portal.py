"""The gateway's view of the portal's answers."""

from collections.abc import Callable

import httpx
import pytest
from handoff_world import staff

from handoff.errors import ConflictError, InvalidInputError, LoginNeededError, UnavailableError
from handoff.portal import HttpPortal
from handoff.ports import FileCheck, FileRefusedError, Secret


def portal(answer: Callable[[httpx.Request], httpx.Response]) -> HttpPortal:
    return HttpPortal("http://portal", "handoff-token", httpx.MockTransport(answer))


def refusal(status: int, code: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(status, json={"code": code, "message": "Grund."})


async def put(door: HttpPortal) -> None:
    await door.put_field("u", "e", "f", version=1, value="x", secret_ref=None, key="k")


async def test_a_number_goes_to_the_vault():
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"ref": "tresor:1", "display": "DE…3000"})

    assert await portal(answer).keep_secret("u-1", "iban", "DE1", "k-1") == Secret("tresor:1", "DE…3000")
    (request,) = seen
    assert (request.method, request.url.path) == ("POST", "/api/dialog/vault")
    assert request.headers["authorization"] == "Bearer handoff-token"
    assert (request.headers["x-conversation"], request.headers["idempotency-key"]) == ("u-1", "k-1")
    assert "DE1" not in str(request.url)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "anmeldung_noetig", LoginNeededError),
        (401, "dienst_unbekannt", UnavailableError),
        (404, "nicht_gefunden", ConflictError),
        (409, "konflikt", ConflictError),
        (422, "wert_ungueltig", InvalidInputError),
        (422, "eingabe_ungueltig", InvalidInputError),
        (500, "fehler", UnavailableError),
        (503, "weg", UnavailableError),
    ],
)
async def test_refusals(status, code, error):
    with pytest.raises(error):
        await put(portal(refusal(status, code)))


async def test_a_malformed_draft_in_a_conflict_is_no_conflict():
    with pytest.raises(UnavailableError):
        await put(portal(refusal(409, "entwurf_veraendert")))


async def test_no_draft_and_no_login_are_no_errors():
    for status, code in ((404, "kein_entwurf"), (401, "anmeldung_noetig")):
        assert await portal(refusal(status, code)).current_draft("u") is None
    assert await portal(refusal(404, "nicht_gefunden")).service("u", "x") is None


async def test_nobody_answers():
    def broken(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("weg")

    door = portal(broken)
    for call in (
        door.bind("u", "a", "s"),
        door.current_draft("u"),
        door.service("u", "x"),
        door.reveal("u", "e", "f", staff()),
        door.keep_secret("u", "iban", "x", "k"),
    ):
        with pytest.raises(UnavailableError) as caught:
            await call
        assert "nicht gespeichert" in caught.value.message


async def test_nonsense_is_as_good_as_no_answer():
    with pytest.raises(UnavailableError):
        await portal(lambda _request: httpx.Response(200, text="<html>")).current_draft("u")


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_a_login_that_cannot_be_asked_for(status):
    def answer(request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers  # the browser's right, not the gateway's
        if request.method == "GET":
            return httpx.Response(200, json={"angemeldet": True, "csrf": "c"})
        code = "anmeldung_noetig" if status == 401 else "fehler"
        return httpx.Response(status, json={"code": code, "message": "Grund."})

    door = portal(answer)
    if status == 401:
        assert await door.citizen_token("s" * 43) is None
    else:
        with pytest.raises(UnavailableError):
            await door.citizen_token("s" * 43)


async def test_a_file_is_checked_by_the_portal():
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"media_type": "application/pdf", "scanner": None})

    assert await portal(answer).check_file("u-1", b"%PDF") == FileCheck("application/pdf", None)
    assert (seen[0].url.path, seen[0].content) == ("/api/dialog/files/check", b"%PDF")
    for status, code in (
        (413, "datei_zu_gross"),
        (415, "dateityp_unzulaessig"),
        (422, "datei_schadsoftware"),
    ):
        with pytest.raises(FileRefusedError, match="Grund"):
            await portal(refusal(status, code)).check_file("u-1", b"x")
    for status in (401, 413, 500, 503):
        with pytest.raises(UnavailableError):
            await portal(lambda _request, status=status: httpx.Response(status)).check_file("u-1", b"x")
