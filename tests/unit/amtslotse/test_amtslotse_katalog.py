"""The commands `catalogue …` and `import places`."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtslotse.cli import app

KOPF = "plz\tort\tags8\tars12\tdestatis_name_2017\tkreis\n"
BOCHUM = "44787\tBochum\t05911000\t059110000000\tBochum, Stadt\tBochum, Stadt\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("AMTSLOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("AMTSLOTSE_CATALOGUE", raising=False)
    return CliRunner()


def put(root: Path, name: str, content: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_a_sound_catalogue_is_said_to_be_sound(run: CliRunner) -> None:
    result = run.invoke(app, ["catalogue", "check"])
    assert result.exit_code == 0, result.output
    assert "Kein Fehler. Geprüfte Kommunen: 05513000, 05916000." in result.stdout


def test_each_mistake_is_one_line_with_file_line_and_rule(run: CliRunner, tmp_path: Path) -> None:
    head = "id: reisepass\nquelle: Test\nmarke: geprueft\ngueltig_ab: 2026-01-01\n"
    file = put(tmp_path / "eigene", "kommune/05513000/leistungen/reisepass.yml", head + "stelle: niemand\n")
    result = run.invoke(app, ["catalogue", "check", "--ordner", str(tmp_path / "eigene")])
    assert result.exit_code == 1
    assert f"{file}:5: verweis: " in result.stdout
    assert "Ein Fehler." in result.stderr


def test_the_schema_is_printed_or_written(run: CliRunner, tmp_path: Path) -> None:
    assert json.loads(run.invoke(app, ["catalogue", "schema"]).stdout)["required"] == ["id"]
    file = tmp_path / "stellen.json"
    assert run.invoke(app, ["catalogue", "schema", "stellen", "--datei", str(file)]).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["type"] == "array"
    assert run.invoke(app, ["catalogue", "schema", "unsinn"]).exit_code == 1


def test_a_town_is_made_from_what_is_built_in_or_imported(run: CliRunner, tmp_path: Path) -> None:
    command = ["catalogue", "new-commune", "--ordner", str(tmp_path / "neu")]
    result = run.invoke(app, [*command, "05911000"])
    assert result.exit_code == 1
    assert "Den AGS 05911000 kenne ich nicht" in result.stderr
    places = put(tmp_path, "orte.tsv", KOPF + BOCHUM)
    assert run.invoke(app, ["import", "places", str(places)]).exit_code == 0
    result = run.invoke(app, [*command, "05911000"])
    assert result.exit_code == 0, result.output
    made = tmp_path / "neu/kommune/05911000/stellen.yml"
    assert "behoerde: Stadt Bochum" in made.read_text(encoding="utf-8")
    before = made.read_bytes()
    again = run.invoke(app, [*command, "05911000"])
    assert (again.exit_code, made.read_bytes()) == (1, before)
    assert "Es wurde nichts geändert." in again.stderr
    assert run.invoke(app, [*command, "5911000"]).exit_code == 1


def test_places_are_imported_once_and_bad_rows_are_listed(run: CliRunner, tmp_path: Path) -> None:
    file = put(tmp_path, "orte.tsv", KOPF + BOCHUM + "4478\tBochum\t05911000\n")
    result = run.invoke(app, ["import", "places", str(file)])
    assert result.exit_code == 0, result.output
    assert "1 Gemeinden: 1 Orte neu, 0 geändert, 0 unverändert, 1 Zeilen abgelehnt." in result.stdout
    assert f"{file}:3: „4478“ ist keine Postleitzahl" in result.stderr
    again = run.invoke(app, ["import", "places", str(file)])
    assert "0 Orte neu, 0 geändert, 1 unverändert" in again.stdout


def test_a_file_of_another_kind_changes_nothing(run: CliRunner, tmp_path: Path) -> None:
    file = put(tmp_path, "orte.csv", "a;b\n")
    result = run.invoke(app, ["import", "places", str(file)])
    assert result.exit_code == 1
    assert "Es wurde nichts geändert." in " ".join(result.stderr.split())


class _Portal(BaseHTTPRequestHandler):
    """Answers a reload as the portal would."""

    answer: tuple[int, dict[str, object]] = (200, {"services": 61})
    authorization = ""

    def do_POST(self) -> None:
        _Portal.authorization = self.headers["Authorization"]
        status, body = self.answer
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Portal]]:
    server = HTTPServer(("127.0.0.1", 0), _Portal)
    monkeypatch.setenv("AMTSLOTSE_PORT", str(server.server_port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield _Portal
    server.shutdown()
    server.server_close()


def test_a_reload_says_what_is_in_use(
    run: CliRunner, running: type[_Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "answer", (200, {"services": 61}))
    result = run.invoke(app, ["catalogue", "reload"])
    assert result.exit_code == 0, result.output
    assert "61 Leistungen" in result.stdout
    assert running.authorization.startswith("Bearer ")


def test_a_refused_reload_lists_the_mistakes(
    run: CliRunner, running: type[_Portal], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake = {"display": "stellen.yml:3: form: kaputt"}
    body = {"code": "katalog_fehlerhaft", "message": "Der bisherige bleibt in Kraft.", "mistakes": [mistake]}
    monkeypatch.setattr(running, "answer", (409, body))
    result = run.invoke(app, ["catalogue", "reload"])
    assert result.exit_code == 1
    assert "stellen.yml:3: form: kaputt" in result.stdout
    assert "Der bisherige bleibt in Kraft." in result.stderr


def test_without_a_running_portal_a_reload_says_so(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMTSLOTSE_PORT", "9")
    result = run.invoke(app, ["catalogue", "reload"])
    assert result.exit_code == 1
    assert "läuft kein Amtslotse" in " ".join(result.stderr.split())
