"""Services as data: four tiers of YAML files, merged into one catalogue for one town."""

from portal.catalogue.bestand import Katalogbestand
from portal.catalogue.check import check, check_all, communes
from portal.catalogue.dated import NotYetValidError, deadlines, fees
from portal.catalogue.export import export_for_search
from portal.catalogue.loader import BUILT_IN, load
from portal.catalogue.model import Katalog
from portal.catalogue.schema import json_schema
from portal.catalogue.sources import CatalogueError, Fehler

__all__ = [
    "BUILT_IN",
    "CatalogueError",
    "Fehler",
    "Katalog",
    "Katalogbestand",
    "NotYetValidError",
    "check",
    "check_all",
    "communes",
    "deadlines",
    "export_for_search",
    "fees",
    "json_schema",
    "load",
]
