"""The order of the steps of each life situation, as section 1 of the fact sheet gives it."""

import itertools

import pytest

from portal.catalogue import load

LEBENSLAGEN = load().lebenslagen
PASSPAPIERE = {"personalausweis", "reisepass"}

# Each step of a set comes after all steps of the sets before it; within a set the order is free.
REIHENFOLGE: dict[str, list[set[str]]] = {
    "umzug": [
        {"wohnsitz_anmelden"},
        {"personalausweis_adresse"},
        {"kfz_ummelden", "hundesteuer_anmelden", "bewohnerparken", "wohngeld"},
    ],
    "wegzug": [
        {"wohnung_abmelden"},
        {"kfz_abmelden", "kfz_ummelden"},
        {"hundesteuer_abmelden"},
        {"kindergeld"},
    ],
    "geburt": [
        {"vaterschaftsanerkennung"},
        {"geburt_anzeigen"},
        {"geburtsurkunde"},
        {"kindergeld", "elterngeld"},
        {"kitaplatz", "kinderzuschlag", "unterhaltsvorschuss", "wohngeld"},
    ],
    "heirat": [
        {"geburtsurkunde"},
        {"eheschliessung_anmelden"},
        {"eheurkunde", "namenserklaerung"},
        PASSPAPIERE,
        {"kfz_ummelden"},
    ],
    "trennung": [
        {"wohnsitz_anmelden"},
        {"unterhaltsvorschuss", "wohngeld", "grundsicherungsgeld"},
        {"namenserklaerung"},
    ],
    "todesfall": [
        {"sterbefall_anzeigen"},
        {"sterbeurkunde"},
        {"kfz_abmelden", "hundesteuer_abmelden", "rente", "grundbesitzabgaben"},
    ],
    "ausweis_reise": [PASSPAPIERE, {"vorlaeufiger_personalausweis"}],
    "fuehrerschein_fahrzeug": [{"fahrerlaubnis"}, {"kfz_ummelden"}, {"bewohnerparken"}],
    "kita_schule": [{"kitaplatz"}, {"elternbeitrag"}, {"schulanmeldung"}, {"ganztag"}, {"kinderzuschlag"}],
    "arbeit_rente": [{"grundsicherungsgeld", "rente"}],
    "wohnen_bauen": [{"wohnberechtigungsschein"}, {"wohnsitz_anmelden"}, {"wohngeld"}],
    "gewerbe": [{"gaststaetten_gestattung", "gesundheitszeugnis"}, {"gewerbe_anmelden"}, {"haltverbot"}],
    "haustier": [{"hundesteuer_anmelden", "grosser_hund"}],
    "soziales": [
        {"grundsicherungsgeld", "grundsicherung_alter"},
        {"wohngeld"},
        {"kinderzuschlag"},
        {"rundfunkbeitrag", "elternbeitrag"},
    ],
    "behinderung_pflege": [{"schwerbehinderung"}, {"parkausweis_behinderte", "rundfunkbeitrag"}],
    "migration": [{"wohnsitz_anmelden"}, {"aufenthaltserlaubnis"}, {"einbuergerung"}],
    "wahlen_ehrenamt": [{"erweitertes_fuehrungszeugnis"}, {"ehrenamtskarte"}],
    "urkunden": [{"meldebescheinigung", "fuehrungszeugnis", "geburtsurkunde", "eheurkunde", "sterbeurkunde"}],
}
# Property has its own line in that section: the building permit, then the charges.
EIGENTUM = [{"baugenehmigung"}, {"grundbesitzabgaben"}]
SPERREN = {
    ("umzug", "wohnsitz_anmelden", "personalausweis_adresse"),
    ("umzug", "wohnsitz_anmelden", "bewohnerparken"),
    ("geburt", "geburt_anzeigen", "geburtsurkunde"),
    ("heirat", "eheschliessung_anmelden", "eheurkunde"),
    ("todesfall", "sterbefall_anzeigen", "sterbeurkunde"),
}


def test_every_life_situation_has_its_order() -> None:
    assert set(REIHENFOLGE) == set(LEBENSLAGEN)


@pytest.mark.parametrize(("lage", "reihenfolge"), [*REIHENFOLGE.items(), ("wohnen_bauen", EIGENTUM)])
def test_steps_come_in_their_order(lage: str, reihenfolge: list[set[str]]) -> None:
    place = {step.leistung: at for at, step in enumerate(LEBENSLAGEN[lage].schritte)}
    assert set().union(*reihenfolge) <= set(place)
    for before, after in itertools.pairwise(reihenfolge):
        assert max(place[s] for s in before) < min(place[s] for s in after), (before, after)


@pytest.mark.parametrize("lage", sorted(LEBENSLAGEN))
def test_a_step_waits_only_for_steps_above_it(lage: str) -> None:
    above: set[str] = set()
    for step in LEBENSLAGEN[lage].schritte:
        assert set(step.nach) <= above, step.leistung
        above.add(step.leistung)


def test_only_these_steps_block_others_wait_with_a_warning() -> None:
    blocking = {
        (lage.id, before, step.leistung)
        for lage in LEBENSLAGEN.values()
        for step in lage.schritte
        if step.zwingend
        for before in step.nach
    }
    assert blocking == SPERREN
