"""The workspace that a stand-in starts with: a few of each kind of person and channel."""

from bot.demo.slack.errors import Json
from bot.demo.slack.manifest import App
from bot.demo.slack.workspace import BOT_USER, Workspace

ALICE, BRUNO, CARLA = "U0ALICE0001", "U0BRUNO0001", "U0CARLA0001"
DIEGO, LUCIA = "U0DIEGO0001", "U0LUCIA0001"
GUEST, SINGLE, GONE = "U0GUEST0001", "U0SINGLE001", "U0GONE00001"
HELPER, EXTERNAL = "U0HELPER001", "U0EXTERN001"
OTHER_TEAM = "T0OTHER0001"
SUPPORT = "S0SUPPORT01"
SOPORTE, VENTAS = "C0SOPORTE01", "C0VENTAS001"
PRIVATE, SECRET = "C0PRIVADO01", "C0SECRETO01"
SHARED = "C0ALIADOS01"

PEOPLE: dict[str, tuple[str, Json]] = {
    ALICE: ("alice", {"real_name": "Alice Martín", "locale": "es-ES", "is_admin": True}),
    BRUNO: ("bruno", {"real_name": "Bruno Costa", "locale": "pt-BR", "tz": "America/Sao_Paulo"}),
    LUCIA: (
        "lucia",
        {
            "real_name": "Lucía Hernández",
            "locale": "es-MX",
            "tz": "America/Mexico_City",
            "tz_offset": -21600,
        },
    ),
    CARLA: ("carla", {"real_name": "Carla Díaz", "phone": "+507 6000-0003"}),
    DIEGO: ("diego", {"real_name": "Diego Rojas"}),
    GUEST: ("gabi", {"real_name": "Gabi (invitada)", "is_restricted": True}),
    SINGLE: (
        "simon",
        {"real_name": "Simón", "is_restricted": True, "is_ultra_restricted": True},
    ),
    GONE: ("gonzalo", {"real_name": "Gonzalo", "deleted": True}),
    HELPER: ("helper", {"real_name": "Helper", "is_bot": True}),
    EXTERNAL: ("eva", {"real_name": "Eva (Aliados)", "team_id": OTHER_TEAM}),
}
MEMBERS = (ALICE, BRUNO, LUCIA, CARLA, DIEGO)


def seed(workspace: Workspace, app: App) -> None:
    """Fill an empty workspace."""
    workspace.add_person(BOT_USER, app.bot_name, is_bot=True)
    for user_id, (name, facts) in PEOPLE.items():
        workspace.add_person(user_id, name, **facts)
    everyone = (*MEMBERS, GUEST, SINGLE, HELPER, BOT_USER)
    workspace.add_channel(SOPORTE, "soporte", everyone)
    workspace.add_channel(VENTAS, "ventas", (*MEMBERS, GUEST))
    workspace.add_channel(PRIVATE, "privado", (ALICE, BRUNO, BOT_USER), kind="private")
    workspace.add_channel(SECRET, "secreto", (ALICE, BRUNO), kind="private")
    workspace.add_channel(SHARED, "aliados", (ALICE, EXTERNAL, BOT_USER), shared=True)
    workspace.set_group(SUPPORT, (ALICE, BRUNO, LUCIA))
