"""Choosing a procedure of the machine that is worked on: those that are open first, narrowed by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.catalogue import _, ngettext
from fieldfare.domain import StepState
from fieldfare.procedure.course import CLOSED, END, START
from fieldfare.text import squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.undertakings import name_of
from fieldfare.tui.widgets.listing import Row
from fieldfare.tui.wording import heading, heading_path, page_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldfare.domain import Progress
    from fieldfare.domain.procedure import ProcedureTitle
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.undertakings import Name


class ProceduresScreen(ChoosingScreen["ProcedureTitle | None"]):
    """Dismissed with a procedure, or with None."""

    ABOUT = "procedures"

    def __init__(self, desk: Desk) -> None:
        """It waits for `offer_titles`; what is pressed meanwhile waits too."""
        super().__init__(_("Which procedure?"), hint=_("A word of its heading"))
        self._desk = desk

    def offer_titles(self, titles: tuple[ProcedureTitle, ...], begun: Mapping[Name, Progress]) -> None:
        """Offer those of the machine that is worked on; `begun` are those that something was done in, in this job."""
        place = self._desk.workplace
        if place.machine.is_known:  # another machine's procedure must not be taken for this one's
            titles = tuple(one for one in titles if one.pack in place.packs or name_of(one) in begun)
        order = {name: at for at, name in enumerate(begun)}
        ranked = sorted(titles, key=lambda one: order.get(name_of(one), len(order)))
        if not ranked:
            self.say(_("No installed manual has a procedure with numbered steps."))
        self.offer(self._offer(one, begun.get(name_of(one))) for one in ranked)

    @staticmethod
    def _offer(title: ProcedureTitle, progress: Progress | None) -> Offer[ProcedureTitle | None]:
        steps = ngettext("{number} step", "{number} steps", title.steps).format(number=title.steps)
        about = [page_name(title.place), steps, heading_path((title.document, *title.heading[:-1]))]
        if title.superseded_by:
            about.append(_("superseded by {document}").format(document=squeeze(title.superseded_by)))
        if title.unsigned:
            about.append(_("unsigned pack"))
        if progress is not None:
            decided = sum(one.state is not StepState.OPEN for one in progress.steps)
            closed = progress.current == CLOSED
            all_ = sum(one.step not in {START, END} for one in progress.steps)
            said = ngettext("OPEN: {done} of {all} step", "OPEN: {done} of {all} steps", all_)
            said = said.format(done=decided, all=all_)
            said = _("closed in this job") if closed else said
            about.insert(0, said)
        row = Row(text=heading(title.heading) or squeeze(title.document), about=" · ".join(filter(None, about)))
        return Offer(row=row, value=title)
