//! `Watch`: finds out whether anybody listens, and tells those who do.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

use super::counter::Counter;
use super::observe::{EventKind, Observer, StatementEvent};
use crate::error::Result;
use crate::value::Value;

/// One registered observer, with its wish read once.
#[derive(Clone)]
struct Registered {
    observer: Arc<dyn Observer>,
    wants_params: bool,
}

/// Who listens to an engine.
///
/// The two flags are all that a statement looks at when nobody does; the list is behind a lock and is shared
/// out whole, so that no lock is held while an observer runs.
#[derive(Default)]
pub(super) struct Watch {
    observed: AtomicBool,
    traces_params: AtomicBool,
    observers: RwLock<Arc<[Registered]>>,
}

/// Those who listened when a statement was prepared.
pub(super) struct Audience {
    observers: Arc<[Registered]>,
    traced: bool,
    traces_params: bool,
    pub(super) wants_params: bool,
    counter: Option<Rc<Counter>>,
}

impl Watch {
    pub(super) fn observe(&self, observer: Arc<dyn Observer>) {
        let wants_params = observer.wants_params();
        let mut observers = self.observers.write().unwrap_or_else(PoisonError::into_inner);
        let added = Registered { observer, wants_params };
        *observers = observers.iter().cloned().chain([added]).collect();
        self.observed.store(true, Ordering::Release);
    }

    /// Removes an observer, found by its address.
    pub(super) fn unobserve(&self, address: *const ()) -> bool {
        let mut observers = self.observers.write().unwrap_or_else(PoisonError::into_inner);
        let before = observers.len();
        *observers =
            observers.iter().filter(|o| Arc::as_ptr(&o.observer).cast::<()>() != address).cloned().collect();
        self.observed.store(!observers.is_empty(), Ordering::Release);
        observers.len() < before
    }

    pub(super) fn trace_params(&self, on: bool) {
        self.traces_params.store(on, Ordering::Release);
    }

    /// Who listens, beside a counter of the connection; `None` is the fast path.
    #[inline]
    pub(super) fn audience(&self, counter: Option<&Rc<Counter>>) -> Option<Audience> {
        let traced = tracing::enabled!(target: "orm::sql", tracing::Level::DEBUG);
        let is_heard = traced || counter.is_some() || self.observed.load(Ordering::Acquire);
        if is_heard { Some(self.gather(traced, counter)) } else { None }
    }

    #[cold]
    fn gather(&self, traced: bool, counter: Option<&Rc<Counter>>) -> Audience {
        let observers = Arc::clone(&self.observers.read().unwrap_or_else(PoisonError::into_inner));
        let traces_params = traced && self.traces_params.load(Ordering::Acquire);
        let wants_params = traces_params || observers.iter().any(|o| o.wants_params);
        Audience { observers, traced, traces_params, wants_params, counter: counter.cloned() }
    }
}

impl Audience {
    /// Tells everybody. `event.params` are all that were bound; who didn't ask for them gets none.
    pub(super) fn tell(&self, event: &StatementEvent<'_>) {
        if self.traced {
            self.trace(event);
        }
        if let Some(counter) = &self.counter {
            counter.count(event.kind);
        }
        for registered in self.observers.iter() {
            let params = if registered.wants_params { event.params } else { &[] };
            registered.observer.statement(&StatementEvent { params, ..*event });
        }
    }

    fn trace(&self, event: &StatementEvent<'_>) {
        let params = self.traces_params.then(|| tracing::field::display(List(event.params)));
        tracing::event!(
            target: "orm::sql",
            tracing::Level::DEBUG,
            sql = event.sql,
            params,
            rows = event.rows,
            duration = ?event.duration,
            error = event.error.map(tracing::field::display),
        );
    }

    /// Runs something that isn't prepared, and tells of it.
    pub(super) fn run<T>(
        &self,
        kind: EventKind,
        sql: &str,
        work: impl FnOnce() -> Result<T>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T> {
        let start = Instant::now();
        let result = work();
        let duration = start.elapsed();
        let rows = result.as_ref().map_or(0, rows);
        self.tell(&StatementEvent { kind, sql, params: &[], rows, duration, error: result.as_ref().err() });
        result
    }
}

/// Values in brackets, as they would stand in a statement.
struct List<'a>(&'a [Value]);

impl std::fmt::Display for List<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{value}")?;
        }
        f.write_str("]")
    }
}
