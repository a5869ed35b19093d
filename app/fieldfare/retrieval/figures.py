"""The search for figures: by their captions, the words inside them, the text that they illustrate, and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldfare.domain import Evidence, Match

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval.query import Query
    from fieldfare.retrieval.retriever import Embedder

CANDIDATES = 50
WORDS_WEIGHT = 0.45  # the rest is meaning; scripts/bench/figures.py measures


def find_figures(
    query: Query, archives: Sequence[Archive], vectors: Mapping[str, tuple[Embedder, np.ndarray]], limit: int
) -> tuple[Evidence, ...]:
    """The best figures, best first; each piece of evidence carries its figure."""
    words: dict[tuple[str, int], float] = {}
    meaning: dict[tuple[str, int], float] = {}
    for archive in archives:
        pack = archive.manifest.id
        words |= {(pack, id_): score for id_, score in archive.find_figure_words(query.match, CANDIDATES)}
        if pack in vectors:
            embedder, vector = vectors[pack]
            near = archive.find_figure_meaning(vector, CANDIDATES)
            meaning |= {
                (pack, id_): min(max((embedder.closeness(cosine) - 0.1) / 0.7, 0.0), 1.0) for id_, cosine in near
            }
    best = max(words.values(), default=0.0) or 1.0
    scores = {
        key: WORDS_WEIGHT * words.get(key, 0.0) / best + (1 - WORDS_WEIGHT) * meaning.get(key, 0.0)
        for key in words.keys() | meaning.keys()
    }
    ranked = sorted(scores, key=lambda key: (-scores[key], key))
    shown = {a.manifest.id: a.figures(id_ for pack, id_ in ranked if pack == a.manifest.id) for a in archives}
    evidence = []
    for rank, (pack, id_) in enumerate([key for key in ranked if key[1] in shown[key[0]]][:limit], 1):
        figure, passage = shown[pack][id_]
        lanes = ((Match.WORDS, words), (Match.MEANING, meaning))
        evidence.append(
            Evidence(
                passage=passage,
                rank=rank,
                score=round(min(scores[pack, id_], 1.0), 4),
                matched_by=tuple(match for match, lane in lanes if (pack, id_) in lane),
                figure=figure,
            )
        )
    return tuple(evidence)
