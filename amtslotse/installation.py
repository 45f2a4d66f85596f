"""Where an installation lies, which ports it uses, its secrets, and what each process gets to know of them."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from joserfc.jwk import ECKey, OKPKey

SERVICE_TOKENS = ("ENGINE_TOKEN", "ACTIONS_TOKEN", "HANDOFF_TOKEN", "PORTAL_TOKEN")
PUSH_KEY = "PUSH_KEY"
KEYRINGS = ("PORTAL_KEYS", "HANDOFF_KEYS", "ENGINE_KEYS")

SECRETS_OF = {
    "web": (
        "PORTAL_KEYS",
        "HANDOFF_KEYS",
        "SIGNING_KEY",
        "PUSH_KEY",
        "PORTAL_PUBLIC_KEY",
        "ENGINE_TOKEN",
        "ACTIONS_TOKEN",
        "HANDOFF_TOKEN",
        "PORTAL_TOKEN",
    ),
    "engine": ("ENGINE_KEYS", "ENGINE_TOKEN"),
    "actions": ("ACTIONS_TOKEN",),
}
"""Which secrets each process needs; it is given no other (docs/protocol/tokens.md)."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Vectors of a sentence are too small to be shared among threads, which would only wait for each other, busily."""

CHANNELS = "AMTSLOTSE_KANAL_"
"""Settings of messengers and mailboxes, tokens among them; only the web process speaks to them."""

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV")
"""What a process inherits from the caller's environment besides `AMTSLOTSE_…` settings that are no secrets."""


@dataclass(frozen=True)
class Installation:
    """One installation: a folder of the source, a folder `var` of its state, three ports on loopback."""

    root: Path
    var: Path
    port: int = 8000
    engine_port: int = 5005
    actions_port: int = 5055
    demo: bool = True

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Installation":
        root = Path(__file__).resolve().parent.parent
        return cls(
            root=root,
            var=(root / environment.get("AMTSLOTSE_VAR", "var")).resolve(),
            port=int(environment.get("AMTSLOTSE_PORT", "8000")),
            engine_port=int(environment.get("AMTSLOTSE_ENGINE_PORT", "5005")),
            actions_port=int(environment.get("AMTSLOTSE_ACTIONS_PORT", "5055")),
            demo=environment.get("AMTSLOTSE_DEMO", "1") == "1",
        )

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def catalogue_file(self) -> Path:
        return self.root / "var" / "catalogue.json"

    def secrets(self) -> dict[str, str]:
        """The secrets of this installation; made at the first call, readable by the owner alone."""
        path = self.var / "secrets.json"
        if not path.exists():
            self.var.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(generate_secrets(), file, indent=1)
        values: dict[str, str] = json.loads(path.read_text())
        if PUSH_KEY not in values:  # the file of an older version
            values[PUSH_KEY] = generate_push_key()
            self._write(values)
        return values

    def replace_secrets(self, changes: Mapping[str, str]) -> None:
        """Write changed secrets, at once or not at all."""
        self._write(self.secrets() | dict(changes))

    def _write(self, values: Mapping[str, str]) -> None:
        path = self.var / "secrets.json"
        new = path.with_suffix(".neu")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(dict(values), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    def environment_of(
        self, process: str, caller: Mapping[str, str], clock_offset_s: float
    ) -> dict[str, str]:
        """The whole environment of `web`, `engine` or `actions`: settings, and only the secrets that it needs."""
        own = self.secrets()
        environment = {name: caller[name] for name in PASSED_ON if name in caller}
        environment |= {
            name: value
            for name, value in caller.items()
            if name.startswith("AMTSLOTSE_") and (process == "web" or not name.startswith(CHANNELS))
        }
        environment |= {
            "AMTSLOTSE_VAR": str(self.var),
            "AMTSLOTSE_ORIGIN": caller.get("AMTSLOTSE_ORIGIN", self.origin),
            "AMTSLOTSE_DEMO": "1" if self.demo else "0",
            "AMTSLOTSE_CLOCK_OFFSET_S": str(clock_offset_s),
            "AMTSLOTSE_PORTAL_URL": self.origin,
            "AMTSLOTSE_HANDOFF_URL": self.origin,
            "AMTSLOTSE_ENGINE_URL": f"http://127.0.0.1:{self.engine_port}",
            "AMTSLOTSE_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "SANIC_HOST": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **ONE_THREAD,
            "RASA_TELEMETRY_ENABLED": "false",
        }
        known = {f"AMTSLOTSE_{name}" for names in SECRETS_OF.values() for name in names}
        environment = {name: value for name, value in environment.items() if name not in known}
        for name in SECRETS_OF[process]:
            environment[f"AMTSLOTSE_{name}"] = caller.get(f"AMTSLOTSE_{name}", own[name])
        return environment


def generate_secrets() -> dict[str, str]:
    """New random secrets, one for each purpose."""
    key = OKPKey.generate_key("Ed25519", private=True)
    values = {name: secrets.token_urlsafe(32) for name in SERVICE_TOKENS}
    values |= {name: Fernet.generate_key().decode() for name in KEYRINGS}
    values[PUSH_KEY] = generate_push_key()
    values["SIGNING_KEY"] = json.dumps(key.as_dict(private=True))
    values["PORTAL_PUBLIC_KEY"] = json.dumps(key.as_dict(private=False))
    return values


def generate_push_key() -> str:
    """A new key with which push services know this installation (VAPID, RFC 8292): P-256 as JWK."""
    return json.dumps(ECKey.generate_key("P-256", private=True).as_dict(private=True))
