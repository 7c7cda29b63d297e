#![doc = include_str!("../README.md")]

mod analysis;
mod cache;
mod caller;
mod config;
mod error;
mod handlers;
mod openapi;
mod params;
mod route;
mod service;
mod trouble;
mod update;
pub mod views;

pub use analysis::{AnalysisView, Analyst, AnalystError, Case, HypothesisView, RankingView};
pub use caller::{Access, Caller, Callers, CallersError};
pub use config::{ApiConfig, ConfigError};
pub use error::{ApiError, ErrorBody, ErrorKind};
pub use service::ApiService;
pub use update::{PriorityWord, StatusWord, UpdateBody};
