"""A lead's browser: a staff cookie that the fake portal knows, pages, forms with the CSRF token."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from handoff_world import World, staff_token

from handoff.ports import StaffDoor

HTML = {"Accept": "text/html"}


@dataclass
class LeadDesk:
    """Somebody of the staff at the pages under /konsole/leitung."""

    town: World
    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        return {**HTML, "Cookie": f"amtslotse_amt={self.cookie}"}

    async def get(self, path: str = "") -> httpx.Response:
        return await self.town.http.get(f"/konsole/leitung{path}", headers=self.headers)

    async def post(self, path: str, csrf: str | None = None, **fields: Any) -> httpx.Response:
        form = {"csrf": f"csrf-{self.cookie}" if csrf is None else csrf, **fields}
        return await self.town.http.post(f"/konsole/leitung{path}", data=form, headers=self.headers)


def desk_of(town: World, person: str = "leitung", **claims: Any) -> LeadDesk:
    """Log somebody in: by default the lead of the whole town."""
    given = {"roles": ["lead"], "login": person, "now": town.clock.now, **claims}
    town.portal.doors[person] = StaffDoor(staff_token(person, **given), f"csrf-{person}")
    return LeadDesk(town, person)


def text_of(answer: httpx.Response) -> str:
    """A page's text without tags, spaces run together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("&#39;", "'")
