"""What every peer's prompt and generation have in common, so that none is at a disadvantage."""

MAX_TOKENS = 120  # as Fieldfare gives its model
UNKNOWN = "I do not know."
