"""Names and codes of XZuFi 2.2. Which of them were verified, and where: docs/protocol/xzufi.md."""

NAMESPACE = "http://xoev.de/schemata/xzufi/2_2_0"
FAMILY = "http://xoev.de/schemata/xzufi/2_"
"""What the namespaces of all versions 2.x begin with; the elements read here are the same in them."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"
VERSION = "2.2.0"
ROOT = "transfer.operation.040501"
RECORDS = frozenset({"leistung", "organisationseinheit", "zustaendigkeitTransferObjekt", "gebiet"})

TEXTMODUL_LISTE = "urn:de:xzufi:codeliste:leistungstextmodulleika"
BEZEICHNUNG, BEZEICHNUNG_2 = "02", "03"
KURZTEXT, VOLLTEXT = "05", "06"
HANDLUNGSGRUNDLAGEN, UNTERLAGEN = "07", "08"
VERFAHRENSABLAUF, HINWEISE = "11", "16"
TEASER, RECHTSBEHELF = "24", "25"

GEBIET_AGS = "urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:ags"
GEBIET_ARS = "urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:rs"
KANAL_LISTE = "urn:de:xoev:codeliste:erreichbarkeit"
TELEFON = "02"

BEDINGUNG = "Bedingung: "
RECHTSGRUNDLAGE = "Rechtsgrundlage: "
"""How a line begins that carries the condition or the law of a fee or a deadline."""

KLASSEN_LEISTUNG = ("nr", "finder", "wege", "zielgruppe", "sensibel", "sdg", "rechtsbehelf", "persoenlich")
"""Values without a place in XZuFi travel as Kategorien of these Kategorieklassen, given by this project."""
KLASSEN_STELLE = ("fachverfahren", "kontakt")
