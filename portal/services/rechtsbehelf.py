"""An unsent draft of a remedy, as a PDF that she prints, signs and sends herself. Nothing in this portal files one."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain.rechtsbehelf import WEGE
from portal.errors import ConflictError
from portal.services import bescheid, fristenblatt, stammdaten
from portal.services.paket import FETT, TEXT, TITEL, UEBERSCHRIFT, absatz, als_dokument, deutscher_tag


async def entwurf_pdf(
    context: PortalContext, session: AsyncSession, konto_id: str, bescheid_id: str
) -> bytes:
    """The draft: addressee, decision, room for reasons and signature, and how it must be handed in.

    Raises
    ------
    ConflictError
        No deadline runs, or no remedy is known for it.
    NotFoundError
    """
    one = await bescheid.laden(context, session, konto_id, bescheid_id)
    if one.frist is None or not WEGE[one.frist.weg].formen:
        raise ConflictError(
            "Für diesen Bescheid läuft zurzeit keine Frist, oder es ist kein Rechtsbehelf bekannt. Es gibt keinen Entwurf."
        )
    way = WEGE[one.frist.weg]
    known = await stammdaten.load(session, konto_id)
    name = (
        " ".join(known[f].wert for f in ("vornamen", "familienname") if f in known)
        or "Ihr Name: ____________"
    )
    address = known["anschrift"].wert if "anschrift" in known else "Ihre Anschrift: ____________"
    verb = {"Klage": "erhebe ich Klage", "Einspruch": "lege ich Einspruch ein"}.get(
        way.name,
        f"erhebe ich {way.name}" if way.name == "Widerspruch" else "stelle ich Antrag auf Entscheidung",
    )
    until = (
        f"Sicher bis {deutscher_tag(one.frist.sicher_bis.isoformat())} muss das Schreiben beim Empfänger sein."
        if one.frist.sicher_bis
        else "Bis wann das Schreiben da sein muss, steht im Bescheid."
    )
    story: list[Flowable] = [
        absatz("ENTWURF, NICHT VERSANDT", TITEL),
        absatz(
            "Dieses Blatt hat noch niemand bekommen. Prüfen, ergänzen, unterschreiben und absenden können nur Sie selbst. "
            + until,
            FETT,
        ),
        Spacer(1, 8 * mm),
        absatz(f"{name}\n{address}", TEXT),
        Spacer(1, 8 * mm),
        absatz(f"An: {fristenblatt.adressat(context, one)}", TEXT),
        Spacer(1, 8 * mm),
        absatz(
            f"{way.name} gegen den Bescheid vom {deutscher_tag(one.bescheiddatum.isoformat())}: {one.betreff}",
            FETT,
        ),
        Spacer(1, 4 * mm),
        absatz(
            f"Gegen den Bescheid vom {deutscher_tag(one.bescheiddatum.isoformat())} der Stelle {one.stelle} {verb}.",
            TEXT,
        ),
        Spacer(1, 4 * mm),
        absatz("Begründung (kann nachgereicht werden; Stand prüfen):", TEXT),
        Spacer(1, 40 * mm),
        absatz("Ort, Datum: ______________________    Unterschrift: ______________________", TEXT),
        absatz("So wird es wirksam", UEBERSCHRIFT),
        *[absatz(f"– {form}", TEXT) for form in way.formen],
        absatz(
            "Eine Nachricht im Chat oder eine einfache E-Mail genügt nicht."
            if way.name != "Einspruch"
            else "",
            TEXT,
        ),
    ]
    return als_dokument(
        story,
        f"Entwurf {way.name}",
        fuss="Entwurf, nicht versandt",
        demo=context.settings.demo,
    )
