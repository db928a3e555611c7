//! Warnings: what a piece of work says by `tracing`.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use expect_test::Expect;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A subscriber that writes each warning as a line.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<String>>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Fields(String);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                let _ = write!(self.0, " {field}={value:?}");
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        let _ = writeln!(self.0.lock().unwrap(), "{level} {target}{}", fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs `f`, which must give these warnings.
#[track_caller]
pub fn warns<R>(expected: Expect, f: impl FnOnce() -> R) -> R {
    warns_at("", expected, f)
}

/// Runs `f`, which must give these warnings, in which a place is written as `HERE`.
#[track_caller]
pub fn warns_at<R>(place: &str, expected: Expect, f: impl FnOnce() -> R) -> R {
    let warnings = Warnings::default();
    let result = tracing::subscriber::with_default(warnings.clone(), f);
    let told = warnings.0.lock().unwrap();
    let told = if place.is_empty() { told.clone() } else { told.replace(place, "HERE") };
    expected.assert_eq(&told);
    result
}
