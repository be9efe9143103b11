"""The ids of a list's forms, which builders, readers, listeners and tests share."""

from typing import Final

CALLBACK_ID: Final = "bulk"
FROM_MESSAGE: Final = "bulk_from_message"
FILE: Final = "file"
NEEDS: Final = "needs"
MENU: Final = "choose_list_template"
MEAN: Final = "mean_list_template"  # a button with a template that was perhaps meant
SHOW_MORE: Final = "show_more_of_list"
CHOOSE_TIME: Final = "choose_list_time"
MODEL: Final = "list_model"  # a button; value: Atom's template id

FILETYPES: Final = ("csv", "tsv", "txt", "xlsx")

COLUMNS: Final = "bulk_columns"  # a callback id, and the card's button; value: a list's id
COLUMN: Final = "column."
SHEET: Final = "sheet"
HIDDEN: Final = "hidden"
NO_COLUMN: Final = "none"
