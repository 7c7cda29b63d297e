"""Put a captured SDK event into the two forms in which Sentry's server hands it out.

    python deliver.py raw/1.json raw/2.json --out ../events

writes ``checkout-1.event_alert.json`` and ``checkout-2.event_alert.json``, each the whole body of
a delivery, and ``checkout-1.rest.json``, the first event as the REST API answers it. What the
server adds is authored here, in the functions named ``authored_*``; all else is the SDK's.
"""

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

ORGANIZATION, PROJECT, PROJECT_ID = "tea-shop", "shop", 4508316629106688
ISSUE_ID = "6318407215"
API = "https://sentry.io/api/0"
PAGE = f"https://{ORGANIZATION}.sentry.io/issues/{ISSUE_ID}"
STORED_AS_TAGS = ("server_name", "tags")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(options.raw, 1):
        sdk = json.loads(path.read_text())
        # As the sender writes: no spaces, ASCII only.
        body = json.dumps(event_alert(sdk), separators=(",", ":"))
        (options.out / f"checkout-{number}.event_alert.json").write_text(body)
        if number == 1:
            (options.out / f"checkout-{number}.rest.json").write_text(json.dumps(rest(sdk), indent=1) + "\n")


# Webhook form ------------------------------------------------------------------------------


def event_alert(sdk):
    return {
        "action": "triggered",
        "installation": {"uuid": "0d5f6b6e-4c52-4b0c-9a3e-6f1a2b8c7d90"},
        "data": {"event": webhook_event(sdk), "triggered_rule": "Errors in production"},
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    }


def webhook_event(sdk):
    """First the fixed keys, then the stored ones in alphabetical order, then the links."""
    event_id = sdk["event_id"]
    fixed = {
        "event_id": event_id,
        "project": PROJECT_ID,
        "release": sdk["release"],
        "dist": None,
        "platform": sdk["platform"],
        "message": "",
        "datetime": moment(sdk).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "tags": [list(pair) for pair in authored_tags(sdk)],
    }
    stored = {key: value for key, value in sdk.items() if key not in fixed and key not in STORED_AS_TAGS}
    stored |= authored_summary(sdk)
    stored["timestamp"] = moment(sdk).timestamp()
    stored["received"] = (moment(sdk) + timedelta(milliseconds=212)).timestamp()
    stored["contexts"] = contexts(sdk)
    stored["request"] = dict(sdk["request"], headers=header_pairs(sdk), cookies=[])
    links = {
        "url": f"{API}/projects/{ORGANIZATION}/{PROJECT}/events/{event_id}/",
        "web_url": f"{PAGE}/events/{event_id}/",
        "issue_url": f"{API}/organizations/{ORGANIZATION}/issues/{ISSUE_ID}/",
        "issue_id": ISSUE_ID,
    }
    return fixed | dict(sorted(stored.items())) | links


# REST form ---------------------------------------------------------------------------------


