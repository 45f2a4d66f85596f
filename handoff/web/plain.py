"""`/chat`: the conversation as a plain page that works without JavaScript. Every answer to a form is a redirect."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData

from handoff.context import HandoffContext
from handoff.domain.channel_text import in_words
from handoff.domain.hours import BERLIN
from handoff.domain.message import Object
from handoff.domain.offers import Json
from handoff.domain.phase import Phase
from handoff.domain.plain import Plain, plain
from handoff.errors import HandoffError, LoginNeededError, UnknownConversationError
from handoff.services import conversation as life
from handoff.services import messages
from handoff.services.transcript import moment, speaker
from handoff.web.conversations import text_file
from handoff.web.guards import Context, anyone, same_origin
from handoff.web.page import page
from handoff.web.visit import COOKIE, PATH, Visit, Visitor, begin, enter, keep

router = APIRouter(prefix=PATH)

TITLE = "Chat ohne JavaScript"
WATCH = "amtslotse_nachsehen"
"""Cookie of who asked to be told of new messages without pressing anything; nobody gets that unasked."""
WATCH_EVERY_S = 15
STANDING = "Stand des Gesprächs"
GONE = '<main class="ak-stand"><p class="kern-body">Dieses Gespräch ist hier nicht mehr offen. Bitte laden Sie die Seite neu.</p></main>'
ANSWER_WAIT_S = 8.0
"""How long the answer to a form waits for what the assistant says to it."""
SCORES = ("sehr schlecht", "schlecht", "mittel", "gut", "sehr gut")
VALUE = "wert."
"""Names of form fields that are values of a payload begin with it."""
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["moment"] = moment


def with_return(url: str) -> str:
    """Give a page of the portal this page as the way back."""
    address = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(address.query) if name != "zurueck"]
    return address._replace(query=urlencode([*query, ("zurueck", PATH)])).geturl()


_PAGES.filters["with_return"] = with_return


@router.get("")
async def show(context: Context, visit: Visitor) -> Response:
    """Show the conversation, or the empty form that begins one."""
    return await _page(context, visit)


@router.post("", dependencies=[Depends(same_origin)])
async def say(request: Request, context: Context, visit: Visitor) -> Response:
    """Take a text or a pressed button, wait a little for the answer, and show the page again."""
    form = await request.form()
    incoming = _incoming(form)
    if "abruf" in form:  # asked for new messages; what is being written stays in its field
        return await _page(context, visit, text=incoming.text or "")
    if visit.handle is None:
        visit = await begin(request)
    if visit.allowed is None:
        return await _page(context, visit, text=incoming.text or "")
    try:
        request.app.state.handles.take(visit.allowed.conversation_id, visit.allowed.account)
        sent = await messages.send(context, visit.allowed, incoming)
    except HandoffError as error:
        values = incoming.values or {}
        return await _page(context, visit, text=incoming.text or "", values=values, error=error)
    if (await life.state(context, visit.allowed.conversation_id))["phase"] == Phase.BOT:
        await messages.read(context, visit.allowed, sent.seq, ANSWER_WAIT_S)
    return _redirect(context, visit, f"#n{sent.seq}")


@router.post("/oeffnen", dependencies=[Depends(anyone), Depends(same_origin)])
async def take_over(
    request: Request, context: Context, handle: Annotated[str, Form(min_length=20, max_length=100)]
) -> Response:
    """Go on here with the conversation of the widget in the same browser."""
    return _redirect(context, await enter(request, handle))


@router.post("/ende", dependencies=[Depends(same_origin)])
async def finish(context: Context, visit: Visitor) -> Response:
    """End the conversation; the page then asks how it was."""
    if visit.allowed is not None:
        await life.close(context, visit.allowed)
    return _redirect(context, visit, "#ende")


@router.post("/neu", dependencies=[Depends(same_origin)])
async def begin_anew(_visit: Visitor) -> Response:
    """Leave the conversation; the next message begins another one."""
    response = RedirectResponse(PATH, 303)
    response.delete_cookie(COOKIE, path=PATH)
    return response


@router.get("/stand")
async def standing(request: Request, context: Context, visit: Visitor, nach: int = 0) -> Response:
    """Tell, inside the page, whether there is something new; the browser asks again by itself if it was told to."""
    if visit.allowed is None:
        return page(context.settings, STANDING, GONE, framed=True)
    since = await life.since(context, visit.allowed.conversation_id, nach)
    state, news = since.state, sum(one["author"] != "citizen" for one in since.messages)
    watching = WATCH in request.cookies
    body = _PAGES.get_template("chat_stand.html").render(
        news=news,
        state=state,
        after=nach,
        watching=watching,
        seconds=WATCH_EVERY_S,
        time=f"{context.clock().astimezone(BERLIN):%H:%M}",
    )
    response = page(context.settings, STANDING, body, forms=True, framed=True)
    if watching and not news and state["phase"] != Phase.CLOSED:
        response.headers["Refresh"] = str(WATCH_EVERY_S)
    return response


@router.post("/stand", dependencies=[Depends(same_origin)])
async def watch(
    context: Context,
    _visit: Visitor,
    von_selbst: Annotated[Literal["ja", "nein"], Form()],
    nach: Annotated[int, Form()] = 0,
) -> Response:
    """Have the browser ask by itself from now on, or no longer."""
    response = RedirectResponse(f"{PATH}/stand?nach={nach}", 303)
    if von_selbst == "ja":
        keep(response, WATCH, "1", context)
    else:
        response.delete_cookie(WATCH, path=PATH)
    return response


@router.get("/gespraech.txt")
async def download(context: Context, visit: Visitor) -> Response:
    """Give the conversation as a text file."""
    return RedirectResponse(PATH, 303) if visit.allowed is None else await text_file(context, visit.allowed)


def _redirect(context: HandoffContext, visit: Visit, anchor: str = "") -> Response:
    response = RedirectResponse(PATH + anchor, 303)
    visit.keep(response, context)
    return response


def _incoming(form: FormData) -> messages.Incoming:
    """Read what the form says; an answer with a payload carries its values in fields of their own."""
    given = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    payload = given.get("payload")
    said = f"{payload}\x00{given.get('text')}"  # the same form with something else in it is another message
    client_id = (
        f"{given.get('client_id', '')[:32]}-{sha256(said.encode('utf-8', 'replace')).hexdigest()[:16]}"
    )
    if payload is None:
        return messages.Incoming(client_id, text=given.get("text", ""))
    values: dict[str, Json] = {
        name.removeprefix(VALUE): value.strip()
        for name, value in given.items()
        if name.startswith(VALUE) and value.strip()
    }
    if "auswahl" in given:  # stored data are released one by one
        values = {
            "freigeben": [one for one in form.getlist("freigeben") if isinstance(one, str)],
            "aendern": {},
        }
    return messages.Incoming(client_id, payload=payload, values=values or None)


async def _page(
    context: HandoffContext,
    visit: Visit,
    *,
    text: str = "",
    values: Mapping[str, Json] | None = None,
    error: HandoffError | None = None,
) -> HTMLResponse:
    """Render the page, with what was typed if it was not taken."""
    shown: list[Mapping[str, object]] = []
    view, state = Plain(), Object(phase="bot")
    if visit.allowed is not None:
        since = await life.since(context, visit.allowed.conversation_id, 0)
        found, state = since.messages, since.state
        view = plain(found, state)
        shown = [
            {
                **{name: one[name] for name in ("seq", "author", "lang")},
                "speaker": speaker(one),
                "at": moment(str(one["at"])),
                "text": in_words(one, context.settings.origin, None),
            }
            for one in found
        ]
    problem = visit.problem
    body = _PAGES.get_template("chat.html").render(
        title=TITLE,
        messages=shown,
        view=view,
        state=state,
        text=text,
        typed=values or {},
        scores=SCORES,
        error=error or problem,
        login_needed=isinstance(problem, LoginNeededError),
        gone=isinstance(problem, UnknownConversationError),
        client_id=uuid4().hex,
        value=VALUE,
    )
    status = 200 if error is None else error.status
    response = page(context.settings, TITLE, body, status=status, forms=True)
    if visit.problem is None:
        visit.keep(response, context)
    return response
