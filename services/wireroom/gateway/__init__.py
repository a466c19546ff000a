"""The gateway: where producers offer articles over HTTP, and where jobs and records are read."""
