import json
import stat

import pytest
from cryptography.fernet import Fernet

from amtslotse.installation import SECRETS_OF, Installation


@pytest.fixture
def installation(tmp_path):
    return Installation(root=tmp_path, var=tmp_path / "var", port=8123, engine_port=5123, actions_port=5124)


def test_secrets_are_made_once_and_readable_by_the_owner_alone(installation):
    first = installation.secrets()
    assert installation.secrets() == first
    assert stat.S_IMODE((installation.var / "secrets.json").stat().st_mode) == 0o600
    Fernet(first["PORTAL_KEYS"])
    assert "d" in json.loads(first["SIGNING_KEY"])
    assert "d" not in json.loads(first["PORTAL_PUBLIC_KEY"])


def test_two_installations_share_no_secret(tmp_path):
    one, two = (Installation(root=tmp_path, var=tmp_path / name).secrets() for name in ("a", "b"))
    assert not set(one.values()) & set(two.values())


@pytest.mark.parametrize("process", ["web", "engine", "actions"])
def test_a_process_gets_only_its_own_secrets(installation, process):
    caller = {"PATH": "/bin", "AMTSLOTSE_SIGNING_KEY": "from outside", "UNRELATED_PASSWORD": "x"}
    environment = installation.environment_of(process, caller, 0.0)
    every_secret = {f"AMTSLOTSE_{name}" for names in SECRETS_OF.values() for name in names}
    given = every_secret & environment.keys()
    assert given == {f"AMTSLOTSE_{name}" for name in SECRETS_OF[process]}
    assert "UNRELATED_PASSWORD" not in environment


def test_an_operators_own_secret_wins(installation):
    environment = installation.environment_of("engine", {"AMTSLOTSE_ENGINE_TOKEN": "mine"}, 0.0)
    assert environment["AMTSLOTSE_ENGINE_TOKEN"] == "mine"


def test_all_processes_are_told_the_same_addresses_and_clock(installation):
    environments = [installation.environment_of(name, {}, 42.5) for name in SECRETS_OF]
    for name in ("AMTSLOTSE_PORTAL_URL", "AMTSLOTSE_ENGINE_URL", "AMTSLOTSE_CLOCK_OFFSET_S", "SANIC_HOST"):
        assert len({environment[name] for environment in environments}) == 1
    assert environments[0]["SANIC_HOST"] == "127.0.0.1"


def test_a_channels_token_reaches_the_web_process_alone(installation):
    caller = {"AMTSLOTSE_KANAL_TELEGRAM": "1", "AMTSLOTSE_KANAL_TELEGRAM_TOKEN": "1:geheim"}
    for process in SECRETS_OF:
        environment = installation.environment_of(process, caller, 0.0)
        assert ("AMTSLOTSE_KANAL_TELEGRAM_TOKEN" in environment) is (process == "web")
