"""Which channels are switched on, as the environment says (docs/protocol/channels/README.md)."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from handoff.channels import callback, mail, matrix, matrix_crypto, telegram, webhook, whatsapp
from handoff.channels.adapter import Adapter

PREFIX = "AMTSLOTSE_KANAL_"
"""Of every setting of a channel; only the process that serves the conversations gets them."""

_DSFA = re.compile(r"(\d{4}-\d{2}-\d{2}) (\S.{2,})")


class ChannelSettingsError(Exception):
    """A channel is switched on and may not run, or lacks a setting. The operator corrects it; nothing was started."""


class _Settings:
    """One channel's settings: `AMTSLOTSE_KANAL_<NAME>_<SETTING>`."""

    def __init__(self, environment: Mapping[str, str], name: str) -> None:
        self._environment, self._name = environment, name.upper()

    @property
    def on(self) -> bool:
        return self._environment.get(f"{PREFIX}{self._name}") == "1"

    def __call__(self, setting: str, default: str | None = None) -> str:
        name = f"{PREFIX}{self._name}_{setting}"
        value = self._environment.get(name, default)
        if not value:
            raise ChannelSettingsError(f"{name} fehlt: Der Kanal ist eingeschaltet und braucht diese Angabe.")
        return value

    def check_dsfa(self, today: date) -> None:
        """Raise unless the Datenschutz-Folgenabschätzung is recorded: its day, not in the future, and where it is kept."""
        name = f"{PREFIX}{self._name}_DSFA"
        found = _DSFA.fullmatch(self._environment.get(name, ""))
        day = None
        if found is not None:
            try:
                day = date.fromisoformat(found[1])
            except ValueError:
                day = None
        if day is None or day > today:
            raise ChannelSettingsError(
                f"Der Kanal {self._name} startet nicht: {name} nennt keine Datenschutz-Folgenabschätzung (Art. 35 DSGVO). "
                "Tragen Sie den Tag ihres Abschlusses und das Aktenzeichen ein, zum Beispiel „2026-10-01 Az. 10-42/26“."
            )


def _telegram(setting: _Settings) -> Adapter:
    return telegram.Telegram(
        setting("TOKEN"), setting("SECRET"), api=setting("API", "https://api.telegram.org")
    )


def _whatsapp(setting: _Settings) -> Adapter:
    return whatsapp.WhatsApp(
        setting("PHONE_ID"),
        setting("TOKEN"),
        setting("APP_SECRET"),
        setting("VERIFY_TOKEN"),
        setting("TEMPLATE"),
    )


def _matrix(setting: _Settings) -> Adapter:
    crypto = None
    if setting("E2EE", "0") == "1":
        crypto = matrix_crypto.RoomCrypto(
            setting("HOMESERVER"),
            setting("USER_ID"),
            setting("AS_TOKEN"),
            setting("STORE"),
            setting("STORE_KEY"),
        )
    return matrix.Matrix(
        setting("HOMESERVER"),
        setting("USER_ID"),
        setting("AS_TOKEN"),
        setting("HS_TOKEN"),
        crypto=crypto,
        own=setting("OWN", "0") == "1",
    )


def _mail(setting: _Settings) -> Adapter:
    return mail.Mail(
        mail.Mailbox(
            address=setting("ADDRESS"),
            imap_host=setting("IMAP_HOST"),
            smtp_host=setting("SMTP_HOST"),
            user=setting("USER"),
            password=setting("PASSWORD"),
            secret=setting("SECRET"),
            imap_port=int(setting("IMAP_PORT", "993")),
            smtp_port=int(setting("SMTP_PORT", "465")),
        )
    )


def _webhook(setting: _Settings) -> Adapter:
    return webhook.Webhook(setting("URL"), setting("SECRET"))


def _callback(setting: _Settings) -> Adapter:
    return callback.Callback(setting("URLS").split(), setting("SECRET"))


CHANNELS: Mapping[str, Callable[[_Settings], Adapter]] = {
    telegram.CAPABILITY.name: _telegram,
    whatsapp.CAPABILITY.name: _whatsapp,
    matrix.CAPABILITY.name: _matrix,
    mail.CAPABILITY.name: _mail,
    webhook.CAPABILITY.name: _webhook,
    callback.CAPABILITY.name: _callback,
}
CAPABILITIES = (
    telegram.CAPABILITY,
    whatsapp.CAPABILITY,
    matrix.CAPABILITY,
    mail.CAPABILITY,
    webhook.CAPABILITY,
    callback.CAPABILITY,
)


def switched_on(environment: Mapping[str, str], today: date) -> list[Adapter]:
    """Build the adapters of the channels that are switched on (`AMTSLOTSE_KANAL_<NAME>=1`); all are off by default.

    Raises
    ------
    ChannelSettingsError
        A third party's channel without a recorded Datenschutz-Folgenabschätzung, or a missing setting.
    """
    third_party = {one.name for one in CAPABILITIES if one.third_party}
    built = []
    for name, build in CHANNELS.items():
        setting = _Settings(environment, name)
        if setting.on:
            if name in third_party:
                setting.check_dsfa(today)
            channel = build(setting)
            channel.contact = environment.get(f"{PREFIX}{name.upper()}_CONTACT", channel.contact)
            built.append(channel)
    return built
