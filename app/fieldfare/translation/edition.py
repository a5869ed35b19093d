"""Which rules decide: a digest of the code that masks, decodes, compares and takes apart. What was checked by other rules is checked anew."""

from __future__ import annotations

import hashlib
import marshal
from functools import lru_cache
from importlib.util import find_spec

# Whatever decides what becomes of a sentence; the packages that these names hold count with them.
MODULES = (
    "fieldfare.translation.guarded",
    "fieldfare.translation.guard",
    "fieldfare.translation.invariants",
    "fieldfare.translation.protection",
    "fieldfare.translation.engine",
    "fieldfare.translation.bpe",
    "fieldfare.translation.terminology",
    "fieldfare.translation.words",
    "fieldfare.translation.words.language",
    "fieldfare.translation.words.germanic",
    "fieldfare.translation.words.romance",
    "fieldfare.grounding.tokens",
    "fieldfare.quantities",
    "fieldfare.units",
    "fieldfare.vocabulary",
    "fieldfare.text",
    "fieldfare.stems",
)


@lru_cache(maxsize=1)
def edition() -> str:
    """The digest of the compiled rules, as they are on this device."""
    digest = hashlib.blake2b(digest_size=12)
    for name in MODULES:
        digest.update(_compiled(name))
    return digest.hexdigest()


def _compiled(name: str) -> bytes:
    # The second format of marshal: later ones write the same code in more than one way.
    spec = find_spec(name)
    get_code = getattr(spec.loader, "get_code", None) if spec else None
    code = get_code(name) if get_code else None
    return marshal.dumps(code, 2) if code else b""
