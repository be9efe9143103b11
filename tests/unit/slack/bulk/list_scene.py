"""Lists in every state in which a card shows them."""

import json
from datetime import timedelta
from typing import Any

from bot.bulk.batches import BatchStatus, Hidden, Mapped, PauseReason, Report
from bot.bulk.columns import Question
from bot.locales import LANGUAGES, load
from bot.sends import EXPIRED, SendAt
from bot.slack.bulk.shown import DECLINED, ListRules, Shown
from bot.slack.notifications import cards
from tests.builders import CARLA, make_template
from tests.builders.batches import REPORT, make_batch, make_progress, make_report
from tests.fakes import NOON

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
LATER = SendAt(
    NOON + timedelta(hours=2), (NOON + timedelta(hours=2)).replace(tzinfo=None), "UTC", ""
)
PAST = SendAt(
    NOON - timedelta(hours=2), (NOON - timedelta(hours=2)).replace(tzinfo=None), "UTC", ""
)
RULES = ListRules(timedelta(hours=24), approval_over=50)
ASKED = Report(
    titles=("Telefono", "Celular", "Nombre", "Notas"),
    places={"client_name": 2},
    unknown=(3,),
    questions=(Question("phone", (0, 1)),),
    missing=("param.Sede",),
    sheets=("Mayo", "Junio"),
    hidden=4,
)
RUNS = make_progress(queued=30, sending=2, sent=5, pending=3, rejected=1, unknown=1, undecided=1)
ENDED = make_progress(
    sent=20, pending=15, rejected=2, failed=1, cancelled=1, unknown=4, undecided=3, skipped=1
)


def shown(status: BatchStatus = BatchStatus.CHECKED, **changes: Any) -> Shown:
    """Make what a card is drawn of; the changes are the list's, or a card's own."""
    own = {
        name: changes.pop(name)
        for name in ("progress", "template", "rules", "in_private", "now", "names")
        if name in changes
    }
    return Shown(
        make_batch(status, **changes),
        **{"now": NOON, "template": make_template(), "rules": RULES, **own},
    )


STATES = {
    "reading": shown(BatchStatus.READING),
    "gathering": shown(BatchStatus.READING, file=None, retries="K7R2-M9T5W"),
    "asking": shown(BatchStatus.ASKING, report=ASKED),
    "unreadable": shown(BatchStatus.UNREADABLE),
    "no such sheet": shown(
        BatchStatus.UNREADABLE, reason="bulk.file.no_such_sheet", values={"sheet": "<!channel>"}
    ),
    "of an odd reason": shown(BatchStatus.UNREADABLE, reason="bulk.file.odd"),
    "checked": shown(),
    "checked and planned": shown(send_at=LATER),
    "checked too late": shown(send_at=PAST),
    "nothing good": shown(report=make_report(counts={}, messages=())),
    "within the daily limit": shown(report=make_report(daily_limit=250, reached_after=250)),
    "over the daily limit": shown(
        report=make_report(daily_limit=250, reached_today=240, reached_after=280)
    ),
    "over the rows": shown(rules=ListRules(approval_over=10)),
    "hidden rows": shown(
        report=make_report(hidden=4, left_out_from=5000), mapped=Mapped(hidden=Hidden.SKIP)
    ),
    "template gone": shown(template=None),
    "awaiting": shown(BatchStatus.AWAITING_APPROVAL),
    "awaiting and planned": shown(BatchStatus.AWAITING_APPROVAL, send_at=LATER),
    "begins": shown(BatchStatus.RUNNING, progress=make_progress(queued=42, rate=0.0)),
    "waits for its moment": shown(
        BatchStatus.RUNNING, send_at=LATER, progress=make_progress(scheduled=42, rate=0.0)
    ),
    "runs": shown(BatchStatus.RUNNING, progress=RUNS, started_by=CARLA),
    "paused": shown(BatchStatus.PAUSED, progress=RUNS, decided_by=CARLA),
    "paused by nobody": shown(BatchStatus.PAUSED, progress=RUNS),
    **{
        f"paused by {reason}": shown(BatchStatus.PAUSED, progress=RUNS, reason=reason)
        for reason in PauseReason
    },
    "discarded": shown(BatchStatus.STOPPED, decided_by=CARLA),
    "refused": shown(
        BatchStatus.STOPPED, reason=DECLINED, decided_by=CARLA, note="Ask +507 6123-4567 first"
    ),
    "expired": shown(BatchStatus.STOPPED, reason=EXPIRED),
    # As the database counts those that are no sends, nor will be.
    "refused and counted": shown(
        BatchStatus.STOPPED,
        reason=DECLINED,
        decided_by=CARLA,
        started=NOON,
        approve_until=NOON,
        progress=make_progress(cancelled=40, rate=0.0),
    ),
    "stopped": shown(BatchStatus.STOPPED, progress=ENDED, decided_by=CARLA),
    "stopped by nobody": shown(BatchStatus.STOPPED, progress=ENDED),
    "done": shown(BatchStatus.DONE, progress=ENDED),
    "all done": shown(BatchStatus.DONE, progress=make_progress(sent=42), with_recent=True),
    "largest": shown(
        report=make_report(
            titles=tuple(f"Una columna larga número {n} de muchas" for n in range(100)),
            unknown=tuple(range(3, 100)),
            quiet=dict.fromkeys(
                ("AR", "BO", "BR", "CL", "CO", "CR", "EC", "GT", "HN", "MX", "PA"), 5
            ),
            messages=("x" * 5000,) * 3,
        ),
        template_name="T" * 500,
    ),
}
assert REPORT.rows


def pressed(message: cards.Message) -> list[str]:
    """Name what can be pressed, in order."""
    return [element["action_id"] for element in elements(message)]


def elements(message: cards.Message) -> list[dict[str, Any]]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row]


def everything(message: cards.Message) -> str:
    """Write all that goes to Slack."""
    return json.dumps(message.arguments(), ensure_ascii=False)
