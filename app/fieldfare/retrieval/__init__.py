"""Question -> evidence: identifiers by exact look-up, words by FTS5, meaning by vectors, weighed into one order; then the
reader reads the first passages. No language model.
"""

from fieldfare.retrieval.retriever import Embedder, Reader, Retriever

__all__ = ["Embedder", "Reader", "Retriever"]
