"""The health check of a container: prints what the process answers at `READY`; ends with 0 if that is "ready"."""

import http.client
import os
import sys
from urllib.parse import urlsplit

SECONDS = 8.0
MOST = 2000

url = urlsplit(os.environ["READY"])
connection = http.client.HTTPConnection(url.netloc, timeout=SECONDS)
try:
    connection.request("GET", url.path)
    answer = connection.getresponse()
    print(answer.read(MOST).decode(errors="replace"))
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"{url.geturl()} does not answer: {error}")
sys.exit(answer.status != http.client.OK)
