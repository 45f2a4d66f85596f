"""Answers against their field types."""

from datetime import date

import pytest

from portal.catalogue.model import Feld, Option
from portal.services.feldpruefung import InvalidValueError, anzeige, euro, pruefen, verdeckt

HEUTE = date(2026, 11, 24)
OPTIONEN = [
    Option(id="umzug", label="Beim Umzug mitgebracht"),
    Option(id="tierheim", label="Aus dem Tierheim"),
]


def feld(typ: str, **more: object) -> Feld:
    return Feld.model_validate({"id": "f", "label": "F", "typ": typ, **more})


@pytest.mark.parametrize(
    ("typ", "wert", "gespeichert"),
    [
        ("name", "  Müller-  Lüdenscheidt ", "Müller- Lüdenscheidt"),
        ("name", "Gülşah O’Brien", "Gülşah O’Brien"),
        ("date", "2026-11-12", "2026-11-12"),
        ("yes_no", "Ja", "ja"),
        ("integer", "2", 2),
        ("integer", 3, 3),
        ("address", "Am  Stern 12 a, 45879 Gelsenkirchen", "Am Stern 12 a, 45879 Gelsenkirchen"),
        ("address", "Straße des 17. Juni 135, 10623 Berlin", "Straße des 17. Juni 135, 10623 Berlin"),
        ("plz", " 45879", "45879"),
        ("licence_plate", "ge ab 123", "GE-AB 123"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("steuer_id", "36 574 261 809", "36574261809"),
        ("phone", "0209 1690", "+492091690"),
        ("email", " anna@beispiel.de", "anna@beispiel.de"),
        ("document_number", "l01x00 t47", "L01X00T47"),
    ],
)
def test_what_fits_is_stored_in_one_form(typ: str, wert: str | int, gespeichert: str | int) -> None:
    assert pruefen(feld(typ), wert, HEUTE) == gespeichert


@pytest.mark.parametrize(
    ("typ", "wert"),
    [
        ("text", "   "),
        ("text", "x" * 2001),
        ("name", "<script>"),
        ("name", "R2D2"),
        ("date", "31.02.2026"),
        ("date", "2026-02-31"),
        ("yes_no", "vielleicht"),
        ("integer", "zwei"),
        ("address", "Gelsenkirchen"),
        ("plz", "4587"),
        ("licence_plate", "123"),
        ("iban", "DE89370400440532013001"),
        ("steuer_id", "12345678901"),
        ("phone", "12"),
        ("email", "anna@"),
        ("document_number", "??"),
    ],
)
def test_what_does_not_fit_gets_a_german_sentence_and_the_field(typ: str, wert: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        pruefen(feld(typ), wert, HEUTE)
    assert caught.value.field == "f"
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("regel", "wert"),
    [("nicht_vor_1900", "1899-12-31"), ("nicht_zukuenftig", "2026-11-25"), ("nicht_vergangen", "2026-11-23")],
)
def test_rules_of_dates(regel: str, wert: str) -> None:
    with pytest.raises(InvalidValueError):
        pruefen(feld("date", regeln=[regel]), wert, HEUTE)
    assert pruefen(feld("date", regeln=[regel]), "2026-11-24", HEUTE) == "2026-11-24"


def test_a_choice_is_understood_by_id_and_by_label() -> None:
    choice = feld("choice", optionen=OPTIONEN)
    assert pruefen(choice, "aus dem tierheim", HEUTE) == "tierheim"
    with pytest.raises(InvalidValueError, match="Beim Umzug mitgebracht"):
        pruefen(choice, "vom Mond", HEUTE)


def test_numbers_have_bounds_and_patterns_their_hint() -> None:
    with pytest.raises(InvalidValueError, match="von 1 bis 20"):
        pruefen(feld("integer", minimum=1, maximum=20), 0, HEUTE)
    chip = feld("text", muster="[0-9]{15}", muster_hinweis="Eine Chipnummer hat 15 Ziffern.")
    assert pruefen(chip, "276 0981 0000 0000", HEUTE) == "276098100000000"
    with pytest.raises(InvalidValueError, match="15 Ziffern"):
        pruefen(chip, "27609", HEUTE)


def test_values_as_people_read_them() -> None:
    assert anzeige(feld("date"), "2026-11-12") == "12.11.2026"
    assert anzeige(feld("choice", optionen=OPTIONEN), "umzug") == "Beim Umzug mitgebracht"
    assert anzeige(feld("iban"), "DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert anzeige(feld("amount"), 123450) == "1.234,50 €"
    assert anzeige(feld("text"), None) == "keine Angabe"
    assert euro(0) == "0,00 €"
    assert verdeckt("L01X00T47") == "•••• T47"
    assert verdeckt("1234") == "••••"
