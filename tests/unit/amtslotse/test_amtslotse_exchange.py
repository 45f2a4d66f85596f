"""The commands `import xzufi|csv` and `export xzufi|csv`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtslotse.cli import app

CSV = "id;name;stelle;stelle_name\nprobe_hund;Probehund;probeamt;Probeamt\n;Ohne Kennung;;\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("AMTSLOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("AMTSLOTSE_CATALOGUE", raising=False)
    return CliRunner()


def test_a_csv_file_is_taken_over_and_its_bad_rows_are_listed(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "leistungen.csv"
    file.write_text(CSV, encoding="utf-8")
    result = run.invoke(app, ["import", "csv", str(file)])
    assert result.exit_code == 0, result.output
    assert "Leistungen: 1 neu, 0 geändert, 0 unverändert." in result.stdout
    assert "Zeile 3: Der Satz hat weder eine Kennung noch einen LeiKa-Schlüssel." in result.stderr
    assert (tmp_path / "var/catalogue/kommune/05513000/leistungen/probe_hund.yml").exists()
    again = run.invoke(app, ["import", "csv", str(file)])
    assert "1 unverändert." in again.stdout
    assert "Es gab nichts zu ändern." in again.stdout


@pytest.mark.parametrize("kind", ["xzufi", "csv"])
def test_what_is_exported_changes_nothing_when_it_comes_back(
    kind: str, run: CliRunner, tmp_path: Path
) -> None:
    file = tmp_path / f"katalog.{kind}"
    result = run.invoke(app, ["export", kind, "--out", str(file)])
    assert result.exit_code == 0, result.output
    assert f"stehen in {file}" in result.stdout
    back = run.invoke(app, ["import", kind, str(file)])
    assert back.exit_code == 0, back.output
    assert "Leistungen: 0 neu, 0 geändert" in back.stdout


def test_without_a_file_the_export_goes_to_standard_output(run: CliRunner) -> None:
    result = run.invoke(app, ["export", "csv"])
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbfid;nr;leika;name")


def test_an_imported_service_is_exported_too(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "leistungen.csv"
    file.write_text(CSV, encoding="utf-8")
    run.invoke(app, ["import", "csv", str(file)])
    assert b"\nprobe_hund;" in run.invoke(app, ["export", "csv"]).stdout_bytes


def test_a_dangerous_file_is_refused_in_plain_german(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "boese.xml"
    file.write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", encoding="utf-8")
    result = run.invoke(app, ["import", "xzufi", str(file)])
    assert result.exit_code == 1
    assert "DTD oder Entitäten" in result.stderr
    assert "Der Katalog ist unverändert." in result.stderr


def test_a_folder_named_by_setting_gets_the_files(
    run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMTSLOTSE_CATALOGUE", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    file = tmp_path / "leistungen.csv"
    file.write_text(CSV, encoding="utf-8")
    run.invoke(app, ["import", "csv", str(file), "--ebene", "land"])
    assert (tmp_path / "b/land/nrw/leistungen/probe_hund.yml").exists()


def test_an_export_that_fails_leaves_no_half_file(run: CliRunner, tmp_path: Path) -> None:
    out = tmp_path / "nirgends" / "katalog.xml"
    result = run.invoke(app, ["export", "xzufi", "--out", str(out)])
    assert result.exit_code == 1
    assert not out.parent.exists()
    assert run.invoke(app, ["export", "xzufi", "--kommune", "09162000"]).exit_code == 1
