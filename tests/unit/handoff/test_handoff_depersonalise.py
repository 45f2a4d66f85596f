"""Personal data goes out of a sentence before it is kept."""

from datetime import date

import pytest

from handoff.domain.depersonalise import depersonalise

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ich heiße Erika Mustermann und brauche einen Termin", "Ich heiße [Name] und brauche einen Termin"),
        ("Ich wohne in der Ahstraße 12, 45879 Gelsenkirchen", "Ich wohne in der [Anschrift]"),
        ("Schreiben Sie an erika@beispiel.de", "Schreiben Sie an [E-Mail]"),
        ("Mein Kennzeichen ist GE-AB 123", "Mein Kennzeichen ist [Kennzeichen]"),
        ("Geboren am 12.03.1980", "Geboren am [Datum]"),
        ("Wo melde ich meinen Hund an?", "Wo melde ich meinen Hund an?"),
        ("Kann ich morgen kommen?", "Kann ich morgen kommen?"),
        ("", ""),
    ],
)
def test_what_names_a_person_is_replaced_and_the_wish_stays(said, kept):
    assert depersonalise(said, TODAY) == kept


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("Das ist für Mehmet, der kommt mit", "Mehmet"),
        ("Frau Kowalski sagte, Aktenzeichen 32/4711-A", "Kowalski"),
        ("Frau Kowalski sagte, Aktenzeichen 32/4711-A", "4711"),
        ("Meine IBAN DE02120300000000202051 stimmt", "202051"),
        ("Sie ist DE••3000 oder so", "3000"),
        ("Rufen Sie 0209 1234567 an", "1234567"),
        ("Am Stadtgarten 5a wohne ich", "5a"),
        ("PLZ 45879", "45879"),
    ],
)
def test_nothing_of_it_is_left(said, gone):
    assert gone not in depersonalise(said, TODAY)
