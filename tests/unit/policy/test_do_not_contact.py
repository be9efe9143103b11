"""Who is not to be written to: which templates that keeps from them, and what is said."""

import itertools
from datetime import datetime, timedelta, timezone

import pytest

from bot.errors import Problem
from bot.locales import LANGUAGES, load
from bot.policy.do_not_contact import Contact, Scope, applies, refuse
from bot.policy.people import can_be_helped
from bot.templates import Category
from tests.fakes import NOON

UNKNOWN = ("", "promotion")
KEPT = {
    *((Scope.EVERYTHING, category) for category in (*Category, *UNKNOWN)),
    *((Scope.MARKETING, category) for category in (Category.MARKETING, *UNKNOWN)),
}


def contact(scope: Scope = Scope.EVERYTHING, since: datetime = NOON) -> Contact:
    return Contact("one", "50761234567", scope, since)


@pytest.mark.parametrize(("scope", "category"), [*itertools.product(Scope, (*Category, *UNKNOWN))])
def test_what_is_kept_from_whom(scope: Scope, category: str) -> None:
    is_kept = applies(scope, category)

    assert is_kept == ((scope, category) in KEPT)
    assert (refuse(contact(scope), category) is not None) == is_kept


def test_who_is_not_on_the_list_may_be_written_to() -> None:
    assert refuse(None, "") is None


def test_a_refusal_says_since_when_and_whom_an_admin_can_help() -> None:
    late = NOON.replace(hour=23).astimezone(timezone(timedelta(hours=5)))
    everything, marketing = (refuse(contact(scope, late), "") for scope in Scope)

    assert everything == Problem("phone", "refused.do_not_contact", {"since": "2026-05-03"})
    assert marketing == Problem("phone", "refused.no_marketing", {"since": "2026-05-03"})
    for each in (everything, marketing):
        assert can_be_helped(each.key)
        for language in LANGUAGES:
            assert "2026-05-03" in load(language)(each.key, **each.values)


def test_only_the_last_four_digits_are_for_everyone() -> None:
    assert contact().masked_phone == "•••• 4567"
