"""Who is in the workspace: members, guests, bots, people of other workspaces, user groups."""

import dataclasses

from bot.demo.slack.errors import Json


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """One person (or bot) as users.info knows them."""

    id: str
    name: str
    team_id: str
    real_name: str = ""
    locale: str = "en-US"
    tz: str = "America/Panama"
    tz_offset: int = -18000
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_stranger: bool = False
    updated: int = 0
    phone: str = ""

    def payload(self, home_team: str, *, locale: bool = False) -> Json:
        """Tell what users.info tells: little of the deactivated and of other workspaces' people."""
        profile = {
            "real_name": self.real_name or self.name,
            "display_name": self.name,
            "phone": self.phone,
            "team": self.team_id,
        }
        told: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "updated": self.updated,
            "is_app_user": False,
            "profile": profile,
        }
        if self.deleted:
            return told
        told |= {"real_name": self.real_name or self.name, "tz": self.tz}
        told |= {"tz_offset": self.tz_offset, "tz_label": self.tz}
        if self.team_id != home_team:
            return told | {"is_stranger": self.is_stranger}
        for flag in ("is_restricted", "is_ultra_restricted", "is_admin", "is_owner"):
            told[flag] = getattr(self, flag)
        told["is_primary_owner"] = False
        if locale:
            told["locale"] = self.locale
        return told


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """One user group (Slack calls it a subteam in places)."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    date_update: int = 0
    date_delete: int = 0

    def payload(self, team_id: str, *, users: bool = True) -> Json:
        told: Json = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "is_external": False,
            "date_create": 1_700_000_000,
            "date_update": self.date_update,
            "date_delete": self.date_delete,
            "auto_type": None,
            "user_count": str(len(self.users)),
        }
        if users:
            told["users"] = list(self.users)
        return told
