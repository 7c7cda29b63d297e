#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sentry_hooks_fuzz::headers(data));
