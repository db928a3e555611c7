//! `Scope`: what names may mean while a registry is configured; and `RelationDraft`, a relationship that is being
//! resolved.

use super::condition::JoinCondition;
use super::{ClassEntry, Direction, join, resolve};
use crate::declare::{ModelDecl, RelationDecl, SecondaryDecl, TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{OrderTerm, Tree};

/// What names may mean.
pub(super) struct Scope<'a> {
    pub(super) entries: &'a [&'static ClassEntry],
    pub(super) tables: &'a [&'static TableDecl],
}

/// A relationship while it is resolved: classes are places among the entries, columns are places in their tables.
pub(super) struct RelationDraft {
    /// The class that it stands on.
    pub(super) class: usize,
    /// Its place among the relationships of that class.
    pub(super) index: usize,
    pub(super) model: &'static ModelDecl,
    pub(super) decl: &'static RelationDecl,
    pub(super) target: usize,
    pub(super) direction: Direction,
    /// The place of the reverse side among the relationships of the target.
    pub(super) inverse: Option<usize>,
    pub(super) secondary: Option<&'static TableDecl>,
    pub(super) condition: JoinCondition,
    pub(super) order_by: Vec<OrderTerm>,
}

impl RelationDraft {
    pub(super) fn name(&self) -> &'static str {
        self.decl.name
    }

    /// An error that names the relationship.
    pub(super) fn error(&self, error: Error) -> Error {
        error.about(self.model.class, Some(self.decl.name))
    }
}

impl Scope<'_> {
    pub(super) fn decl(&self, class: usize) -> &'static ModelDecl {
        self.entries[class].decl
    }

    /// Every relationship of every class, resolved as far as it goes.
    pub(super) fn relations(&self, errors: &mut Vec<Error>) -> Vec<Option<RelationDraft>> {
        let mut all = Vec::new();
        for (class, entry) in self.entries.iter().enumerate() {
            for (index, decl) in entry.decl.relations.iter().enumerate() {
                let resolved = self.relation(class, index, entry.decl, decl);
                let about = |error: Error| error.about(entry.decl.class, Some(decl.name));
                all.push(resolved.map_err(|error| errors.push(about(error))).ok());
            }
        }
        all
    }

    fn relation(
        &self,
        class: usize,
        index: usize,
        model: &'static ModelDecl,
        decl: &'static RelationDecl,
    ) -> Result<RelationDraft> {
        let target = self.target(decl)?;
        let secondary = match decl.secondary {
            SecondaryDecl::None => None,
            SecondaryDecl::Table(table) => Some(table),
            SecondaryDecl::Named(name) => Some(resolve::table(self.tables, name)?),
        };
        let mut draft = RelationDraft {
            class,
            index,
            model,
            decl,
            target,
            direction: Direction::OneToMany,
            inverse: None,
            secondary,
            condition: JoinCondition { near: Tree::all([]), far: None },
            order_by: decl.order_by.map_or(Ok(Vec::new()), |order| order())?,
        };
        join::resolve(&mut draft, self.decl(target))?;
        Ok(draft)
    }

    fn target(&self, decl: &RelationDecl) -> Result<usize> {
        match decl.target {
            TargetDecl::Named(name) => {
                let decls: Vec<_> = self.entries.iter().map(|entry| entry.decl).collect();
                resolve::class(&decls, name)
            }
            TargetDecl::Class { class, id } => {
                let id = id();
                self.entries.iter().position(|entry| (entry.type_id)() == id).ok_or_else(|| {
                    Error::new(Code::UnknownName, format!("`{class}` isn't in the same registry"))
                        .help("give both classes the same `#[mapped(registry = ...)]`")
                })
            }
        }
    }
}
