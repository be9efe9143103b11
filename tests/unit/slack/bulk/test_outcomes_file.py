"""The file of outcomes for whoever asks for it: its list's sender, or an admin."""

import pytest

from bot.bulk.batches import BatchStatus
from bot.demo.slack import seed
from bot.locales import load
from bot.slack.bulk import buttons
from tests.builders.batches import BATCH_ID, make_batch, make_progress
from tests.fakes import NOON
from tests.unit.slack.bulk.press_scene import Stage

ES = load("es")
S = BatchStatus
ENDED = make_progress(sent=3)


@pytest.mark.parametrize("status", [S.DONE, S.STOPPED])
@pytest.mark.parametrize(("user", "language"), [(seed.ALICE, "es"), (seed.CARLA, "en")])
async def test_it_comes_to_the_direct_messages_of_who_asks(
    stage: Stage, status: BatchStatus, user: str, language: str
) -> None:
    card = await stage.post(make_batch(status, started=NOON), progress=ENDED)
    person = stage.person(user)

    told = await stage.press(user, card, buttons.FILE)

    await stage.slack.until(lambda: person.files(person.dm_channel))
    (file,) = person.files(person.dm_channel)
    assert (file.name, file.content) == (f"{BATCH_ID}.{language}.csv", b"rows")
    await stage.slack.until(lambda: person.view and file.name in person.view.text)
    assert told == []


@pytest.mark.parametrize("user", [seed.DIEGO, seed.LUCIA, seed.GUEST])
async def test_nobody_else_gets_it(stage: Stage, user: str) -> None:
    card = await stage.post(make_batch(S.DONE, started=NOON), progress=ENDED)

    assert await stage.hears(user, card, buttons.FILE)

    person = stage.person(user)
    assert person.files(person.dm_channel) == []
    assert person.view is None


async def test_while_the_list_runs_there_is_none(stage: Stage) -> None:
    card = await stage.post(make_batch(S.DONE, started=NOON), progress=ENDED)
    stage.batches.put(make_batch(S.RUNNING, started=NOON))

    told = await stage.hears(seed.ALICE, card, buttons.FILE)

    assert ES("bulk.stands.running") in told


async def test_an_upload_that_slack_refuses_is_told(stage: Stage) -> None:
    card = await stage.post(make_batch(S.DONE, started=NOON), progress=ENDED)
    stage.slack.fail("files.getUploadURLExternal", error="file_uploads_disabled")
    person = stage.person(seed.ALICE)

    await stage.press(seed.ALICE, card, buttons.FILE)

    words = ES("upload.disabled").split(".")[0]
    await stage.slack.until(lambda: person.view and words in person.view.text)
    assert words in person.dm()[-1].text
    assert person.files(person.dm_channel) == []
