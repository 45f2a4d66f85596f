"""What the gateway needs to know to run; read from the environment once, by the process that serves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from handoff.domain.retention import Retention


@dataclass(frozen=True)
class Rate:
    """A token bucket's size: `burst` calls at once, then `per_second` calls a second."""

    burst: int
    per_second: float


def origins_from(text: str) -> tuple[str, ...]:
    """Read a list of origins, separated by commas, as browsers write them: `https://stadt.example`.

    Raises
    ------
    ValueError
        For anything that a browser never sends as `Origin`: a path, a star, a name without a scheme.
    """
    origins = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in origins:
        address = urlsplit(one)
        if (
            address.scheme not in ("http", "https")
            or not address.hostname
            or "*" in one
            or one != f"{address.scheme}://{address.netloc}".lower()
            or "@" in one
        ):
            raise ValueError(f"AMTSLOTSE_ORIGINS: {one!r} is no origin such as https://www.stadt.example")
    return origins


@dataclass(frozen=True)
class HandoffSettings:
    """All settings of the gateway. Names of the variables: docs/protocol/tokens.md."""

    database: str
    keys: tuple[str, ...]
    """Fernet keys, newest first."""
    portal_public_key: str
    """Ed25519 public key as JWK (JSON); verifies citizens' and staff's tokens."""
    engine_token: str
    handoff_token: str
    portal_token: str
    origin: str = "http://127.0.0.1:8000"
    engine_url: str = "http://127.0.0.1:5005"
    portal_url: str = "http://127.0.0.1:8000"
    origins: tuple[str, ...] = ()
    """Foreign origins whose pages may talk with the gateway: the embedded widget, Rasa's web clients."""
    redis: str = ""
    """URL of the Redis through which several processes on one PostgreSQL hear of each other; empty: one process."""
    demo: bool = False
    engine_timeout_s: float = 30.0
    lease_s: int = 60
    """How long a clerk keeps a claimed chat without a heartbeat."""
    handle_rate: Rate = Rate(burst=40, per_second=2.0)
    """Messages to one conversation."""
    address_rate: Rate = Rate(burst=200, per_second=20.0)
    """Calls from one network address; generous, because a library or a shelter shares one."""

    retention: Retention = field(default_factory=Retention)
    """How long conversations and what belongs to them are kept."""

    @property
    def own_origins(self) -> tuple[str, ...]:
        """Under which the portal's own pages are visited: its origin, and on 127.0.0.1 also `localhost`, where passkeys are possible."""
        address = urlsplit(self.origin)
        if address.hostname != "127.0.0.1":
            return (self.origin,)
        return (self.origin, self.origin.replace("127.0.0.1", "localhost", 1))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "HandoffSettings":
        """Read the settings; a missing secret raises KeyError with the variable's name."""
        var = Path(environment.get("AMTSLOTSE_VAR", "var"))
        origin = environment.get("AMTSLOTSE_ORIGIN", "http://127.0.0.1:8000")
        return cls(
            database=environment.get(
                "AMTSLOTSE_HANDOFF_DATABASE", f"sqlite+aiosqlite:///{var / 'handoff.db'}"
            ),
            keys=tuple(environment["AMTSLOTSE_HANDOFF_KEYS"].split(",")),
            portal_public_key=environment["AMTSLOTSE_PORTAL_PUBLIC_KEY"],
            engine_token=environment["AMTSLOTSE_ENGINE_TOKEN"],
            handoff_token=environment["AMTSLOTSE_HANDOFF_TOKEN"],
            portal_token=environment["AMTSLOTSE_PORTAL_TOKEN"],
            origin=origin,
            engine_url=environment.get("AMTSLOTSE_ENGINE_URL", "http://127.0.0.1:5005"),
            portal_url=environment.get("AMTSLOTSE_PORTAL_URL", origin),
            origins=origins_from(environment.get("AMTSLOTSE_ORIGINS", "")),
            redis=environment.get("AMTSLOTSE_REDIS", ""),
            demo=environment.get("AMTSLOTSE_DEMO") == "1",
        )
