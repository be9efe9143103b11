"""Where a command writes when it is run by hand."""

import io

from typing_extensions import override


class Terminal(io.StringIO):
    """Somewhere to write that a person looks at."""

    @override
    def isatty(self) -> bool:
        return True
