"""TOML as text: where things stand in it, so that they can be pointed at, and how to write it."""

import re
import tomllib

Path = tuple[str | int, ...]  # e.g. ("template", 2, "param", 0, "name"), counted from 0

# A statement of several lines ends on a line that closes a string or an array.
CLOSERS = ('"""', "'''", "]")


class Lines:
    """The lines of all tables and keys, as far as the text can be read.

    tomllib itself says where a statement ends: at the first line up to which it can be read.
    """

    def __init__(self, text: str) -> None:
        """Read statement by statement, up to the first one that can't be read."""
        self.broken: int | None = None  # the line at which an unreadable statement begins
        self.names: dict[Path, str] = {}
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._first: dict[Path, int] = {(): 1}
        self._starts: list[tuple[int, Path]] = [(1, ())]
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        at = 0
        while at < len(self._lines) and self.broken is None:
            at = self._read(at) if self._lines[at].split("#")[0].strip() else at + 1

    def of(self, path: Path) -> int:
        """Return the line, from 1, of a key or table, or else of the table that it is in."""
        while path not in self._first:
            path = path[:-1]
        return self._first[path]

    def at(self, line: int) -> Path:
        """Return what stands at a line."""
        return next(path for start, path in reversed(self._starts) if start <= line)

    def _read(self, at: int) -> int:
        """Read the statement that begins at this index; return the index after it."""
        for end in range(at, len(self._lines)):
            if end > at and not any(closer in self._lines[end] for closer in CLOSERS):
                continue
            try:
                read = tomllib.loads("\n".join(self._lines[at : end + 1]))
            except (ValueError, RecursionError) as error:
                if "end of document" in str(error):
                    continue
                break
            self._keep(at + 1, read)
            return end + 1
        self.broken = at + 1
        key = re.match(r"\s*([\w-]+)\s*=", self._lines[at])
        self._starts.append((at + 1, (*self._table, key[1]) if key else ()))
        return at

    def _keep(self, line: int, read: dict[str, object]) -> None:
        path: Path = ()
        inner: object = read
        is_header = self._lines[line - 1].lstrip().startswith("[")
        if not is_header:
            path = self._table
        while isinstance(inner, dict) and inner:
            key, inner = next(iter(inner.items()))
            if path in self._counts and is_header:
                path = (*path, self._counts[path] - 1)
            path = (*path, key)
        if is_header:
            if isinstance(inner, list):
                self._counts[path] = self._counts.get(path, 0) + 1
                path = (*path, self._counts[path] - 1)
            self._table = path
        elif path[-1] == "name" and isinstance(inner, str):
            self.names.setdefault(path[:-1], inner)
        self._starts.append((line, path))
        for length in range(1, len(path) + 1):
            self._first.setdefault(path[:length], line)


def written(value: object) -> str:
    """Write a text, a whole number, a truth or a list of texts; lines of text stay lines."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(written(each) for each in value) + "]"
    text = str(value).replace("\\", "\\\\")
    if "\n" in text:
        text = re.sub(r'"{3,}|"+\Z', lambda quotes: '\\"' * len(quotes[0]), text)
        return '"""\n' + _escaped(text, but="\n") + '"""'
    return '"' + _escaped(text.replace('"', '\\"')) + '"'


def _escaped(text: str, but: str = "") -> str:
    """Escape what TOML wants escaped, and what an editor may take for the end of a line."""
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\u2028\u2029]",
        lambda char: char[0] if char[0] in but else f"\\u{ord(char[0]):04X}",
        text,
    )
