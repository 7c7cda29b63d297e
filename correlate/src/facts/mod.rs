//! What a change means: typed facts read from reduced lines.
//!
//! A fact is something a person can check in the diff, such as "`pool_size`: 20 → 5" or "column
//! `unit_price` renamed". Which facts speak for which class of error is a table of its own
//! ([`ErrorClass`]).

mod among;
mod aside;
mod class;
mod code;
pub(crate) mod component;
mod config_code;
mod contract;
mod definition;
mod dependency;
mod display;
pub(crate) mod family;
mod fit;
mod fit_dependency;
mod fit_schema;
mod flow;
mod guard;
pub(crate) mod hints;
mod line;
mod lock;
mod look;
mod manifest;
pub(crate) mod matter;
mod mechanism;
mod migration;
mod phrases;
mod read;
mod rights;
mod schema;
mod table;
mod trust;
mod value;
mod variable;

pub(crate) use aside::boldness;
pub use class::ErrorClass;
pub(crate) use config_code::is_config_code;
pub(crate) use contract::is_contract;
pub(crate) use dependency::is_image_file;
pub(crate) use fit::{fit, is_numbered, step};
pub(crate) use mechanism::Known;
pub use read::read;
pub(crate) use read::read_tokens;
pub(crate) use table::counts;

use crate::Place;

/// One thing that a change does, read from its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What was done.
    pub kind: FactKind,
    /// Where it stands in the change.
    pub place: Place,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FactKind {
    /// A setting got another value, appeared or disappeared.
    Setting(Setting),
    /// A setting has another name and the same value.
    SettingRenamed {
        /// The name that is gone.
        from: String,
        /// The name it has now.
        to: String,
        /// Its value, as written.
        value: String,
    },
    /// A dependency got another version, appeared or disappeared.
    Dependency {
        /// Name of the package as its manifest writes it.
        name: String,
        /// Version before; `None`: it was not there.
        from: Option<String>,
        /// Version after; `None`: it is not there any more.
        to: Option<String>,
        /// How far the version moved.
        step: VersionStep,
    },
    /// A table or column of a database changed.
    Schema {
        /// What happened to it.
        action: SchemaAction,
        /// The table, where the line names it.
        table: Option<String>,
        /// The column, where it is about one.
        column: Option<String>,
    },
    /// A definition (function, method, class, constant) appeared, vanished or changed its shape.
    Definition {
        /// What happened to it.
        action: DefinitionAction,
        /// Its name.
        name: String,
    },
    /// A protection was taken out of code or configuration.
    GuardRemoved {
        /// Which kind of protection.
        guard: Guard,
        /// The word of the line that shows it, e.g. `retry`.
        word: String,
    },
}

/// A setting that changed: *key: old → new*.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The key as written, with the section it stands in where the diff shows it, e.g.
    /// `production.pool_size`.
    pub key: String,
    /// What the setting governs.
    pub family: Family,
    /// Value before, as written; `None`: the setting is new.
    pub old: Option<Value>,
    /// Value after, as written; `None`: the setting is gone.
    pub new: Option<Value>,
    /// Which way it went.
    pub trend: Trend,
    /// Whether it stands in code (a keyword argument, a constant) rather than in configuration.
    pub in_code: bool,
}

/// A value as written, with the number and unit read from it where it is a quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The text, without quotes.
    pub text: String,
    /// The quantity in its base unit (seconds, bytes, or the bare number).
    pub number: Option<f64>,
    /// Its unit; [`Unit::None`] for bare numbers.
    pub unit: Unit,
}

/// Unit of a [`Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// No unit is written, and the key names none.
    None,
    /// Time; [`Value::number`] is in seconds.
    Seconds,
    /// Memory or size; [`Value::number`] is in bytes.
    Bytes,
    /// A share; [`Value::number`] is 0 to 1.
    Percent,
}

/// Which way a setting went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trend {
    /// A quantity got smaller.
    Lowered,
    /// A quantity got larger.
    Raised,
    /// Switched on (`false` → `true`, `off` → `on`).
    Enabled,
    /// Switched off.
    Disabled,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Another value that cannot be compared.
    Replaced,
}

/// What a setting governs, read from the words of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Family {
    /// Connections or other shared resources: `pool_size`, `max_connections`, `overflow`.
    Pool,
    /// Those who use them: `workers`, `threads`, `concurrency`, `replicas`, `prefetch`.
    Workers,
    /// How long to wait: `timeout`, `deadline`, `interval`, `lease`.
    Timeout,
    /// Memory: `memory`, `heap`, `shm`, `buffer`.
    Memory,
    /// Other bounds: `max_…`, `limit`, `quota`, `ulimit`, `depth`, `rate`.
    Limit,
    /// Where something is: `host`, `port`, `url`, `path`, `endpoint`, `bucket`, `topic`, `db`.
    Address,
    /// Who one is: `user`, `password`, `token`, `key`, `secret`.
    Credential,
    /// What one may do: `role`, `acl`, `scope`, `grant`, `mode`, `policy`.
    Permission,
    /// Trust in transport: `tls`, `ssl`, `ca`, `cert`, `verify`.
    Tls,
    /// Switches: `feature`, `flag`, `enabled`, `use_…`.
    Flag,
    /// Language, time and text: `locale`, `timezone`, `encoding`, `format`, `charset`.
    Locale,
    /// Trying again: `retry`, `attempts`, `backoff`.
    Retry,
    /// Keeping for later: `cache`, `ttl`, `entries`, `evict`.
    Cache,
    /// Which implementation: `driver`, `backend`, `engine`, `algorithm`, `hash`, `codec`.
    Kind,
    /// Nothing this table knows.
    Other,
}

/// How far a version moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionStep {
    /// First number differs, or the second one below version 1 or of a runtime that takes away with
    /// it what it had deprecated (Python, Ruby, PHP, Elixir).
    Major,
    /// Second number differs.
    Minor,
    /// A later number differs.
    Patch,
    /// The package is new.
    Added,
    /// The package is gone.
    Removed,
    /// The versions cannot be compared.
    Unknown,
}

/// What happened to a table or column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaAction {
    /// The table was created.
    TableCreated,
    /// The table was dropped.
    TableDropped,
    /// The table has another name.
    TableRenamed {
        /// The new name.
        to: String,
    },
    /// The column was added; whether it must not be null.
    ColumnAdded {
        /// `NOT NULL` without a default on the line.
        required: bool,
    },
    /// The column was dropped.
    ColumnDropped,
    /// The column has another name.
    ColumnRenamed {
        /// The new name.
        to: String,
    },
    /// The column's type or nullability changed.
    ColumnAltered,
    /// A constraint (unique, foreign key, check, not null) was added.
    ConstraintAdded,
    /// An index or constraint was dropped.
    ConstraintDropped,
}

/// What happened to a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefinitionAction {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed {
        /// The new name.
        to: String,
    },
    /// It has other parameters.
    SignatureChanged,
}

/// A protection that code or configuration can lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Guard {
    /// Trying again after a failure.
    Retry,
    /// A bound on waiting.
    Timeout,
    /// Catching an exception.
    Catch,
    /// A lock or transaction.
    Lock,
}
