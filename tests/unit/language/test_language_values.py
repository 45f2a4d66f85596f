"""Structured numbers, everyday values, addresses and persons."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language import addresses, contacts, numerals, persons, structured


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "iban", "DE89370400440532013000"),
        ("de89370400440532013000.", "iban", "DE89370400440532013000"),
        ("meine Nummer ist 86 095 742 719", "steuer_id", "86095742719"),
        ("L01X00T471", "dokument", "L01X00T47"),
        ("Ausweis L01X00T47 liegt vor", "dokument", "L01X00T47"),
    ],
)
def test_a_valid_number_is_found_with_its_exact_place(text: str, kind: str, value: str) -> None:
    (found,) = structured.find(text)
    assert (found.kind, found.value) == (kind, value)
    assert text[found.start : found.end] == text[found.start : found.end].strip()
    assert text[found.start : found.end].replace(" ", "").upper().startswith(value)


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01", "86 095 742 718", "L01X00T472", "01711234567", "Gelsenkirchen", "GE AB 123", "", "11111111111",
    ],
)  # fmt: skip
def test_a_wrong_check_digit_is_no_number(text: str) -> None:
    assert structured.find(text) == []


def test_several_numbers_do_not_overlap() -> None:
    text = "DE89 3704 0044 0532 0130 00, 86 095 742 719"
    assert [found.kind for found in structured.find(text)] == ["iban", "steuer_id"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("iban", "DE89370400440532013000"), ("steuer_id", "86095742719"), ("dokument", "L01X00T47")],
)
def test_a_mask_shows_too_little_to_be_used_and_is_not_found_again(kind: structured.Kind, value: str) -> None:
    shown = structured.mask(kind, value)
    assert value not in shown.replace(" ", "")
    assert shown.endswith(value[-3:])
    assert structured.find(shown) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("0209 1234567", "phone", "+492091234567"),
        ("eva@web.de", "email", "eva@web.de"),
        ("GE-AB123", "licence_plate", "GE-AB 123"),
        ("ge-xy 77", "licence_plate", "GE-XY 77"),
        ("1.234,56 €", "amount", 123456),
        ("450 Euro", "amount", 45000),
        ("in 45879 Gelsenkirchen", "plz", "45879"),
        ("D-45879 Gelsenkirchen", "plz", "45879"),
        ("um 14 Uhr", "time", "14:00"),
        ("halb drei", "time", "14:30"),
        ("um zehn Uhr", "time", "10:00"),
        ("viertel nach neun", "time", "09:15"),
        ("um 3 Uhr nachmittags", "time", "15:00"),
        ("fünfhundert Euro", "amount", 50000),
        ("1 200,- €", "amount", 120000),
        ("80 Cent", "amount", 80),
        ("Eva@Web.de", "email", "eva@web.de"),
        ("zwei Personen", "number", 2),
    ],
)
def test_everyday_values_are_normalised(text: str, kind: str, value: str | int) -> None:
    assert [(found.kind, found.value) for found in contacts.find(text)] == [(kind, value)]


@pytest.mark.parametrize("text", ["", "Hallo", "00123", "12a", "ich habe einen Hund", "a@b", "§"])
def test_plain_words_are_no_values(text: str) -> None:
    assert [found for found in contacts.find(text) if found.kind not in ("number", "plz")] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ich wohne in der Ringstraße 33a", "Ringstraße 33a"),
        ("Hauptstr. 5", "Hauptstr. 5"),
        ("Robert-Koch-Str. 12 b, 45879 Gelsenkirchen", "Robert-Koch-Str. 12 b, 45879 Gelsenkirchen"),
        ("vorher Goethestraße 7 in Bochum", "Goethestraße 7, Bochum"),
        ("Am Stadtgarten 3, 45879 Gelsenkirchen", "Am Stadtgarten 3, 45879 Gelsenkirchen"),
        ("wohne cranger straße 301", "cranger straße 301"),
    ],
)
def test_addresses_read_street_number_postal_code_town(text: str, value: str) -> None:
    assert [place.value for place in addresses.find_addresses(text)] == [value]


@pytest.mark.parametrize(
    "text", ["die Hausnummer ist 12a", "Am Montag 12", "In der Woche 3", "am 12. eingezogen", ""]
)
def test_a_number_alone_is_no_address(text: str) -> None:
    assert addresses.find_addresses(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hier schreibt Petra Neumann.", "Petra Neumann"),
        ("mein vermieter ist Herr Dr. Schulze", "Schulze"),
        ("Frau Öztürk war nicht da", "Öztürk"),
        ("ich heisse jonas brandt und ziehe um", "jonas brandt"),
        ("Sabine Lorenz zieht mit ein", "Sabine Lorenz"),
        ("Unsere Tochter heißt Mia", "Mia"),
    ],
)
def test_names_are_read_without_title(text: str, value: str) -> None:
    assert [person.value for person in persons.find_persons(text)] == [value]


@pytest.mark.parametrize(
    "text", ["Meine Frau ist krank", "Guten Tag", "Der Hund heißt Bello", "Anna", "Maria Straße 3"]
)
def test_no_name_is_read_where_none_was_said(text: str) -> None:
    assert persons.find_persons(text) == []


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("zwölf", 12),
        ("einundzwanzig", 21),
        ("dreihundertfünfzig", 350),
        ("tausendzweihundert", 1200),
        ("Hund", None),
        ("", None),
    ],
)
def test_number_words(word: str, number: int | None) -> None:
    assert numerals.read(word) == number


def test_a_name_is_read_where_it_is_announced() -> None:
    assert [p.value for p in persons.find_persons("Ich heiße Mehmet Yılmaz und ziehe um")] == [
        "Mehmet Yılmaz"
    ]
    assert persons.find_persons("Wie heißt du?") == []


@given(st.text(max_size=300))
@settings(max_examples=150)
def test_any_text_is_survived(text: str) -> None:
    for found in (*structured.find(text), *contacts.find(text), *addresses.find_addresses(text)):
        assert 0 <= found.start < found.end <= len(text)
