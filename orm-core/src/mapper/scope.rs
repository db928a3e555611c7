//! `Scope`: what names may mean while a registry is configured.

use super::condition::JoinCondition;
use super::draft::RelationDraft;
use super::{ClassEntry, Direction, RelationRegistration, RelationSource, join, resolve};
use crate::declare::{ModelDecl, RelationDecl, SecondaryDecl, TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// What names may mean.
pub(super) struct Scope<'a> {
    pub(super) entries: &'a [&'static ClassEntry],
    pub(super) tables: &'a [&'static TableDecl],
    /// The relationships of each class: those that it declares, then those that are added to it.
    pub(super) relations: Vec<Vec<&'static RelationDecl>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        entries: &'a [&'static ClassEntry],
        tables: &'a [&'static TableDecl],
        added: &[&'static RelationRegistration],
        errors: &mut Vec<Error>,
    ) -> Self {
        let relations = entries.iter().map(|entry| entry.decl.relations.iter().collect()).collect();
        let mut scope = Scope { entries, tables, relations };
        scope.add(added, errors);
        scope
    }

    /// Adds relationships to their classes, in the order of their names.
    fn add(&mut self, added: &[&'static RelationRegistration], errors: &mut Vec<Error>) {
        // The linker says in which order they come.
        let mut added = added.to_vec();
        added.sort_by_key(|one| (one.relation.name, one.class.name()));
        for RelationRegistration { class, relation, .. } in added {
            let at = match self.class(class) {
                Ok(at) => at,
                Err(error) => {
                    errors.push(error.about(class.name(), Some(relation.name)));
                    continue;
                }
            };
            let decl = self.decl(at);
            let mut columns = decl.table.columns.iter();
            if columns.any(|column| column.attribute == relation.name)
                || self.relations[at].iter().any(|other| other.name == relation.name)
            {
                let message = "the class has an attribute of that name already";
                let error = Error::new(Code::BadOption, message).about(decl.class, Some(relation.name));
                errors.push(error.help("give the relationship that is added another name"));
                continue;
            }
            self.relations[at].push(relation);
        }
    }

    pub(super) fn decl(&self, class: usize) -> &'static ModelDecl {
        self.entries[class].decl
    }

    /// Every relationship of every class, resolved as far as it goes.
    pub(super) fn relations(&self, errors: &mut Vec<Error>) -> Vec<Option<RelationDraft>> {
        let mut all = Vec::new();
        for (class, entry) in self.entries.iter().enumerate() {
            for (index, decl) in self.relations[class].iter().copied().enumerate() {
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
        let target = self.class(&decl.target)?;
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

    /// The place of a class among the entries.
    fn class(&self, class: &TargetDecl) -> Result<usize> {
        match *class {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{ColumnDecl, Kind, Mapped};
    use crate::mapper::RegistryCell;

    struct Book;
    struct Page;

    const fn class(class: &'static str, relations: &'static [RelationDecl]) -> ModelDecl {
        let table = TableDecl {
            name: class,
            columns: const { &[ColumnDecl::of::<i64>("id", "id").primary_key(true)] },
            foreign_keys: &[],
            uniques: &[],
            indexes: &[],
            checks: &[],
        };
        ModelDecl { class, module: "app", table, relations }
    }

    const fn list(name: &'static str, target: &'static str) -> RelationDecl {
        RelationDecl::new(name, Kind::List, TargetDecl::Named(target))
    }

    impl Mapped for Book {
        const CLASS: &'static str = "Book";
        const TABLE: &'static str = "Book";
        const DECL: ModelDecl = class("Book", const { &[list("pages", "Page")] });
    }

    impl Mapped for Page {
        const CLASS: &'static str = "Page";
        const TABLE: &'static str = "Page";
        const DECL: ModelDecl = class("Page", &[]);
    }

    static CELL: RegistryCell = RegistryCell::new();
    static BOOK: ClassEntry = ClassEntry::with_factory::<Book>(const { &Book::DECL }, &CELL, &());
    static PAGE: ClassEntry = ClassEntry::with_factory::<Page>(const { &Page::DECL }, &CELL, &());
    static ENTRIES: [&ClassEntry; 2] = [&BOOK, &PAGE];

    static NOTES: RelationDecl = list("notes", "Page");
    static BOOKS: RelationDecl = list("books", "Book");
    static AGAIN: RelationDecl = list("pages", "Page");
    static COLUMN: RelationDecl = list("id", "Book");

    /// The names of each class's relationships with these added, and what is wrong with them.
    fn with(added: &[(TargetDecl, &'static RelationDecl)]) -> (Vec<Vec<&'static str>>, Vec<String>) {
        let added: Vec<&'static RelationRegistration> = added
            .iter()
            .map(|(class, relation)| {
                &*Box::leak(Box::new(RelationRegistration::new(*class, relation, &CELL)))
            })
            .collect();
        let mut errors = Vec::new();
        let scope = Scope::new(&ENTRIES, &[], &added, &mut errors);
        let names = scope.relations.iter().map(|all| all.iter().map(|relation| relation.name).collect());
        let told = |error: &Error| error.to_string();
        (names.collect(), errors.iter().map(told).collect())
    }

    #[test]
    fn what_is_added_comes_behind_what_is_declared_in_an_order_of_its_own() {
        let [book, page] = [TargetDecl::class::<Book>(), TargetDecl::Named("Page")];
        let forth = [(book, &NOTES), (page, &BOOKS), (TargetDecl::Named("app::Book"), &BOOKS)];
        let mut back = forth;
        back.reverse();
        for added in [forth, back] {
            let (names, errors) = with(&added);
            assert_eq!(names, [vec!["pages", "books", "notes"], vec!["books"]]);
            assert_eq!(errors, [""; 0]);
        }
    }

    #[test]
    fn what_is_added_needs_a_class_and_a_name_of_its_own() {
        let book = TargetDecl::Named("Book");
        let added = [
            (book, &AGAIN),
            (book, &COLUMN),
            (book, &NOTES),
            (book, &NOTES),
            (TargetDecl::Named("Boot"), &BOOKS),
        ];
        let (names, errors) = with(&added);
        assert_eq!(names, [vec!["pages", "notes"], vec![]]);
        let about = |error: &String| error.split(':').next().map(str::to_owned);
        let about: Vec<String> = errors.iter().filter_map(about).collect();
        assert_eq!(
            about,
            [
                "[unknown-name] `Boot.books`",
                "[bad-option] `Book.id`",
                "[bad-option] `Book.notes`",
                "[bad-option] `Book.pages`"
            ]
        );
    }
}
