//! What values show by their look where keys do not tell: switches, addresses, paths, zones.

use super::fit::has_number;
use super::table::family_fit;
use super::{ErrorClass, Family, Setting, Trend};

use Family as F;
use Trend as T;

/// What a value shows where the key does not: a switch, or another name for something.
pub(super) fn fit(setting: &Setting, families: &[Family], class: ErrorClass) -> f64 {
    match setting.trend {
        T::Enabled | T::Disabled => 0.9 * family_fit(F::Flag, setting.trend, class),
        T::Replaced | T::Added | T::Removed if families == [F::Other] => {
            let mut values = [&setting.old, &setting.new].into_iter().flatten();
            match values.find_map(|value| family_of(&value.text)) {
                Some(family) => 0.9 * family_fit(family, setting.trend, class),
                None if setting.new.as_ref().is_some_and(|new| is_mailbox(&new.text)) => {
                    0.6 * family_fit(F::Permission, T::Replaced, class)
                }
                None if setting.trend != T::Replaced || has_number(setting) => 0.0,
                None => {
                    let kind = 0.5 * family_fit(F::Kind, T::Replaced, class);
                    kind.max(0.6 * family_fit(F::Address, T::Replaced, class))
                }
            }
        }
        _ => 0.0,
    }
}

/// Whether a value is the address of a mailbox.
fn is_mailbox(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.contains(['/', ' ', ':']) && host.contains('.') && !host.contains(['/', ':', ' '])
    })
}

/// What a value is by its look: an address, a path, a locale or zone.
fn family_of(text: &str) -> Option<Family> {
    const ZONES: &[&str] =
        &["Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Etc/", "US/"];
    if ZONES.iter().any(|zone| text.starts_with(zone)) || text.ends_with("UTF-8") {
        return Some(F::Locale);
    }
    let port = text.rsplit_once(':').is_some_and(|(host, port)| {
        host.contains(|c: char| c.is_ascii_alphanumeric())
            && !port.is_empty()
            && port.bytes().all(|b| b.is_ascii_digit())
    });
    let path = text.starts_with(['/', '~']) || text.starts_with("./");
    (text.contains("://") || path || port && !text.contains(' ')).then_some(F::Address)
}