def rest(sdk):
    summary = authored_summary(sdk)
    return {
        "id": sdk["event_id"],
        "groupID": ISSUE_ID,
        "eventID": sdk["event_id"],
        "projectID": str(PROJECT_ID),
        "size": len(json.dumps(sdk, separators=(",", ":"))),
        "entries": rest_entries(sdk),
        "dist": None,
        "message": "",
        "title": summary["title"],
        "location": summary["location"],
        "user": None,
        "contexts": contexts(sdk),
        "sdk": {"name": sdk["sdk"]["name"], "version": sdk["sdk"]["version"]},
        "context": sdk["extra"],
        "packages": sdk["modules"],
        "type": summary["type"],
        "metadata": summary["metadata"],
        "tags": [{"key": key, "value": value} for key, value in sorted(authored_tags(sdk))],
        "platform": sdk["platform"],
        "dateReceived": (moment(sdk) + timedelta(milliseconds=212)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "dateCreated": moment(sdk).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "errors": [],
        "occurrence": None,
        "crashFile": None,
        "culprit": summary["culprit"],
        "fingerprints": summary["hashes"],
        "release": {"version": sdk["release"]},
        "userReport": None,
        "nextEventID": None,
        "previousEventID": None,
    }


def rest_entries(sdk):
    values = [
        {
            "type": value["type"],
            "value": value["value"],
            "mechanism": value["mechanism"],
            "threadId": None,
            "module": value["module"],
            "stacktrace": {
                "frames": [rest_frame(frame) for frame in value["stacktrace"]["frames"]],
                "framesOmitted": None,
                "registers": None,
                "hasSystemFrames": True,
            },
            "rawStacktrace": None,
        }
        for value in sdk["exception"]["values"]
    ]
    request = sdk["request"]
    return [
        {"data": {"values": values, "hasSystemFrames": True, "excOmitted": None}, "type": "exception"},
        {"data": {"values": sdk["breadcrumbs"]["values"]}, "type": "breadcrumbs"},
        {
            "data": {
                "method": request["method"],
                "url": request["url"],
                "query": [],
                "fragment": None,
                "data": request["data"],
                "headers": header_pairs(sdk),
                "cookies": [],
                "env": request["env"],
                "inferredContentType": "application/json",
            },
            "type": "request",
        },
    ]


def rest_frame(frame):
    return {
        "filename": frame["filename"],
        "absPath": frame["abs_path"],
        "module": frame["module"],
        "package": None,
        "platform": None,
        "instructionAddr": None,
        "symbolAddr": None,
        "function": frame["function"],
        "rawFunction": None,
        "symbol": None,
        "context": numbered(frame),
        "lineNo": frame["lineno"],
        "colNo": None,
        "inApp": frame["in_app"],
        "trust": None,
        "errors": None,
        "lock": None,
        "sourceLink": None,
        "vars": frame.get("vars"),
    }


def numbered(frame):
    """Source context as pairs of line number and text."""
    if frame.get("context_line") is None:
        return []
    before = frame.get("pre_context") or []
    text = [*before, frame["context_line"], *(frame.get("post_context") or [])]
    return [[frame["lineno"] - len(before) + index, line] for index, line in enumerate(text)]


# What the server adds ----------------------------------------------------------------------


def authored_summary(sdk):
    """Title, culprit, grouping: what Sentry works out itself when it takes an event in."""
    error = sdk["exception"]["values"][-1]
    crash = [f for f in error["stacktrace"]["frames"] if f["in_app"] and f["filename"].endswith(".py")][-1]
    return {
        "culprit": sdk["transaction"],
        "fingerprint": ["{{ default }}"],
        "grouping_config": {"enhancements": "", "id": "newstyle:2026-01-20"},
        "hashes": ["9f7b21c05dd94bb60c0ac1e1a7b45c3e"],
        "key_id": "4181562",
        "location": crash["filename"],
        "logger": "",
        "metadata": {
            "filename": crash["filename"],
            "function": crash["function"],
            "in_app_frame_mix": "mixed",
            "type": error["type"],
            "value": error["value"],
        },
        "title": f"{error['type']}: {error['value']}",
        "type": "error",
        "version": "7",
    }


def authored_tags(sdk):
    """The SDK's own tags and those that the server derives from the event."""
    runtime = sdk["contexts"]["runtime"]
    mechanism = sdk["exception"]["values"][-1]["mechanism"]
    return [
        *sdk["tags"].items(),
        ("environment", sdk["environment"]),
        ("handled", "yes" if mechanism["handled"] else "no"),
        ("level", sdk["level"]),
        ("mechanism", mechanism["type"]),
        ("release", sdk["release"]),
        ("runtime", f"{runtime['name']} {runtime['version']}"),
        ("runtime.name", runtime["name"]),
        ("server_name", sdk["server_name"]),
        ("transaction", sdk["transaction"]),
        ("url", sdk["request"]["url"]),
    ]


def contexts(sdk):
    """The server writes each context's type into it."""
    return {name: {**context, "type": name} for name, context in sdk["contexts"].items()}


def header_pairs(sdk):
    return [list(pair) for pair in sorted(sdk["request"]["headers"].items())]


def moment(sdk):
    return datetime.fromisoformat(sdk["timestamp"])


if __name__ == "__main__":
    main()
