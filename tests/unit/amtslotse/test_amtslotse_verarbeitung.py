"""The public description of the processing covers the conversations and the assistant too."""

from amtslotse.verarbeitung import VERSCHLUESSELT, weitere_tabellen


def test_every_table_of_the_other_parts_has_a_purpose() -> None:
    tables = weitere_tabellen()
    assert {t.teil for t in tables} == {"Gespräche", "Assistent"}
    assert [t.name for t in tables if t.zweck is None] == []


def test_what_people_write_is_listed_as_encrypted() -> None:
    kept = {(t.name, column.name): column.art for t in weitere_tabellen() for column in t.spalten}
    assert kept[("messages", "body")] == "verschlüsselt"
    assert all(kept[place] == "verschlüsselt" for place in VERSCHLUESSELT)
    assert kept[("conversations", "handle_digest")] == "nur Prüfwert"
