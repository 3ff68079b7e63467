"""The engine's side of the Lambda Runtime API: what a worker asks for events and answers."""

import json
import queue
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 30  # seconds

type Answer = tuple[str, Any]  # the last part of the path, and the body


@dataclass
class RuntimeApi:
    """What a worker talks to: one event at a time, and its answer."""

    events: queue.Queue[Any] = field(default_factory=queue.Queue)
    answers: queue.Queue[Answer] = field(default_factory=queue.Queue)
    polled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def address(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    def call(self, event: Any = None) -> Answer:
        """Give the worker an event, and return its answer."""
        self.events.put(event)
        return self.answers.get(timeout=PATIENCE)

    def result(self, event: Any = None) -> Any:
        """Return what the handler returns."""
        kind, body = self.call(event)
        assert kind == "response", body
        return body

    def close(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            api.polled.set()
            event = api.events.get()
            self.answer(200, json.dumps(event).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(202)
            api.answers.put((self.path.rpartition("/")[2], body))

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
            self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")  # the year 2100
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:f")
            self.send_header("Lambda-Runtime-Trace-Id", "Root=1-2-3")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Handler
