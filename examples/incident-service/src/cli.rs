//! The command line: what can be asked, and with which words.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sentry_correlate::SourceRoot;
use sentry_correlate::source::Range;
use sentry_hooks::model::Level;

/// Receives Sentry's webhooks and answers which change broke it.
///
/// Start with `demo`: it needs no account and no network. Then try `why` on a repository and an
/// event of your own, and `serve` to receive Sentry's deliveries.
#[derive(Debug, Parser)]
#[command(name = "incident-service", version, after_long_help = ENVIRONMENT)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const ENVIRONMENT: &str = "\
Environment variables:
  SENTRY_WEBHOOK_SECRET   client secret of the Sentry integration; several, separated by commas,
                          while one replaces the other (serve)
  REPO                    git repository of the program that Sentry watches (serve)
  REPO_URL                where it is shown on the web, for links to commits (serve, why)
  SENTRY_AUTH_TOKEN, SENTRY_ORG, API_TOKENS
                          switch the REST service on: the token for Sentry, the organization's
                          slug, and the callers as name:ro:TOKEN or name:rw:TOKEN, separated by
                          commas (serve)
  SENTRY_BASE_URL         the Sentry server; default https://sentry.io (serve)
  SENTRY_ALLOW_PLAIN_HTTP 1: SENTRY_BASE_URL may be http inside a network; whoever can listen there
                          reads the token (serve)
  LISTEN_ADDRESS, PORT    where to listen; default 127.0.0.1 and 3004 (serve)
  WEBHOOK_PATH            path of the webhook; default /webhooks/sentry (serve)
  PATH_MAP                STACK_ROOT=SOURCE_ROOT, several separated by commas (serve, why)
  MIN_LEVEL, PROJECTS, ENVIRONMENTS
                          which deliveries to look into (serve)
  COOLDOWN_MINUTES        how long one issue stays answered; default 30 (serve)
  GATHER_SECONDS          how long to gather changes; default 20 (serve, why)
  STATE_DIRECTORY         where accepted deliveries and cooldowns are kept; default
                          incident-service-state in the working directory (serve)
  QUEUE, INBOX_BYTES, BODY_LIMIT
                          bounds on the deliveries that wait in memory, on the bytes of those on the
                          disk, and on a body's bytes (serve)
  REPORT_FORMAT           text, or json: a line for each report (serve)
  RUST_LOG                what to log, e.g. info or incident_service=debug; default info (serve)
  NO_COLOR                when set, reports are not coloured

Each command's own help (`incident-service serve --help`) says the rest.

