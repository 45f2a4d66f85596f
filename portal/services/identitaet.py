"""Proving an identity: the port to an eID service, its demonstration adapter, and the use cases around them."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ForbiddenError, NotFoundError
from portal.schema.sitzung import NachweisanfrageRow
from portal.services import sitzung
from portal.services.sitzung import SitzungView

ANFRAGE_GUELTIG = timedelta(minutes=15)
"""How long somebody may take at the identity provider."""
ANTWORT_GUELTIG = timedelta(minutes=2)


class IdentityProofError(ForbiddenError):
    """The provider's answer is forged, too old, or was used before. The citizen starts the proof again."""

    code = "nachweis_ungueltig"

    def __init__(self) -> None:
        super().__init__(
            "Der Nachweis Ihrer Identität ist ungültig oder abgelaufen. An Ihren Daten und Entwürfen hat sich nichts "
            "geändert. Bitte starten Sie den Nachweis noch einmal."
        )


class IdentityProvider(Protocol):
    """Port to a service that proves who somebody is (eID server, BundID, later a wallet)."""

    @property
    def id(self) -> str:
        """Short stable name, stored with each request."""

    @property
    def vertrauen(self) -> str:
        """Level that a proof of this provider reaches."""

    def start_url(self, anfrage: str) -> str:
        """Where to send the browser for the request with this id."""

    def verify(self, antwort: str, now: datetime) -> str:
        """Check the provider's signed answer and give the id of its request; IdentityProofError otherwise."""


class DemoEid:
    """Stands in for an eID server in the demo town: redirects and signs as a real one, but reads no card.

    It vouches that the holder of the account is the person of its master data, and says on its page that it is a
    demonstration. It exists only where `settings.demo` is set.
    """

    id = "demo_eid"
    vertrauen = "hoch"

    def __init__(self, signing_key: str) -> None:
        self._key = OctKey.import_key(hashlib.sha256(b"demo-eid" + signing_key.encode()).digest())

    def start_url(self, anfrage: str) -> str:
        return f"/identitaet/demo?anfrage={anfrage}"

    def confirm(self, anfrage: str, now: datetime) -> str:
        """What the provider signs once the person has identified herself."""
        claims = {
            "iss": self.id,
            "aud": "amtslotse-portal",
            "anfrage": anfrage,
            "exp": int((now + ANTWORT_GUELTIG).timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def verify(self, antwort: str, now: datetime) -> str:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=0,
            iss={"essential": True, "value": self.id},
            aud={"essential": True, "value": "amtslotse-portal"},
            anfrage={"essential": True},
            exp={"essential": True},
        )
        try:
            claims = jwt.decode(antwort, self._key, algorithms=["HS256"]).claims
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise IdentityProofError from error
        return str(claims["anfrage"])


def demo_provider(context: PortalContext) -> DemoEid:
    """The demonstration adapter; NotFoundError outside of a demo town."""
    if not context.settings.demo:
        raise NotFoundError("Der Nachweis mit dem Online-Ausweis ist hier noch nicht eingerichtet.")
    return DemoEid(context.settings.signing_key)


def provider_of(context: PortalContext) -> IdentityProvider | None:
    """The identity provider of this installation; None where none is set up yet."""
    return demo_provider(context) if context.settings.demo else None


async def start(context: PortalContext, view: SitzungView, zurueck: str) -> str:
    """Open a request for this session and give the provider's address to send the browser to.

    Raises
    ------
    NotFoundError
        No provider is set up.
    """
    provider = provider_of(context)
    if provider is None:
        raise NotFoundError("Der Nachweis mit dem Online-Ausweis ist hier noch nicht eingerichtet.")
    row = NachweisanfrageRow(
        id=str(uuid.uuid4()),
        zweck="nachweis",
        halter_hash=_hash(view.sid),
        anbieter=provider.id,
        zurueck=zurueck,
        geheim={},
        angelegt_at=context.clock(),
    )
    async with context.transaction() as session:
        session.add(row)
    return provider.start_url(row.id)


async def finish(context: PortalContext, view: SitzungView, antwort: str) -> str:
    """Take the provider's answer, raise the session's trust, and give the own path to return to.

    Raises
    ------
    IdentityProofError
        Forged, too old, used before, or meant for another session.
    """
    provider = provider_of(context)
    now = context.clock()
    if provider is None:
        raise IdentityProofError
    anfrage = provider.verify(antwort, now)
    async with context.transaction() as session:
        zurueck: str | None = await session.scalar(
            update(NachweisanfrageRow)
            .where(
                NachweisanfrageRow.id == anfrage,
                NachweisanfrageRow.halter_hash == _hash(view.sid),
                NachweisanfrageRow.zweck == "nachweis",
                NachweisanfrageRow.anbieter == provider.id,
                NachweisanfrageRow.eingeloest_at.is_(None),
                NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
            )
            .values(eingeloest_at=now)
            .returning(NachweisanfrageRow.zurueck)
        )
        if zurueck is None:
            raise IdentityProofError
        await sitzung.raise_trust(session, view.sid, provider.vertrauen)
        await sitzung.confirm(session, view.sid, now)
    return zurueck


async def start_unlock(context: PortalContext, anmeldung_id: str) -> str:
    """Open a request to prove who the holder of a locked account is; gives the provider's address. Raises NotFoundError."""
    provider = provider_of(context)
    if provider is None:
        raise NotFoundError("Der Nachweis mit dem Online-Ausweis ist hier noch nicht eingerichtet.")
    row = NachweisanfrageRow(
        id=str(uuid.uuid4()),
        zweck="entsperren",
        halter_hash=_hash(anmeldung_id),
        anbieter=provider.id,
        zurueck="/mein/sicherheit",
        geheim={},
        angelegt_at=context.clock(),
    )
    async with context.transaction() as session:
        session.add(row)
    return provider.start_url(row.id)


async def finish_unlock(
    context: PortalContext, session: AsyncSession, anmeldung_id: str, antwort: str
) -> str:
    """Take the provider's answer for a locked account, in the caller's transaction; gives the level. Raises IdentityProofError."""
    provider, now = provider_of(context), context.clock()
    if provider is None:
        raise IdentityProofError
    anfrage = provider.verify(antwort, now)
    done = await session.scalar(
        update(NachweisanfrageRow)
        .where(
            NachweisanfrageRow.id == anfrage,
            NachweisanfrageRow.halter_hash == _hash(anmeldung_id),
            NachweisanfrageRow.zweck == "entsperren",
            NachweisanfrageRow.anbieter == provider.id,
            NachweisanfrageRow.eingeloest_at.is_(None),
            NachweisanfrageRow.angelegt_at > now - ANFRAGE_GUELTIG,
        )
        .values(eingeloest_at=now)
        .returning(NachweisanfrageRow.id)
    )
    if done is None:
        raise IdentityProofError
    return provider.vertrauen


def _hash(halter: str) -> str:
    return hashlib.sha256(halter.encode()).hexdigest()
