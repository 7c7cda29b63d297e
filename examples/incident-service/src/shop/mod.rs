//! The sample project of the demo: a little web shop that really failed.
//!
//! `shop/history/*.txt` tells its history as a person reads it; [`history`] reads these texts,
//! [`patch`] applies their changes, and [`repository`] writes them as git objects, so that every
//! machine gets the same commits without a `git` program. `shop/events` holds the deliveries that
//! its failure gave, `shop/capture` how they were taken.

pub mod history;
pub mod patch;
pub mod repository;

/// The shop's history, one text per release, oldest first.
pub const HISTORY: [&str; 5] = [
    include_str!("../../shop/history/v1.0.0.txt"),
    include_str!("../../shop/history/v1.1.0.txt"),
    include_str!("../../shop/history/v1.2.0.txt"),
    include_str!("../../shop/history/v1.3.0.txt"),
    include_str!("../../shop/history/v1.4.0.txt"),
];

/// Body of the first delivery: an issue alert for the first failed checkout.
pub const FIRST_DELIVERY: &[u8] = include_bytes!("../../shop/events/checkout-1.event_alert.json");

/// Body of another delivery for a second event of the same issue.
pub const SECOND_DELIVERY: &[u8] = include_bytes!("../../shop/events/checkout-2.event_alert.json");
