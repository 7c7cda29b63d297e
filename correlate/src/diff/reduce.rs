//! Reduced lines: the identifiers and numbers of a line; configuration lines as they are.
