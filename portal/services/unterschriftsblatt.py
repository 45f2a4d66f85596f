"""The sheet that is printed and signed where the law wants the written form and nothing replaces it."""

from reportlab.platypus import Flowable
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Stelle
from portal.context import PortalContext
from portal.services import ansicht, entwurf
from portal.services.ansicht import draft_view
from portal.services.paket import (
    FETT,
    TEXT,
    TITEL,
    UEBERSCHRIFT,
    absatz,
    als_dokument,
    deutscher_tag,
    tabelle,
)
from portal.services.views import DraftView

LINIE = "\n\n______________________________"


async def laden(
    context: PortalContext, session: AsyncSession, konto_id: str, entwurf_id: str, vertrauen: str
) -> tuple[DraftView, Stelle]:
    """A draft of hers and the office that it is for. Raises NotFoundError."""
    view = await ansicht.sicht(
        context, session, await entwurf.zeile(session, konto_id, entwurf_id), vertrauen
    )
    return draft_view(context, view), view.empfaenger.stelle


def als_pdf(draft: DraftView, stelle: Stelle, *, demo: bool) -> bytes:
    """Everything that was answered, who gets it, and a line for the signature. It says that nothing was handed in."""
    story: list[Flowable] = [
        absatz(f"Zum Unterschreiben: {draft.name}", TITEL),
        absatz("Noch nicht abgegeben. Erst mit Ihrer Unterschrift und bei der Stelle gilt es.", FETT),
        tabelle(
            [
                ("Abzugeben bei", "\n".join(filter(None, (stelle.name, stelle.behoerde, stelle.anschrift)))),
                ("Rechtsgrundlage", draft.legal_basis),
                ("Warum eine Unterschrift", f"{draft.signature.reason} ({draft.signature.law})"),
            ]
        ),
        absatz("Angaben", UEBERSCHRIFT),
        tabelle([(f.label, str(f.display)) for f in draft.fields if f.state == "beantwortet"]),
        absatz("Bitte beilegen", UEBERSCHRIFT),
        absatz(
            "\n".join(f"• {e.label}" for e in draft.evidence if e.required and e.state != "entfaellt")
            or "Nichts.",
            TEXT,
        ),
        absatz("Unterschrift", UEBERSCHRIFT),
        tabelle([("Ort und Tag", LINIE), ("Unterschrift mit der Hand", LINIE)]),
        absatz(f"Stand der Angaben: {deutscher_tag(draft.changed_at.date().isoformat())}", TEXT),
    ]
    return als_dokument(story, f"Zum Unterschreiben: {draft.name}", fuss=draft.name, demo=demo)
