"""The names of the buttons that one feature draws and another one answers, in plain words."""

from typing import Final

# Answered by `sending`: each opens the form.
NEW_SEND: Final = "new_send"
SEND_TEMPLATE: Final = "send_template"  # value: Atom's template id
SEND_AGAIN: Final = "send_again"  # value: a send's id
RESCHEDULE: Final = "reschedule"  # value: a send's id
CORRECT: Final = "correct"  # value: a send's id

# Answered by `template_form`, drawn for admins.
ADD_TEMPLATE: Final = "add_template"
TEMPLATE_MENU: Final = "template_menu"  # value: a verb, a colon and Atom's template id

# Answered by `bulk`.
NEW_LIST: Final = "new_list"
LIST_MENU: Final = "list_menu"  # value: `list` or `model`, a colon and Atom's template id
