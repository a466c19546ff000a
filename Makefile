.PHONY: lock
lock: .venv  ## write the hash lock of every dependency anew
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --extra all --group dev \
	  --custom-compile-command "make lock" pyproject.toml -o infra/deploy/requirements.lock
