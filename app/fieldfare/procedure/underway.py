"""A procedure from where somebody left it, in the version that he began it in where that is still here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.procedure.course import begin, resume
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.domain import Progress, Reference
    from fieldfare.domain.procedure import ProcedureTitle
    from fieldfare.procedure.collection import Procedures
    from fieldfare.procedure.course import Changes, Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """How far a procedure is: `changes` where the manual is another now, `notice` what must be said of it, or empty."""

    course: Course
    changes: Changes | None = None
    notice: str = ""


def go_on(procedures: Procedures, title: ProcedureTitle, kept: Callable[[Reference], Progress | None]) -> Underway:
    """A procedure with how far it is by what was `kept`: in an older version only where something was done in that.

    Raises FieldfareError.
    """
    procedure = procedures.open(title)
    course = begin(procedure)
    progress = kept(course.progress.procedure)
    if progress is None:
        return Underway(course=course)
    place, notice, older = progress.procedure, "", None
    if place.digest != procedure.digest and progress.begun:
        older = procedures.open_version(place.pack, place.digest, place.document, place.heading)
    if older is not None:
        said = _("Goes on in version {old}, in which it was begun. Installed now: {new}.")
        notice = said.format(old=squeeze(place.version), new=squeeze(procedure.version))
    course, changes = resume(older or procedure, progress)
    return Underway(course=course, changes=changes or None, notice=notice)
