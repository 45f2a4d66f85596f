"""Pages of foreign origins: what a browser may call from them, and what stays closed."""

import pytest
import socketio
from handoff_world import citizen_token, served, settings_for, sqlite, staff_token, world

from handoff.settings import origins_from

TOWN = "https://www.stadt.example"
STRANGER = "https://www.fremd.example"


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), origins=(TOWN,)) as one:
        yield one


async def preflight(town, path, origin=TOWN, method="POST"):
    return await town.http.options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/api/conversations", "/api/conversations/x/messages"]
)
async def test_a_page_of_the_town_may_ask(town, path):
    answer = await preflight(town, path)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == TOWN
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/webhooks/rest/webhook", STRANGER),
        ("/webhooks/rest/webhook", "null"),
        ("/api/conversations/internal/events", TOWN),
        ("/api/channels/internal/notices", TOWN),
        ("/weiter/x", TOWN),
        ("/konsole", TOWN),
    ],
)
async def test_everything_else_stays_closed(town, path, origin):
    answer = await preflight(town, path, origin)
    assert "access-control-allow-origin" not in answer.headers or answer.status_code == 400
    assert answer.headers.get("access-control-allow-origin") != origin


async def test_without_the_setting_no_foreign_page_may_ask(tmp_path):
    async with world(sqlite(tmp_path)) as closed:
        answer = await closed.http.post(
            "/webhooks/rest/webhook", json={"message": "hallo"}, headers={"Origin": TOWN}
        )
        assert "access-control-allow-origin" not in answer.headers


async def test_answers_and_errors_can_be_read_by_the_page(town):
    own = {"Origin": TOWN}
    answer = await town.http.post("/webhooks/rest/webhook", json={"message": "hallo"}, headers=own)
    assert answer.json()[-1]["text"] == "Echo: hallo"
    assert answer.headers["access-control-allow-origin"] == TOWN
    assert "origin" in answer.headers["vary"].lower()
    for refused in (
        await town.http.post("/webhooks/rest/webhook", content=b"{", headers=own),
        await town.http.get("/api/conversations/x/messages", headers=own),
        await town.http.post("/api/conversations", content=b"x" * 300_000, headers=own),
    ):
        assert refused.status_code in (404, 413, 422)
        assert refused.headers["access-control-allow-origin"] == TOWN
        assert refused.json()["message"]


async def opens(address, origin, **how):
    """Whether a page of this origin gets a connection."""
    io = socketio.AsyncClient(reconnection=False)
    try:
        await io.connect(address, headers={"Origin": origin}, transports=["websocket"], wait_timeout=5, **how)
    except socketio.exceptions.ConnectionError:
        return False
    await io.disconnect()
    return True


@pytest.mark.parametrize("path", ["/socket.io/", "/live/socket.io/"])
async def test_sockets_open_to_pages_of_the_town_only(town, path):
    async with served(town.app) as address:
        for origin, allowed in ((TOWN, True), (STRANGER, False), ("http://127.0.0.1:8000", True)):
            handle = await town.start()
            auth = {"handle": handle, "token": citizen_token()} if "live" in path else {}
            assert await opens(address, origin, socketio_path=path, auth=auth) is allowed
        polled = await town.http.get(
            path, params={"EIO": "4", "transport": "polling"}, headers={"Origin": TOWN}
        )
        assert polled.headers["access-control-allow-origin"] == TOWN
        assert "access-control-allow-credentials" not in polled.headers


async def test_the_console_is_not_for_foreign_pages(town):
    async with served(town.app) as address:
        for origin, allowed in ((TOWN, False), ("http://127.0.0.1:8000", True)):
            console = {"namespaces": ["/konsole"], "auth": {"token": staff_token()}}
            assert await opens(address, origin, socketio_path="/live/socket.io/", **console) is allowed


def test_origins_are_read_as_browsers_write_them():
    assert origins_from("") == ()
    assert origins_from(" https://a.example, http://127.0.0.1:8080 ,") == (
        "https://a.example",
        "http://127.0.0.1:8080",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "https://*.example",
        "a.example",
        "https://a.example/",
        "https://a.example/chat",
        "ftp://a",
        "null",
        "HTTPS://A.example",
        "https://u@a.example",
    ],
)
def test_what_is_no_origin_stops_the_start(wrong):
    with pytest.raises(ValueError, match="AMTSLOTSE_ORIGINS"):
        origins_from(wrong)


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://127.0.0.1:8000", ("http://127.0.0.1:8000", "http://localhost:8000")),
        ("https://portal.stadt.example", ("https://portal.stadt.example",)),
        ("http://10.1.2.3:8000", ("http://10.1.2.3:8000",)),
    ],
)
def test_loopback_is_also_visited_by_its_name_and_nothing_else_is(origin: str, own: tuple[str, ...]) -> None:
    assert settings_for("sqlite+aiosqlite://", origin=origin).own_origins == own
