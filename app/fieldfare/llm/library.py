"""The llama.cpp library through the low-level binding of llama-cpp-python, silent and without the binding's upper half.

The upper half (`llama_cpp.Llama`) is never imported: it renders chat templates that are code in a model file, unpickles
caches, and points the terminal's file descriptors at the null device while it loads.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
import threading
from typing import Any

from fieldfare.errors import ModelError

_lock = threading.Lock()
_kept: list[Any] = []  # the binding, and the log callback that llama.cpp calls for as long as the process lives


def load() -> Any:
    """The binding's module of C functions; raises ModelError where the library is missing or does not load."""
    with _lock:
        if not _kept:
            _kept.extend(_load())
        return _kept[0]


def _load() -> tuple[Any, Any]:
    try:
        if "llama_cpp" not in sys.modules:
            # The package as a bare name: its `__init__`, which imports the upper half, is not run.
            spec = importlib.util.find_spec("llama_cpp")
            if spec is None:
                raise ImportError("llama_cpp is not installed")
            sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)
        from llama_cpp import llama_cpp as binding
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise ModelError(f"The language model's library cannot be loaded ({error}). Set Fieldfare up again.") from error
    silent = binding.llama_log_callback(lambda _level, _text, _data: None)
    binding.llama_log_set(silent, ctypes.c_void_p(0))
    binding.llama_backend_init()
    return binding, silent
