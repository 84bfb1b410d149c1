"""A web server with ranges on the loopback, whose folders are buckets as S3 lists them. It verifies no signatures."""

import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebServer:
    """Files by path, and what was asked for: method, path, and how many bytes were sent."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str, int]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = "http://127.0.0.1:%d" % self._server.server_address[1]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def storage_options(self) -> dict[str, object]:
        """How its buckets are reached as those of S3."""
        return {
            "aws_endpoint_url": self.address,
            "aws_allow_http": True,
            "aws_region": "here",
            "aws_access_key_id": "somebody",
            "aws_secret_access_key": "secret",
        }

    def answer(self, method: str, target: str, headers) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and bytes."""
        url = urllib.parse.urlsplit(target)
        path, query = urllib.parse.unquote(url.path), urllib.parse.parse_qs(url.query)
        if "list-type" in query:
            return 200, {"content-type": "application/xml"}, self._list(path.strip("/"), query)
        if path.startswith("/secret/"):
            return 403, {}, b""
        if path not in self.files:
            return 404, {}, b""
        content = self.files[path]
        more = {"etag": f'"{hash(content):x}"', "last-modified": "Thu, 26 Nov 2026 00:00:00 GMT", "accept-ranges": "bytes"}
        if headers.get("if-match", more["etag"]) != more["etag"]:
            return 412, {}, b""
        wanted = headers.get("range", "")
        if method == "HEAD" or not wanted.startswith("bytes="):
            return 200, more, content
        first, last = wanted.removeprefix("bytes=").split("-")
        start = int(first) if first else len(content) - int(last)
        end = min(int(last) + 1, len(content)) if first and last else len(content)
        return 206, more | {"content-range": f"bytes {start}-{end - 1}/{len(content)}"}, content[start:end]

    def _list(self, bucket: str, query: dict[str, list[str]]) -> bytes:
        prefix = f"/{bucket}/{query.get('prefix', [''])[0]}"
        contents = "".join(
            f"<Contents><Key>{name[len(bucket) + 2 :]}</Key><LastModified>2026-11-26T00:00:00.000Z</LastModified>"
            f'<ETag>"x"</ETag><Size>{len(content)}</Size></Contents>'
            for name, content in sorted(self.files.items())
            if name.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>".encode()


def _handler(server: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, content = server.answer(self.command, self.path, self.headers)
            body = content if self.command == "GET" else b""
            server.requests.append((self.command, self.path, len(body)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *arguments) -> None:
            """Nothing is printed."""

    return Handler
