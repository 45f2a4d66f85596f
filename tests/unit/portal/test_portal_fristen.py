"""Deadline arithmetic: the worked examples of the fact sheet, and the calendar's edges."""

import inspect
import pkgutil
import sys
from datetime import date
from importlib import import_module

import pytest

import portal.domain
from portal.domain.fristen import fristende, plus_monate
from portal.services.feiertage import feiertage

feiertag = feiertage("05513000")


@pytest.mark.parametrize(
    ("ereignis", "anzahl", "einheit", "ende"),
    [
        pytest.param(date(2026, 12, 11), 2, "wochen", date(2026, 12, 28), id="16 Anmeldung"),
        pytest.param(date(2026, 11, 21), 1, "wochen", date(2026, 11, 30), id="17 Geburt"),
        pytest.param(date(2026, 11, 20), 3, "werktage", date(2026, 11, 24), id="18 Sterbefall"),
        pytest.param(date(2027, 1, 29), 1, "monate", date(2027, 3, 1), id="7 missing day number"),
        pytest.param(date(2028, 1, 31), 1, "monate", date(2028, 2, 29), id="8 leap year"),
        pytest.param(date(2027, 2, 26), 1, "monate", date(2027, 3, 30), id="9 Easter"),
        pytest.param(date(2028, 2, 29), 1, "jahre", date(2029, 2, 28), id="11 one year from a leap day"),
        pytest.param(date(2026, 11, 24), 1, "tage", date(2026, 11, 25), id="a day"),
    ],
)
def test_last_day(ereignis: date, anzahl: int, einheit: str, ende: date) -> None:
    assert fristende(ereignis, anzahl, einheit, feiertag) == ende


def test_holidays_of_nordrhein_westfalen() -> None:
    assert feiertag(date(2027, 5, 27))
    assert feiertag(date(2026, 11, 1))
    assert not feiertag(date(2026, 10, 31))
    assert not feiertag(date(2026, 12, 24))


@pytest.mark.parametrize(("anzahl", "einheit"), [(0, "tage"), (-1, "wochen"), (1, "jahrzehnte")])
def test_nonsense_is_refused(anzahl: int, einheit: str) -> None:
    with pytest.raises(ValueError, match=r"anzahl|unit"):
        fristende(date(2026, 1, 1), anzahl, einheit, feiertag)


def test_months_cross_the_year() -> None:
    assert plus_monate(date(2026, 12, 31), 2) == date(2027, 2, 28)


def test_every_function_of_the_domain_names_its_legal_basis() -> None:
    found = 0
    for module in pkgutil.iter_modules(portal.domain.__path__, "portal.domain."):
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if function.__module__ == module.name:
                found += 1
                assert "Rechtsgrundlage:" in (function.__doc__ or ""), f"{module.name}.{name}"
    assert found > 10


def test_the_domain_uses_the_standard_library_alone_and_has_no_clock() -> None:
    for module in pkgutil.iter_modules(portal.domain.__path__, "portal.domain."):
        source = inspect.getsource(import_module(module.name))
        assert ".now(" not in source
        assert ".today(" not in source
        for line in source.splitlines():
            if line.startswith(("import ", "from ")):
                root = line.split()[1].split(".")[0]
                assert root in {*sys.stdlib_module_names, "portal"}, line
