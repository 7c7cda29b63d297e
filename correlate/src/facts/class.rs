//! What class of error an incident is, read from its types and messages.

use crate::Incident;

/// A class of error. One incident can be of several: "connection timed out while waiting for the
/// pool" is [`ErrorClass::PoolExhausted`] and [`ErrorClass::Timeout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorClass {
    /// No connection, worker or other shared resource was free.
    PoolExhausted,
    /// Something took longer than it was allowed to.
    Timeout,
    /// Memory ran out.
    OutOfMemory,
    /// A bound other than time and memory was exceeded: files, fields, depth, size, clients.
    LimitExceeded,
    /// Too many requests in too little time.
    RateLimited,
    /// A key, setting or variable was not there.
    MissingKey,
    /// An attribute, method or function was not there.
    MissingAttribute,
    /// A value was null, none, nil or undefined.
    NullValue,
    /// A function was called with arguments it does not take.
    BadArgument,
    /// A module, package, class or symbol could not be loaded.
    ImportFailed,
    /// A value had the wrong type or could not be parsed as a number or the like.
    TypeMismatch,
    /// A value was well-formed, and not among those allowed.
    InvalidValue,
    /// Text could not be decoded or had the wrong format.
    Decoding,
    /// Something about language, calendars or time zones.
    Locale,
    /// A database constraint was violated.
    ConstraintViolated,
    /// A table or column was not there.
    SchemaMismatch,
    /// A lock was held by another, or a deadlock was broken.
    Locked,
    /// Nobody answered at the address, or the name did not resolve.
    ConnectionFailed,
    /// Somebody answered that there is no such thing (404, missing file, unknown database).
    NotFound,
    /// The other side failed (5xx), or trying again did not help.
    RemoteFailed,
    /// Who asks is not known (401, wrong password).
    Unauthenticated,
    /// Who asks may not (403, read-only, no permission).
    PermissionDenied,
    /// The other side's certificate was not trusted, or the handshake failed.
    TlsFailed,
    /// An assertion or internal check of the program failed.
    Assertion,
    /// The process died of a signal: a bad address, an abort.
    Crash,
    /// An index or iterator ran past its end.
    OutOfRange,
}

use ErrorClass as C;

