"""What the portal asks about channels: codes, links, files, notices. Accounts stand in bodies, never in addresses."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from handoff.domain.message import Object
from handoff.services import channel_files, channel_notices, linking
from handoff.web.guards import Context, portal_only

router = APIRouter(prefix="/api/channels/internal", dependencies=[Depends(portal_only)])

Id = Annotated[str, Field(min_length=1, max_length=64)]


class AccountBody(BaseModel):
    """Whose channels are meant."""

    account: Id


class ThingBody(AccountBody):
    """One of the account's links or files."""

    id: Id


class NoticeBody(AccountBody):
    """A notice without personal data."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    key: Id


@router.post("/overview", response_model=None)
async def overview(context: Context, body: AccountBody) -> Object:
    """Give the account's linked channels, its waiting files, and the channels that may be linked."""
    return {
        "linked": list(await linking.linked(context, body.account)),
        "files": list(await channel_files.of_account(context, body.account)),
        "offered": list(linking.offered(context)),
    }


@router.post("/codes", response_model=None)
async def code(context: Context, body: AccountBody) -> Object:
    """Make a code that links the messenger from which it comes."""
    return await linking.new_code(context, body.account)


@router.post("/links/end", status_code=204)
async def end(context: Context, body: ThingBody) -> None:
    """End a link."""
    await linking.revoke(context, body.account, body.id)


@router.post("/links/choose", status_code=204)
async def choose(context: Context, body: ThingBody) -> None:
    """Have the account's notices go to this link."""
    await linking.choose(context, body.account, body.id)


@router.post("/files/load")
async def load(context: Context, body: ThingBody) -> Response:
    """Give a file's bytes."""
    about, content = await channel_files.load(context, body.account, body.id)
    return Response(content, media_type=str(about["media_type"]))


@router.post("/files/drop", status_code=204)
async def drop(context: Context, body: ThingBody) -> None:
    """Delete a file."""
    await channel_files.drop(context, body.account, body.id)


@router.post("/notices", status_code=204)
async def notice(context: Context, body: NoticeBody) -> None:
    """Send a notice to the account's messenger (docs/protocol/notices.md)."""
    await channel_notices.send(context, body.account, body.key, body.text)
