"""A portal in demo mode on a fresh SQLite file, a clock that the test moves, and browsers to visit it with."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
from cryptography.fernet import Fernet
from fastapi import FastAPI
from joserfc.jwk import ECKey, OKPKey

from portal.context import PortalContext
from portal.demo import DEMO_PASSWORT, DEMO_TOTP
from portal.settings import PortalSettings

ORIGIN = "http://portal.test"
PUSH_KEY = ECKey.generate_key("P-256", private=True)
SIGNING_KEY = OKPKey.generate_key("Ed25519", private=True)
STORAGE_KEY = Fernet.generate_key().decode()


class MovingClock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-11-24T10:00:00+01:00")

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Phone:
    """The authenticator app of the demo's people. A code counts once, so a second one at the same moment is the next step's."""

    def __init__(self, clock: MovingClock) -> None:
        self._clock = clock
        self._last: dict[str, int] = {}

    def code(self, name: str) -> str:
        step = max(int(self._clock.now.timestamp()) // 30 - 1, self._last.get(name, 0) + 1)
        self._last[name] = step
        return pyotp.TOTP(DEMO_TOTP).at(step * 30)


class Browser:
    """One browser without JavaScript: keeps cookies, reads CSRF tokens out of forms."""

    def __init__(self, app: FastAPI, phone: Phone | None = None) -> None:
        self.app = app
        self.phone = phone or Phone(MovingClock())
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=ORIGIN
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def csrf(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await self.get(path)).text)
        assert found, f"no form on {path}"
        return found.group(1)

    async def post(self, path: str, form_on: str, **fields: object) -> httpx.Response:
        """Send a form with the CSRF token of the page `form_on`."""
        return await self.http.post(path, data={"csrf": await self.csrf(form_on), **fields})

    async def login(
        self, name: str, password: str = DEMO_PASSWORT, zurueck: str = "", *, path: str = "/anmelden"
    ) -> httpx.Response:
        """Log in; where a second factor is asked for, with the demo people's app."""
        answer = await self.post(path, path, name=name, passwort=password, zurueck=zurueck)
        step = f"{path}/bestaetigen"
        if answer.headers.get("location") == step:
            answer = await self.post(step, step, code=self.phone.code(name))
        return answer

    async def confirm(self) -> None:
        """Confirm with the demo's eID, as critical acts want it."""
        answer = await self.post("/identitaet/nachweis", "/identitaet/nachweis", zurueck="/mein")
        anfrage = parse_qs(urlsplit(answer.headers["location"]).query)["anfrage"][0]
        answer = await self.http.post("/identitaet/demo", data={"anfrage": anfrage})
        assert (await self.get(answer.headers["location"])).status_code == 303

    async def open_draft(self, service: str = "hundesteuer_anmelden") -> str:
        """Begin a draft over the service's page and give the draft's path."""
        answer = await self.post("/mein/antraege", f"/leistungen/{service}", leistung=service)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def version(self, draft: str) -> str:
        found = re.search(r'name="version" value="(\d+)"', (await self.get(draft)).text)
        assert found
        return found.group(1)

    async def change(self, draft: str, what: str, **fields: object) -> httpx.Response:
        """Send one of the draft's forms with the version that its page shows."""
        return await self.post(f"{draft}/{what}", draft, version=await self.version(draft), **fields)


@dataclass
class Town:
    """The portal under test."""

    app: FastAPI
    clock: MovingClock
    browsers: list[Browser] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.phone = Phone(self.clock)

    @property
    def folder(self) -> Path:
        """Where the database lies."""
        return Path(self.context.settings.database.partition("///")[2]).parent

    @property
    def context(self) -> PortalContext:
        return self.app.state.context

    def browser(self) -> Browser:
        self.browsers.append(Browser(self.app, self.phone))
        return self.browsers[-1]

    async def anna(self) -> Browser:
        browser = self.browser()
        await browser.login("anna")
        return browser

    async def bernd(self) -> Browser:
        browser = self.browser()
        await browser.login("bernd")
        return browser

    async def office(self, name: str = "amt-steuern") -> Browser:
        browser = self.browser()
        answer = await browser.login(name, path="/amt/anmelden")
        assert answer.status_code == 303, answer.text
        return browser


def settings_for(folder: Path, *, demo: bool = True, origin: str = ORIGIN) -> PortalSettings:
    return PortalSettings(
        database=f"sqlite+aiosqlite:///{folder / 'portal.db'}",
        keys=(STORAGE_KEY,),
        signing_key=json.dumps(SIGNING_KEY.as_dict(private=True)),
        actions_token="actions",
        handoff_token="handoff",
        portal_token="portal",
        origin=origin,
        handoff_url="http://127.0.0.1:9",
        demo=demo,
        local_accounts=demo,
        kasse_name="Stadtkasse (Demonstration)",
        kasse_iban="DE36000000000000000000",
        push_key=json.dumps(PUSH_KEY.as_dict(private=True)),
        push_services=("127.0.0.1",),
    )
