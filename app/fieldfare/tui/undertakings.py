"""Procedures with how far they are in the current job: read from manual and journal together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.errors import UsageError
from fieldfare.procedure.underway import go_on
from fieldfare.text import squeeze
from fieldfare.tui.wording import heading

if TYPE_CHECKING:
    from fieldfare.domain import Passage, Progress
    from fieldfare.domain.manual import Link
    from fieldfare.domain.procedure import ProcedureTitle
    from fieldfare.procedure.course import Changes, Course
    from fieldfare.tui.desk import Desk

Name = tuple[str, str, tuple[str, ...]]
"""What names a procedure in every version of its pack: the pack, the document, the heading."""


def name_of(title: ProcedureTitle) -> Name:
    """The name of a procedure."""
    return title.pack, title.document, title.heading


def name_in(progress: Progress) -> Name:
    """The name of the procedure that this is the progress of."""
    place = progress.procedure
    return place.pack, place.document, place.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """A procedure that somebody carries out: `changes` where the manual is another now, `links` to other sections by page.

    `opening` is its beginning as a passage; `notice` is what must be said of it, empty where nothing must.
    """

    course: Course
    opening: Passage
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    changes: Changes | None = None
    notice: str = ""


def at(desk: Desk, pack: str, section: int) -> Undertaking:
    """The procedure that a section is, or is a part of. Raises FieldfareError."""
    title = desk.assistant.procedures.title_at(pack, section)
    if title is None:
        raise UsageError(_("This section has no numbered steps."))
    return of(desk, title)


def again(desk: Desk, progress: Progress) -> Undertaking:
    """The procedure that this is the progress of. Raises FieldfareError."""
    place = progress.procedure
    title = desk.assistant.procedures.named(place.pack, place.document, place.heading)
    if title is None:
        said = _("{procedure} is not in the installed manuals any more.")
        raise UsageError(said.format(procedure=heading(place.heading) or squeeze(place.document)))
    return of(desk, title)


def of(desk: Desk, title: ProcedureTitle) -> Undertaking:
    """A procedure with how far it is; in the version that it was begun in, where that is still here. Raises FieldfareError."""
    procedures = desk.assistant.procedures
    underway = go_on(procedures, title, desk.journal.progress)
    return Undertaking(
        course=underway.course,
        opening=procedures.opening(title),
        links=procedures.links(underway.course.procedure),
        changes=underway.changes,
        notice=underway.notice,
    )
