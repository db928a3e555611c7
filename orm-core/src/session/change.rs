//! Statements that write rows, and the objects that follow.

use super::execution::Execution;
use super::{Inner, Session};
use crate::declare::SlotId;
use crate::error::{Code, Error, Result};
use crate::load::{Changing, Followed, Hears};
use crate::query::Cells;
use crate::query::change::{Change, ChangeParts};
use crate::state::change::expire;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;
use crate::state::memory::mark::Mark;
use crate::state::memory::slot::SlotState;
use crate::value::Value;

impl Session {
    /// Runs a statement that writes rows of a class, and says how many it wrote; one with `.returning(...)` gives what it
    /// gives back. What changed in the session is flushed first.
    ///
    /// # Errors
    /// `query` where it can't be built; `value` where a row holds what no column does; `read-only`; as a flush; and what
    /// the database says. Rows that a statement wrote before an error are there until the transaction is rolled back.
    pub fn run<C: Change>(&self, change: C) -> Result<C::Output> {
        let output = change.output(&mut |parts, row| self.inner.run_change(parts, row));
        self.inner.tell_done();
        output
    }
}

impl Inner {
    fn run_change(
        &self,
        mut change: ChangeParts,
        row: &mut dyn FnMut(&mut Cells<'_>) -> Result<()>,
    ) -> Result<u64> {
        let mapper = change.class.mapper()?;
        if self.config.read_only {
            return Err(Error::new(Code::ReadOnly, "the session only reads, and is to change rows")
                .help("take a session that writes"));
        }
        self.check_flushing()?;
        if self.hears_executions.get() {
            self.tell_execution(&mut Execution::of_change(&mut change))?;
        }
        // The flush may give the keys that it asks for.
        if !change.returning.running.no_autoflush {
            self.autoflush()?;
        }
        let mut changing = Changing::of(change, mapper, self)?;
        let connection = self.connect_to_write()?;
        self.ledger.borrow_mut().writes();
        let follow = &mut |object: &Handle, what: Followed<'_>| match what {
            Followed::Set(set) => self.follow_written(object, set),
            Followed::Deleted => {
                self.mark_deleted(object);
                Ok(())
            }
            Followed::Unknown => {
                self.ledger.borrow_mut().note_to_expire(object);
                self.note_expired(object, None);
                expire::all(object)
            }
        };
        changing.run(self, &connection, &mut Hears { follow, row })
    }

    /// An object of whose row columns were written: it has the values that are known, and loads the others again.
    fn follow_written(&self, object: &Handle, set: &[(SlotId, Option<Value>)]) -> Result<()> {
        self.ledger.borrow_mut().note_to_expire(object);
        let mapper = object.header().mapper();
        let mut attributes: Vec<Attr> = set.iter().map(|(slot, _)| Attr::Column(*slot)).collect();
        // A relationship by a column that was set leads elsewhere now.
        for relation in mapper.relations() {
            let is_set = |slot| set.iter().any(|(of, _)| *of == slot);
            if relation.local_columns().iter().any(|column| is_set(mapper.slot(*column))) {
                attributes.push(Attr::Relation(relation.slot()));
            }
        }
        expire::attributes(object, &attributes)?;
        self.note_expired(object, Some(&attributes));
        if object.header().has(Mark::EXPIRED) {
            return Ok(());
        }
        object.write(|columns| {
            for (place, value) in set {
                let (Some(slot), Some(value)) = (columns.at_mut(*place), value) else { continue };
                // One that can't be read says so when it is read.
                if slot.load(value.as_ref()).is_err() {
                    slot.reset(SlotState::Expired);
                }
            }
        })
    }
}
