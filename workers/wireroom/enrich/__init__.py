"""The enrich stage: what can be said about an article from its own text and a gazetteer."""
