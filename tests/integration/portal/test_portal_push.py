"""Web Push against a push service on loopback: what it gets, what it may answer, and what becomes of it."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.domain.benachrichtigung import ANLAESSE, Kanal
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.benachrichtigung import BenachrichtigungZeile, PushaboZeile
from portal.services import benachrichtigung, kontoloeschung, push, sperre, stammdaten
from portal.services.versandwege import sender
from tests.support.handoff_world import served
from tests.support.portal_world import ANDERES_KONTO, KONTO, PortalWorld, portal_world
from tests.support.push_device import Device, b64

KEY = ECKey.generate_key("P-256", private=True)


@dataclass
class PushService:
    """Takes what is pushed; answers 201 unless a test put other answers in line."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[str, Any, bytes]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.got.append((request.url.path, request.headers, await request.body()))
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        return Response(status_code=status, headers=headers)

    def device(self, name: str = "a") -> Device:
        return Device(f"{self.url}/send/{name}")


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    one = PushService()
    app = Starlette(routes=[Route("/{rest:path}", one.take, methods=["GET", "POST"])])
    async with served(app) as url:
        one.url = url
        yield one


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[PortalWorld]:
    async with portal_world(tmp_path) as running:
        running.app.state.context = replace(
            running.context,
            settings=replace(
                running.settings,
                push_key=json.dumps(KEY.as_dict(private=True)),
                push_services=("127.0.0.1",),
                mail_from="amt@stadt.example",
            ),
        )
        yield running


async def switch_on(world: PortalWorld, device: Device, konto: str = KONTO) -> None:
    async with world.context.transaction() as session:
        await push.einschalten(
            world.context, session, konto, geraet="Firefox auf Linux", **device.subscription()
        )


async def notify(world: PortalWorld, konto: str = KONTO, *, mail: bool = False) -> None:
    await benachrichtigung.wuenschen(world.context, konto, {"nachricht": "push"}, ("00:00", "00:00"), [])
    async with world.context.transaction() as session:
        if mail:
            await stammdaten.store(
                session, konto, {"email": "k@beispiel.example"}, "angabe", world.context.today()
            )
        await benachrichtigung.anstossen(
            session, konto, "neue_nachricht", jetzt=world.clock(), verweis="/mein/postfach"
        )


async def send(world: PortalWorld) -> int:
    """Send what is due; this town has no messengers."""
    ways = {kanal: way for kanal, way in sender(world.context).items() if kanal != Kanal.MESSENGER}
    return await benachrichtigung.senden_faellige(world.context, ways)


async def notice(world: PortalWorld) -> BenachrichtigungZeile:
    async with world.context.transaction() as session:
        return (await session.scalars(select(BenachrichtigungZeile))).one()


async def devices(world: PortalWorld) -> int:
    async with world.context.transaction() as session:
        return await session.scalar(select(func.count()).select_from(PushaboZeile)) or 0


async def test_a_notice_reaches_the_browser_encrypted_and_without_personal_data(
    world: PortalWorld, service: PushService
) -> None:
    device = service.device()
    await switch_on(world, device)
    await notify(world)
    assert await send(world) == 1
    ((path, headers, body),) = service.got
    assert (path, headers["content-encoding"], headers["ttl"]) == ("/send/a", "aes128gcm", "172800")
    occasion = ANLAESSE["neue_nachricht"]
    assert b"Postfach" not in body
    assert device.open(body) == {
        "titel": occasion.betreff,
        "text": occasion.text,
        "link": "/mein/postfach",
    }
    token = headers["authorization"].removeprefix("vapid t=").partition(",")[0]
    claims = jwt.decode(token, KEY, algorithms=["ES256"]).claims
    assert (claims["aud"], claims["sub"]) == (service.url, "mailto:amt@stadt.example")
    assert 0 < claims["exp"] - world.clock().timestamp() <= 24 * 3600
    assert KONTO not in str(headers)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_ended_its_subscription_is_forgotten_and_mail_goes_instead(
    world: PortalWorld, service: PushService, status: int
) -> None:
    await switch_on(world, service.device())
    await notify(world, mail=True)
    service.answers = [(status, {})]
    assert await send(world) == 1
    assert await devices(world) == 0
    assert (await notice(world)).kanal == "mail"


async def test_a_push_service_that_asks_to_wait_is_asked_again_no_earlier(
    world: PortalWorld, service: PushService
) -> None:
    await switch_on(world, service.device())
    await notify(world)
    service.answers = [(429, {"Retry-After": "120"}), (503, {})]
    assert await send(world) == 0
    world.clock.forward(seconds=119)
    assert (await send(world), len(service.got)) == (0, 1)
    world.clock.forward(seconds=2)
    assert (await send(world), len(service.got)) == (0, 2)
    world.clock.forward(minutes=1)
    assert await send(world) == 1
    assert len({headers["topic"] for _, headers, _ in service.got}) == 1
    assert await devices(world) == 1


