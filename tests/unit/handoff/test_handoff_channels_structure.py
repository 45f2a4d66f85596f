"""Every channel has an auth rule on each route, a page, a declared capability, and starts only when it may."""

from datetime import date
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from handoff.channels import registry
from handoff.channels.adapter import Proof
from handoff.channels.registry import CAPABILITIES, CHANNELS, PREFIX, ChannelSettingsError, switched_on
from handoff.domain.channel import Shows
from handoff.web.guards import RULES

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)
SETTINGS = {
    "TELEGRAM": {"TOKEN": "1:a", "SECRET": "s"},
    "WHATSAPP": {"PHONE_ID": "1", "TOKEN": "t", "APP_SECRET": "s", "VERIFY_TOKEN": "v", "TEMPLATE": "t"},
    "MATRIX": {"HOMESERVER": "http://127.0.0.1:1", "USER_ID": "@a:b", "AS_TOKEN": "a", "HS_TOKEN": "h"},
    "MAIL": {"ADDRESS": "a@b.example", "IMAP_HOST": "i", "SMTP_HOST": "s", "USER": "u", "PASSWORD": "p", "SECRET": "s"},
    "WEBHOOK": {"URL": "http://127.0.0.1:1/", "SECRET": "s"},
    "CALLBACK": {"URLS": "http://127.0.0.1:1/", "SECRET": "s"},
}  # fmt: skip
DSFA = "2026-10-01 Az. 10-42/26"


def _calls(dependant: Dependant) -> set[object]:
    found = {dependant.call}
    for inner in dependant.dependencies:
        found |= _calls(inner)
    return found


def environment(name: str, **more: str) -> dict[str, str]:
    values = {f"{PREFIX}{name}_{key}": value for key, value in SETTINGS[name].items()}
    return {f"{PREFIX}{name}": "1", f"{PREFIX}{name}_DSFA": DSFA, **values, **more}


def test_every_channel_is_named_once_and_here():
    assert {name.lower() for name in SETTINGS} == set(CHANNELS) == {one.name for one in CAPABILITIES}


def test_all_channels_are_off_by_default():
    assert switched_on({}, TODAY) == []
    for name, values in SETTINGS.items():
        assert switched_on({f"{PREFIX}{name}_{key}": value for key, value in values.items()}, TODAY) == []


@pytest.mark.parametrize("name", SETTINGS)
async def test_every_route_of_a_channel_has_an_auth_rule(name):
    (channel,) = switched_on(environment(name), TODAY)
    for route in channel.router().routes:
        assert isinstance(route, APIRoute)
        calls = _calls(route.dependant)
        assert calls & set(RULES) or any(isinstance(one, Proof) for one in calls), route.path
    await channel.close()


@pytest.mark.parametrize("name", [one.name.upper() for one in CAPABILITIES if one.third_party])
@pytest.mark.parametrize(
    "record", ["", "ja", "2026-10-01", "2026-13-01 Az. 1", "2026-11-24 Az. 10-42/26", " 2026-10-01 Az. 1"]
)
def test_a_third_partys_channel_needs_a_recorded_dsfa(name, record):
    with pytest.raises(ChannelSettingsError, match="Datenschutz-Folgenabschätzung"):
        switched_on(environment(name, **{f"{PREFIX}{name}_DSFA": record}), TODAY)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_missing_setting_is_named(name):
    for key in SETTINGS[name]:
        values = environment(name)
        del values[f"{PREFIX}{name}_{key}"]
        with pytest.raises(ChannelSettingsError, match=f"{name}_{key}"):
            switched_on(values, TODAY)


def test_no_third_partys_channel_shows_personal_content():
    for one in CAPABILITIES:
        if one.third_party:
            assert one.shows is Shows.PUBLIC


def test_every_channel_has_its_page():
    pages = ROOT / "docs/protocol/channels"
    for one in registry.CAPABILITIES:
        page = pages / ("rasa.md" if one.name == "callback" else f"{one.name}.md")
        assert page.exists(), page
        assert one.title in page.read_text() or one.name == "callback"


def test_the_example_stays_small():
    lines = (ROOT / "handoff/channels/webhook.py").read_text().splitlines()
    assert len(lines) < 100