Exit codes: 0 done; 1 it went wrong; 2 what was asked for cannot be done as asked.";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the whole way on a sample project, from a signed delivery to the answer.
    ///
    /// Writes the history of a small web shop into a temporary git repository, starts the receiver
    /// on a free loopback port, posts real deliveries to it (one, the same again, another event of
    /// the same issue, a forged one) and shows what became of each. Opens no connection to the
    /// outside.
    Demo(DemoArgs),
    /// Receive Sentry's webhooks over HTTP and write reports to standard output; serve the REST
    /// routes.
    ///
    /// Two faces, each of which is there when it is configured: the webhook (a secret and a
    /// repository), and the REST service over Sentry's API (SENTRY_AUTH_TOKEN, SENTRY_ORG and
    /// API_TOKENS; its routes are described at /openapi.json). `/health` answers in any case.
    ///
    /// A delivery is verified, decided on, kept on the disk where it is accepted, and answered (200);
    /// the work is done afterwards. What was answered and not worked on when the process was killed
    /// is worked on after the next start with the same --state, and an issue that was answered stays
    /// so until its cooldown ends. Killed between writing a report and noting it, the service writes
    /// that report again. On SIGINT or SIGTERM it ends after the incident in hand, for which it takes a
    /// minute at most; what else waits is for the next start. When reports cannot be written to
    /// standard output, it ends with code 1.
    Serve(ServeArgs),
    /// Rank the changes of a local git repository for an event.
    ///
    /// The event may be in the form of Sentry's webhooks or of its REST API. Without --range and
    /// --release the event's own release is looked up among the repository's tags.
    Why(WhyArgs),
    /// Say what a delivery is, as one JSON object.
    ///
    /// Exit code 2 when a receiver would refuse the body: not valid JSON (the object then has
    /// `json_error`), or empty (`empty_body`) where it is no external request.
    Inspect(InspectArgs),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Keep the sample repository (bare) in this new directory, to try `why` on it.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Whether to colour the report.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Client secret of the Sentry integration, several separated by commas.
    ///
    /// Better given by the environment: arguments can be read by every user of the machine.
    #[arg(
        long,
        env = "SENTRY_WEBHOOK_SECRET",
        hide_env_values = true,
        value_delimiter = ',',
        requires = "repo",
        value_parser = Secret::read,
        value_name = "SECRET"
    )]
    pub secret: Vec<Secret>,
    /// Git repository (work tree or bare) of the program that Sentry watches.
    #[arg(long, env = "REPO", value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Where the repository is shown on the web, for links to its commits: GitHub and its Enterprise
    /// Server, GitLab, Bitbucket, Gitea. Without it, what follows from a well-known remote `origin`.
    #[arg(long, env = "REPO_URL", hide_env_values = true, value_name = "URL")]
    pub repo_url: Option<String>,
    /// Address to listen on. The default is reached from this machine alone.
    #[arg(long, env = "LISTEN_ADDRESS", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 3004)]
    pub port: u16,
    /// Path of the webhook.
    #[arg(long, env = "WEBHOOK_PATH", default_value = "/webhooks/sentry", value_name = "PATH")]
    pub webhook_path: String,
    /// Where the stack's paths lie in the repository.
    #[arg(
        long = "map",
        env = "PATH_MAP",
        value_delimiter = ',',
        value_name = "STACK_ROOT=SOURCE_ROOT"
    )]
    pub map: Vec<SourceRoot>,
    /// Least severity to look into: debug, info, warning, error or fatal.
    #[arg(long, env = "MIN_LEVEL", default_value = "error", value_name = "LEVEL")]
    pub min_level: Level,
    /// Projects to look into (slug or id), separated by commas; default: all.
    #[arg(long, env = "PROJECTS", value_delimiter = ',', value_parser = trimmed, value_name = "PROJECT")]
    pub project: Vec<String>,
    /// Environments to look into, separated by commas; default: all.
    #[arg(long, env = "ENVIRONMENTS", value_delimiter = ',', value_parser = trimmed, value_name = "ENVIRONMENT")]
    pub environment: Vec<String>,
    /// How long one issue stays answered before it is looked into again.
    #[arg(long, env = "COOLDOWN_MINUTES", default_value_t = 30, value_name = "MINUTES",
          value_parser = clap::value_parser!(u32).range(..=MINUTES_OF_A_YEAR))]
    pub cooldown_minutes: u32,
    /// How long to gather changes for one incident.
    #[arg(long, env = "GATHER_SECONDS", default_value_t = 20, value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..=SECONDS_OF_AN_HOUR))]
    pub gather_seconds: u32,
    /// Directory, made where missing, for accepted deliveries that wait and for cooldowns. It holds
    /// what users sent: its owner alone may read it. One process at a time.
    #[arg(
        long,
        env = "STATE_DIRECTORY",
        default_value = "incident-service-state",
        value_name = "DIR"
    )]
    pub state: PathBuf,
    /// Accepted deliveries that may wait in memory; more wait on the disk alone.
    #[arg(long, env = "QUEUE", default_value_t = 256, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    pub queue: u16,
    /// Bytes of accepted deliveries that may wait on the disk, those of earlier starts included; more
    /// are answered 500.
    #[arg(long, env = "INBOX_BYTES", default_value_t = 1 << 30, value_name = "BYTES")]
    pub inbox_bytes: u64,
    /// Largest body to take, in bytes; larger ones are answered 413.
    #[arg(long, env = "BODY_LIMIT", default_value_t = 5 * 1024 * 1024, value_name = "BYTES")]
    pub body_limit: usize,
    /// Form of the reports: text, or one line of JSON each, with the ten best hypotheses.
    #[arg(long, env = "REPORT_FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Whether to colour reports.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// File with the event; `-` reads standard input.
    #[arg(long, value_name = "EVENT.json")]
    pub event: PathBuf,
    /// Git repository: a work tree or a bare repository.
    #[arg(long, value_name = "DIR")]
    pub repo: PathBuf,
    /// Where the repository is shown on the web, for links to its commits: GitHub and its Enterprise
    /// Server, GitLab, Bitbucket, Gitea. Without it, what follows from a well-known remote `origin`.
    #[arg(long, env = "REPO_URL", hide_env_values = true, value_name = "URL")]
    pub repo_url: Option<String>,
    /// Look at the changes between these two revisions.
    #[arg(long, value_name = "OLD..NEW", conflicts_with = "release")]
    pub range: Option<Range>,
    /// Look at the changes that this release brought, instead of the event's.
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Where the stack's paths lie in the repository, e.g. `/srv/app=services/app`.
    #[arg(
        long = "map",
        env = "PATH_MAP",
        value_delimiter = ',',
        value_name = "STACK_ROOT=SOURCE_ROOT"
    )]
    pub map: Vec<SourceRoot>,
    /// How long to gather changes.
    #[arg(long, env = "GATHER_SECONDS", default_value_t = 20, value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..=SECONDS_OF_AN_HOUR))]
    pub gather_seconds: u32,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Whether to colour the text.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// File with the delivery's body, byte for byte; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// A header of the delivery; may be repeated.
    #[arg(long = "header", value_parser = header, value_name = "Name: value")]
    pub headers: Vec<(String, String)>,
    /// Secret to check the signature with; without it the signature is `unchecked`.
    #[arg(long, value_parser = Secret::read)]
    pub secret: Vec<Secret>,
}

