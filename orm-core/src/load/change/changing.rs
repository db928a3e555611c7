//! `Changing`: a statement that writes rows, as the statements of SQL that it is.

use super::evaluate::{self, Truth};
use crate::declare::{Lazy, SlotId};
use crate::error::{Code, Error, Result};
use crate::load::LoadPort;
use crate::load::lower::{self, Change, Column, ItemPlan, NewRows};
use crate::load::whole::{RowsAlone, Whole};
use crate::mapper::Mapper;
use crate::query::Cells;
use crate::query::change::{ChangeParts, Sync, Verb};
use crate::query::option::{How, LoadOption, What};
use crate::sql::{DeleteStmt, InsertStmt, Name, Render, SelectItem, Tree, UpdateStmt};
use crate::state::memory::handle::Handle;
use crate::value::Value;

/// A statement that writes rows of a class, with every name in it resolved.
pub(crate) struct Changing {
    pub(super) change: Change,
    /// Whether its statements give back whose rows they wrote, since the objects of the session follow.
    pub(super) follows: bool,
    /// The objects that are tested by `Evaluate`, and what their conditions are.
    pub(super) evaluated: Vec<(Handle, Truth)>,
    /// What is loaded with the objects that it gives back.
    pub(super) whole: Option<Whole>,
}

/// What of an object a statement wrote.
pub(crate) enum Followed<'f> {
    /// These columns; their values, where they are known.
    Set(&'f [(SlotId, Option<Value>)]),
    /// Its row is gone.
    Deleted,
    /// Its row may be gone.
    Unknown,
}

/// Who hears of the objects whose rows were written, and of the rows that are given back.
pub(crate) struct Hears<'h> {
    pub(crate) follow: &'h mut dyn FnMut(&Handle, Followed<'_>) -> Result<()>,
    pub(crate) row: &'h mut dyn FnMut(&mut Cells<'_>) -> Result<()>,
}

impl Changing {
    /// Resolves it. Keys of objects in it are read now.
    ///
    /// # Errors
    /// `query` where it can't be built.
    pub(crate) fn of(change: ChangeParts, mapper: &'static Mapper, cx: &dyn LoadPort) -> Result<Self> {
        let mut change = lower::change(change, mapper)?;
        if change.verb == Verb::Update && change.set.is_empty() && change.rows.is_none() {
            return Err(Error::new(Code::Query, "an update sets no column")
                .about(mapper.class(), None)
                .help("say what it sets by `.set(column, value)`"));
        }
        let is_known = cx.identity().has_any(mapper);
        let gives_objects = change.items.iter().any(lower::ItemPlan::is_entity);
        let by_key = matches!(change.rows, Some(NewRows::Columns(..) | NewRows::Objects(_)));
        let evaluates = change.sync == Sync::Evaluate && is_known && change.verb != Verb::Insert && !by_key;
        let evaluated = if evaluates { evaluated(&change, cx)? } else { Vec::new() };
        let follows = change.sync != Sync::Off
            && !evaluates
            && match change.verb {
                Verb::Insert => is_known && !change.conflict_columns.is_empty(),
                Verb::Update => is_known,
                // An object that the statement gives back is one whose row is gone.
                Verb::Delete => is_known || gives_objects,
            };
        let whole = returned(cx, &mut change)?;
        Ok(Changing { change, follows, evaluated, whole })
    }

    /// The columns that it writes of rows that are there already, whichever these are.
    pub(super) fn written(&self) -> Vec<Column> {
        match self.change.verb {
            Verb::Insert => self.change.conflict_columns.clone(),
            Verb::Update => {
                let onupdate = self.change.onupdate.iter().map(|(column, _)| *column);
                self.set().chain(onupdate).collect()
            }
            Verb::Delete => Vec::new(),
        }
    }

    /// The columns that it sets in each row.
    pub(super) fn set(&self) -> impl Iterator<Item = Column> {
        self.change.set.iter().map(|(column, _)| *column)
    }

    /// What each row gives back: what was asked for, and behind it where objects follow the key and what was written.
    pub(super) fn returning(&self, written: &[Column]) -> Vec<SelectItem> {
        let mut items = self.change.returning.clone();
        if self.follows {
            let mapper = self.change.mapper;
            let ids = mapper.primary_key().iter().copied().chain(written.iter().map(|column| column.id()));
            items.extend(ids.map(|id| Tree::from(mapper.column_ref(id)).into()));
        }
        items
    }

