//! Sentry's things, typed: the event, the issue and what they are made of.
//!
//! One [`Event`] stands for both wire forms: webhooks write it in snake case under
//! `exception.values`, the REST API writes the same incident in camel case under `entries`. The
//! types here borrow from the bytes they were read from; `into_owned()` detaches them.
//!
//! Reading is lenient where Sentry is: ids may be strings or integers, members may be null or
//! absent. What is not modelled stays as [`Raw`] JSON text and is written back as it came.

mod actor;
pub(crate) mod context;
mod date;
mod event;
mod exception;
mod frame;
mod id;
mod issue;
mod level;
mod parts;
mod project;
mod raw;
mod tags;
mod urls;
mod user;

pub use actor::{Actor, ActorKind};
pub use date::parse as parse_date;
pub use event::{Event, Form};
pub use exception::{Exception, Mechanism};
pub use frame::Frame;
pub use id::Id;
pub use issue::Issue;
pub use level::{Level, UnknownLevel};
pub use project::Project;
pub use raw::Raw;
pub use tags::{Tag, Tags};
pub use user::User;

pub(crate) use event::Fields;
pub(crate) use parts::{Part, PartName};
pub(crate) use urls::last_segment;
#[cfg(feature = "webhook")]
pub(crate) use urls::{host as url_host, is_region, organization as url_organization};
