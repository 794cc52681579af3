"""Puts a file to a presigned address: the installer has no rights in the store but this one."""

import http.client
import os
from urllib.parse import urlsplit

TIMEOUT_S = 60


def upload(path, url):
    """Raises OSError."""
    parts = urlsplit(url)
    kind = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[parts.scheme]
    connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)
    try:
        with open(path, "rb") as file:
            headers = {"Content-Length": str(os.path.getsize(path))}
            connection.request("PUT", f"{parts.path}?{parts.query}", body=file, headers=headers)
            response = connection.getresponse()
            answer = response.read(500)
        if response.status != 200:
            raise OSError(f"the store answered HTTP {response.status}: {answer!r}")
    finally:
        connection.close()
