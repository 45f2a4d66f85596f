"""How the lead's pages are rendered: on the server, usable without JavaScript, with what was typed kept after an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from handoff.context import HandoffContext
from handoff.domain.people import Staff
from handoff.errors import HandoffError
from handoff.services.lead import check_office
from handoff.services.transcript import moment
from handoff.storage import duty
from handoff.storage import lead as store
from handoff.web.guards import Desk
from handoff.web.page import page

HEAD = '<link rel="stylesheet" href="/live/ui/leitung.css">'
TOWN = "Ganze Stadt"
ENVIRONMENT = Environment(
    loader=PackageLoader("handoff.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["moment"] = moment
ENVIRONMENT.filters["pair"] = lambda word: (word, word)


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, and why."""

    values: Mapping[str, str] = field(default_factory=dict)
    problem: HandoffError | None = None

    def get(self, name: str, default: str = "") -> str:
        """Give what was typed, or the stored value."""
        return self.values.get(name, default)


NOTHING = Typed()


def render(
    context: HandoffContext,
    desk: Desk,
    template: str,
    title: str,
    path: str,
    typed: Typed = NOTHING,
    **values: object,
) -> HTMLResponse:
    """Render one of the lead's pages; the status follows from what was wrong."""
    body = ENVIRONMENT.get_template(template).render(
        title=title, path=path, desk=desk, typed=typed, problem=typed.problem, **values
    )
    status = 200 if typed.problem is None else typed.problem.status
    return page(context.settings, f"{title} – Leitung", body, head=HEAD, status=status, forms=True)


def back(path: str) -> RedirectResponse:
    """After a change: look at the page again."""
    return RedirectResponse(path, 303)


async def typed_in(request: Request) -> dict[str, str]:
    """Read a form's text fields; of a repeated one the last."""
    return {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}


async def chosen_in(request: Request, name: str) -> list[str]:
    """Read all values of a repeated field."""
    return [value for value in (await request.form()).getlist(name) if isinstance(value, str)]


async def offices(context: HandoffContext, staff: Staff) -> dict[str, str]:
    """Give the names of the offices that this lead may see, by id; `*` is the whole town's team."""
    async with context.database.read() as session:
        teams = [team.office for team in await duty.teams(session)]
        clerks = await store.clerks(session, None)
    names = {office: office for office in teams if office != duty.WHOLE_TOWN}
    names |= {row.office: row.office_name or row.office for row in clerks if row.office}
    if staff.office_id is not None:
        return {staff.office_id: staff.office or names.get(staff.office_id, staff.office_id)}
    return {duty.WHOLE_TOWN: TOWN} | dict(sorted(names.items(), key=lambda one: one[1]))


def chosen_office(staff: Staff, wanted: str | None) -> str:
    """Give the office that a page is about. Raises ForbiddenError for another lead's."""
    office = wanted or staff.office_id or duty.WHOLE_TOWN
    check_office(staff, office)
    return office