/// What runtimes, drivers, servers and libraries write, in lower case, and the class it shows.
/// Where several match, all count; the order is from specific to general.
#[rustfmt::skip]
const PHRASES: &[(ErrorClass, &[&str])] = &[
    (C::PoolExhausted, &[
        "pool has been exhausted", "from the connection pool", "connection from the pool", "from the pool within", "pooled connections", "connection pool is", "pool size", "sockets queued", "no connections available", "connection slots", "queue is empty after",
        "queuepool limit", "pool exhausted", "connection pool exhausted", "connection pool timeout",
        "no more connections", "too many connections", "too many clients", "max number of clients",
        "remaining connection slots", "pool is full", "pool timed out", "pooltimeout", "pool timeout",
        "poolexhausted", "no available connection", "connection is not available, request timed out",
        "timeout acquiring a connection", "could not obtain a database connection", "acquire timeout",
        "resourcerequest timed out", "cannot get a connection", "cannot acquire", "failed to acquire",
        "unable to acquire", "timeouterror: queuepool", "timeout waiting for idle object",
        "max_user_connections", "connectionpooltimeout", "unable to check out", "no free", "no idle",
        "rejectedexecution", "thread pool", "threadpool", "max client connections", "max clients reached",
        "obtaining a connection from the pool", "all pooled connections", "channel_max", "channelmax",
        "can't start new thread", "unable to create new native thread", "resource temporarily unavailable",
    ]),
    (C::RateLimited, &[
        "rate limit exceeded", "too_many_requests", "retry in",
        "rate limit", "ratelimit", "too many requests", "429", "throttl", "quota exceeded",
        "slow down", "resource_exhausted", "requestlimitexceeded",
    ]),
    (C::OutOfMemory, &[
        "out of memory", "outofmemory", "oom", "memoryerror", "cannot allocate memory", "heap space",
        "heap limit", "allocation failed", "enomem", "gc overhead", "allowed memory size",
        "command not allowed when used memory", "maxmemory", "memory limit", "shared memory segment",
        "bad_alloc", "nomemoryerror",
    ]),
    (C::LimitExceeded, &[
        "too many open files", "emfile", "recursion depth", "recursionerror", "stack level too deep",
        "maximum call stack", "stackoverflow", "stack overflow", "too many fields", "too large",
        "toolarge", "entity too large", "exceeded", "exceeds", "too long", "limit reached", "size limit",
        "max number", "maximum number", "max_allowed_packet", "payload too", "413", "414", "431",
        "no space left", "enospc", "disk quota", "queue full", "queue is full", "buffer overflow",
        "maximum size", "too many", "limit is", "over the limit", "too big", "larger than",
        "header too", "upload_max", "message size", "frame_too_large", "statement too complex",
    ]),
    (C::Timeout, &[
        "querycanceled", "canceled due to", "operation was canceled", "taskcanceled", "was cancelled", "elapsing", "504", "receive_timeout",
        "timeout", "timed out", "timedout", "deadline", "etimedout", "esockettimedout", "econnaborted",
        "took too long", "time limit", "timelimit", "canceling statement due to", "time-out", "504",
        "operation was aborted", "lock wait", "context canceled",
    ]),
    (C::TlsFailed, &[
        "unknownissuer", "unknown ca", "unknown_ca", "peer certificate", "pkix path", "trust anchor", "tlsv1",
        "certificate", "ssl", "tls", "handshake", "self signed", "self-signed", "unable to get local issuer",
        "unable_to_verify", "cert_", "x509", "pkix", "hostname mismatch", "err_tls",
    ]),
    (C::Unauthenticated, &[
        "401", "auth failed", "authenticationfailed", "invalid api token", "sasl", "bad_certificate", "invalid_grant", "jwt", "token is invalid", "unable to verify",
        "401", "unauthorized", "authentication failed", "authenticationerror", "wrongpass", "noauth",
        "access denied for user", "password authentication", "invalid password", "invalid credentials",
        "login failed", "invalid token", "token expired", "invalid api key", "bad credentials",
        "signature does not match", "signaturedoesnotmatch", "invalid signature", "badsignature",
        "invalidclienttokenid", "access_refused", "invalid_client", "not authenticated",
    ]),
    (C::PermissionDenied, &[
        "access_refused", "access-refused", "authorization_failed", "authorization failed", "may not", "does not allow", "is not allowed", "refused for user", "accesscontrol", "insufficient_scope", "not authorised", "unauthorizedoperation", "sqlstate[42501]", "must be superuser",
        "permission denied", "403", "forbidden", "no permission", "nopermission", "noperm", "eacces",
        "eperm", "not permitted", "accessdenied", "access denied", "not authorized", "insufficient",
        "read-only", "readonly", "read only", "permissionerror", "not allowed", "has no permissions",
        "must be owner", "unauthorizedaccess", "disallowed", "denied",
    ]),
    (C::Locked, &[
        "database is locked", "deadlock", "lock wait timeout", "could not obtain lock", "lock timeout",
        "locknotavailable", "resource busy", "ebusy", "could not serialize", "lockerror",
        "unable to acquire lock", "sqlite_busy", "is locked",
    ]),
    (C::ConstraintViolated, &[
        "value too long", "too long for type", "numeric field overflow", "not-null", "violates", "foreignkeyviolation",
        "not null constraint", "violates not-null", "unique constraint", "duplicate key",
        "duplicate entry", "foreign key", "integrityerror", "check constraint", "cannot be null",
        "integrity constraint", "constraint failed", "uniqueviolation", "notnullviolation",
        "doesn't have a default value", "constraintviolation", "recordnotunique", "e11000",
        "constraint violation", "data too long for column", "out of range value for column",
    ]),
    (C::SchemaMismatch, &[
        "cannot load", "undefined_column", "undefined_table", "unknown attribute", "no such attribute", "does not exist (sqlstate", "doesn't exist in", "missing table",
        "no such column", "no such table", "unknown column", "undefinedcolumn", "undefinedtable",
        "has no column named", "undefined column", "undefined table", "invalid column name",
        "invalid object name", "table or view does not exist", "base table or view not found",
        "unknown table", "relation \"", "column \"", "ora-00942", "ora-00904", "missing column",
        "pending migration", "no such index", "unknown field", "unknown type",
    ]),
    (C::ImportFailed, &[
        "require() of es module", "es module", "cannot use import", "classnotfoundexception", "class not found", "unable to load", "cannot load", "could not load", "no such module",
        "no module named", "modulenotfound", "cannot import name", "importerror", "cannot find module",
        "module not found", "classnotfound", "noclassdeffound", "cannot load such file", "loaderror",
        "err_require_esm", "err_module_not_found", "cannot open shared object", "undefined symbol",
        "library not loaded", "dll load failed", "class \"", "autoload", "err_package_path_not_exported",
        "could not load file or assembly", "unsatisfiedlinkerror", "does not provide an export",
        "uninitialized constant", "unresolved import",
    ]),
    (C::BadArgument, &[
        "unexpected keyword argument", "positional argument", "missing 1 required",
        "required positional", "required keyword", "wrong number of arguments",
        "multiple values for", "invalid keyword argument", "nosuchmethod", "unknown keyword",
        "missing keyword", "too few arguments", "takes no arguments", "takes no keyword",
        "argumentcounterror", "unknown option", "unrecognized option", "unknown named parameter",
        "unrecognized arguments", "takes no parameters", "got an unexpected",
    ]),
    (C::MissingAttribute, &[
        "has no attribute", "attributeerror", "is not a function", "undefined method", "nomethoderror",
        "is not a constructor", "call to undefined", "nosuchfield", "undefined local variable",
        "is not defined", "nameerror", "referenceerror", "has no member", "missingmethod",
        "does not respond to", "method not found", "unknown property", "object has no",
    ]),
    (C::NullValue, &[
        "received undefined", "received null", "got: nil", "but got: nil", "from nil", "got nil", "was null", "null value", "nil value", "nil into",
        "nonetype", "of undefined", "of null", "nullpointer", "null pointer", "nil pointer",
        "undefined is not", "null is not", "for nil", "nilclass", "object reference not set",
        "on null", "is none", "is null", "is undefined", "called `option::unwrap()` on a `none`",
        "got none", "got undefined", "nullreference", "undefined (reading",
    ]),
    (C::MissingKey, &[
        "is missing", "missing value", "not found in configuration", "no configuration", "undefined environment", "could not fetch environment variable", "key :",
        "keyerror", "key not found", "keynotfound", "missing key", "missing required", "no such key",
        "undefined index", "undefined array key", "undefined offset", "environment variable",
        "improperlyconfigured", "not set", "is required", "missing setting", "missing config",
        "no section", "no option", "nosectionerror", "nooptionerror", "undefined variable", "not configured",
        "unknown setting", "missing field", "missing property", "no value for", "could not resolve placeholder",
        "missing environment", "must be set", "must be configured", "nosuchelement",
    ]),
    (C::Locale, &[
        "culture", "globalization", "kind=local", "only utc", "kind=unspecified", "calendar",
        "time zone", "timezone", "zoneinfo", "tzdata", "locale", "naive datetime", "offset-naive",
        "offset-aware", "unknown language", "translation", "use_tz", "invalid date",
    ]),
    (C::Decoding, &[
        "decode", "encode", "unicode", "utf-8", "utf8", "codec", "invalid byte sequence", "charset",
        "does not match format", "json", "unexpected token", "parse error", "parseerror", "malformed",
        "unexpected character", "expecting value", "syntaxerror", "invalid format", "isn't in the right format",
        "unexpected end of", "badrequest: invalid", "incorrect string value", "datetimeparse",
        "time data", "unparseable", "not well-formed", "yaml", "deserializ", "unmarshal",
    ]),
    (C::TypeMismatch, &[
        "invalid literal", "typeerror", "could not convert", "cannot convert", "cannot be converted",
        "numberformat", "invalid digit", "parseint", "parsing \"", "classcast", "unsupported operand",
        "must be str", "must be int", "must be a", "expected a", "expected str", "expected int",
        "invalid integer", "not an integer", "is not a number", "not a valid", "wrong type",
        "wrongtype", "no implicit conversion", "can't convert", "cannot unmarshal", "mismatched types",
        "object of type", "isn't a number", "invalid input syntax", "nan",
    ]),
    (C::InvalidValue, &[
        "precondition_failed", "inequivalent", "not recognised", "422", "400", "bad request", "unprocessable", "cannot be used",
        "unsupported", "unknown", "invalid", "not supported", "unrecognized", "illegal", "not one of",
        "out of range", "no such option", "must be one of", "notimplemented", "not a recognized",
        "valueerror", "illegalargument", "not a valid choice", "bad value",
    ]),
    (C::NotFound, &[
        "input file is missing", "no such", "missing file", "could not be found", "unknown host", "unknown exchange", "unknown queue", "does not resolve",
        "404", "not found", "notfound", "no such file", "enoent", "does not exist", "doesn't exist",
        "nosuchbucket", "nosuchkey", "unknown database", "db index is out of range", "no such host",
        "no route", "unknown topic", "no queue", "missing file", "filenotfound", "could not find",
        "no such container", "cannot find",
    ]),
    (C::ConnectionFailed, &[
        "connection refused", "econnrefused", "connection reset", "econnreset", "enotfound",
        "getaddrinfo", "name or service not known", "could not connect", "can't connect",
        "failed to connect", "connectionerror", "connection closed", "unreachable", "ehostunreach",
        "connecterror", "no route to host", "temporary failure in name resolution", "broken pipe",
        "epipe", "socket hang up", "nodename nor servname", "server closed the connection",
        "network is", "nobrokersavailable", "connection aborted", "unknownhost",
    ]),
    (C::RemoteFailed, &[
        "max retries per request", "does not indicate success", "answered 5",
        "status code 5", "max retries", "maxretryerror", "too many 5", "500", "502", "503",
        "bad gateway", "service unavailable", "internal server error", "server error",
        "retries exceeded", "retryerror", "request failed with status", "upstream", "giving up after",
        "too many failed attempts",
    ]),
    (C::OutOfRange, &[
        "index out of range", "indexerror", "list index", "out of bounds", "outofbounds",
        "pop from empty", "stopiteration", "index out of bounds", "range error", "rangeerror",
    ]),
    (C::Assertion, &["assert"]),
    (C::Crash, &[
        "sigsegv", "segmentation fault", "sigabrt", "sigtrap", "sigbus", "use-after-free",
        "invalid read", "invalid write", "heap-buffer", "access violation", "exc_bad_access", "aborted",
        "double free", "addresssanitizer", "panic",
    ]),
];

