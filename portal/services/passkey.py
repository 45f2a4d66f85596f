"""Use cases of passkeys (WebAuthn): set one up, log in or confirm with it. A challenge counts once, for one session."""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.context import PortalContext
from portal.schema.zugang import HerausforderungRow, ZweitfaktorRow
from portal.services import bremse, zweitfaktor
from portal.services.zweitfaktor import HOECHSTENS_FALSCH, Inhaber, WrongCodeError

GUELTIG = timedelta(minutes=5)
LOOPBACK, LOOPBACK_NAME = "127.0.0.1", "localhost"


@dataclass(frozen=True)
class Ort:
    """Where passkeys are made and used: the host name that they are bound to, and the origin of the page."""

    host: str
    origin: str


@dataclass(frozen=True)
class KeinOrt:
    """Passkeys are impossible here: WebAuthn binds them to a domain name, never to an IP address (Web Authentication, 5.1.3).

    Attributes
    ----------
    adresse
        The IP address.
    stattdessen
        Origin of the same pages under a name; None where there is none.
    """

    adresse: str
    stattdessen: str | None = None


def ort(origin: str, besucht: str | None) -> Ort | KeinOrt:
    """Where passkeys belong to.

    Parameters
    ----------
    origin
        The portal's public origin.
    besucht
        Host name in the visitor's address bar; matters only on 127.0.0.1, where the same pages are also `localhost`.
    """
    address = urlsplit(origin)
    host = address.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Ort(host, origin)
    if host != LOOPBACK:
        return KeinOrt(host)
    named = origin.replace(LOOPBACK, LOOPBACK_NAME, 1)
    return Ort(LOOPBACK_NAME, named) if besucht == LOOPBACK_NAME else KeinOrt(host, named)


async def neu_anfrage(context: PortalContext, inhaber: Inhaber, name: str, halter: str, wo: Ort) -> str:
    """What the browser needs to make a passkey, as JSON.

    Parameters
    ----------
    halter
        Id of the session in which it is set up.
    """
    async with context.transaction() as session:
        known = await _passkeys(session, inhaber)
        options = generate_registration_options(
            rp_id=wo.host,
            rp_name="Amtslotse",
            user_id=uuid.UUID(inhaber.id).bytes,
            user_name=name,
            exclude_credentials=[_descriptor(row) for row in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        _keep(context, session, halter, "passkey_neu", options.challenge)
    return options_to_json(options)


async def anlegen(
    context: PortalContext, inhaber: Inhaber, antwort: str, halter: str, wo: Ort, name: str = ""
) -> None:
    """Store the passkey that the browser made. Raises WrongCodeError if the answer is not right."""
    async with context.transaction() as session:
        challenge = await _challenge(context, session, halter, "passkey_neu", antwort)
        try:
            made = verify_registration_response(
                credential=antwort,
                expected_challenge=challenge,
                expected_rp_id=wo.host,
                expected_origin=wo.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError) as error:
            raise WrongCodeError from error
        await zweitfaktor.neu(
            context,
            session,
            inhaber,
            "passkey",
            name.strip() or zweitfaktor.ARTEN["passkey"],
            {
                "id": bytes_to_base64url(made.credential_id),
                "public_key": bytes_to_base64url(made.credential_public_key),
                "sign_count": made.sign_count,
            },
            bestaetigt=True,
        )


async def anfrage(context: PortalContext, inhaber: Inhaber, halter: str, wo: Ort) -> str:
    """What the browser needs to sign with a passkey, as JSON."""
    async with context.transaction() as session:
        options = generate_authentication_options(
            rp_id=wo.host,
            allow_credentials=[_descriptor(row) for row in await _passkeys(session, inhaber)],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        _keep(context, session, halter, "passkey", options.challenge)
    return options_to_json(options)


async def pruefen(context: PortalContext, inhaber: Inhaber, antwort: str, halter: str, wo: Ort) -> None:
    """Check what the passkey signed. Raises WrongCodeError, TooManyAttemptsError."""
    versuch = await bremse.beginnen(context, {f"faktor:{inhaber.id}": HOECHSTENS_FALSCH})
    async with context.transaction() as session:
        challenge = await _challenge(context, session, halter, "passkey", antwort)
        try:
            credential_id = json.loads(antwort)["id"]
            row = next(
                row for row in await _passkeys(session, inhaber) if row.geheimnis["id"] == credential_id
            )
            signed = verify_authentication_response(
                credential=antwort,
                expected_challenge=challenge,
                expected_rp_id=wo.host,
                expected_origin=wo.origin,
                credential_public_key=base64url_to_bytes(row.geheimnis["public_key"]),
                credential_current_sign_count=row.geheimnis["sign_count"],
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError, StopIteration) as error:
            raise WrongCodeError from error
        row.geheimnis = row.geheimnis | {"sign_count": signed.new_sign_count}
        row.zuletzt_at = context.clock()
        await bremse.gelungen(context, session, versuch)


async def _passkeys(session: AsyncSession, inhaber: Inhaber) -> list[ZweitfaktorRow]:
    query = select(ZweitfaktorRow).where(
        inhaber.von(ZweitfaktorRow),
        ZweitfaktorRow.art == "passkey",
        ZweitfaktorRow.bestaetigt_at.is_not(None),
    )
    return list(await session.scalars(query))


def _descriptor(row: ZweitfaktorRow) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.geheimnis["id"]))


def _keep(context: PortalContext, session: AsyncSession, halter: str, art: str, challenge: bytes) -> None:
    session.add(
        HerausforderungRow(
            id=str(uuid.uuid4()),
            halter=halter,
            art=art,
            wert={"challenge": bytes_to_base64url(challenge)},
            laeuft_ab_at=context.clock() + GUELTIG,
        )
    )


async def _challenge(
    context: PortalContext, session: AsyncSession, halter: str, art: str, antwort: str
) -> bytes:
    """The challenge of this holder that the answer speaks of; it is used up. Raises WrongCodeError."""
    try:
        client_data = json.loads(base64url_to_bytes(json.loads(antwort)["response"]["clientDataJSON"]))
        claimed = str(client_data["challenge"])
    except (ValueError, KeyError, TypeError) as error:
        raise WrongCodeError from error
    now = context.clock()
    rows = await session.scalars(
        select(HerausforderungRow).where(
            HerausforderungRow.halter == halter,
            HerausforderungRow.art == art,
            HerausforderungRow.eingeloest_at.is_(None),
            HerausforderungRow.laeuft_ab_at > now,
        )
    )
    for row in rows:
        if row.wert["challenge"] == claimed:
            used = await session.scalar(
                update(HerausforderungRow)
                .where(HerausforderungRow.id == row.id, HerausforderungRow.eingeloest_at.is_(None))
                .values(eingeloest_at=now)
                .returning(HerausforderungRow.id)
            )
            if used is not None:
                return base64url_to_bytes(claimed)
    raise WrongCodeError
