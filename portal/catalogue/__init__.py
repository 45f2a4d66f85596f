"""Services as data: four tiers of YAML files, merged into one catalogue for one town."""

from portal.catalogue.check import check
from portal.catalogue.dated import NotYetValidError, deadlines, fees
from portal.catalogue.export import export_for_search, json_schema
from portal.catalogue.loader import BUILT_IN, load
from portal.catalogue.model import Katalog
from portal.catalogue.sources import CatalogueError, Fehler

__all__ = [
    "BUILT_IN",
    "CatalogueError",
    "Fehler",
    "Katalog",
    "NotYetValidError",
    "check",
    "deadlines",
    "export_for_search",
    "fees",
    "json_schema",
    "load",
]
