"""The ledger: every accepted job, where it is, and how it ended. Knows jobs, not articles.

Each function promises one step of the life of a job and is safe against a twin of itself, whoever dies when.
"""
