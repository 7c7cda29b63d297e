//! Functions that only carry an error out: the fault is with who called them.
//!
//! A word alone does not show it. A program may well have a `log` (the logarithm, or the one that
//! yields to the block it measures), a `raise` of salaries or hands, and an `abort` of uploads. So
//! a short word counts in foreign code alone, where it is the library's or the runtime's, and the
//! program's own functions count by names that mean nothing else.

use super::words::parts;

/// Names that mean nothing else, whoever wrote them.
const PLAIN: &[&str] = &[
    // Compatibility layers of Python and Ruby.
    "reraise",
    "re_raise",
    "rethrow",
    "raise_",
    "raise_from",
    "raise_from_cause",
    // GLib: what `g_warning`, `g_critical`, `g_error` and its assertions come to.
    "g_log",
    "g_logv",
    "g_log_structured",
    "g_log_structured_array",
    "g_log_default_handler",
    "g_return_if_fail_warning",
    "g_warn_message",
    "g_assertion_message",
    "g_assertion_message_expr",
    // The C library's assertions.
    "__assert_fail",
    "__assert_fail_base",
    "__assert_perror_fail",
    "__assert_rtn",
    // Rust's `unwrap` and `expect`, Go's runtime.
    "unwrap_failed",
    "expect_failed",
    "rust_begin_unwind",
    "begin_panic",
    "gopanic",
    "sigpanic",
    "panicmem",
];

/// Last words of names that say it in foreign code: `__GI_abort`, `_disconnect_raise`, `Throw`.
const LAST: &[&str] = &["raise", "reraise", "throw", "rethrow", "abort", "panic", "die", "bail"];

/// Whether a function, by its bare name, only carries errors out. `own`: it is the program's.
pub(super) fn is_messenger(name: &str, own: bool) -> bool {
    if PLAIN.contains(&name) {
        return true;
    }
    let parts = parts(name);
    let part = |n: usize| parts.get(n).map(String::as_str).unwrap_or_default();
    let last = parts.last().map(String::as_str).unwrap_or_default();
    // `raise_for_status`, `throwIfNull`, `raiseError`, `throw_invalid_state_exception`.
    let raises = matches!(part(0), "raise" | "throw" | "rethrow" | "reraise")
        && (matches!(part(1), "for" | "from" | "if" | "unless")
            || matches!(last, "error" | "err" | "exception" | "exc" | "failure" | "cause"));
    // `ovs_assert_failure`, `assertion_failed`.
    let asserts = parts.iter().any(|part| matches!(part.as_str(), "assert" | "assertion"))
        && matches!(last, "fail" | "failed" | "failure");
    // `core::panicking::panic_fmt`, `goPanicIndex`.
    let panics = parts.iter().take(2).any(|part| part == "panic");
    raises || asserts || (!own && (LAST.contains(&last) || panics))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_nothing_else_count_everywhere() {
        for name in [
            "reraise",
            "raise_",
            "raise_from_cause",
            "raise_for_status",
            "throwIfNull",
            "raiseError",
            "ovs_assert_failure",
            "g_logv",
            "g_return_if_fail_warning",
        ] {
            assert!(is_messenger(name, true) && is_messenger(name, false), "{name}");
        }
    }

    #[test]
    fn short_words_count_in_foreign_code_alone() {
        for name in ["abort", "__GI_raise", "_disconnect_raise", "Throw", "panic", "panic_fmt"] {
            assert!(is_messenger(name, false) && !is_messenger(name, true), "{name}");
        }
    }

    #[test]
    fn functions_of_a_program_that_share_a_word_do_not_count() {
        for name in [
            "log",
            "log_request",
            "logv",
            "raise",
            "raise_salary",
            "raise_bet",
            "throw_dice",
            "abort_upload",
            "die",
            "bail",
            "unwrap",
            "unwrap_key",
            "warning",
            "assert_valid",
            "panic_button",
            "backtrace",
        ] {
            assert!(!is_messenger(name, true), "{name}");
        }
        for name in ["log", "warning", "unwrap", "assert_called", "login", "execute"] {
            assert!(!is_messenger(name, false), "{name}");
        }
    }
}
