"""The surface in Slack: one module a feature, joined here."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import BatchId
from bot.bulk.ports import BatchNotifier, BatchRepository
from bot.errors import TryLater
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.do_not_contact import ContactRepository
from bot.policy.people import Workspace
from bot.repositories import ApprovalQuestions, SendRepository, TemplateRepository
from bot.send_draft import NumberRules
from bot.sends import SendId
from bot.slack import send_form, subcommands
from bot.slack.approvals import Approvals
from bot.slack.bulk.columns_form import ColumnsForm
from bot.slack.bulk.decisions import ListDecisions, RowDecided
from bot.slack.bulk.files_on_demand import FilesOnDemand
from bot.slack.bulk.form_listeners import ListForms
from bot.slack.bulk.model_file import MakeModel, ModelFiles
from bot.slack.bulk.outcomes_file import MakeOutcomes
from bot.slack.bulk.shown import NO_RULES, ListRules
from bot.slack.error_handler import ErrorHandler
from bot.slack.home import Home
from bot.slack.home.contents import HomeContents
from bot.slack.home.lists import HomeLists
from bot.slack.home.template_rows import LISTS
from bot.slack.home.watch import HomeWatch
from bot.slack.notifications import redraw
from bot.slack.notifications.actions import SendActions
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.notifications.check_now import CheckNow
from bot.slack.notifications.details import Details
from bot.slack.notifications.nudge_answers import NudgeAnswers
from bot.slack.platform import payload_shape, payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.events import Events
from bot.slack.platform.payloads import Payload
from bot.slack.platform.uploads import SlackUploads
from bot.slack.send_form.listeners import COMMAND, SendForm
from bot.slack.send_form.template_select import TemplateSelect
from bot.slack.stop_form import StopForm
from bot.slack.template_form import TemplateAccess, TemplateForm, UserGroups
from bot.submission import Submission

Dispatch = Callable[[Payload], Awaitable[tuple[int, str, str]]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """Where and as whom the app is installed, as `auth.test` says."""

    workspace: Workspace
    bot_user: str
    bot_id: str
    scopes: frozenset[str] = frozenset()


async def find_installation(client: AsyncWebClient) -> Installation:
    """Ask Slack whose token this is. Raises TryLater or SlackRefused."""
    with translate_slack_errors():
        answer = await client.auth_test()
    enterprise = str(answer.get("enterprise_id") or "")
    is_org_wide = bool(answer.get("is_enterprise_install"))
    scopes = str({k.lower(): v for k, v in answer.headers.items()}.get("x-oauth-scopes") or "")
    return Installation(
        Workspace(str(answer.get("team_id") or ""), enterprise if is_org_wide else ""),
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        scopes=frozenset(scope.strip() for scope in scopes.split(",") if scope.strip()),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What the listeners work with."""

    directory: SlackDirectory
    translations: Translations
    rules: NumberRules
    sends: SendRepository
    templates: TemplateRepository
    access: Access
    submission: Submission
    homes: HomeWatch
    contacts: ContactRepository
    questions: ApprovalQuestions
    now: Callable[[], datetime]
    batches: BatchRepository | None = None  # None: no lists are taken
    batch_notifier: BatchNotifier | None = None
    list_rules: ListRules = NO_RULES
    uploads: SlackUploads | None = None  # with more patience than listeners have
    make_model: MakeModel | None = None  # of a template's list; None: no model files
    make_outcomes: MakeOutcomes | None = None  # of a list; None: its file comes once, at the end

    @property
    def lists(self) -> tuple[str, ...]:
        """What Home's menu of lists has."""
        return LISTS[: 1 + bool(self.uploads and self.make_model)] if self.batches else ()


def make_app(client: AsyncWebClient, installation: Installation, parts: Parts) -> AsyncApp:
    """Make the Bolt app; the same listeners serve both transports."""
    result = AuthorizeResult(
        enterprise_id=installation.workspace.enterprise or None,
        team_id=installation.workspace.team,
        bot_token=client.token,
        bot_user_id=installation.bot_user,
        bot_id=installation.bot_id,
    )

    async def authorize() -> AuthorizeResult:
        return result

    app = AsyncApp(
        client=client,
        authorize=authorize,
        logger=logging.getLogger("slack_bolt"),
        # Verified before anything is parsed, by bot.web.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        # There are no steps of Slack's workflows here, and no events that we cause.
        attaching_function_token_enabled=False,
        ignoring_self_events_enabled=False,
        # The answer leaves when the listener ends: what it says is never lost on the way.
        process_before_response=True,
    )
    _register(app, client, parts, installation.workspace.team)
    return app


def _register(app: AsyncApp, client: AsyncWebClient, parts: Parts, team: str) -> None:
    """Connect the features, the most used ones first: Bolt tries them in this order."""
    directory, translations, sends = parts.directory, parts.translations, parts.sends
    background = BackgroundTasks()
    access = parts.access
    sending = _register_forms(app, client, parts, background)
    shown = HomeLists(parts.batches, parts.now) if parts.batches else None
    contents = HomeContents(access, sends, parts.contacts, parts.lists, shown)
    home = Home(client, directory, translations, contents, parts.homes)

    _register_decisions(app, client, parts, background, home)
    home.register(app)
    TemplateForm(
        client,
        TemplateAccess(directory, translations),
        parts.templates,
        UserGroups(client, team),
        background,
        shown=lambda user: background.start(home.refresh(user)),
        test=sending.open_test,
    ).register(app)
    CheckNow(client, directory, translations, sends, background).register(app)
    Events(directory).register(app)
    ErrorHandler(client, directory, translations, background).register(app)


