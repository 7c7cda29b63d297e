//! Where changes, deployments and events come from.
//!
//! Three small traits, implemented by adapters (a git repository, GitHub, Vercel, Sentry, a deploy
//! log of your own). A source is asked with a [`Query`] and hands over what it finds through a
//! [`Sink`], piece by piece, so that a source that is cut short keeps its part. [`crate::gather`]
//! asks many sources at once.
//!
//! ```
//! use async_trait::async_trait;
//! use sentry_correlate::source::{DeploymentSource, Query, Sink, SourceError};
//! use sentry_correlate::Deployment;
//!
//! /// Deployments written down by hand.
//! #[derive(Debug)]
//! struct DeployLog(Vec<Deployment>);
//!
//! #[async_trait]
//! impl DeploymentSource for DeployLog {
//!     fn name(&self) -> &str {
//!         "deploy log"
//!     }
//!
//!     async fn deployments(&self, _query: &Query, sink: &Sink) -> Result<(), SourceError> {
//!         for deployment in &self.0 {
//!             sink.deployment(deployment.clone());
//!         }
//!         Ok(())
//!     }
//! }
//! ```

mod coverage;
mod error;
mod query;
mod sink;

pub use coverage::{Asked, Counts, Coverage, Gap, Outcome};
pub use error::SourceError;
pub use query::{EventQuery, ParseRangeError, Query, QueryFrame, Range};
pub use sink::{Interrupt, Sink};

pub(crate) use sink::Collected;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::Incident;

/// Gives the changes that a release, or a range of revisions, brought.
///
/// # Contract
///
/// - The window is [`Query::range`] where it is set. Otherwise the source resolves
///   [`Query::release`] and finds its predecessor, by the rules of [`crate::release`], and tells
///   what it chose through [`Sink::resolved`] before it hands over the first change.
/// - Each change goes to [`Sink::change`] as soon as it is complete, in any order; a source that does
///   not go from the oldest to the newest tells the order by [`Sink::order`]. It is that of the
///   history, in which no commit comes before its parents, and not that of dates. From it come the
///   positions ([`crate::Change::position`]), which a source need not set. Handing over the same
///   commit twice does no harm.
/// - Whatever was left out (a limit, an unreadable object, a shallow clone) is told by
///   [`Sink::gap`]. `Ok` without a gap means: this is all of it.
/// - After an error, what was handed over before it is kept.
/// - The future must not block its thread. A source that blocks does so on a thread of its own,
///   which owns a clone of the sink and stops soon after [`Sink::interrupt`] is set. The future may
///   be dropped at any await.
/// - Where it can, the source also says where the files of the stack live ([`Sink::frame_path`])
///   and who last touched their lines ([`Sink::blame`]); both are optional and come last.
#[async_trait]
pub trait ChangeSource: Debug + Send + Sync {
    /// What the source is called in the report's coverage, e.g. `git /srv/shop`. No secrets.
    fn name(&self) -> &str;

    /// Hands over the changes that `query` asks for.
    ///
    /// # Errors
    /// Any [`SourceError`]: the release or a revision is unknown, the source cannot be reached.
    async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError>;
}

/// Gives the deployments around an incident's onset.
///
/// # Contract
///
/// As for [`ChangeSource`], with [`Sink::deployment`]. A deployment's `sha` is the commit that ran,
/// never a branch head that happened to be there; `live_at` is when it could first serve. Only
/// successful deployments are handed over. Where the source knows environments it gives them as the
/// provider calls them, and does not filter: other environments belong on the timeline too.
#[async_trait]
pub trait DeploymentSource: Debug + Send + Sync {
    /// What the source is called in the report's coverage. No secrets.
    fn name(&self) -> &str;

    /// Hands over what went live around [`Query::onset`], at least the version that ran then and
    /// the one before it.
    ///
    /// # Errors
    /// Any [`SourceError`].
    async fn deployments(&self, query: &Query, sink: &Sink) -> Result<(), SourceError>;
}

/// Gives the whole event where a delivery brought none.
///
/// # Contract
///
/// The incident is made from one event by `Incident::from_event`; what the event does not say stays
/// `None`. The future must not block its thread and may be dropped at any await.
#[async_trait]
pub trait EventSource: Debug + Send + Sync {
    /// What the source is called in the report's coverage. No secrets.
    fn name(&self) -> &str;

    /// Reads the event that `query` names.
    ///
    /// # Errors
    /// [`SourceError::NotFound`] when there is no such event, or any other [`SourceError`].
    async fn event(&self, query: &EventQuery) -> Result<Incident, SourceError>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<T: ChangeSource + ?Sized> ChangeSource for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }
            async fn changes(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
                (**self).changes(query, sink).await
            }
        }

        #[async_trait]
        impl<T: DeploymentSource + ?Sized> DeploymentSource for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }
            async fn deployments(&self, query: &Query, sink: &Sink) -> Result<(), SourceError> {
                (**self).deployments(query, sink).await
            }
        }

        #[async_trait]
        impl<T: EventSource + ?Sized> EventSource for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }
            async fn event(&self, query: &EventQuery) -> Result<Incident, SourceError> {
                (**self).event(query).await
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traits_are_object_safe_and_forwarded() {
        fn takes_changes<T: ChangeSource>() {}
        fn takes_deployments<T: DeploymentSource>() {}
        fn takes_events<T: EventSource>() {}
        takes_changes::<&dyn ChangeSource>();
        takes_changes::<Box<dyn ChangeSource>>();
        takes_changes::<Arc<dyn ChangeSource>>();
        takes_deployments::<Arc<dyn DeploymentSource>>();
        takes_events::<Arc<dyn EventSource>>();
    }
}
