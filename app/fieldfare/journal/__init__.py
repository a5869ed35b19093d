"""The journal: the only thing that the device writes about the work. Local; its owner sees and wipes it."""

from fieldfare.journal.journal import Journal, open_journal

__all__ = ["Journal", "open_journal"]
