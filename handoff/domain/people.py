"""Who speaks to the gateway, as the portal's tokens say it."""

from dataclasses import dataclass

from handoff.domain.offers import Json


@dataclass(frozen=True)
class Citizen:
    """A logged-in citizen."""

    account: str
    sid: str
    trust: str


@dataclass(frozen=True)
class Staff:
    """A member of staff."""

    id: str
    roles: frozenset[str]
    office: str
    function: str
    topics: tuple[str, ...]
    office_id: str | None = None
    """Id of the office in the catalogue; None: the town's chat service, which serves every office."""
    sid: str = ""
    """The portal's session."""
    login: str = ""
    """The name of the staff account; for the lead and the log of changes, never for citizens."""

    @property
    def leads(self) -> bool:
        """May look into colleagues' chats."""
        return bool(self.roles & {"lead", "admin"})

    @property
    def serves_chats(self) -> bool:
        """May work in the console at all."""
        return bool(self.roles & {"clerk", "lead", "admin"})

    @property
    def edits(self) -> bool:
        """May change hours and canned replies."""
        return bool(self.roles & {"lead", "admin", "editor"})

    def sender(self) -> dict[str, Json]:
        """How the citizen sees this person: function and office, no name."""
        return {"function": self.function, "office": self.office}
