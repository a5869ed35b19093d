"""txtai as its documentation sets it up for questions over one's own texts: Textractor sections, a hybrid index (BM25 and
vectors) with content, and the RAG pipeline with a llama.cpp model.
"""

from __future__ import annotations

from typing import Any

from prompting import MAX_TOKENS, UNKNOWN

# The template of txtai's own RAG examples, and the way out that makes refusing fair.
TEMPLATE = f"""Answer the following question using only the context below. Only include information specifically discussed.
If the context does not contain the answer, reply exactly: {UNKNOWN}

question: {{question}}
context: {{context}}
"""
SYSTEM = "You are a friendly assistant. You answer questions from users."


def build(documents: list[dict[str, Any]], place: dict[str, Any]) -> None:
    """Index the sections of every document."""
    import warnings

    from txtai import Embeddings
    from txtai.pipeline import Textractor

    warnings.filterwarnings("ignore", module="bs4")  # a text that has no mark-up
    textractor = Textractor(sections=True, backend=None)
    rows = []
    for one in documents:
        for number, section in enumerate(textractor(one["text"])):
            text = f"{one['title']}\n{section}" if one["title"] else section
            rows.append((f"{one['id']}#{number}", text, None))
    embeddings = Embeddings(path=place["embedder"], hybrid=True, content=True)
    embeddings.index(rows)
    embeddings.save(place["index"])
    embeddings.close()


class Peer:
    """The open index, and the RAG pipeline over it where answers are wanted."""

    def __init__(self, place: dict[str, Any], *, answering: bool) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(place["index"])
        if answering:
            from txtai import LLM, RAG

            llm = LLM(place["model"], n_threads=place["threads"], n_threads_batch=place["threads"])
            self._rag = RAG(self._embeddings, llm, system=SYSTEM, template=TEMPLATE, output="reference")

    def search(self, text: str, limit: int) -> list[dict[str, str]]:
        """The best sections."""
        found = self._embeddings.search(text, limit)
        return [{"doc": one["id"].rsplit("#", 1)[0], "text": one["text"]} for one in found]

    def answer(self, text: str) -> dict[str, Any]:
        """The model's answer and what it read."""
        read = [one["text"] for one in self.search(text, self._rag.context)]
        reply = self._rag(text, maxlength=MAX_TOKENS, temperature=0.0)
        return {"answer": reply["answer"].strip(), "read": read}
