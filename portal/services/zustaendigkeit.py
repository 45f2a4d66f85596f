"""Use cases of local responsibility: service → finder → the least that must be asked → municipality → office."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung, Stelle
from portal.context import PortalContext
from portal.domain.feldtypen import UngueltigError
from portal.domain.feldtypen import plz as gueltige_plz
from portal.domain.zustaendigkeit import (
    Anschrift,
    Finder,
    Frage,
    Gemeinde,
    Zuordnung,
    anschrift_teile,
    erste_frage,
    gemeinde_im_text,
    kreis_amtlich,
    zuordnen,
)
from portal.errors import InvalidInputError
from portal.services import katalog, orte
from portal.services.views import Choice, PlaceQuestion, PlaceView, ResponsibilityView

Basis = Literal["angabe", "entwurf", "stammdaten"]
"""Where the place comes from: the question itself, an answer in a draft, the master data."""

FRAGEN = {
    Finder.WOHNUNG: "Wie lautet die Postleitzahl Ihrer Wohnung? Bei einem Umzug zählt die neue.",
    Finder.EREIGNIS: "Wie lautet die Postleitzahl des Ortes, an dem es geschehen ist oder stattfindet?",
    Finder.BETRIEB: "Wie lautet die Postleitzahl des Betriebs?",
    Finder.OBJEKT: "Wie lautet die Postleitzahl des Grundstücks oder der Wohnung, um die es geht?",
    Finder.BELIEBIG: "",
}
WEITERFRAGEN = {
    Frage.STRASSE: "Diese Postleitzahl gehört zu mehreren Orten. Wie heißt die Straße?",
    Frage.ORT: "Diese Postleitzahl gehört zu mehreren Orten. Welcher ist es?",
}
WEISS_115 = "Welche Stelle dort genau zuständig ist und wie Sie sie erreichen, sagt Ihnen die Behördennummer 115 (Stand prüfen)."
TROTZDEM = "Vorbereiten können Sie alles auch hier; abgegeben wird es dort."


@dataclass(frozen=True)
class Empfaenger:
    """Who receives something: the office, and the service as it holds there.

    `anderswo`: the other town's name. `ags`: the municipality whose holidays hold; None where the place is not known.
    """

    stelle: Stelle
    leistung: Leistung
    anderswo: str | None = None
    ags: str | None = None


def ueberoertlich(leistung: Leistung) -> bool:
    """Whether one body receives it for everybody, wherever people live (named above the Kommune)."""
    origin = leistung.herkunft.get("stelle")
    return origin is not None and origin.ebene != "kommune"


def ortsgebunden(leistung: Leistung) -> bool:
    """Whether the place decides who receives it: not for what one body or one town alone offers."""
    own = leistung.herkunft["name"].ebene == "kommune"
    return not own and erste_frage(Finder(leistung.finder), ueberoertlich=ueberoertlich(leistung)) is not None


async def empfaenger(
    context: PortalContext, session: AsyncSession, leistung: Leistung, werte: dict[str, str | int | None]
) -> Empfaenger:
    """Who receives a draft with these answers: our office, or the town in which the decisive place lies.

    As long as the place is not known, ours. A town's own service has no receiver elsewhere.
    """
    here = Empfaenger(katalog.stelle(context, leistung), leistung, ags=context.settings.commune)
    field = leistung.ortsfeld
    said = werte.get(field.id) if field else None
    if not isinstance(said, str) or not ortsgebunden(leistung):
        return here
    address = anschrift_teile(said)
    if address is None:
        town = gemeinde_im_text(said, (await orte.gemeinden(session)).values())
        return await _in(context, leistung, town) if town else here
    found = await _finden(session, address.plz, address.strasse, address.ort)
    if found.gemeinde is not None:
        return await _in(context, leistung, found.gemeinde)
    home = await heimat(context, session)
    ours = home is None or home in found.kandidaten or address.ort.casefold() == home.name.casefold()
    return here if ours else _unbekannter_ort(leistung, address)


async def heimat(context: PortalContext, session: AsyncSession) -> Gemeinde | None:
    """The town that runs this portal, None while no table of places names it."""
    return (await orte.gemeinden(session)).get(context.settings.commune)


async def _finden(
    session: AsyncSession, plz: str, strasse: str | None = None, ort: str | None = None
) -> Zuordnung:
    return zuordnen(await orte.mit_plz(session, plz), strasse=strasse, ort=ort)


async def _genannt(session: AsyncSession, name: str) -> Gemeinde | None:
    """The municipality of this AGS or name; None for none or several."""
    wanted = name.strip().casefold()
    towns = (await orte.gemeinden(session)).values()
    found = [t for t in towns if wanted in (t.ags, t.name.casefold(), t.amtlich.casefold())]
    return found[0] if len(found) == 1 else None


async def _in(context: PortalContext, leistung: Leistung, town: Gemeinde) -> Empfaenger:
    """The office in a municipality; of a town that nobody entered yet its administration, to be checked."""
    if town.ags == context.settings.commune:
        return Empfaenger(katalog.stelle(context, leistung), leistung, ags=town.ags)
    other = await asyncio.to_thread(context.bestand.fuer, town.ags)
    there = other.leistungen.get(leistung.id) or _ohne_ortsrecht(leistung)
    office = other.stellen.get(there.stelle or "")
    if office is None and town.kreis and there.kreisaufgabe == "ja":
        county = kreis_amtlich(town.kreis)
        return Empfaenger(_kreisverwaltung(county), there, county, town.ags)
    return Empfaenger(office or _verwaltung(town.amtlich), there, town.amtlich, town.ags)


def _unbekannter_ort(leistung: Leistung, address: Anschrift) -> Empfaenger:
    name = f"{address.plz} {address.ort}"
    return Empfaenger(_verwaltung(name), _ohne_ortsrecht(leistung), name)


def _verwaltung(name: str) -> Stelle:
    return Stelle(
        id="andere_gemeinde",
        name="Gemeindeverwaltung" if name.startswith("Gemeinde ") else "Stadtverwaltung",
        behoerde=name,
        telefon="115",
        kontakt="Behördennummer 115",
    )


def _kreisverwaltung(name: str) -> Stelle:
    return Stelle(
        id="anderer_kreis",
        name="Kreisverwaltung",
        behoerde=name,
        telefon="115",
        kontakt="Behördennummer 115",
    )


def _ohne_ortsrecht(leistung: Leistung) -> Leistung:
    """A service without what another town's Satzung or office would decide."""
    changes: dict[str, object] = {"stelle": None, "online": None}
    for key in ("gebuehr", "frist"):
        if leistung.herkunft.get(key) and leistung.herkunft[key].ebene in ("land", "kommune"):
            changes[key] = []
    return leistung.model_copy(update=changes)