impl ErrorClass {
    /// The classes of an incident, from specific to general; empty where nothing is recognised.
    ///
    /// ```
    /// use sentry_correlate::{Exception, Incident, facts::ErrorClass};
    ///
    /// let incident = Incident {
    ///     exceptions: vec![Exception {
    ///         ty: Some("TimeoutError".into()),
    ///         value: Some("QueuePool limit of size 5 overflow 0 reached".into()),
    ///         ..Exception::default()
    ///     }],
    ///     ..Incident::default()
    /// };
    /// let classes = ErrorClass::of(&incident);
    /// assert_eq!(classes[0], ErrorClass::PoolExhausted);
    /// assert!(classes.contains(&ErrorClass::Timeout));
    /// ```
    #[must_use]
    pub fn of(incident: &Incident) -> Vec<Self> {
        let mut text = String::new();
        for exception in &incident.exceptions {
            for part in [&exception.ty, &exception.value].into_iter().flatten() {
                // Queries and dumps quoted in a message are not the message.
                let head = part.split("[SQL:").next().unwrap_or(part);
                text.extend(head.chars().take(400).flat_map(char::to_lowercase));
                text.push_str(": ");
            }
        }
        if incident.exceptions.is_empty() {
            for part in [&incident.message, &incident.title] {
                text.extend(part.chars().take(400).flat_map(char::to_lowercase));
                text.push_str(": ");
            }
        }
        PHRASES
            .iter()
            .filter(|(_, phrases)| phrases.iter().any(|phrase| holds(&text, phrase)))
            .map(|(class, _)| *class)
            .collect()
    }
}

/// Whether `text` holds `phrase`; one that begins or ends in a digit or is short must stand alone.
fn holds(text: &str, phrase: &str) -> bool {
    let alone = phrase.len() <= 4;
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !alone
            || (before.is_none_or(|c| !c.is_alphanumeric())
                && after.is_none_or(|c| !c.is_alphanumeric()))
    })
}
