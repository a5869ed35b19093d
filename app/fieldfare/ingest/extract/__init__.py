"""One module a source format; each has `extract(source, progress)`, which yields the pieces of a document.

The title comes before the first section; a section is yielded when it is complete, so that a manual of thousands of pages
never stands in memory whole. Pictures are only named (`PictureSource`): they are read, drawn and encoded later, in parallel.
Extractors run in a limited process of their own (`ingest.worker`) and only read.
"""

from __future__ import annotations

from collections.abc import Callable

from fieldfare.domain import Remark, Section, Sheet, Title

Piece = Title | Section | Sheet | Remark
Progress = Callable[[str, int, int], None]  # what is being done, how far, of how many
