//! `Scope`: what names may mean while a registry is configured.

use super::condition::JoinCondition;
use super::draft::RelationDraft;
use super::info::{ClassInfo, Model};
use super::{Direction, RelationSource, links, resolve, text};
use crate::declare::{self, Kind, ModelDecl, NamedRows, RelationDecl, SecondaryDecl, TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// What names may mean.
pub(super) struct Scope<'a> {
    pub(super) entries: &'a [&'static ClassInfo],
    /// What each class is declared as, with the columns that are added to it.
    pub(super) models: &'a [Model],
    pub(super) tables: &'a [&'static TableDecl],
    /// The relationships of each class: those that it declares, then those that are added to it.
    pub(super) relations: Vec<Vec<&'static RelationDecl>>,
}

impl Scope<'_> {
    pub(super) fn decl(&self, class: usize) -> &'static ModelDecl {
        self.models[class].decl
    }

    /// Every relationship of every class. What joins its classes isn't resolved yet.
    pub(super) fn relations(&self, errors: &mut Vec<Error>) -> Vec<Option<RelationDraft>> {
        let mut all = Vec::new();
        for (class, decls) in self.relations.iter().enumerate() {
            let model = self.decl(class);
            for (index, decl) in decls.iter().copied().enumerate() {
                let draft = self.draft(class, index, model, decl);
                let about = |error: Error| error.about(model.class, Some(decl.name));
                all.push(draft.map_err(|error| errors.push(about(error))).ok());
            }
        }
        all
    }

    /// A relationship whose names are resolved, but not what joins its classes.
    fn draft(
        &self,
        class: usize,
        index: usize,
        model: &'static ModelDecl,
        decl: &'static RelationDecl,
    ) -> Result<RelationDraft> {
        let models: Vec<&'static ModelDecl> = self.models.iter().map(|model| model.decl).collect();
        let names = text::Names { models: &models, tables: self.tables, queries: &Vec::new };
        let target = class_of(self.entries, &decl.target)?;
        let ends = [&model.table, &self.decl(target).table];
        let association = match decl.secondary {
            SecondaryDecl::None => None,
            // Where it is a class's, the table of the registry has the columns that are added too.
            SecondaryDecl::Table(table) => {
                let known = self.tables.iter().find(|known| known.name == table.name);
                Some(RelationSource::of(known.copied().unwrap_or(table), None))
            }
            SecondaryDecl::Rows(table, rows) => Some(RelationSource::of(table, Some(rows))),
            SecondaryDecl::Query(query) => Some(links::of_query(self.tables, query, ends)?),
            SecondaryDecl::Named(text) if text::is_join(text) => Some(text::secondary(names, text, ends)?),
            SecondaryDecl::Named(name) => {
                let table = resolve::secondary(self.tables, &models, name)?;
                Some(RelationSource::of(table, None))
            }
        };
        let queries = || named_rows(decl).map(|rows| text::TextQuery::of(rows, self.tables)).collect();
        let decl = text::read(text::Names { queries: &queries, ..names }, decl)?;
        if let Some(rows) = association.as_ref().filter(|rows| rows.is_read_only())
            && !decl.viewonly
        {
            let what = if rows.origins().is_empty() { "an alias" } else { "a query" };
            let message =
                format!("the links of `{}` come from {what}, which can't be written", rows.table().name);
            return Err(Error::new(Code::BadOption, message).help("write `viewonly`"));
        }
        fits(decl)?;
        if decl.kind == Kind::Map && decl.keyed_by.is_none() {
            let target = self.decl(target).class;
            return Err(Error::new(Code::BadOption, "nothing says by what the collection is keyed")
                .help(format!("write `key = {target}::...`")));
        }
        let mut order_by = decl.order_by.map_or(Ok(Vec::new()), |order| order.terms())?;
        if let Some(rows) = &association {
            order_by.iter_mut().for_each(|term| links::rename(&mut term.tree, rows, ends));
        }
        Ok(RelationDraft {
            class,
            index,
            model,
            decl,
            target,
            direction: Direction::OneToMany,
            inverse: None,
            is_synced: true,
            rows: RelationSource::of(&self.decl(target).table, decl.rows),
            association,
            condition: JoinCondition { near: Tree::all([]), far: None },
            order_by,
        })
    }
}

/// The queries with a name that the rows of a relationship come from, and those that it goes through.
fn named_rows(decl: &RelationDecl) -> impl Iterator<Item = NamedRows> {
    let links = match decl.secondary {
        SecondaryDecl::Query(query) => {
            let query = query();
            // What is wrong with its items was told before.
            query.name().zip(query.items().ok()).map(|(name, items)| NamedRows { name, items })
        }
        SecondaryDecl::None | SecondaryDecl::Table(_) | SecondaryDecl::Rows(..) | SecondaryDecl::Named(_) => {
            None
        }
    };
    decl.rows.and_then(|rows| rows().named()).into_iter().chain(links)
}

/// The place of a class among the entries.
pub(super) fn class_of(entries: &[&'static ClassInfo], class: &TargetDecl) -> Result<usize> {
    match *class {
        TargetDecl::Named(name) => {
            let decls: Vec<_> = entries.iter().map(|entry| entry.decl).collect();
            resolve::class(&decls, name)
        }
        TargetDecl::OfTable(name) => {
            entries.iter().position(|entry| entry.decl.table.name == name).ok_or_else(|| {
                Error::new(Code::UnknownName, format!("no class has the table `{name}`"))
                    .help("map that table too")
            })
        }
        TargetDecl::Class { class, id, .. } => {
            let id = id();
            entries.iter().position(|entry| (entry.type_id)() == id).ok_or_else(|| {
                Error::new(Code::UnknownName, format!("`{class}` isn't in the same registry"))
                    .help("give both classes the same `#[mapped(registry = ...)]`")
            })
        }
    }
}

/// Whether the options of a relationship fit each other. What a struct declares was compared when it was compiled.
fn fits(decl: &RelationDecl) -> Result<()> {
    let wrong =
        |message: &'static str, help: &'static str| Err(Error::new(Code::BadOption, message).help(help));
    let has_reverse = decl.back_populates.is_some() || decl.backref.is_some();
    if decl.kind.is_large() && (declare::loads(decl) || decl.load_on_pending) {
        return wrong("the collection is never loaded", "remove what says how, `lazy` and the like");
    }
    if decl.viewonly && decl.active_history {
        let message = "`active_history` is for what a flush writes, and this is only read (`viewonly`)";
        return wrong(message, "remove `active_history`");
    }
    if decl.sync_backref.is_some() && !has_reverse {
        let message = "`sync_backref` is about a reverse side, and there is none";
        return wrong(message, "add `back_populates`");
    }
    if decl.viewonly && decl.sync_backref == Some(true) {
        let message = "no change of what is only read (`viewonly`) reaches its reverse side";
        return wrong(message, "remove `sync_backref`");
    }
    Ok(())
}
