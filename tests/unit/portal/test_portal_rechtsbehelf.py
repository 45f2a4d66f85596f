"""What has to be paid although a remedy is under way."""

import pytest

from portal.domain.rechtsbehelf import Weg, trotzdem_zahlen


@pytest.mark.parametrize(
    ("weg", "laws", "mit_gebuehr", "expected"),
    [
        (Weg.WI, ["KAG NRW", "Hundesteuersatzung der Gemeinde"], False, True),
        (Weg.WI, ["GrStG"], False, True),
        (Weg.VG, ["§ 9 PAuswG"], True, True),
        (Weg.VG, ["§ 9 PAuswG"], False, False),
        (Weg.WI, ["WoGG"], False, False),
        (Weg.SG, ["§ 25 SGB II"], True, False),
        (Weg.FG, ["GrStG"], True, False),
        (Weg.KEIN, ["KAG NRW"], True, False),
    ],
)
def test_only_levies_and_fees_before_administrative_courts_are_due_at_once(
    weg: Weg, laws: list[str], mit_gebuehr: bool, expected: bool
) -> None:
    assert trotzdem_zahlen(weg, laws, mit_gebuehr=mit_gebuehr) is expected
