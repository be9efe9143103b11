"""What a person sets about the demo itself: how Atom behaves, the bot's language, the tour."""

from dataclasses import dataclass, field

from aiohttp import web

from bot.demo.atom.server import AtomStandIn
from bot.demo.page.atom_controls import SLOW, AtomControls
from bot.demo.page.gestures import text
from bot.demo.page.language import Busy, LanguageChoice, Speak
from bot.demo.page.requests import body_of, refusal
from bot.demo.page.state import AppFeatures
from bot.demo.page.token_check import press_check_now
from bot.demo.page.tour import Tour
from bot.demo.slack.errors import Json
from bot.demo.slack.server import SlackStandIn


@dataclass(frozen=True, slots=True)
class Options:
    """What a page may have beside the workspace."""

    notes: dict[str, str] = field(default_factory=dict)  # what is said of people
    speak: Speak | None = None  # without it there is no choice of the bot's language
    has_tour: bool = False


class Controls:
    """Their routes, and what the page shows of them."""

    def __init__(
        self, slack: SlackStandIn, atom: AtomStandIn, manifest: Json, options: Options
    ) -> None:
        self._slack = slack
        self._touch = slack.workspace.changes.touch
        self.atom = AtomControls(atom)
        self.features = AppFeatures.from_manifest(manifest)
        self._language = LanguageChoice(options.speak, self._touch) if options.speak else None
        self._tour = Tour() if options.has_tour else None

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        router.add_post("/ui/atom", self._choose_atom)
        router.add_post("/ui/language", self._choose_language)
        router.add_post("/ui/tour", self._tick)

    def told(self) -> Json:
        """Describe them for the page."""
        traffic, messages = self._slack.traffic, self._slack.workspace.messages
        return {
            "atom": self.atom.told(),
            "language": self._language.told() if self._language else None,
            "tour": self._tour.look(traffic, messages) if self._tour else None,
        }

    async def _choose_atom(self, request: web.Request) -> web.Response:
        given = await body_of(request)
        mode, seconds = str(given.get("mode")), given.get("seconds", SLOW)
        try:
            is_mended = self.atom.choose(mode, float(seconds))
        except (TypeError, ValueError) as error:
            return refusal(400, str(error))
        self._touch()
        pressed_by = await press_check_now(self._slack) if is_mended else ""
        return web.json_response({"pressed_by": pressed_by})

    async def _choose_language(self, request: web.Request) -> web.Response:
        given = await body_of(request)
        if self._language is None:
            raise web.HTTPNotFound
        try:
            manifest = await self._language.choose(str(given.get("language")))
        except ValueError as error:
            return refusal(400, str(error))
        except Busy as error:
            return refusal(409, str(error))
        self._slack.install(manifest)
        self.features = AppFeatures.from_manifest(manifest)
        self._touch()
        return web.json_response({})

    async def _tick(self, request: web.Request) -> web.Response:
        given = await body_of(request)
        if self._tour is None:
            raise web.HTTPNotFound
        try:
            self._tour.tick(text(given, "step"))
        except ValueError as error:
            return refusal(400, str(error))
        self._touch()
        return web.json_response({})
