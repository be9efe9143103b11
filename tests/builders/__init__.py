"""Builders: what a test says nothing about is ordinary."""

from tests.builders.sends import ALICE, CARLA, TEMPLATE, make_send, make_send_request
from tests.builders.templates import make_one_param_template, make_template

__all__ = [
    "ALICE",
    "CARLA",
    "TEMPLATE",
    "make_one_param_template",
    "make_send",
    "make_send_request",
    "make_template",
]
