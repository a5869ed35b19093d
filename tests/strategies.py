"""Hypothesis strategies for the domain's values."""

from __future__ import annotations

from hypothesis import strategies as st

from fieldfare.domain import Block, BlockKind, Section

sentence = st.text(alphabet="abcdefg XYZ019.", min_size=1, max_size=120).map(lambda text: " ".join(text.split()) or "a")


@st.composite
def tables(draw: st.DrawFn) -> Block:
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.tuples(*[sentence] * width), min_size=2, max_size=6))
    text = "\n".join(" | ".join(row) for row in rows)
    return Block(kind=BlockKind.TABLE, text=text, rows=tuple(rows), header_rows=draw(st.integers(0, 1)))


blocks = st.one_of(
    st.builds(Block, kind=st.just(BlockKind.PARAGRAPH), text=sentence),
    st.builds(Block, kind=st.just(BlockKind.STEP), text=sentence, number=st.just("1"), level=st.integers(1, 2)),
    st.builds(
        Block,
        kind=st.just(BlockKind.HAZARD),
        text=sentence,
        signal_word=st.just("WARNING"),
        protects=st.sampled_from(["step", "section"]),
    ),
    st.builds(Block, kind=st.just(BlockKind.CODE), text=sentence),
    tables(),
)


def sections() -> st.SearchStrategy[Section]:
    return st.builds(Section, path=st.just(("1 Title",)), blocks=st.lists(blocks, max_size=12).map(tuple))
