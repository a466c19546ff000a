"""The store stage: records, versions and outcomes, in one transaction."""
