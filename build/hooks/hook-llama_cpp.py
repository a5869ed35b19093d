"""llama-cpp-python: the library that its binding opens by name; PyInstaller follows what that needs (libggml and kin).

The wheel holds every library three times, under each of its version names; only one of each is needed. The package's
`__init__` is collected, because `fieldfare.llm.library` asks for the package's place, but what it imports is not run.
"""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

_folder = Path(get_package_paths("llama_cpp")[1]) / "lib"
_names = ("libllama.so", "libllama.dylib", "llama.dll", "libllama.dll")
# The variants for kinds of processors, where it was compiled with such: opened by name, once the processor is known.
_variants = sorted((_folder.parent.parent / "bin").glob("*ggml-cpu-*"))
_files = [*((_folder / name) for name in _names), *_variants]
binaries = [(str(file), "llama_cpp/lib") for file in _files if file.exists()]
