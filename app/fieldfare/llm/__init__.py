"""Tokens to tokens: the only code that knows llama.cpp and the files of its models.

`inspect`, `check` and `verify` judge a model file without loading anything; `LanguageModel` runs it, `ModelProcess` runs it
in a process of its own.
"""

from __future__ import annotations

from fieldfare.llm.language_model import LanguageModel
from fieldfare.llm.model_file import ModelFile, check, fitting_context, inspect, verify
from fieldfare.llm.process import ModelProcess

__all__ = ["LanguageModel", "ModelFile", "ModelProcess", "check", "fitting_context", "inspect", "verify"]