const MINUTES_OF_A_YEAR: i64 = 366 * 24 * 60;
const SECONDS_OF_AN_HOUR: i64 = 60 * 60;

/// A secret as given by flag or variable, without blanks around it. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    fn read(text: &str) -> Result<Self, &'static str> {
        match text.trim() {
            "" => Err("the secret is empty"),
            secret => Ok(Self(secret.to_owned())),
        }
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// When standard output is a terminal and `NO_COLOR` is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to colour what goes to standard output.
    #[must_use]
    pub fn applies(self) -> bool {
        use std::io::IsTerminal;
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                !refused && std::io::stdout().is_terminal()
            }
        }
    }
}

impl WhyArgs {
    /// How long to gather changes.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.gather_seconds.into())
    }
}

fn trimmed(text: &str) -> Result<String, Infallible> {
    Ok(text.trim().to_owned())
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_variable_of_a_flag_is_named_in_the_help() {
        let command = Cli::command();
        for subcommand in command.get_subcommands() {
            for variable in subcommand.get_arguments().filter_map(clap::Arg::get_env) {
                let name = variable.to_str().unwrap();
                assert!(ENVIRONMENT.contains(name), "{name} of {}", subcommand.get_name());
            }
        }
    }

    fn serve(args: &[&str]) -> Result<ServeArgs, clap::Error> {
        let args = ["incident-service", "serve", "--repo", "."].iter().chain(args);
        Cli::try_parse_from(args).map(|cli| match cli.command {
            Command::Serve(args) => args,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn secrets_are_trimmed_and_never_shown_and_blank_ones_refused() {
        let args = serve(&["--secret", "old-canary, new-canary"]).unwrap();
        let secrets: Vec<&[u8]> = args.secret.iter().map(AsRef::as_ref).collect();
        assert_eq!(secrets, [b"old-canary", b"new-canary"]);
        assert!(!format!("{args:?}").contains("canary"));
        for blank in ["", " ", "good-canary, ", "good-canary,,"] {
            let error = serve(&["--secret", blank]).unwrap_err().to_string();
            assert!(error.contains("the secret is empty") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn items_of_lists_are_trimmed() {
        assert_eq!(serve(&["--project", "shop, blog"]).unwrap().project, ["shop", "blog"]);
    }

    #[test]
    fn durations_have_bounds() {
        assert_eq!(serve(&["--cooldown-minutes", "0"]).unwrap().cooldown_minutes, 0);
        assert!(serve(&["--cooldown-minutes", "4294967295"]).is_err());
        assert!(serve(&["--gather-seconds", "0"]).is_err());
        assert!(serve(&["--gather-seconds", "4294967295"]).is_err());
    }

    #[test]
    fn headers_are_read() {
        assert_eq!(header("A: b:c").unwrap(), ("A".to_owned(), "b:c".to_owned()));
        assert!(header("A").is_err());
    }
}
