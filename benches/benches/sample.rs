//! Deliveries of about the size and make-up of real ones, made up here.

use serde_json::{Value, json};

/// An `event_alert` delivery with so many frames and breadcrumbs, compact ASCII as Sentry writes.
pub(crate) fn delivery(frames: usize, breadcrumbs: usize) -> String {
    let body = json!({
        "action": "triggered",
        "installation": {"uuid": "0b6dc4a4-7c39-4c3f-8d2c-93f50d4b0a5c"},
        "data": {"event": event(frames, breadcrumbs), "triggered_rule": "Errors in production"},
        "actor": {"type": "application", "id": "sentry", "name": "Sentry"},
    });
    body.to_string()
}

/// Deliveries of 5, 28 and 240 KB.
#[allow(dead_code, reason = "the count of allocations needs others")]
pub(crate) fn sizes() -> [(&'static str, String); 3] {
    [("5 KB", delivery(2, 0)), ("28 KB", delivery(16, 28)), ("240 KB", delivery(60, 720))]
}

fn event(frames: usize, breadcrumbs: usize) -> Value {
    json!({
        "event_id": "5f6c1d2a9b8e4f7c8a1b2c3d4e5f6a7b",
        "project": 4_509_877_862_268_928_u64,
        "release": "shop@2026.3.1+e4f5a6b", "dist": null, "platform": "python", "message": "",
        "datetime": "2026-03-04T05:06:07.123456Z", "timestamp": 1_772_600_767.123_456,
        "received": 1_772_600_767.9, "environment": "production", "level": "error",
        "logger": "", "culprit": "shop.checkout in reserve", "location": "shop/stock.py",
        "title": "TimeoutError: QueuePool limit of size 5 overflow 10 reached",
        "type": "error", "transaction": "/checkout", "version": "7", "key_id": "667532",
        "fingerprint": ["{{ default }}"], "hashes": ["07d2da329989f6cd310eb5f1c5e828a4"],
        "tags": [["environment", "production"], ["level", "error"], ["handled", "no"],
            ["release", "shop@2026.3.1+e4f5a6b"], ["server_name", "web-3.internal"],
            ["transaction", "/checkout"], ["url", "https://shop.example/checkout"]],
        "metadata": {"type": "TimeoutError", "value": "QueuePool limit of size 5 overflow 10 reached",
            "filename": "shop/stock.py", "function": "reserve", "display_title_with_tree_label": false},
        "exception": {"values": [
            {"type": "OperationalError", "value": "server closed the connection", "module": "psycopg",
                "mechanism": {"type": "chained", "handled": true, "exception_id": 1, "parent_id": 0},
                "stacktrace": {"frames": (0..frames / 3).map(frame).collect::<Vec<_>>()}},
            {"type": "TimeoutError", "value": "QueuePool limit of size 5 overflow 10 reached",
                "module": "sqlalchemy.exc",
                "mechanism": {"type": "generic", "handled": false, "exception_id": 0, "data": null},
                "stacktrace": {"frames": (frames / 3..frames).map(frame).collect::<Vec<_>>()}},
        ]},
        "breadcrumbs": {"values": (0..breadcrumbs).map(breadcrumb).collect::<Vec<_>>()},
        "request": {"url": "https://shop.example/checkout", "method": "POST", "query_string": [],
            "headers": [["Accept", "application/json"], ["Host", "shop.example"],
                ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101"]],
            "data": {"basket": "b-1042", "lines": [{"sku": "A-1", "count": 2}]}, "cookies": null},
        "user": {"id": "4711", "ip_address": "203.0.113.7", "email": null, "geo": {"city": "Lisbon"}},
        "contexts": {"runtime": {"name": "CPython", "version": "3.13.1", "type": "runtime"},
            "trace": {"trace_id": "771a43a4192642f0b136d5159a501700", "span_id": "b7ad6b7169203331",
                "op": "http.server", "type": "trace"}},
        "sdk": {"name": "sentry.python", "version": "2.22.0", "integrations": ["atexit", "flask"],
            "packages": [{"name": "pypi:sentry-sdk", "version": "2.22.0"}]},
        "modules": {"flask": "3.1.0", "sqlalchemy": "2.0.38", "psycopg": "3.2.4"},
        "extra": {"sys.argv": ["gunicorn", "shop:app"]},
        "url": "https://sentry.io/api/0/projects/acme/shop/events/5f6c1d2a9b8e4f7c8a1b2c3d4e5f6a7b/",
        "web_url": "https://sentry.io/organizations/acme/issues/43/events/5f6c1d2a9b8e4f7c8a1b2c3d4e5f6a7b/",
        "issue_url": "https://sentry.io/api/0/organizations/acme/issues/43/", "issue_id": "43",
    })
}

fn frame(n: usize) -> Value {
    let line = |n: usize| format!("        result = session.execute(query_{n}, {{\"sku\": sku}})");
    json!({
        "function": format!("step_{n}"), "module": "shop.checkout", "package": null,
        "filename": "shop/checkout.py", "abs_path": "/srv/app/shop/checkout.py",
        "lineno": 40 + n, "colno": null, "in_app": n.is_multiple_of(2), "platform": null,
        "context_line": line(n), "pre_context": (0..5).map(line).collect::<Vec<_>>(),
        "post_context": (5..10).map(line).collect::<Vec<_>>(),
        "vars": {"self": "<shop.checkout.Checkout object>", "sku": "'A-1'", "count": "2"},
        "raw_function": null, "symbol": null, "symbol_addr": null, "instruction_addr": null,
        "image_addr": null, "trust": null, "lock": null, "source_link": null, "errors": null,
    })
}

fn breadcrumb(n: usize) -> Value {
    json!({
        "timestamp": 1_772_600_700.5 + n as f64, "type": "default", "category": "query",
        "level": "info", "event_id": null,
        "message": format!("SELECT stock.sku, stock.count FROM stock WHERE stock.sku = 'A-{n}'"),
        "data": {"db.system": "postgresql", "rows": n, "cached": false},
    })
}
