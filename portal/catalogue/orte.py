"""The municipalities that the portal knows without any import: the demo town and its neighbour."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from portal.catalogue.model import Modell
from portal.domain.zustaendigkeit import Gemeinde, Ort

DATEI = Path(__file__).parent / "orte.yml"


class _Eintrag(Modell):
    ags: str
    ars: str
    name: str
    amtlich: str
    kreis: str | None
    plz: list[str]


@cache
def built_in_places() -> tuple[Ort, ...]:
    """All places with their PLZ; read from disk when first asked for."""
    rows = TypeAdapter(list[_Eintrag]).validate_python(yaml.safe_load(DATEI.read_text(encoding="utf-8")))
    return tuple(
        Ort(plz, Gemeinde(row.ags, row.name, row.amtlich, row.ars, row.kreis))
        for row in rows
        for plz in row.plz
    )
