"""A citizen's own things are as unknown to everybody else as things that do not exist: every route, every field that takes an id."""

from collections import Counter

from tests.support.portal_town import Browser, Town
from tests.support.routes import fields
from tests.support.walk import (
    ANNA,
    ENDS_THE_SESSION,
    NOBODYS,
    OWNED,
    TRUSTED,
    callers_of,
    kind,
    owned,
    protected,
    rows_of,
    send,
    sorted_name,
    versioned,
)

GEHEIM = (ANNA.wort, "Beispiel, Anna", "anna@beispiel.example", "L01X00T47")
"""What only Anna may read."""


def test_every_field_is_sorted_and_no_sorted_name_is_left_over(town: Town) -> None:
    """A new parameter names a citizen's own thing or it does not: somebody must say which."""
    read = [
        (name, field) for name, route in protected(town) for field in fields(route) if field.place != "file"
    ]
    assert [(name, field.key) for name, field in read if sorted_name(name, field) is None] == []
    assert set(OWNED) | set(NOBODYS) == {sorted_name(name, field) for name, field in read}
    assert set(TRUSTED) <= {f"{name} {field.key}" for name, field in read}


async def test_every_route_keeps_a_foreign_citizen_out(
    town: Town, annas: dict[str, str], bernds: tuple[Browser, dict[str, str]]
) -> None:
    """Routes of citizens and of the dialogue, with Bernd's session or chat and, one at a time, each id of Anna's."""
    browser, own = bernds
    csrf, before, walked = await browser.csrf("/mein"), await rows_of(town, annas), Counter[str]()
    for name, route in protected(town):
        sort = kind(name, route)
        if sort == "staff" or name in ENDS_THE_SESSION or (sort == "service" and "/dialog/" not in name):
            continue
        http, headers = callers_of(town, browser, name, route)
        for field in owned(name, route) or [None]:
            answer = await send(
                http,
                name,
                route,
                await versioned(town, own),
                foreign=field,
                others=annas,
                headers=headers,
                csrf=csrf,
            )
            told = (name, field and field.key, answer.status_code, answer.text[-400:])
            assert answer.status_code < 500 or answer.status_code == 503, told
            assert not any(secret in answer.text for secret in GEHEIM), told
            walked[f"{sort} {field.place if field else 'own'}"] += 1
            if field is None or f"{name} {field.key}" in TRUSTED:
                before = await rows_of(town, annas)
                continue
            refused = (404,) if field.place == "path" else (401, 403, 404, 409, 422, 503)
            assert answer.status_code in refused, told
            assert await rows_of(town, annas) == before, told
    kinds = ("citizen path", "citizen form", "citizen query", "service path", "service json")
    assert min(walked[one] for one in kinds) >= 2, walked
    assert sum(walked.values()) >= 150, walked


async def test_the_same_fields_take_ones_own_things(
    town: Town, bernds: tuple[Browser, dict[str, str]]
) -> None:
    """Otherwise the walk above would be refused for another reason than whose thing it is."""
    browser, own = bernds
    csrf, taken = await browser.csrf("/mein"), 0
    for name, route in protected(town):
        named = [OWNED[str(sorted_name(name, one))] for one in owned(name, route) if one.place != "path"]
        if kind(name, route) == "staff" or not named or "at_the_gateway" in named:
            continue
        http, headers = callers_of(town, browser, name, route)
        answer = await send(http, name, route, await versioned(town, own), headers=headers, csrf=csrf)
        assert answer.status_code < 400, (name, answer.status_code, answer.text[-400:])
        taken += 1
    assert taken >= 11, taken


async def test_no_route_of_the_office_is_open_to_a_citizen_or_another_office(
    town: Town, annas: dict[str, str], bernds: tuple[Browser, dict[str, str]]
) -> None:
    """Staff routes with Bernd's session, and with that of an office that has nothing to do with Anna's case."""
    citizen, other = bernds[0], await town.office("amt-buergercenter")
    tokens = (await citizen.csrf("/mein"), await other.csrf("/amt"))
    things = await versioned(town, annas)
    before, walked = await rows_of(town, annas), 0
    for name, route in protected(town):
        if kind(name, route) != "staff":
            continue
        answer = await send(citizen.http, name, route, things, csrf=tokens[0])
        login = answer.headers.get("location", "").startswith("/amt/anmelden")
        assert answer.status_code in (401, 403) or login, (name, answer.status_code)
        if owned(name, route):
            answer = await send(other.http, name, route, things, csrf=tokens[1])
            assert answer.status_code in (401, 403, 404), (name, answer.status_code)
            walked += 1
    assert await rows_of(town, annas) == before
    assert walked >= 15, walked


async def test_no_service_route_opens_without_its_token(town: Town, annas: dict[str, str]) -> None:
    browser, things, walked = await town.bernd(), await versioned(town, annas), 0
    for name, route in protected(town):
        if kind(name, route) == "service":
            answer = await send(browser.http, name, route, things)
            assert answer.status_code in (401, 403), (name, answer.status_code)
            walked += 1
    assert walked >= 30, walked


async def test_no_form_is_taken_without_the_sessions_token(town: Town, annas: dict[str, str]) -> None:
    """Every unsafe route, with one's own cookie but without its CSRF token, as a foreign page would send it."""
    citizen, office = town.browsers[0], await town.office("amt-buergercenter")
    things, walked = await versioned(town, annas), 0
    for name, route in protected(town):
        sort = kind(name, route)
        if sort == "service" or name.startswith("GET "):
            continue
        http = (citizen if sort == "citizen" else office).http
        answer = await send(http, name, route, things, csrf="0" * 64)
        assert answer.status_code == 403, (name, answer.status_code)
        walked += 1
    assert walked >= 60, walked
