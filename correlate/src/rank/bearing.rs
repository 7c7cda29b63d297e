//! How much a fact matters, wherever an incident happened: what documents, tests or tools read, and
//! what watches the program, hardly breaks it.

use super::prepare::PathTouches;
use crate::facts::{Fact, FactKind};

/// How much what serves those who build and check the program matters.
const FOR_DEVELOPERS: f64 = 0.15;
/// How much what watches the program, or writes its log, matters.
const WATCHING: f64 = 0.4;

/// How much a fact in a file matters, 0 to 1; `key` are the parts of its key.
pub(super) fn of(fact: &Fact, key: &[String], path: &PathTouches) -> f64 {
    if path.kind.is_side() {
        return 0.0;
    }
    let (serves_developers, watches) = match &fact.kind {
        FactKind::Dependency { name, .. } => (is_tool(name), false),
        FactKind::Setting(_) => (builds(&path.path), watches(key)),
        FactKind::SettingRenamed { .. } => (builds(&path.path), false),
        _ => (false, false),
    };
    if serves_developers {
        FOR_DEVELOPERS
    } else if path.watches || watches {
        WATCHING
    } else {
        1.0
    }
}

/// Whether the words of a path or key name what watches a program or backs it up.
pub(super) fn watches(parts: &[String]) -> bool {
    parts.iter().any(|part| WATCHES.contains(&part.as_str()))
}

fn builds(path: &str) -> bool {
    BUILDS.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Files whose settings, beside their dependencies, tell tools how to build and check.
const BUILDS: &[&str] = &[
    ".readthedocs.yml",
    ".readthedocs.yaml",
    "mkdocs.yml",
    "pyproject.toml",
    "setup.cfg",
    "tslint.json",
    "biome.json",
    "lerna.json",
    "turbo.json",
    "nx.json",
];

/// Whether a package is for those who write, check and test the program.
fn is_tool(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    TOOLS.iter().any(|tool| {
        lower.match_indices(tool).any(|(at, _)| {
            let bytes = lower.as_bytes();
            let free = |byte: Option<&u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric());
            (at == 0 || free(bytes.get(at - 1))) && free(bytes.get(at + tool.len()))
        })
    })
}

#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "flake8", "black", "mypy", "pytest", "tox", "nox", "ruff", "isort", "pylint", "coverage", "pre-commit", "wheel",
    "twine", "sphinx", "types", "faker", "factory-boy",
    "eslint", "prettier", "jest", "mocha", "vitest", "chai", "sinon", "nyc", "husky", "lint-staged", "cypress",
    "nodemon", "@types",
    "rubocop", "rspec", "simplecov", "brakeman", "capybara", "factory_bot", "webmock", "junit", "mockito",
    "assertj", "checkstyle", "spotbugs", "jacoco", "testcontainers", "wiremock",
    "xunit", "nunit", "moq", "coverlet", "phpunit", "phpstan", "psalm", "pint", "credo", "dialyxir", "ex_doc",
    "ex_machina", "mox", "testify", "golangci", "criterion", "proptest", "insta",
];

/// Words of paths whose files watch a program or back it up.
#[rustfmt::skip]
const WATCHES: &[&str] = &[
    "alert", "alerting", "alertmanager", "monitoring", "grafana", "prometheus", "dashboard", "statsd", "logrotate",
    "datadog", "newrelic", "logging",
    "promtail", "fluentd", "fluentbit", "filebeat", "vector", "telemetry", "otel", "opentelemetry", "pagerduty",
    "backup", "sentry", "loki", "jaeger", "logback", "log4j", "log4j2", "nlog", "serilog", "log4net", "lograge",
    "log", "logger", "loglevel", "metric",
];
