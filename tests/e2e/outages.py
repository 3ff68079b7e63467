"""Outages of what the saga depends on, for the duration of a block."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e.shop import Shop

NOBODY = "http://127.0.0.1:9"  # the port of the discard service: nothing listens there
GATEWAY = ("ProcessPaymentFunction", "RefundPaymentFunction")


@contextmanager
def changed(shop: Shop, function: str, **settings: str) -> Iterator[None]:
    """Change settings of a function, which deploys it anew."""
    client, name = shop.client("lambda"), shop.stack.function_name(function)
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {**before, **settings}})
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@contextmanager
def gateway_down(shop: Shop) -> Iterator[None]:
    """Let the payment gateway answer 503."""
    with ExitStack() as functions:
        for function in GATEWAY:
            functions.enter_context(changed(shop, function, GATEWAY_DOWN="true"))
        yield


@contextmanager
def bus_down(shop: Shop) -> Iterator[None]:
    """Let nobody answer for the event bus."""
    with changed(shop, "PublishEventsFunction", AWS_ENDPOINT_URL_EVENTS=NOBODY):
        yield


@contextmanager
def bus_denied(shop: Shop) -> Iterator[None]:
    """Take the permission to publish away."""
    client, iam = shop.client("lambda"), shop.client("iam")
    name = shop.stack.function_name("PublishEventsFunction")
    role = client.get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
    statement = {"Effect": "Deny", "Action": "events:PutEvents", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="denied", PolicyDocument=policy)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="denied")


@contextmanager
def bus_slow(shop: Shop, seconds: float) -> Iterator[None]:
    """Let the event bus take so many seconds for each entry."""

    class Bus(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            entries = json.loads(self.rfile.read(int(self.headers["content-length"])))["Entries"]
            time.sleep(seconds * len(entries))
            body = json.dumps({"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bus)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        with changed(shop, "PublishEventsFunction", AWS_ENDPOINT_URL_EVENTS=url):
            yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def throttled(shop: Shop, function: str) -> Iterator[None]:
    """Let a function have no concurrency."""
    client, name = shop.client("lambda"), shop.stack.function_name(function)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        client.delete_function_concurrency(FunctionName=name)
