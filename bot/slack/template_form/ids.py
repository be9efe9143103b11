"""The ids of the admins' forms, which builders, readers, listeners and tests share."""

from typing import Final

CALLBACK_ID: Final = "template"
PAGE_ID: Final = "template_params"
PARAM_ID: Final = "template_param"
INPUT: Final = "input"  # the one element of most blocks

# The template's blocks are called as its fields are: a problem is told where it is.
NAME: Final = "name"
ID: Final = "id"
BODY: Final = "body"
HEADER: Final = "header"
FOOTER: Final = "footer"
LANGUAGE: Final = "language"
CATEGORY: Final = "category"
ALLOWED: Final = "allowed"
ALLOWED_GROUPS: Final = "allowed_groups"
CHANNELS: Final = "channels"
APPROVAL: Final = "approval"
APPROVAL_FREE: Final = "approval_free"
GROUP: Final = "group"
ASSIGN: Final = "assign"
ACTIVE: Final = "active"

TEMPLATE_FIELDS: Final = (
    *(NAME, ID, BODY, HEADER, FOOTER, LANGUAGE, CATEGORY),
    *(ALLOWED, ALLOWED_GROUPS, CHANNELS, APPROVAL, APPROVAL_FREE, GROUP, ASSIGN, ACTIVE),
)

# And so are a parameter's.
LABEL: Final = "label"
HELP: Final = "help"
EXAMPLE: Final = "example"
KIND: Final = "kind"
CHOICES: Final = "choices"
REQUIRED: Final = "required"
DEFAULT: Final = "default"
MAX_LENGTH: Final = "max_length"
PARAM_FIELDS: Final = (LABEL, HELP, EXAMPLE, KIND, CHOICES, REQUIRED, DEFAULT, MAX_LENGTH)

# What can be pressed, and the menus that ask us for options.
OPEN_PARAMS: Final = "open_params"
EDIT_PARAM: Final = "edit_param"
FIND_LANGUAGE: Final = "find_language"
FIND_GROUP: Final = "find_user_group"
