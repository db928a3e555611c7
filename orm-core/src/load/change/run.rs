//! Running a statement that writes rows.

use super::changing::{Changing, Followed, Hears};
use super::evaluate::Truth;
use super::write::Writer;
use super::{insert, keys};
use crate::declare::SlotId;
use crate::engine::EngineConnection;
use crate::error::Result;
use crate::load::LoadPort;
use crate::load::lower::NewRows;
use crate::query::change::Verb;
use crate::sql::Tree;
use crate::value::Value;

impl Changing {
    /// Runs it, and says how many rows it wrote.
    ///
    /// # Errors
    /// What the database says, and those of whoever hears of it.
    pub(crate) fn run(
        &mut self,
        cx: &dyn LoadPort,
        connection: &EngineConnection,
        hears: &mut Hears<'_>,
    ) -> Result<u64> {
        let rows = self.change.rows.take();
        let whole = self.whole.take();
        let mut writer = Writer::new(self, (cx, connection), hears).with(whole);
        match (self.change.verb, rows) {
            (Verb::Insert, Some(NewRows::Query(columns, select))) => {
                insert::of_query(&mut writer, columns, *select)?;
            }
            (Verb::Insert, Some(NewRows::Columns(columns, rows))) => {
                insert::of_columns(&mut writer, columns, rows)?
            }
            (Verb::Insert, Some(NewRows::Objects(objects))) => insert::of_objects(&mut writer, &objects)?,
            (Verb::Insert, None) => insert::of_columns(&mut writer, Vec::new(), vec![Vec::new()])?,
            (_, Some(NewRows::Columns(columns, rows))) => keys::of_columns(&mut writer, columns, rows)?,
            (_, Some(NewRows::Objects(objects))) => keys::of_objects(&mut writer, &objects)?,
            (..) => {
                let (returning, made) = (self.returning(&writer.columns), self.change.onupdate.clone());
                writer.run_once(&*self.statement(made, Vec::new(), returning))?;
            }
        }
        let (written, whole) = (writer.written, writer.whole.take());
        self.follow_evaluated(hears)?;
        whole.map_or(Ok(()), |mut whole| whole.finish(cx, None))?;
        Ok(written)
    }

    /// What became of the objects that were tested.
    fn follow_evaluated(&self, hears: &mut Hears<'_>) -> Result<()> {
        let value = |tree: &Tree| match tree {
            Tree::Value(value) => Some(value.clone()),
            _ => None,
        };
        for (object, truth) in &self.evaluated {
            let what = match (self.change.verb, truth) {
                (_, Truth::False | Truth::Null) => continue,
                (Verb::Delete, Truth::True) => Followed::Deleted,
                (Verb::Delete, Truth::Unloaded) => Followed::Unknown,
                (_, is_sure) => {
                    let value = |tree| value(tree).filter(|_| *is_sure == Truth::True);
                    let set = self.change.set.iter().chain(&self.change.onupdate);
                    let set = set.map(|(column, tree)| (column.slot(), value(tree)));
                    let set: Vec<(SlotId, Option<Value>)> = set.chain(self.made_anew()).collect();
                    (hears.follow)(object, Followed::Set(&set))?;
                    continue;
                }
            };
            (hears.follow)(object, what)?;
        }
        Ok(())
    }
}
