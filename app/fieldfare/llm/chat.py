"""How a conversation is written down for each family of models.

A model file may carry its template as Jinja code; code from a file is never run. The family is recognised by its role
markers, and the markers are written here. They alone become special tokens: what a person or a manual says cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFormat:
    """The markers around the three turns; a family without a system turn has the instructions before the question."""

    name: str
    before_system: str
    before_user: str
    before_answer: str
    special: bool = True

    def parts(self, system: str, user: str) -> tuple[tuple[str, bool], ...]:
        """The prompt in pieces, each with whether its markers count as special tokens."""
        marks = self.special
        return (
            (self.before_system, marks),
            (system, False),
            (self.before_user, marks),
            (user, False),
            (self.before_answer, marks),
        )


CHATML = ChatFormat(
    name="ChatML",
    before_system="<|im_start|>system\n",
    before_user="<|im_end|>\n<|im_start|>user\n",
    before_answer="<|im_end|>\n<|im_start|>assistant\n",
)
LLAMA3 = ChatFormat(
    name="Llama 3",
    before_system="<|start_header_id|>system<|end_header_id|>\n\n",
    before_user="<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
    before_answer="<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
)
GEMMA = ChatFormat(
    name="Gemma",
    before_system="<start_of_turn>user\n",
    before_user="\n\n",
    before_answer="<end_of_turn>\n<start_of_turn>model\n",
)
PHI3 = ChatFormat(
    name="Phi-3",
    before_system="<|system|>\n",
    before_user="<|end|>\n<|user|>\n",
    before_answer="<|end|>\n<|assistant|>\n",
)
MISTRAL = ChatFormat(name="Mistral", before_system="[INST] ", before_user="\n\n", before_answer=" [/INST]")
ZEPHYR = ChatFormat(
    name="Zephyr",
    before_system="<|system|>\n",
    before_user="</s>\n<|user|>\n",
    before_answer="</s>\n<|assistant|>\n",
)
PLAIN = ChatFormat(name="plain", before_system="", before_user="\n\n", before_answer="\n\nAnswer:", special=False)

# Which markers, all of which must occur, give a family away; the first that fits wins.
_SIGNS = (
    (("<|im_start|>",), CHATML),
    (("<|start_header_id|>",), LLAMA3),
    (("<start_of_turn>",), GEMMA),
    (("<|end|>", "<|assistant|>"), PHI3),
    (("[INST]",), MISTRAL),
    (("<|assistant|>", "<|user|>"), ZEPHYR),
)
FORMATS = {one.name: one for one in (CHATML, LLAMA3, GEMMA, PHI3, MISTRAL, ZEPHYR, PLAIN)}


def detect(template: str, special_tokens: Iterable[str]) -> ChatFormat:
    """The family by the text of its template, else by the special tokens of its vocabulary, else plain text."""
    for text in (template, "\n".join(special_tokens)):
        for signs, found in _SIGNS:
            if all(sign in text for sign in signs):
                return found
    return PLAIN
