"""Files: what Slack tells of one, and the app's uploads that are on their way."""

import dataclasses
import secrets
from collections.abc import Callable
from typing import Literal

from bot.demo.clock import Clock
from bot.demo.slack.errors import Json
from bot.demo.slack.messages import Message

FORM_BYTES = 10 * 2**20
"""What a file in a form may have."""
SNIPPET_BYTES = 2**20
KINDS = {
    "csv": ("text/csv", "CSV"),
    "txt": ("text/plain", "Plain Text"),
    "html": ("text/html", "HTML"),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Excel Spreadsheet",
    ),
    "xls": ("application/vnd.ms-excel", "Excel Spreadsheet"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "OpenDocument Spreadsheet"),
    "pdf": ("application/pdf", "PDF"),
    "zip": ("application/zip", "Zip"),
}
TEXTS = frozenset({"csv", "txt", "html"})


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """One file as Slack has it now; a change makes a new one with the same id."""

    id: str
    name: str
    content: bytes
    user: str
    user_team: str
    created: int
    title: str = ""
    size: int = 0
    """What Slack says; `content` is what is downloaded."""
    mode: str = "hosted"
    """hosted, snippet (a short text), or external: then it lies at `url`, wherever that is."""
    url: str = ""
    file_access: str = "visible"
    """With check_file_info, a message tells no more than the id: files.info has the rest."""
    is_processing: bool = False
    """Slack has not looked at it yet: nobody knows its kind, nobody gets it."""
    is_deleted: bool = False
    is_in_form: bool = False
    """Somebody gave it to the app in a form."""

    @property
    def filetype(self) -> str:
        return self.name.rpartition(".")[2].lower()

    def payload(self, base_url: str) -> Json:
        """Describe it as Slack does; where it was shared is files.info's to tell."""
        if self.is_deleted:
            return {"id": self.id, "mode": "tombstone"}
        kind, pretty = KINDS.get(self.filetype, ("application/octet-stream", "Binary"))
        told: Json = {"id": self.id, "created": self.created, "timestamp": self.created}
        told |= {"name": self.name, "title": self.title or self.name, "mimetype": kind}
        told |= {"filetype": self.filetype, "pretty_type": pretty, "user": self.user}
        if self.is_processing:
            told |= {"mimetype": "", "filetype": "", "pretty_type": ""}
        told |= {"user_team": self.user_team, "editable": self.mode == "snippet"}
        is_external = self.mode == "external"
        told |= {"size": self.size, "mode": self.mode, "is_external": is_external}
        told |= {"external_type": "unknown" if is_external else "", "is_public": False}
        told |= {"public_url_shared": False, "display_as_bot": False, "username": ""}
        path = f"{base_url}/files-pri/{self.user_team}-{self.id}"
        told["url_private"] = self.url if is_external else f"{path}/{self.name}"
        if not is_external:
            told["url_private_download"] = f"{path}/download/{self.name}"
        told |= {"has_rich_preview": False, "file_access": "visible"}
        return told

    def stub(self, base_url: str) -> Json:
        """Describe it in a message or a form, where Slack may not tell all of it."""
        if self.file_access == "visible" or self.is_deleted:
            return self.payload(base_url)
        told = {"id": self.id, "mode": "file_access", "file_access": self.file_access}
        return told | {"created": 0, "timestamp": 0, "user": self.user}


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """A file that the app announced; `content` is there once its bytes have come."""

    file_id: str
    ticket: str
    name: str
    length: int
    content: bytes | None = None


class Files:
    """Every file of the workspace by its id, and the uploads that are not complete."""

    def __init__(self, clock: Clock, touch: Callable[[], None]) -> None:
        self._clock = clock
        self._touch = touch
        self._files: dict[str, File] = {}
        self._uploads: dict[str, Upload] = {}
        self.sharing: Literal["at once", "held", "never"] = "at once"
        """When a completed upload reaches its conversation; Slack was seen to lose some."""
        self.held: list[Message] = []

    def __getitem__(self, file_id: str) -> File:
        return self._files[file_id]

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    @property
    def all(self) -> list[File]:
        """Every file, the oldest first."""
        return list(self._files.values())

    def add(self, name: str, content: bytes, **facts: object) -> File:
        """Store a file; the facts are File's: who it is from, its mode, url, size."""
        is_short_text = name.rpartition(".")[2].lower() in TEXTS and len(content) <= SNIPPET_BYTES
        known: Json = {
            "id": new_id(),
            "name": name,
            "content": content,
            "created": int(self._clock.now()),
            "size": len(content),
            "mode": "snippet" if is_short_text else "hosted",
            **facts,
        }
        return self._put(File(**known))

    def change(self, file_id: str, **facts: object) -> File:
        """Change a file, say because Slack has looked at it: `is_processing=False`."""
        changes: Json = dict(facts)
        return self._put(dataclasses.replace(self._files[file_id], **changes))

    def delete(self, file_id: str) -> File:
        """Delete a file; its messages stay, with nothing but a trace of it."""
        return self.change(file_id, is_deleted=True, content=b"")

    def _put(self, file: File) -> File:
        self._files[file.id] = file
        self._touch()
        return file

    def announce(self, name: str, length: int) -> Upload:
        """Begin an upload: where its bytes go is known by the ticket."""
        upload = Upload(new_id(), secrets.token_urlsafe(24), name, length)
        self._uploads[upload.file_id] = upload
        return upload

    def announced(self, ticket: str) -> Upload | None:
        """Find the upload that a ticket is for."""
        return next((one for one in self._uploads.values() if one.ticket == ticket), None)

    def arrived(self, upload: Upload, content: bytes) -> None:
        """Keep the bytes until the upload is completed."""
        self._uploads[upload.file_id] = dataclasses.replace(upload, content=content)

    def uploaded(self, file_id: str) -> Upload | None:
        """Find an upload whose bytes have come."""
        upload = self._uploads.get(file_id)
        return upload if upload and upload.content is not None else None

    def complete(self, upload: Upload, title: str, user: str, user_team: str) -> File:
        """Make a file of an upload."""
        del self._uploads[upload.file_id]
        facts = {"id": upload.file_id, "title": title, "user": user, "user_team": user_team}
        return self.add(upload.name, upload.content or b"", **facts)


def new_id() -> str:
    """Make an id that no file has."""
    return f"F0{secrets.token_hex(4).upper()}"
