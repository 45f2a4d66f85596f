"""Which part of a message is denied."""

import pytest

from actions.verneinung import bejaht, verneint


@pytest.mark.parametrize(
    ("text", "denied", "meant"),
    [
        ("nein, nicht Reisepass, Personalausweis", "Reisepass", "Personalausweis"),
        ("Nicht den Reisepass, sondern den Personalausweis!", "Reisepass", "den Personalausweis"),
        ("nicht aus dem Tierheim, vom Züchter", "aus dem Tierheim", "vom Züchter"),
        ("keinen Reisepass sondern einen Perso", "Reisepass", "einen Perso"),
        ("Personalausweis, nicht Reisepass", "Reisepass", "Personalausweis"),
        ("Personalausweis", "", "Personalausweis"),
        ("nein", "", "nein"),
    ],
)
def test_denied_and_meant(text, denied, meant):
    assert verneint(text) == denied
    assert bejaht(text) == meant
