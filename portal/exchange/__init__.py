"""Exchange with other catalogues: XZuFi 2.2 and CSV, read and written record by record."""

from portal.exchange.errors import BusyError, ExchangeError, UnsafeFileError, WrongFormatError
from portal.exchange.importer import import_records
from portal.exchange.records import Auszug, Leser, Mangel, Satz, export_records
from portal.exchange.target import Bericht, Ziel

__all__ = [
    "Auszug",
    "Bericht",
    "BusyError",
    "ExchangeError",
    "Leser",
    "Mangel",
    "Satz",
    "UnsafeFileError",
    "WrongFormatError",
    "Ziel",
    "export_records",
    "import_records",
]