async def test_one_browser_that_took_it_is_enough(world: PortalWorld, service: PushService) -> None:
    for name in ("a", "b"):
        await switch_on(world, service.device(name))
    await notify(world)
    service.answers = [(503, {}), (201, {})]
    assert (await send(world), len(service.got)) == (1, 2)


async def test_a_redirect_is_not_followed_and_a_refusal_takes_the_next_way(
    world: PortalWorld, service: PushService
) -> None:
    await switch_on(world, service.device())
    await notify(world, mail=True)
    service.answers = [(307, {"Location": f"{service.url}/anderswo"})]
    assert await send(world) == 1
    assert [path for path, _, _ in service.got] == ["/send/a"]
    assert (await notice(world)).kanal == "mail"


async def test_a_push_service_that_is_away_is_tried_again(world: PortalWorld, service: PushService) -> None:
    await switch_on(world, Device("http://127.0.0.1:9/send/a"))
    await notify(world)
    assert await send(world) == 0
    row = await notice(world)
    assert (row.status, row.fehler) == ("offen", "LaterError")
    assert await devices(world) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://boese.example/send"},
        {"endpoint": "https://127.0.0.1.boese.example/send"},
        {"endpoint": "https://user@127.0.0.1/send"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "http://[::1/"},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"p256dh": b64(b"\x04" + bytes(64))},
        {"p256dh": "ä"},
        {"auth": ""},
        {"auth": b64(bytes(15))},
    ],
)
async def test_an_address_or_key_that_no_browser_gives_is_refused(
    world: PortalWorld, service: PushService, change: dict[str, str]
) -> None:
    async with world.context.transaction() as session:
        with pytest.raises(InvalidInputError):
            await push.einschalten(
                world.context, session, KONTO, geraet="x", **service.device().subscription() | change
            )
    assert await devices(world) == 0


async def test_http_is_for_loopback_only(world: PortalWorld) -> None:
    world.app.state.context = replace(
        world.context, settings=replace(world.context.settings, push_services=("push.example",))
    )
    await switch_on(world, Device("https://eu.push.example/x"))
    with pytest.raises(InvalidInputError):
        await switch_on(world, Device("http://eu.push.example/x"))


async def test_there_are_at_most_ten_browsers_and_one_browser_counts_once(
    world: PortalWorld, service: PushService
) -> None:
    device = service.device()
    for _ in range(3):
        await switch_on(world, device)
    assert await devices(world) == 1
    for number in range(9):
        await switch_on(world, service.device(str(number)))
    with pytest.raises(ConflictError):
        await switch_on(world, service.device("zuviel"))


async def test_a_browser_that_changes_hands_belongs_to_the_last_one_only(
    world: PortalWorld, service: PushService
) -> None:
    device = service.device()
    await switch_on(world, device)
    await switch_on(world, device, ANDERES_KONTO)
    async with world.context.transaction() as session:
        assert await push.liste(session, KONTO) == []
        assert [one.name for one in await push.liste(session, ANDERES_KONTO)] == ["Firefox auf Linux"]


async def test_off_means_off_and_nobody_switches_off_anothers(
    world: PortalWorld, service: PushService
) -> None:
    await switch_on(world, service.device())
    async with world.context.transaction() as session:
        (one,) = await push.liste(session, KONTO)
        with pytest.raises(NotFoundError):
            await push.ausschalten(session, ANDERES_KONTO, one.id)
        await push.ausschalten(session, KONTO, one.id)
    await notify(world)
    assert (await send(world), service.got) == (0, [])
    assert (await notice(world)).status == "aufgegeben"


@pytest.mark.parametrize("end", ["lock", "delete"])
async def test_lock_and_deletion_end_it_everywhere(
    world: PortalWorld, service: PushService, end: str
) -> None:
    await switch_on(world, service.device())
    if end == "lock":
        await sperre.sperren(world.context, KONTO)
    else:
        async with world.context.transaction() as session:
            await kontoloeschung.loeschen(world.context, session, KONTO)
    assert await devices(world) == 0


async def test_the_address_of_a_browser_is_encrypted_at_rest(
    world: PortalWorld, service: PushService
) -> None:
    device = service.device("geheime-adresse")
    await switch_on(world, device)
    async with world.context.engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT abo, endpunkt_hash FROM pushabo")).one()
    assert "geheime" not in str(row[0])
    assert row[1] == hashlib.sha256(device.url.encode()).hexdigest()
