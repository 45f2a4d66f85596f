"""What the engine gets of the catalogue: names, synonyms and references."""

from typing import TypedDict

from portal.catalogue.model import Katalog, Leistung


class SearchService(TypedDict):
    """One service as the engine's retriever needs it."""

    id: str
    nr: int | None
    leika: str | None
    name: str
    kurz: str
    synonyme: list[str]
    stelle: str | None
    rechtsgrundlage: list[str]


class SearchSituation(TypedDict):
    """One life situation."""

    id: str
    name: str
    synonyme: list[str]


class SearchTrait(TypedDict):
    """One trait."""

    id: str
    label: str
    words: list[str]


class SearchExport(TypedDict):
    """The content of `var/catalogue.json`."""

    services: list[SearchService]
    life_situations: list[SearchSituation]
    traits: list[SearchTrait]


def export_for_search(catalogue: Katalog) -> SearchExport:
    """Names, synonyms and references of all services, sorted by id: the same catalogue gives the same bytes."""

    def office(leistung: Leistung) -> str | None:
        stelle = catalogue.stellen.get(leistung.stelle or "")
        return stelle.name if stelle else None

    return {
        "services": [
            {
                "id": s.id,
                "nr": s.nr,
                "leika": s.leika,
                "name": s.name,
                "kurz": s.kurz,
                "synonyme": list(s.synonyme),
                "stelle": office(s),
                "rechtsgrundlage": list(s.rechtsgrundlage),
            }
            for _, s in sorted(catalogue.leistungen.items())
        ],
        "life_situations": [
            {"id": lage.id, "name": lage.name, "synonyme": list(lage.synonyme)}
            for _, lage in sorted(catalogue.lebenslagen.items())
        ],
        "traits": [
            {"id": m.id, "label": m.label, "words": list(m.woerter)}
            for _, m in sorted(catalogue.merkmale.items())
        ],
    }
