"""Use cases of exemptions: the citizen asks on a condition of the catalogue, the office decides."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError
from portal.schema.vorgang import VorgangZeile
from portal.services import gebuehr, handeln, vorgang, vorgangsprotokoll


async def beantragen(
    context: PortalContext, session: AsyncSession, konto_id: str, gebuehr_id: str, grund: str, text: str
) -> None:
    """She asks for an exemption or reduction on one of the catalogue's conditions.

    Raises
    ------
    InvalidInputError
        The condition is not one of the catalogue's.
    ConflictError
        Nothing is open, a payment is under way, or she asked before.
    PowerLackingError
        The case is somebody else's, and her power has ended since.
    NotFoundError
    """
    fee = await gebuehr.eigene(session, konto_id, gebuehr_id)
    seen = await gebuehr.ansicht(context, session, fee)
    if fee.status != "offen" or seen.laufend or fee.befreiung is not None:
        raise ConflictError("Dafür lässt sich jetzt keine Befreiung beantragen. Es wurde nichts geändert.")
    if grund not in seen.befreiungsgruende:
        raise InvalidInputError("Bitte wählen Sie einen der genannten Gründe.", field="grund")
    case = await session.get_one(VorgangZeile, fee.vorgang_id)
    await handeln.am_vorgang(context, session, case)
    fee.befreiung = {"grund": grund, "text": text.strip()[:2000], "stand": "beantragt"}
    await vorgangsprotokoll.verlauf(context, session, case, "Befreiung von der Gebühr beantragt")
    await vorgangsprotokoll.eintragen(
        context,
        session,
        case,
        art="uebermittlung",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=["Grund der Befreiung", *(["Ihre Begründung"] if text.strip() else [])],
        kanal="Antrag auf Befreiung im Portal",
    )


async def entscheiden(
    context: PortalContext,
    session: AsyncSession,
    stelle_id: str,
    gebuehr_id: str,
    *,
    bewilligt: bool,
    betrag_cent: int | None = None,
    funktion: str,
) -> str:
    """The office decides on an exemption; gives the case's id.

    Parameters
    ----------
    betrag_cent
        Granted as a reduction: what remains to be paid. None: nothing remains.

    Raises
    ------
    ConflictError
        It is decided already, nothing is open, or a payment is under way.
    InvalidInputError
        The reduced fee is not less than the fee.
    NotFoundError
    """
    fee = await gebuehr.der_stelle(session, stelle_id, gebuehr_id)
    if fee.befreiung is None or fee.befreiung["stand"] != "beantragt" or fee.status != "offen":
        raise ConflictError("Über diese Befreiung ist schon entschieden, oder es ist nichts mehr offen.")
    if not bewilligt:
        stand, said = "abgelehnt", "Die Gebühr bleibt zu bezahlen. Sie können bei der Stelle nachfragen."
    elif betrag_cent is None:
        fee.status = "erlassen"
        stand, said = "bewilligt", "Sie müssen die Gebühr nicht bezahlen."
    else:
        if (await gebuehr.ansicht(context, session, fee)).laufend:
            raise ConflictError(
                "Eine Zahlung läuft, ihr Ausgang ist noch nicht bekannt. Bitte entscheiden Sie danach."
            )
        if not 0 < betrag_cent < fee.betrag_cent:
            raise InvalidInputError("Die ermäßigte Gebühr muss kleiner sein als die Gebühr.", field="betrag")
        less = betrag_cent - fee.betrag_cent
        fee.posten = [*fee.posten, {"text": "Ermäßigung", "betrag_cent": less}]
        fee.betrag_cent = betrag_cent
        stand, said = "ermaessigt", f"Zu bezahlen sind noch {gebuehr.euro(betrag_cent)}."
    fee.befreiung = {**fee.befreiung, "stand": stand}
    word = {
        "bewilligt": "Befreiung bewilligt",
        "abgelehnt": "Befreiung abgelehnt",
        "ermaessigt": "Gebühr ermäßigt",
    }
    case = await session.get_one(VorgangZeile, fee.vorgang_id)
    vorgang.verlauf(context, session, case, word[stand], funktion)
    await gebuehr.mitteilen(
        context,
        session,
        fee,
        "zahlung",
        f"{word[stand]}: {fee.leistung_name}",
        f"{said} {gebuehr.pfad(fee.id)}",
    )
    return fee.vorgang_id
