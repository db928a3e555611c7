//! What is loaded of objects that are there already, as far as none of it waits to be written.

use std::rc::Rc;

use smallvec::SmallVec;

use super::with::With;
use crate::error::Result;
use crate::mapper::Relation;
use crate::state::change::expire;
use crate::state::memory::access::is_loaded;
use crate::state::memory::changes::Attr;
use crate::state::memory::instance::Instance;
use crate::state::read::related;
use crate::state::read::was::is_changed;
use crate::value::Value;

impl With {
    /// Whether no relationship that stands in the row of an object waits to be written, or was set.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn is_all_untouched(&self, object: &Rc<Instance>) -> Result<bool> {
        for joined in &self.joined {
            if !related::is_untouched(object, joined.relation)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same for an object that is loaded anew: a relationship that waits to be written, or was set, stays as it is,
    /// and nothing is read for it.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn of_untouched(mut self, object: &Rc<Instance>) -> Result<Box<Self>> {
        let mut left = Vec::with_capacity(self.joined.len());
        for joined in std::mem::take(&mut self.joined) {
            if related::is_untouched(object, joined.relation)? {
                left.push(joined);
            } else {
                self.is_part = true;
            }
        }
        self.joined = left;
        let mut posts = Vec::with_capacity(self.posts.len());
        for post in std::mem::take(&mut self.posts) {
            if related::is_untouched(object, post.0)? {
                posts.push(post);
            }
        }
        self.posts = posts;
        Ok(Box::new(self.numbered()))
    }

    /// What the relationships lead to that stand in the row of an object that is loaded anew is forgotten, as far as it isn't
    /// changed: its row tells it. So it is with those that are loaded after the row where `is_anew`, or where its key says
    /// that they lead to nothing.
    ///
    /// # Errors
    /// `busy`.
    pub(super) fn forget_loaded(&self, object: &Rc<Instance>, is_anew: bool) -> Result<()> {
        let mut relations: SmallVec<[&Relation; 4]> =
            self.joined.iter().map(|joined| joined.relation).collect();
        for (relation, _) in &self.posts {
            if is_anew || leads_nowhere(object, relation)? {
                relations.push(relation);
            }
        }
        for relation in relations {
            let attr = Attr::Relation(relation.slot());
            if is_loaded(object, relation.slot())? && !is_changed(object, attr)? {
                expire::attributes(object, &[attr])?;
            }
        }
        Ok(())
    }
}

/// Whether a relationship looks up a key that is null.
fn leads_nowhere(object: &Rc<Instance>, relation: &Relation) -> Result<bool> {
    let mapper = object.header().mapper();
    for column in relation.get_columns().unwrap_or_default() {
        if object.column_value(mapper.slot(*column))? != Some(Value::Null) {
            return Ok(false);
        }
    }
    Ok(relation.get_columns().is_some())
}
