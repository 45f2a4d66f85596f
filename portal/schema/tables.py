"""Every table of the portal, imported once, so that migrations see them all."""

from portal.schema import (
    bindung,
    buendel,
    dokument,
    entwurf,
    frist,
    idempotenz,
    konto,
    ort,
    personal,
    postfach,
    protokoll,
    sitzung,
    stammdaten,
    termin,
    tresor,
    vorgang,
)
from portal.schema.base import Base

__all__ = [
    "Base",
    "bindung",
    "buendel",
    "dokument",
    "entwurf",
    "frist",
    "idempotenz",
    "konto",
    "ort",
    "personal",
    "postfach",
    "protokoll",
    "sitzung",
    "stammdaten",
    "termin",
    "tresor",
    "vorgang",
]
