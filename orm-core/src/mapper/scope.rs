//! `Scope`: what names may mean while a registry is configured.

use super::condition::JoinCondition;
use super::draft::RelationDraft;
use super::{ClassEntry, Direction, RelationSource, join, resolve};
use crate::declare::{ModelDecl, RelationDecl, SecondaryDecl, TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// What names may mean.
pub(super) struct Scope<'a> {
    pub(super) entries: &'a [&'static ClassEntry],
    pub(super) tables: &'a [&'static TableDecl],
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
        let association = match decl.secondary {
            SecondaryDecl::None => None,
            SecondaryDecl::Table(table) => Some(RelationSource::of(table, None)?),
            SecondaryDecl::Rows(table, rows) => Some(RelationSource::of(table, Some(rows))?),
            SecondaryDecl::Named(name) => Some(RelationSource::of(resolve::table(self.tables, name)?, None)?),
        };
        let mut draft = RelationDraft {
            class,
            index,
            model,
            decl,
            target,
            direction: Direction::OneToMany,
            inverse: None,
            rows: RelationSource::of(&self.decl(target).table, decl.rows)?,
            association,
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
