"""Run a release of the shop under load and keep the events its Sentry SDK sends.

Everything is real but two neighbours: the payment provider is a stub that takes a second and a
half for a charge, and Sentry is a loopback server that writes down what arrives. The shop runs
unmodified: the provider's host name is reached through ``HTTP_PROXY``, Sentry through
``SENTRY_DSN``.

    python capture.py /srv/shop raw/            # the release at fault: writes raw/1.json, …
    python capture.py /srv/shop raw/ --expect 0 # a control run: fails when any event arrives

The directory must hold the shop's sources at the release and a virtual environment ``.venv``
with its ``requirements.txt``; the README beside this file has the commands.
"""

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SHOP = "http://127.0.0.1:8080"
CHARGE_SECONDS = 1.5
CUSTOMERS = 24
CHECKOUTS_EACH = 3

SEED = """
from shop.db import connect, session_scope
from shop.models import Base, Product, Stock
from shop.settings import load

engine = connect(load()["database"])
Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
with session_scope() as session:
    for number in range(1, 41):
        product = Product(sku=f"TEA-{number:02}", title=f"Tea {number}", price_cents=390 + 10 * number)
        product.stock = Stock(on_hand=1000)
        session.add(product)
"""


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, document):
        data = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Provider(Quiet):
    """The payment provider."""

    def do_POST(self):
        charge = json.loads(self.body())
        time.sleep(CHARGE_SECONDS)
        self.answer({"id": f"ch_{charge['reference']}"})


class Sentry(Quiet):
    """Takes envelopes and keeps their events."""

    events = []

    def do_POST(self):
        body = self.body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for kind, payload in items(body):
            if kind == "event":
                self.events.append(json.loads(payload))
        self.answer({})


def items(envelope):
    """The items of an envelope as (type, bytes)."""
    rest = envelope.split(b"\n", 1)[1]
    while rest.strip():
        line, rest = rest.split(b"\n", 1)
        header = json.loads(line)
        length = header.get("length", rest.find(b"\n"))
        yield header["type"], rest[:length]
        rest = rest[length:].lstrip(b"\n")


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"


def call(path, document=None):
    data = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(SHOP + path, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def customer(number):
    """Fill a cart and check out, a few times in a row."""
    statuses = []
    for turn in range(CHECKOUTS_EACH):
        cart = f"c{number:02}-{turn}"
        sku = f"TEA-{random.Random(cart).randint(1, 40):02}"
        call("/products?sort=price")
        call(f"/carts/{cart}/lines", {"sku": sku, "quantity": 2})
        statuses.append(call(f"/carts/{cart}/checkout", {"email": f"customer{number}@mail.example"}))
    return statuses


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shop", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--expect", type=int, help="exact number of events; default: at least two")
    options = parser.parse_args()

    python = options.shop / ".venv" / "bin" / "python"
    environment = {
        "PATH": "/usr/bin:/bin",
        "SHOP_ENV": "production",
        "SHOP_NODE": "shop-web-1",
        "HTTP_PROXY": f"http://{serve(Provider)}",
        "NO_PROXY": "127.0.0.1",
        "SENTRY_DSN": f"http://{'0' * 32}@{serve(Sentry)}/4508316629106688",
    }
    Path("/var/lib/shop").mkdir(parents=True, exist_ok=True)
    subprocess.run([python, "-c", SEED], cwd=options.shop, env=environment, check=True)
    shop = subprocess.Popen(
        [python, "-m", "shop"], cwd=options.shop, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_up()
        with ThreadPoolExecutor(CUSTOMERS) as pool:
            statuses = sum(pool.map(customer, range(CUSTOMERS)), [])
        time.sleep(2)
    finally:
        shop.terminate()
        shop.wait()

    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"checkouts by status: {counts}; events: {len(Sentry.events)}")
    if options.expect is not None and len(Sentry.events) != options.expect:
        sys.exit(f"expected {options.expect} events")
    if options.expect is None and len(Sentry.events) < 2:
        sys.exit("the shop did not fail often enough")
    options.out.mkdir(parents=True, exist_ok=True)
    checkouts = [event for event in Sentry.events if event.get("transaction") == "checkout"]
    for number, event in enumerate(checkouts[:2], 1):
        text = json.dumps(event, indent=1).replace(str(Path(base_prefix(python))), "/usr/local")
        (options.out / f"{number}.json").write_text(text + "\n")


def base_prefix(python):
    """Where the interpreter's own library lies; differs from machine to machine."""
    script = "import sys; print(sys.base_prefix)"
    return subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout.strip()


def wait_until_up():
    for _ in range(100):
        try:
            if call("/health") == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("the shop did not start")


if __name__ == "__main__":
    main()
