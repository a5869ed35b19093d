"""LlamaIndex as its documentation sets it up for local models: HuggingFaceEmbedding, SimpleVectorStore on disk, LlamaCPP,
a query engine with its defaults (two nodes, compact). Nodes are cut at LlamaIndex's default of 1,024 tokens, or at
`chunk_size` of the place, since the embedding model reads no more than 256.
"""

from __future__ import annotations

from typing import Any

from prompting import MAX_TOKENS, UNKNOWN

# LlamaIndex's own default template with the way out that makes refusing fair.
TEMPLATE = (
    "Context information is below.\n---------------------\n{context_str}\n---------------------\n"
    "Given the context information and not prior knowledge, answer the query. "
    f"If the context information does not contain the answer, reply exactly: {UNKNOWN}\n"
    "Query: {query_str}\nAnswer: "
)


def _set_up(place: dict[str, Any]) -> None:
    from llama_index.core import Settings
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=place["embedder"], device="cpu")
    Settings.llm = None
    if place.get("chunk_size"):
        Settings.chunk_size, Settings.chunk_overlap = place["chunk_size"], 20


def build(documents: list[dict[str, Any]], place: dict[str, Any]) -> None:
    """Index every document, and write the index to disk."""
    from llama_index.core import Document, VectorStoreIndex

    _set_up(place)
    rows = []
    for one in documents:
        metadata = {"id": one["id"], **({"title": one["title"]} if one["title"] else {})}
        document = Document(text=one["text"], id_=one["id"], metadata=metadata)
        document.excluded_embed_metadata_keys = document.excluded_llm_metadata_keys = ["id"]
        rows.append(document)
    VectorStoreIndex.from_documents(rows).storage_context.persist(place["index"])


class Peer:
    """The open index, and a query engine over it where answers are wanted."""

    def __init__(self, place: dict[str, Any], *, answering: bool) -> None:
        from llama_index.core import PromptTemplate, StorageContext, load_index_from_storage

        _set_up(place)
        storage = StorageContext.from_defaults(persist_dir=place["index"])
        self._index = load_index_from_storage(storage)
        self._retrievers: dict[int, Any] = {}
        if answering:
            from llama_index.llms.llama_cpp import LlamaCPP

            llm = LlamaCPP(
                model_path=place["model"],
                temperature=0.0,
                max_new_tokens=MAX_TOKENS,
                completion_to_prompt=_chatml,
                model_kwargs={"n_threads": place["threads"], "n_threads_batch": place["threads"]},
                verbose=False,
            )
            self._engine = self._index.as_query_engine(llm=llm, text_qa_template=PromptTemplate(TEMPLATE))

    def search(self, text: str, limit: int) -> list[dict[str, str]]:
        """The best nodes."""
        if limit not in self._retrievers:
            self._retrievers[limit] = self._index.as_retriever(similarity_top_k=limit)
        return [
            {"doc": one.node.metadata["id"], "text": one.node.get_content()}
            for one in self._retrievers[limit].retrieve(text)
        ]

    def answer(self, text: str) -> dict[str, Any]:
        """The model's answer and what it read."""
        reply = self._engine.query(text)
        read = ["\n".join([one.node.metadata.get("title", ""), one.node.get_content()]) for one in reply.source_nodes]
        return {"answer": str(reply).strip(), "read": read}


def _chatml(completion: str) -> str:
    """A prompt in the turns that the model was trained on: LlamaIndex leaves them to its user."""
    return f"<|im_start|>user\n{completion}<|im_end|>\n<|im_start|>assistant\n"
