"""One HTML file that needs nothing else: its style and script are in it, and its policy lets those run and nothing else.

All text goes through `escape`; text of a manual cannot add markup. Style attributes would not pass the policy: use classes.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.errors import StorageError, UsageError
from fieldfare.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLOURS = Path(__file__).with_name("html_page.css")  # those of all pages, for light and dark
_COLOURS_MARKER = "/* colours */"
_BODY_MARKER = "<!-- body -->"


def escape(text: str) -> str:
    """Text as it may stand in an element or a quoted attribute."""
    return html.escape(clean(text), quote=True)


def template(file: Path, title: str) -> tuple[str, str]:
    """What stands before and after the body of a page made from a template."""
    text = file.read_text(encoding="utf-8").replace(_COLOURS_MARKER, _COLOURS.read_text(encoding="utf-8").strip())
    for tag in ("style", "script"):
        if f"<{tag}>" in text:
            body = text[text.index(f"<{tag}>") + len(tag) + 2 : text.index(f"</{tag}>")]
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            text = text.replace("{{" + tag + "-digest}}", f"sha256-{digest}")
    head, _, tail = text.partition(_BODY_MARKER)
    return head.replace("{{title}}", escape(title)), tail


def check_name(target: Path) -> None:
    """Raise UsageError for a target that is a folder or no HTML file."""
    if target.is_dir() or target.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(_("{name} is no name of an HTML file. Name one: --html report.html").format(name=target.name))


@contextlib.contextmanager
def written(target: Path) -> Iterator[IO[str]]:
    """A stream whose text becomes the file, whole or not at all. Raises UsageError or StorageError."""
    target = target.absolute()
    check_name(target)
    try:
        handle, name = tempfile.mkstemp(prefix=".fieldfare-", suffix=".html", dir=target.parent)
        scratch = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
            scratch.chmod(0o644)
            scratch.replace(target)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            _("{target} cannot be written ({reason}). Check the folder and the space left.").format(
                target=target, reason=error.strerror
            )
        ) from error
