"""What the chat needs to know of a draft besides its questions: for whom it is, and whether the other parent has confirmed.

The page shows both in places of its own; the chat asks "Für wen?" like any other question, first of all.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.client.shapes import Choice, FieldView, NextStep
from portal.context import PortalContext
from portal.domain import feldtypen
from portal.errors import InvalidInputError
from portal.services import entwurf, handeln, mitzeichnung, vertretung
from portal.services.views import DraftView

FELD = "fuer_wen"
SELBST = "selbst"


async def ergaenzen(
    context: PortalContext, session: AsyncSession, konto_id: str, draft: DraftView, *, fragen: bool
) -> DraftView:
    """Add who acts for whom, the other parent's confirmation, and the question "Für wen?" to a draft.

    Parameters
    ----------
    fragen
        Whether the names of those for whom she may act are shown: to her alone, not to a clerk.
    """
    row = await entwurf.zeile(session, konto_id, draft.id)
    acting = await handeln.im_entwurf(session, row)
    parent = (
        await mitzeichnung.stand(session, draft.id, draft.version)
        if mitzeichnung.noetig(context, draft.service)
        else None
    )
    draft = draft.model_copy(
        update={
            "acting": acting.satz if acting else None,
            "second_parent": parent.zustand if parent else None,
        }
    )
    options = await _moeglichkeiten(context, session, konto_id, draft.service) if fragen else {}
    if len(options) < 2 or draft.status not in entwurf.UNFERTIG:
        return draft
    untouched = draft.version == 1
    field = FieldView(
        id=FELD,
        label="Für wen",
        question="Für wen ist dieser Antrag?",
        help="Sie haben unter „Vertretungen“ (/mein/vertretungen) angegeben, für wen Sie handeln. Bei der Stelle und im Protokoll steht, "
        "wer für wen handelt. Ihre eigenen gespeicherten Daten verwende ich nur, wenn der Antrag für Sie selbst ist.",
        type="choice",
        options=[Choice(id=key, label=label) for key, label in options.items()],
        required=True,
        value=None if untouched else row.vertretung_id or SELBST,
        display=None
        if untouched
        else options.get(row.vertretung_id or SELBST, acting.satz if acting else None),
        sensitive=False,
        source=None if untouched else "angabe",
        source_label=None if untouched else "Ihre Angabe",
        date=None,
        state="offen" if untouched else "beantwortet",
    )
    update: dict[str, object] = {"fields": [field, *draft.fields]}
    if untouched:
        update["next"] = NextStep(kind="field", id=FELD)
    return draft.model_copy(update=update)


async def antworten(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    wert: str,
    *,
    version: int,
    vertrauen: str,
) -> None:
    """Take her answer to the question.

    Raises
    ------
    InvalidInputError
        It names nobody for whom she may act.
    PowerLackingError, NotFoundError, DraftChangedError, DraftClosedError
    """
    row = await entwurf.zeile(session, konto_id, entwurf_id)
    options = await _moeglichkeiten(context, session, konto_id, row.leistung)
    try:
        chosen = feldtypen.auswahl(wert, options)
    except feldtypen.UngueltigError as error:
        raise InvalidInputError(str(error), field=FELD) from error
    await vertretung.waehlen(
        context,
        session,
        konto_id,
        entwurf_id,
        None if chosen == SELBST else chosen,
        version=version,
        vertrauen=vertrauen,
    )


async def _moeglichkeiten(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung: str
) -> dict[str, str]:
    powers = await vertretung.waehlbare(context, session, konto_id, leistung)
    return {SELBST: "Für mich selbst"} | {power.id: f"Für {power.fuer}" for power in powers}
