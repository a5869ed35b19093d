"""Pygments: the colours of a traceback, and nothing for five hundred other languages."""

hiddenimports = [
    "pygments.lexers.python",
    "pygments.styles.default",
    "pygments.styles.monokai",
    "pygments.formatters.terminal256",
]