def _register_forms(
    app: AsyncApp, client: AsyncWebClient, parts: Parts, background: BackgroundTasks
) -> SendForm:
    """Connect the form for sending, and all that is in its way."""
    directory, translations, sends = parts.directory, parts.translations, parts.sends
    rules, access = parts.rules, parts.access
    choosing = TemplateSelect(
        client, directory, translations, access, sends, background, rules=rules
    )
    # The manifest names it in one language, which is to be the one that channels see.
    shortcut = translations.shared("manifest.shortcut")
    contacts = subcommands.Contacts(directory, parts.contacts, rules, parts.now)
    sending = SendForm(
        client,
        directory,
        translations,
        rules,
        sends,
        access,
        parts.submission,
        choosing,
        subcommands.Subcommands(directory, access, sends, parts.templates, shortcut, contacts),
        corrected=lambda send_id: background.start(_redraw_list_of(send_id, parts)),
    )
    lists = _list_forms(client, parts, background, sending)
    # Each listener that Bolt tries before the right one costs as much as what is done besides.
    app.command(COMMAND)(lists.on_command if lists else sending.on_command)
    app.view(send_form.CALLBACK_ID)(sending.on_submit)
    choosing.register(app)
    stop = StopForm(client, directory, translations, rules, contacts, sending.open_instead)
    # Before the form for sending, which takes all messages.
    stop.register(app)
    sending.register(app)
    if lists and parts.batches:
        lists.register(app)
        ColumnsForm(client, directory, translations, access, parts.batches).register(app)
    return sending


def _list_forms(
    client: AsyncWebClient, parts: Parts, background: BackgroundTasks, sending: SendForm
) -> ListForms | None:
    """Make the ways to a list."""
    if parts.batches is None:
        return None
    directory, translations, access = parts.directory, parts.translations, parts.access
    models = None
    if parts.uploads and parts.make_model:
        files = FilesOnDemand(client, directory, parts.uploads, background)
        models = ModelFiles(files, translations, access, parts.make_model)
    return ListForms(
        client,
        directory,
        translations,
        parts.rules,
        parts.sends,
        access,
        parts.batches,
        parts.now,
        sending.on_command,
        models,
    )


async def _redraw_list_of(send_id: SendId, parts: Parts) -> None:
    """Draw the card of the list of which a send is a row, if it is one."""
    try:
        send = await parts.sends.find(send_id)
    except TryLater as error:
        # It is drawn again with whatever comes next.
        logger.info("list not drawn again", extra={"send": send_id, "reason": error.key})
        return
    if send and send.request.batch and parts.batch_notifier:
        parts.batch_notifier.show(BatchId(send.request.batch))


def _register_decisions(
    app: AsyncApp,
    client: AsyncWebClient,
    parts: Parts,
    background: BackgroundTasks,
    home: Home,
) -> None:
    """Connect what people decide about sends that are there."""
    directory, translations, sends = parts.directory, parts.translations, parts.sends
    access = parts.access
    drawn = redraw.CardUpdater(client, sends, translations, directory.locale, directory.name)
    details = Details(client, directory, translations, sends, access)

    def home_changed(user: str) -> None:
        background.start(home.refresh(user))

    lists = RowDecided()
    if parts.batches:
        lists = ListDecisions(
            parts.batches,
            parts.batch_notifier,
            parts.list_rules,
            directory,
            translations,
            access,
            parts.questions,
            parts.now,
            parts.uploads,
            parts.make_outcomes,
        ).register(app, client, background, home)
    SendActions(
        directory,
        sends,
        access,
        parts.submission,
        drawn,
        background,
        details,
        home_changed,
        lists.modals,
        lists.show,
    ).register(app)
    details.register(app)
    NudgeAnswers(client, directory, translations, sends, background, parts.now).register(app)
    Approvals(
        client,
        directory,
        translations,
        sends,
        access,
        ApprovalRequests(client, parts.questions, directory, drawn, access.find),
        background,
        home,
    ).register(app)


def make_dispatch(app: AsyncApp) -> Dispatch:
    """Return both transports' way in for what is verified and parsed: status, body, content type.

    What has another shape than Slack's is answered with status 400, and reaches no listener.
    """

    async def dispatch(payload: Payload) -> tuple[int, str, str]:
        try:
            body = payload_shape.checked(payload)
        except payload_shape.WrongShape:
            return HTTPStatus.BAD_REQUEST, "", "text/plain"
        # As in Socket Mode: Bolt's own parser would lose a command that says "payload".
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        if response.status == HTTPStatus.NOT_FOUND and payloads.is_event(payload):
            # One that nobody here listens to; refused, it comes again, and Slack at last stops
            # sending events at all.
            return HTTPStatus.OK, "", "text/plain"
        kind = response.first_headers().get("content-type", "text/plain")
        return response.status, response.body, kind

    return dispatch