    /// An update or a deletion that sets these columns besides, on these conditions besides.
    pub(super) fn statement(
        &self,
        columns: Vec<(Column, Tree)>,
        conditions: Vec<Tree>,
        returning: Vec<SelectItem>,
    ) -> Box<dyn Render> {
        let change = &self.change;
        let table = change.mapper.table_ref();
        let mut filter = change.filters.clone();
        filter.extend(conditions);
        let with = change.with.clone();
        match change.verb {
            Verb::Delete => Box::new(DeleteStmt { with, table, filter, returning }),
            Verb::Update | Verb::Insert => {
                let all = columns.into_iter().chain(change.set.iter().cloned());
                let set = all.map(|(column, tree)| (Name::new(column.name()), tree)).collect();
                Box::new(UpdateStmt { with, table, set, filter, returning })
            }
        }
    }

    /// An insert of this statement's table, to which it adds what it sets in each row.
    pub(super) fn insert(&self, insert: InsertStmt) -> InsertStmt {
        let set = self.change.set.iter();
        let insert = set.fold(insert, |insert, (column, tree)| insert.set(column.name(), tree.clone()));
        let (with, conflicts) = (self.change.with.clone(), self.change.conflicts.clone());
        let returning = self.returning(&self.change.conflict_columns);
        InsertStmt { with, conflicts, returning, ..insert }
    }

    /// The columns that the database may change when a row is updated, which an object loads again.
    pub(super) fn made_anew(&self) -> impl Iterator<Item = (SlotId, Option<Value>)> {
        let mapper = self.change.mapper;
        let made = mapper.writes().changed.iter().chain(mapper.expressions()).map(|id| mapper.column(*id));
        made.filter(|column| !self.sets(column)).map(|column| (column.slot(), None))
    }

    /// Whether its statements give back rows.
    pub(super) fn gives_back(&self) -> bool {
        self.follows || !self.change.items.is_empty()
    }

    /// What the database said, with a mend where the statement has one.
    pub(super) fn about(&self, error: Error) -> Error {
        let is_unfit = error.code() == Code::Database && error.message().contains("ON CONFLICT clause");
        if !is_unfit {
            return error;
        }
        error.about(self.change.mapper.class(), None).help(
            "`on_conflict` names just the columns of the primary key, of `unique`, or of a unique index: declare one of \
             them, or name all its columns",
        )
    }

    /// Whether a column is set in each row.
    pub(super) fn sets(&self, column: Column) -> bool {
        self.change.set.iter().any(|(set, _)| set.id() == column.id())
    }
}

/// What is loaded with the objects that a statement gives back, which leaves out the columns that are loaded when they are
/// read.
fn returned(cx: &dyn LoadPort, change: &mut Change) -> Result<Option<Whole>> {
    let Change { mapper, verb, returning, items, query, .. } = change;
    let is_deletion = *verb == Verb::Delete;
    check_options(&query.options, mapper, is_deletion)?;
    // What belongs to objects whose rows are gone isn't loaded.
    let whole = match is_deletion {
        true => None,
        false => Whole::of_rows(cx, RowsAlone::of_change(returning.len()), query, (items, &[]))?,
    };
    for item in items.iter() {
        if let ItemPlan::Entity(entity) = item
            && let Some(own) = returning.get_mut(entity.offset..)
        {
            entity.leave_out(own, &[]);
        }
    }
    Ok(whole)
}

/// That what options say can be loaded after rows.
fn check_options(options: &[LoadOption], mapper: &'static Mapper, is_deletion: bool) -> Result<()> {
    let wrong = |message: &str, help: &str| {
        Err(Error::new(Code::Query, message.to_owned()).about(mapper.class(), None).help(help.to_owned()))
    };
    for option in options {
        if is_deletion {
            return wrong(
                "an option loads what belongs to an object whose row is deleted",
                "ask for the objects with the option before they are deleted",
            );
        }
        let how = match &option.what {
            What::Relation(said) => said.how,
            What::AllRelations(how) => *how,
            What::Columns(_) => continue,
        };
        if matches!(how, How::By(Lazy::Joined) | How::FromQuery) {
            return wrong(
                "an option joins to the rows that a statement gives back",
                "load it by `selectin`: a statement that writes rows has no joins",
            );
        }
    }
    Ok(())
}

/// The objects of the session that a statement may mean, and what its conditions are for each.
fn evaluated(change: &Change, cx: &dyn LoadPort) -> Result<Vec<(Handle, Truth)>> {
    let objects = cx.identity().all().into_iter();
    let objects = objects.filter(|object| object.header().mapper().id() == change.mapper.id());
    objects.map(|object| evaluate::meets(&object, &change.filters).map(|truth| (object, truth))).collect()
}
