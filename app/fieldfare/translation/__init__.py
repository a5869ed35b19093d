"""Text in another language: approved translations first, then a machine whose every number is checked."""
