//! Many rows changed by one statement, and the objects that follow.

use super::{Inner, Session};
use crate::error::{Code, Error, Result};
use crate::load::Changing;
use crate::query::change::{Change, ChangeParts, Sync};
use crate::state::change::expire;
use crate::state::memory::changes::Attr;
use crate::state::memory::handle::Handle;

impl Session {
    /// Runs a statement that changes rows of a class, and says how many it changed. What changed in the session is flushed
    /// first.
    ///
    /// # Errors
    /// `query` where it can't be built; `read-only`; as a flush; and what the database says.
    pub fn run(&self, change: impl Change) -> Result<u64> {
        self.inner.run_change(&change.into_parts())
    }
}

impl Inner {
    fn run_change(&self, change: &ChangeParts) -> Result<u64> {
        let changing = Changing::of(change)?;
        if self.config.read_only {
            return Err(Error::new(Code::ReadOnly, "the session only reads, and is to change rows")
                .help("take a session that writes"));
        }
        self.check_flushing()?;
        self.autoflush()?;
        let connection = self.connect_to_write()?;
        let is_known = change.sync == Sync::Auto && self.identity.has_any(changing.mapper);
        let objects = if is_known { changing.objects(self, &connection)? } else { Vec::new() };
        self.ledger.borrow_mut().writes();
        let rows = changing.run(&connection)?;
        objects.iter().try_for_each(|object| self.follow_change(object, change))?;
        Ok(rows)
    }

    /// An object whose row was changed.
    fn follow_change(&self, object: &Handle, change: &ChangeParts) -> Result<()> {
        let Some(set) = &change.set else {
            self.mark_deleted(object);
            return Ok(());
        };
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
        expire::attributes(object, &attributes)
    }
}