async def ermitteln(
    context: PortalContext,
    session: AsyncSession,
    leistung_id: str,
    *,
    plz: str | None = None,
    strasse: str | None = None,
    ort: str | None = None,
    basis: Basis = "angabe",
) -> ResponsibilityView:
    """Who is responsible for a service at a place, or what has to be asked to know it.

    Parameters
    ----------
    strasse, ort
        What was asked where several municipalities share the PLZ; `ort` is an AGS or a town's name, and is enough alone.

    Raises
    ------
    NotFoundError
        There is no such service.
    InvalidInputError
        The PLZ has not five digits.
    """
    service = katalog.leistung(context, leistung_id)
    home = await heimat(context, session)
    here = Empfaenger(katalog.stelle(context, service), service)
    view = _antwort(service, here, home)
    if plz:
        try:
            plz = gueltige_plz(plz)
        except UngueltigError as error:
            raise InvalidInputError(str(error), field="plz") from error
    if not ortsgebunden(service):
        return view.model_copy(update={"text": _text_ohne_ort(service, here)})
    if not plz and ort and (town := await _genannt(session, ort)) is not None:
        receiver = await _in(context, service, town)
        return _antwort(service, receiver, town).model_copy(
            update={"basis": basis, "text": _text(receiver, town)}
        )
    if not plz:
        asked = PlaceQuestion(ask="plz", text=FRAGEN[Finder(service.finder)])
        return view.model_copy(
            update={"here": None, "office": None, "question": asked, "text": asked.text, "place": None}
        )
    found = await _finden(session, plz, strasse or None, ort or None)
    known = {"plz": plz, "basis": basis}
    if found.frage is not None:
        options = [Choice(id=town.ags, label=town.name) for town in found.kandidaten]
        asked = PlaceQuestion(ask=found.frage.value, text=WEITERFRAGEN[found.frage], options=options)
        return view.model_copy(
            update={
                **known,
                "here": None,
                "office": None,
                "question": asked,
                "text": asked.text,
                "place": None,
            }
        )
    if found.gemeinde is None:
        return view.model_copy(
            update={
                **known,
                "here": None if home is None else False,
                "office": katalog.office_view(_verwaltung(f"PLZ {plz}")),
                "place": None,
                "text": _text_unbekannt(plz, ort, home),
            }
        )
    receiver = await _in(context, service, found.gemeinde)
    return _antwort(service, receiver, found.gemeinde).model_copy(
        update={**known, "text": _text(receiver, found.gemeinde)}
    )


