"""How the stand-in says no: to the bot in Slack's own form, to a test that asks the impossible."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """A Web API error: Slack's code, its messages, and further fields of the answer."""

    def __init__(self, error: str, *messages: str, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.extra = extra

    def body(self) -> Json:
        answer: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


class Impossible(AssertionError):
    """A person cannot do this in Slack's client: the test or the view is wrong."""
