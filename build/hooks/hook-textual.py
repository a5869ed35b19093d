"""Textual: its widgets are imported by a name that is computed when one is first used.

Those that draw Markdown stay out with their parser; its data are grammars for a code editor that Fieldfare has not.
"""

from PyInstaller.utils.hooks import collect_submodules

_MARKDOWN = ("textual.widgets._markdown", "textual.widgets.markdown", "textual.widgets._help_panel")
hiddenimports = collect_submodules("textual.widgets", filter=lambda name: not name.startswith(_MARKDOWN))