def _antwort(service: Leistung, receiver: Empfaenger, town: Gemeinde | None) -> ResponsibilityView:
    return ResponsibilityView(
        service=service.id,
        name=service.name,
        found_by=service.finder,
        here=receiver.anderswo is None,
        office=katalog.office_view(receiver.stelle),
        place=PlaceView(ags=town.ags, ars=town.ars, name=town.name, authority=town.amtlich, county=town.kreis)
        if town
        else None,
        text="",
    )


def _stelle_in_worten(stelle: Stelle) -> str:
    contact = [
        stelle.kontakt if stelle.kontakt and "115" not in stelle.kontakt else None,
        stelle.anschrift,
        f"Telefon {stelle.telefon}" if stelle.telefon else "Behördennummer 115",
    ]
    mark = "" if stelle.marke == "geprueft" else " (Stand prüfen)"
    return f"{stelle.name}, {stelle.behoerde}. Kontakt: {', '.join(c for c in contact if c)}{mark}."


def _text_ohne_ort(service: Leistung, receiver: Empfaenger) -> str:
    where = "" if ueberoertlich(service) else " Der Wohnort spielt dafür keine Rolle."
    if service.herkunft["name"].ebene == "kommune":
        where = " Das ist eine eigene Leistung der Stadt."
    return f"Zuständig ist: {_stelle_in_worten(receiver.stelle)}{where}"


def _text_unbekannt(plz: str, ort: str | None, home: Gemeinde | None) -> str:
    if home is None:
        return f"Zu welchem Ort die Postleitzahl {plz} gehört, weiß ich nicht. {WEISS_115}"
    place = f"{plz} {ort}" if ort else f"Die Postleitzahl {plz}"
    return f"{place} gehört nicht zu {home.name}. {WEISS_115} {TROTZDEM}"


def _text(receiver: Empfaenger, town: Gemeinde) -> str:
    if receiver.anderswo is None:
        return f"Zuständig ist: {_stelle_in_worten(receiver.stelle)}"
    contact = _stelle_in_worten(receiver.stelle)
    unsure = "" if receiver.stelle.marke == "geprueft" else f" {WEISS_115}"
    if town.kreis and receiver.anderswo == kreis_amtlich(town.kreis):
        said = f"{town.amtlich} gehört zum Kreis. Zuständig ist wahrscheinlich {receiver.anderswo}: {contact}"
        return f"{said}{unsure} {TROTZDEM}"
    county = ""
    if town.kreis and receiver.leistung.kreisaufgabe == "teils":
        county = f" Je nach Größe der Gemeinde ist dafür stattdessen der Kreis zuständig: {kreis_amtlich(town.kreis)}."
    return f"Zuständig ist {town.amtlich}: {contact}{county}{unsure} {TROTZDEM}"
