"""Votes on proposed changes of the catalogue. They inform the editor and bind nobody."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from portal.schema.redaktion import AenderungZeile, StimmeZeile
from portal.services.sitzung import SitzungView

GENUEGT = frozenset({"substantiell", "hoch"})
"""Levels of trust at which an account counts as verified."""
HINWEIS = (
    "Die Abstimmung zeigt der Redaktion, was Sie von dem Vorschlag halten. Sie ist kein rechtliches Veto: "
    "Über die Änderung entscheidet die zuständige Redaktion nach dem Gesetz."
)


class NotVerifiedError(ForbiddenError):
    """The session's identity is not proved. The citizen proves it (/identitaet/nachweis) and votes again."""

    code = "nachweis_noetig"


@dataclass(frozen=True)
class Stimmen:
    """How a vote stands. `abgegeben`: whether the account that looks has voted."""

    dafuer: int = 0
    dagegen: int = 0
    abgegeben: bool = False


async def abstimmen(context: PortalContext, citizen: SitzungView, aenderung_id: str, stimme: str) -> str:
    """Vote `dafuer` or `dagegen` once on an open proposal, and give the service's id.

    Raises
    ------
    NotFoundError
        There is no such change.
    NotVerifiedError
        The session's trust is below `substantiell`.
    ConflictError
        The proposal is decided, or this account has voted.
    InvalidInputError
        The vote is neither.
    """
    try:
        async with context.transaction() as session:
            row = await session.get(AenderungZeile, aenderung_id)
            if row is None:
                raise NotFoundError("Diesen Vorschlag gibt es nicht.")
            if citizen.vertrauen not in GENUEGT:
                raise NotVerifiedError(
                    "Abstimmen können nur Konten mit nachgewiesener Identität. Ihre Stimme wurde nicht gezählt. "
                    "Bitte weisen Sie zuerst Ihre Identität nach und stimmen Sie dann ab."
                )
            if row.status != "vorschlag":
                raise ConflictError(
                    "Über diesen Vorschlag ist schon entschieden. Ihre Stimme wurde nicht gezählt."
                )
            if stimme not in ("dafuer", "dagegen"):
                raise InvalidInputError("Bitte wählen Sie „dafür“ oder „dagegen“.", field="stimme")
            session.add(
                StimmeZeile(
                    aenderung_id=aenderung_id,
                    stimmrecht=_stimmrecht(context, citizen, aenderung_id),
                    dafuer=stimme == "dafuer",
                )
            )
            return row.leistung
    except IntegrityError as error:
        raise ConflictError(
            "Sie haben über diesen Vorschlag schon abgestimmt. Jedes Konto hat eine Stimme; die erste zählt."
        ) from error


async def stimmen(
    context: PortalContext, session: AsyncSession, aenderungen: Sequence[str], citizen: SitzungView | None
) -> dict[str, Stimmen]:
    """How the votes on some changes stand."""
    rows = await session.execute(
        select(StimmeZeile.aenderung_id, StimmeZeile.dafuer, func.count())
        .where(StimmeZeile.aenderung_id.in_(aenderungen))
        .group_by(StimmeZeile.aenderung_id, StimmeZeile.dafuer)
    )
    counts = {(change, yes): number for change, yes, number in rows}
    own: set[str] = set()
    if citizen is not None:
        rights = [_stimmrecht(context, citizen, change) for change in aenderungen]
        own = set(
            await session.scalars(select(StimmeZeile.aenderung_id).where(StimmeZeile.stimmrecht.in_(rights)))
        )
    return {
        change: Stimmen(counts.get((change, True), 0), counts.get((change, False), 0), change in own)
        for change in aenderungen
    }


def _stimmrecht(context: PortalContext, citizen: SitzungView, aenderung_id: str) -> str:
    subject = f"stimme:{aenderung_id}:{citizen.konto_id}"
    return hmac.new(context.settings.signing_key.encode(), subject.encode(), hashlib.sha256).hexdigest()
