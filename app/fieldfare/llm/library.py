"""The llama.cpp library through the low-level binding of llama-cpp-python, silent and without the binding's upper half.

The upper half (`llama_cpp.Llama`) is never imported: it renders chat templates that are code in a model file, unpickles
caches, and points the terminal's file descriptors at the null device while it loads.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from pathlib import Path
from typing import Any

from fieldfare.capacity import ENGINE, lacking
from fieldfare.catalogue import _
from fieldfare.errors import ModelError, ProcessorError

_lock = threading.Lock()
_kept: list[Any] = []  # the binding, and the log callback that llama.cpp calls for as long as the process lives


def load() -> Any:
    """The binding's module of C functions; raises ModelError where the library is missing or does not load."""
    with _lock:
        if not _kept:
            _kept.extend(_load())
        return _kept[0]


def _load() -> tuple[Any, Any]:
    check_processor()
    try:
        if "llama_cpp" not in sys.modules:
            # The package as a bare name: its `__init__`, which imports the upper half, is not run.
            spec = importlib.util.find_spec("llama_cpp")
            if spec is None:
                raise ImportError("llama_cpp is not installed")
            sys.modules["llama_cpp"] = importlib.util.module_from_spec(spec)
        from llama_cpp import llama_cpp as binding
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise ModelError(
            _("The language model's library cannot be loaded ({error}). Set Fieldfare up again.").format(error=error)
        ) from error
    silent = binding.llama_log_callback(lambda _level, _text, _data: None)
    binding.llama_log_set(silent, ctypes.c_void_p(0))
    if found := variants():
        _choose_variant(Path(binding.__file__).parent / "lib", found[0].parent)
    binding.llama_backend_init()
    return binding, silent


def check_processor() -> None:
    """Raise ProcessorError where the library comes in one variant and this processor would end the process at its first use."""
    if not variants() and (missing := lacking(ENGINE)):
        raise ProcessorError(
            _("The language model cannot run on this processor: it lacks {missing}.").format(missing=", ".join(missing))
        )


def variants() -> tuple[Path, ...]:
    """The library's variants for kinds of processors, where it has such; none where it is compiled for one kind."""
    spec = importlib.util.find_spec("llama_cpp")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    # A bundle holds them beside the library, a wheel in the folder that CMake installs programs to.
    found = (sorted(folder.glob("*ggml-cpu-*")) for folder in (package / "lib", package.parent / "bin"))
    return tuple(next(filter(None, found), ()))


def _choose_variant(folder: Path, variants_in: Path) -> None:
    """Load the fastest variant that this processor can run; ModelError where there is none.

    Through `libggml` by the very name that libllama was linked to: under another name it would be a second copy, and what
    is registered there is not seen.
    """
    name = {"win32": "ggml.dll", "darwin": "libggml.0.dylib"}.get(sys.platform, "libggml.so.0")
    try:
        ggml = ctypes.CDLL(str(folder / name))
        ggml.ggml_backend_load_all_from_path(os.fsencode(variants_in))
        chosen = int(ggml.ggml_backend_reg_count())
    except (OSError, AttributeError) as error:
        raise ModelError(
            _("The language model's library cannot be loaded ({error}). Set Fieldfare up again.").format(error=error)
        ) from error
    if not chosen:
        raise ProcessorError(_("The language model cannot run on this processor."))
