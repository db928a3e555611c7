//! Running a load plan with all that belongs to it: objects are given when what is loaded with them is there.

use super::LoadPort;
use super::fresh::Fresh;
use super::loading::Loading;
use super::plan::LoadPlan;
use super::queue;
use super::with::With;
use crate::engine::{EngineConnection, Fetch, Flow, Given, Row};
use crate::error::Result;
use crate::state::memory::addresses::Addresses;
use crate::state::memory::handle::Handle;
use crate::state::memory::instance::address;

/// How many objects wait for what is loaded after them before they are given.
const PART: usize = 500;

impl LoadPlan<'_> {
    /// Runs the statement, gives what each row becomes, and loads what is to be loaded after the rows. `given` says the
    /// values of the statement's parameters. Where something is loaded with the objects they are given when that is
    /// done, and each once where it makes several rows of one.
    ///
    /// # Errors
    /// `value`, and what the database or `each` says. What is loaded after the rows isn't loaded then.
    pub(super) fn run<'v>(
        &'v self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        given: Given<'_, 'v>,
        fetch: Fetch,
        each: &mut dyn FnMut(Handle) -> Result<Flow>,
    ) -> Result<()> {
        match (&self.with, self.groups(cx)) {
            (None, false) => {
                let run = (connection, given, fetch);
                let mut each = |_: &dyn Row, object: Handle, _: Option<&mut Loading>| each(object);
                self.rows(cx, run, &mut Fresh::new(false), &mut each)
            }
            (with, is_grouped) => {
                self.run_in_parts(cx, (connection, given, fetch), (with.as_deref(), is_grouped), each)
            }
        }
    }

    fn run_in_parts<'v>(
        &'v self,
        cx: &dyn LoadPort,
        run: (&EngineConnection, Given<'_, 'v>, Fetch),
        (with, is_grouped): (Option<&With>, bool),
        each: &mut dyn FnMut(Handle) -> Result<Flow>,
    ) -> Result<()> {
        let mut tasks = Vec::new();
        let mut part: Vec<Handle> = Vec::new();
        let mut ended = false;
        let repeats = with.is_some_and(With::repeats);
        let mut seen = Addresses::default();
        let mut loading = self.loading(cx, with, is_grouped);
        let mut take = |_: &dyn Row, object: Handle, loading: Option<&mut Loading>| {
            // All are held until the rows are read, so that no address is used twice.
            if repeats && (part.last() == Some(&object) || !seen.insert(address(&object))) {
                return Ok(Flow::Continue(()));
            }
            part.push(object);
            if repeats || part.len() < PART {
                return Ok(Flow::Continue(()));
            }
            if let Some(loading) = loading {
                loading.join(cx.identity());
                with.map_or(Ok(()), |with| with.tasks(loading, &mut tasks))?;
            }
            queue::run(cx, &mut tasks)?;
            let flow = give(&mut part, each)?;
            ended = flow.is_break();
            Ok(flow)
        };
        self.rows_with(cx, run, with, &mut loading, &mut take)?;
        loading.finish(cx.identity())?;
        with.map_or(Ok(()), |with| with.tasks(&mut loading, &mut tasks))?;
        queue::run(cx, &mut tasks)?;
        if !ended {
            let _ = give(&mut part, each)?; // there are no more
        }
        Ok(())
    }
}

/// Gives objects that are loaded.
fn give(part: &mut Vec<Handle>, each: &mut dyn FnMut(Handle) -> Result<Flow>) -> Result<Flow> {
    for object in part.drain(..) {
        if each(object)?.is_break() {
            return Ok(Flow::Break(()));
        }
    }
    Ok(Flow::Continue(()))
}
