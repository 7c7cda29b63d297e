//! Codes that stand for an error: HTTP statuses, SQLSTATE, error numbers of MySQL, gRPC's names.

use super::ErrorClass as C;
use crate::rank::words::words;

/// The classes of the codes in a text in lower case, where they stand as codes.
pub(super) fn classes(text: &str) -> Vec<C> {
    let mut found = Vec::new();
    let all: Vec<&str> = words(text).take(WORDS).collect();
    for (at, word) in all.iter().enumerate() {
        let before = &all[at.saturating_sub(3)..at];
        let class = match word.len() {
            3 => status(word).filter(|_| announces(before, STATUS)),
            4 => mysql(word).filter(|_| is_mysql(text) && announces(before, NUMBER)),
            5 => sqlstate(word).filter(|_| announces(before, STATE)),
            _ => None,
        };
        found.extend(class);
        // `42p01` and `3d000` are two words each.
        if word.bytes().all(|b| b.is_ascii_digit())
            && let Some(next) = all.get(at + 1)
            && word.len() + next.len() == 5
        {
            found.extend(sqlstate(&format!("{word}{next}")).filter(|_| announces(before, STATE)));
        }
    }
    found.extend(GRPC.iter().filter(|(name, _)| text.contains(name)).map(|(_, class)| *class));
    found
}

/// Most words of a text that are looked at.
const WORDS: usize = 200;

/// Words that say that a number is a status.
const STATUS: &[&str] = &[
    "status",
    "code",
    "http",
    "httperror",
    "response",
    "answered",
    "answer",
    "returned",
    "error",
    "replied",
    "responded",
    "statuscode",
    "failed",
    "client",
    "server",
    "httpexception",
    "unexpected",
];
/// Words that say that a number is one of a database's.
const NUMBER: &[&str] = &["error", "errno", "code", "number", "operationalerror", "sqlexception"];
/// Words that say that five letters and digits are a state of SQL.
const STATE: &[&str] = &["sqlstate", "state", "code", "errcode", "error", "psqlexception"];

fn announces(before: &[&str], words: &[&str]) -> bool {
    before.is_empty() || before.iter().any(|word| words.iter().any(|known| word.ends_with(known)))
}

fn is_mysql(text: &str) -> bool {
    ["mysql", "mariadb", "operationalerror", "er_", "sqlexception"]
        .iter()
        .any(|word| text.contains(word))
        || text.starts_with('(')
}

fn status(code: &str) -> Option<C> {
    Some(match code {
        "400" | "405" | "406" | "415" | "422" | "428" | "501" | "505" => C::InvalidValue,
        "401" | "407" => C::Unauthenticated,
        "403" | "451" => C::PermissionDenied,
        "404" | "410" | "421" => C::NotFound,
        "408" | "504" | "524" => C::Timeout,
        "409" | "412" | "423" => C::Locked,
        "413" | "414" | "431" | "507" => C::LimitExceeded,
        "429" => C::RateLimited,
        "495" | "496" | "497" | "525" | "526" => C::TlsFailed,
        "500" | "502" | "503" | "520" | "521" | "523" => C::RemoteFailed,
        _ => return None,
    })
}

fn sqlstate(code: &str) -> Option<C> {
    Some(match code {
        // A server that refuses a connection has too many; MySQL writes it beside 1040.
        "53300" | "08004" => C::TooManyClients,
        "53400" => C::PoolExhausted,
        "53200" => C::OutOfMemory,
        "53100" => C::LimitExceeded,
        "57014" | "25p03" | "57p05" => C::Timeout,
        "57p01" | "57p02" | "57p03" => C::ConnectionFailed,
        "55p03" | "40p01" | "40001" => C::Locked,
        "25006" | "42501" => C::PermissionDenied,
        "3d000" => C::NotFound,
        "26000" | "42p05" | "3f000" | "42883" => C::SchemaMismatch,
        "42p01" | "42703" | "42704" | "42p02" | "42s02" | "42s22" => C::SchemaMismatch,
        "22001" | "22003" => C::ConstraintViolated,
        "22p02" | "42804" => C::TypeMismatch,
        "22007" | "22008" | "22009" => C::Locale,
        "22021" | "22p05" => C::Decoding,
        _ if code.starts_with("23") => C::ConstraintViolated,
        _ if code.starts_with("28") => C::Unauthenticated,
        _ if code.starts_with("08") => C::ConnectionFailed,
        _ if code.starts_with("54") => C::LimitExceeded,
        _ => return None,
    })
}

fn mysql(code: &str) -> Option<C> {
    Some(match code {
        "1040" | "1203" | "1226" => C::TooManyClients,
        "1044" | "1142" | "1227" | "1290" | "1792" | "1836" => C::PermissionDenied,
        "1045" | "1698" => C::Unauthenticated,
        "1048" | "1062" | "1169" | "1264" | "1364" | "1406" | "1451" | "1452" => {
            C::ConstraintViolated
        }
        "1049" => C::NotFound,
        "1054" | "1146" => C::SchemaMismatch,
        "1055" | "1140" => C::InvalidValue,
        "1071" | "1114" | "1118" | "1153" => C::LimitExceeded,
        "1205" | "1213" => C::Locked,
        "1267" | "1273" | "1292" | "1298" => C::Locale,
        "1366" => C::Decoding,
        "1265" => C::ConstraintViolated,
        "2002" | "2003" | "2005" | "2006" | "2013" => C::ConnectionFailed,
        "2026" => C::TlsFailed,
        "3024" => C::Timeout,
        _ => return None,
    })
}

/// gRPC's codes as its libraries write them, in lower case.
const GRPC: &[(&str, C)] = &[
    ("code = deadlineexceeded", C::Timeout),
    ("deadline_exceeded", C::Timeout),
    ("code = unavailable", C::ConnectionFailed),
    ("code = permissiondenied", C::PermissionDenied),
    ("permission_denied", C::PermissionDenied),
    ("code = unauthenticated", C::Unauthenticated),
    ("code = notfound", C::NotFound),
    ("code = unimplemented", C::NotFound),
    ("code = invalidargument", C::InvalidValue),
    ("code = failedprecondition", C::InvalidValue),
    ("code = aborted", C::Locked),
    ("code = internal", C::RemoteFailed),
    ("code = dataloss", C::Decoding),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_codes_where_they_stand_as_codes() {
        assert_eq!(classes("request failed with status code 429"), [C::RateLimited]);
        assert_eq!(classes("404 client error: not found for url"), [C::NotFound]);
        assert_eq!(classes("expected at most 500 rows"), []);
        assert_eq!(classes("error: relation (sqlstate 42p01)"), [C::SchemaMismatch]);
        assert_eq!(classes("sqlstate[23502]: x"), [C::ConstraintViolated]);
        assert_eq!(classes("operationalerror: (1045, \"x\")"), [C::Unauthenticated]);
        assert_eq!(classes("order 1045 was refused"), []);
        assert_eq!(classes("rpc error: code = unavailable desc = x"), [C::ConnectionFailed]);
    }
}
