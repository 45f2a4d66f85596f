"""What only the operator may do, with the portal's own token (docs/protocol/tokens.md)."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel

from portal.errors import NotLoggedInError
from portal.services import katalogpflege
from portal.web.auth import Context


class OperatorTokenError(NotLoggedInError):
    """The caller is not the operator. The operator checks the portal's token."""

    code = "betrieb_unbekannt"


def operator(context: Context, authorization: Annotated[str, Header()] = "") -> None:
    """Whoever knows the portal's own token."""
    scheme, _, token = authorization.partition(" ")
    expected = context.settings.portal_token
    known = scheme.lower() == "bearer" and bool(expected)
    if not (known and hmac.compare_digest(token.encode(), expected.encode())):
        raise OperatorTokenError("Dieser Zugang ist dem Betrieb des Portals vorbehalten.")


router = APIRouter(prefix="/api", tags=["Betrieb"])


class Reloaded(BaseModel):
    """The catalogue that is in use now."""

    services: int


@router.post("/catalogue/reload")
async def reload(context: Context, _who: Annotated[None, Depends(operator)]) -> Reloaded:
    """Read the catalogue's files anew. 409 `katalog_fehlerhaft` lists their mistakes; then the old one stays."""
    return Reloaded(services=await katalogpflege.neu_laden(context))
