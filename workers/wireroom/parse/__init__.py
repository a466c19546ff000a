"""Parse: from a captured page to an article's text, structure and metadata."""
