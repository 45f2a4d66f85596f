"""Mass assignment: what a form does not show, no form can write, whatever else is sent with it."""

from collections import Counter

from fastapi.routing import APIRoute
from sqlalchemy import select

from portal.schema.base import Base
from tests.support.portal_town import Browser, Town
from tests.support.routes import fields, models, routes
from tests.support.walk import ENDS_THE_SESSION, kind, protected, send, versioned

MARKE = "eingeschleust-7f3a"
"""What no row may hold after the walk with fields that no form has."""


def every_column() -> set[str]:
    """The name of every column of the portal."""
    return {column.name for table in Base.metadata.sorted_tables for column in table.columns}


async def test_no_form_writes_a_column_that_it_does_not_show(
    town: Town, bernds: tuple[Browser, dict[str, str]]
) -> None:
    """Every form with the names of all columns beside its own fields; none of them lands anywhere."""
    browser, own = bernds
    office = await town.office("amt-steuern")
    tokens = (await browser.csrf("/mein"), await office.csrf("/amt"))
    outcome = Counter[str]()
    for name, route in protected(town):
        sort = kind(name, route)
        if sort == "service" or name.startswith("GET ") or name in ENDS_THE_SESSION:
            continue
        http, csrf = (browser.http, tokens[0]) if sort == "citizen" else (office.http, tokens[1])
        more = dict.fromkeys(every_column() - {one.key for one in fields(route)} - {"csrf"}, MARKE)
        answer = await send(http, name, route, await versioned(town, own), csrf=csrf, more=more)
        assert answer.status_code < 500 or answer.status_code == 503, (name, answer.text[-400:])
        outcome["taken" if answer.status_code < 400 else f"refused {sort} {answer.status_code}"] += 1
    async with town.context.transaction() as session:
        for table in Base.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                assert MARKE not in repr(tuple(row)), table.name
    assert outcome["taken"] >= 40, outcome


def test_every_json_body_refuses_what_it_does_not_know(town: Town) -> None:
    """An unknown key is a mistake, whatever the route."""
    bodies = {
        model for _, route in routes(town.app) if isinstance(route, APIRoute) for model in models(route)
    }
    assert len(bodies) >= 12
    assert [model.__name__ for model in bodies if model.model_config.get("extra") != "forbid"] == []
