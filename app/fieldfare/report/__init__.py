"""A job as it is handed in: Markdown, HTML, PDF, CSV or JSON."""
