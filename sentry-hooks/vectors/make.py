#!/usr/bin/env python3
"""Writes signatures.json: test vectors for receivers of Sentry's webhooks, in any language.

Needs nothing but Python. Each vector has a body (as text, or as base64 where it is no UTF-8), the
request's headers, the secrets a receiver knows, and the verdict: valid with the index of the secret
that matched, or invalid with the reason (missing, malformed or mismatch).
"""

import base64
import hashlib
import hmac
import json
import pathlib

SECRET = "test-secret-0123456789"
OTHER = "8c1f0e5d7a6b49d2a3c4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607182930"


def sign(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def vector(name, body, headers, verdict, reason=None, secrets=(SECRET,), matched=None):
    try:
        text = {"body": body.decode()}
    except UnicodeDecodeError:
        text = {"body_base64": base64.b64encode(body).decode()}
    return {
        "name": name, "secrets": list(secrets), **text, "headers": headers,
        "verdict": verdict, "reason": reason, "matched": matched,
    }


def valid(name, body, header="Sentry-Hook-Signature", secret=SECRET, **more):
    secrets = more.pop("secrets", (secret,))
    headers = {"Content-Type": "application/json", header: sign(secret, body)}
    return vector(name, body, headers, "valid", secrets=secrets, matched=secrets.index(secret))


def invalid(name, body, signature, reason, **more):
    headers = {} if signature is None else {"Sentry-Hook-Signature": signature}
    return vector(name, body, headers, "invalid", reason, **more)


def vectors():
    body = b'{"action":"created","data":{"issue":{"id":"43","count":"1"}},"window":10.0}'
    good = sign(SECRET, body)
    escaped = b'{"a":"\\u00e9 \\ud83d\\udc40"}'
    yield valid("a webhook", body)
    yield valid("an external request", body, header="Sentry-App-Signature")
    yield valid("a service hook", body, header="X-ServiceHook-Signature", secret=OTHER)
    yield valid("header names have no case", body, header="SENTRY-HOOK-SIGNATURE")
    yield valid("an empty body is signed like any other", b"", header="Sentry-App-Signature")
    yield valid("an empty object", b"{}")
    yield valid("the first of two secrets", body, secret=SECRET, secrets=(SECRET, OTHER))
    yield valid("the second of two secrets", body, secret=OTHER, secrets=(SECRET, OTHER))
    yield valid("a secret is text and not hex", body, secret=OTHER)
    yield valid("a secret longer than a block", body, secret="k" * 200)
    yield valid("a secret outside ASCII", body, secret="clé-🔑")
    yield valid("escaped text", escaped)
    yield valid("raw text outside ASCII", '{"a":"é 👀"}'.encode())
    yield valid("a body that is no JSON is signed all the same", b"not json")
    yield valid("bytes that are no text", bytes(range(256)))
    for size in (54, 55, 56, 63, 64, 65, 119, 120, 1024, 28 * 1024):
        yield valid(f"a body of {size} bytes", bytes(32 + i * 31 % 90 for i in range(size)))
    yield invalid("no signature", body, None, "missing")
    yield invalid("an empty signature", body, "", "malformed")
    yield invalid("a digit short", body, good[1:], "malformed")
    yield invalid("a digit too many", body, good + "0", "malformed")
    yield invalid("not hex", body, "g" * 64, "malformed")
    yield invalid("upper case", body, good.upper(), "malformed")
    yield invalid("a prefix as other senders have it", body, "sha256=" + good, "malformed")
    yield invalid("base64", body, base64.b64encode(bytes.fromhex(good)).decode(), "malformed")
    yield invalid("all zeros", body, "0" * 64, "mismatch")
    yield invalid("another secret", body, sign(OTHER, body), "mismatch")
    yield invalid("the hash without a key", body, hashlib.sha256(body).hexdigest(), "mismatch")
    yield invalid("another body", body.replace(b"43", b"44"), good, "mismatch")
    yield invalid("one bit off", body, f"{int(good, 16) ^ 1:064x}", "mismatch")
    yield invalid("a trailing line feed", body + b"\n", good, "mismatch")
    yield invalid("a body cut short", body[:-1], good, "mismatch")
    value = json.loads(body)
    yield invalid("written again by Python", json.dumps(value).encode(), good, "mismatch")
    compact = json.dumps({**value, "window": 10}, separators=(",", ":")).encode()
    yield invalid("written again by JavaScript", compact, good, "mismatch")
    unescaped = json.dumps(json.loads(escaped), separators=(",", ":"), ensure_ascii=False)
    yield invalid("unescaped", unescaped.encode(), sign(SECRET, escaped), "mismatch")
    yield invalid("the secret decoded from hex", body,
                  hmac.new(bytes.fromhex(OTHER), body, hashlib.sha256).hexdigest(), "mismatch",
                  secrets=(OTHER,))


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("signatures.json")
    document = {
        "about": "HMAC-SHA256 over the exact bytes of the body, keyed with the secret's UTF-8; "
                 "64 hex digits in lower case",
        "vectors": list(vectors()),
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(len(document["vectors"]), "vectors")
