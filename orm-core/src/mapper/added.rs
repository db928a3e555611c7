//! What is added to classes from outside: columns and relationships that they don't declare themselves.

use super::column_check;
use super::info::{AddedColumn, AddedListener, AddedRelation, ClassInfo, Model};
use super::scope::class_of;
use crate::declare::{
    ColumnDecl, ForeignKeyDecl, IndexDecl, ModelDecl, RelationDecl, TableDecl, TargetDecl, UniqueDecl,
};
use crate::error::{Code, Error};

/// What is added to the classes of a registry.
#[derive(Clone, Copy)]
pub(super) struct Added<'a> {
    pub(super) columns: &'a [&'static AddedColumn],
    pub(super) relations: &'a [&'static AddedRelation],
    pub(super) listeners: &'a [&'static AddedListener],
}

/// The place of the class that something of a name is added to.
fn place(
    entries: &[&'static ClassInfo],
    to: &TargetDecl,
    name: &str,
    errors: &mut Vec<Error>,
) -> Option<usize> {
    class_of(entries, to).map_err(|error| errors.push(error.about(to.name(), Some(name)))).ok()
}

/// The error of a second attribute of a name.
fn taken(class: &str, name: &str) -> Error {
    Error::new(Code::BadOption, "the class has an attribute of that name already")
        .about(class, Some(name))
        .help("give what is added another name")
}

/// The declarations of classes, with the columns that are added to them behind their own, in the order of their names.
pub(super) fn models(
    entries: &[&'static ClassInfo],
    added: &[&'static AddedColumn],
    errors: &mut Vec<Error>,
) -> Vec<Model> {
    let mut columns: Vec<Vec<&'static AddedColumn>> = entries.iter().map(|_| Vec::new()).collect();
    // The linker says in which order they come.
    let mut added = added.to_vec();
    added.sort_by_key(|one| (one.column.attribute, one.class.name()));
    for one in added {
        let ColumnDecl { attribute, name, .. } = *one.column;
        let Some(at) = place(entries, &one.class, attribute, errors) else { continue };
        let (decl, others) = (entries[at].decl, &mut columns[at]);
        let mut known = decl.table.columns.iter().chain(others.iter().map(|other| other.column));
        let is_taken = decl.relation(attribute).is_some() || decl.attribute(attribute) != attribute;
        if is_taken || known.clone().any(|other| other.attribute == attribute) {
            errors.push(taken(decl.class, attribute));
        } else if known.any(|other| other.name == name) {
            let message = format!("the table `{}` has a column `{name}` already", decl.table.name);
            let error = Error::new(Code::BadTable, message).about(decl.class, Some(attribute));
            errors.push(error.help("give the column that is added another name"));
        } else if let Some((wrong, mend)) = one.wrong {
            errors.push(Error::new(Code::BadTable, wrong).about(decl.class, Some(attribute)).help(mend));
        } else if let Some(error) = column_check::mistake(one.column, !one.foreign_keys.is_empty()) {
            errors.push(error.about(decl.class, Some(attribute)));
        } else {
            others.push(one);
        }
    }
    for (entry, added) in entries.iter().zip(&columns).filter(|(_, added)| !added.is_empty()) {
        let all = entry.decl.table.columns.iter().chain(added.iter().map(|one| one.column));
        if let Some((attribute, error)) = column_check::second_version(all) {
            errors.push(error.about(entry.decl.class, Some(attribute)));
        }
    }
    entries.iter().zip(columns).map(|(entry, columns)| extend(entry, &columns)).collect()
}

/// A declaration with columns behind its own. It is kept for the life of the program, as declarations are.
fn extend(entry: &ClassInfo, added: &[&'static AddedColumn]) -> Model {
    let decl = entry.decl;
    let own = entry.slots.iter().copied();
    if added.is_empty() {
        return Model { decl, slots: own.collect(), listeners: Vec::new() };
    }
    let own_columns = decl.table.columns.iter().copied();
    let columns: Vec<ColumnDecl> =
        own_columns.chain(added.iter().map(|one| column_check::completed(one.column))).collect();
    let keys = added.iter().flat_map(|one| one.foreign_keys);
    let foreign_keys: Vec<ForeignKeyDecl> = decl.table.foreign_keys.iter().chain(keys).copied().collect();
    let uniques: Vec<UniqueDecl> =
        decl.table.uniques.iter().chain(added.iter().flat_map(|one| one.uniques)).copied().collect();
    let indexes: Vec<IndexDecl> =
        decl.table.indexes.iter().chain(added.iter().flat_map(|one| one.indexes)).copied().collect();
    let table = TableDecl {
        columns: columns.leak(),
        foreign_keys: foreign_keys.leak(),
        uniques: uniques.leak(),
        indexes: indexes.leak(),
        ..decl.table
    };
    let decl = Box::leak(Box::new(ModelDecl { table, ..*decl }));
    Model { decl, slots: own.chain(added.iter().map(|one| one.slot)).collect(), listeners: Vec::new() }
}

/// Gives each class what listens to it, in the order in which it was added.
pub(super) fn listeners(
    entries: &[&'static ClassInfo],
    models: &mut [Model],
    added: &[&'static AddedListener],
    errors: &mut Vec<Error>,
) {
    for one in added.iter().copied() {
        match &one.class {
            None => models.iter_mut().for_each(|model| model.listeners.push(one)),
            Some(class) => match class_of(entries, class) {
                Ok(at) => models[at].listeners.push(one),
                Err(error) => errors.push(error.about(class.name(), None)),
            },
        }
    }
}

/// The relationships of classes, with those that are added to them behind their own, in the order of their names.
pub(super) fn relations(
    entries: &[&'static ClassInfo],
    models: &[Model],
    added: &[&'static AddedRelation],
    errors: &mut Vec<Error>,
) -> Vec<Vec<&'static RelationDecl>> {
    let mut relations: Vec<Vec<&'static RelationDecl>> =
        models.iter().map(|model| model.decl.relations.iter().collect()).collect();
    // The linker says in which order they come.
    let mut added = added.to_vec();
    added.sort_by_key(|one| (one.relation.name, one.class.name()));
    for AddedRelation { class, relation } in added {
        let Some(at) = place(entries, class, relation.name, errors) else { continue };
        let (decl, others) = (models[at].decl, &mut relations[at]);
        if decl.table.columns.iter().any(|column| column.attribute == relation.name)
            || others.iter().any(|other| other.name == relation.name)
            || decl.attribute(relation.name) != relation.name
        {
            let error = taken(decl.class, relation.name);
            errors.push(match (relation.is_backref, relation.back_populates) {
                (true, Some(forth)) => error.help(format!(
                    "give the `backref` of `{}.{forth}` another name, or let both sides say `back_populates`",
                    relation.target.name()
                )),
                _ => error,
            });
        } else {
            others.push(relation);
        }
    }
    relations
}

#[cfg(test)]
mod tests {
    use std::any::{Any, TypeId};

    use super::*;
    use crate::declare::{ColumnDecl, Declared, Kind};

    struct Book;
    struct Page;

    const fn class(class: &'static str, relations: &'static [RelationDecl]) -> ModelDecl {
        let table = TableDecl {
            columns: const { &[ColumnDecl::of::<i64>("id", "id").primary_key(true)] },
            ..TableDecl::named(class)
        };
        ModelDecl {
            class,
            module: "app",
            table,
            relations,
            listen: None,
            confirm_deleted_rows: true,
            synonyms: &[],
            composites: &[],
        }
    }

    const fn list(name: &'static str, target: &'static str) -> RelationDecl {
        RelationDecl::new(name, Kind::List, TargetDecl::Named(target))
    }

    impl Declared for Book {
        const CLASS: &'static str = "Book";
        const MODULE: &'static str = "";
        const TABLE: &'static str = "Book";
        const DECL: ModelDecl = class("Book", const { &[list("pages", "Page")] });
    }

    impl Declared for Page {
        const CLASS: &'static str = "Page";
        const MODULE: &'static str = "";
        const TABLE: &'static str = "Page";
        const DECL: ModelDecl = class("Page", &[]);
    }

    const fn info<T: 'static>(decl: &'static ModelDecl) -> ClassInfo {
        ClassInfo { decl, type_id: TypeId::of::<T>, factory: &(), extended: &(), slots: &[] }
    }

    static BOOK: ClassInfo = info::<Book>(const { &Book::DECL });
    static PAGE: ClassInfo = info::<Page>(const { &Page::DECL });
    static ENTRIES: [&ClassInfo; 2] = [&BOOK, &PAGE];

    static ISBN: ColumnDecl = ColumnDecl::of::<i64>("isbn", "isbn");
    static SHELF: ColumnDecl = ColumnDecl::of::<Option<i64>>("shelf", "shelf_id");
    static OTHER_ID: ColumnDecl = ColumnDecl::of::<i64>("other_id", "id");
    static NAMED_PAGES: ColumnDecl = ColumnDecl::of::<i64>("pages", "number");
    static TO_BOOK: [ForeignKeyDecl; 1] = [ForeignKeyDecl {
        columns: &["shelf_id"],
        table: "Book",
        references: &["id"],
        ..ForeignKeyDecl::PLAIN
    }];

    static NOTES: RelationDecl = list("notes", "Page");
    static BOOKS: RelationDecl = list("books", "Book");
    static AGAIN: RelationDecl = list("pages", "Page");
    static COLUMN: RelationDecl = list("id", "Book");

    /// The names of each class's relationships with these added, and what is wrong with them.
    fn with(added: &[(TargetDecl, &'static RelationDecl)]) -> (Vec<Vec<&'static str>>, Vec<String>) {
        let added: Vec<&'static AddedRelation> = added
            .iter()
            .map(|(class, relation)| &*Box::leak(Box::new(AddedRelation { class: *class, relation })))
            .collect();
        let mut errors = Vec::new();
        let models = models(&ENTRIES, &[], &mut errors);
        let relations = relations(&ENTRIES, &models, &added, &mut errors);
        let names = relations.iter().map(|all| all.iter().map(|relation| relation.name).collect());
        let told = |error: &Error| error.to_string();
        (names.collect(), errors.iter().map(told).collect())
    }

    /// A registration, whose slot is made by its number.
    fn column(
        class: TargetDecl,
        column: &'static ColumnDecl,
        keys: &'static [ForeignKeyDecl],
        slot: &'static (dyn Any + Send + Sync),
    ) -> &'static AddedColumn {
        Box::leak(Box::new(AddedColumn {
            class,
            column,
            foreign_keys: keys,
            uniques: &[],
            indexes: &[],
            slot,
            wrong: None,
        }))
    }

    fn is_number(slot: &(dyn Any + Send + Sync), number: u8) -> bool {
        slot.downcast_ref::<u8>() == Some(&number)
    }

    #[test]
    fn columns_that_are_added_come_behind_the_declared_ones_with_their_slots_and_keys() {
        let (book, page) = (TargetDecl::class::<Book>(), TargetDecl::Named("Page"));
        let forth = [column(book, &SHELF, &TO_BOOK, &1_u8), column(book, &ISBN, &[], &2_u8)];
        let back = [forth[1], forth[0]];
        for added in [forth, back] {
            let mut errors = Vec::new();
            let models = models(&ENTRIES, &added, &mut errors);
            assert!(errors.is_empty(), "{errors:?}");
            let table = &models[0].decl.table;
            let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            assert_eq!((names, table.foreign_keys.len()), (vec!["id", "isbn", "shelf_id"], 1));
            assert!(is_number(models[0].slots[0], 2) && is_number(models[0].slots[1], 1));
            assert!(std::ptr::eq(models[1].decl, PAGE.decl), "nothing is added to it");
            assert!(models[1].slots.is_empty());
        }
        let mut errors = Vec::new();
        let wrong =
            [column(page, &OTHER_ID, &[], &1_u8), column(book, &NAMED_PAGES, &[], &2_u8), forth[0], forth[0]];
        let models = models(&ENTRIES, &wrong, &mut errors);
        assert_eq!([models[0].slots.len(), models[1].slots.len()], [1, 0]);
        let codes: Vec<Code> = errors.iter().map(Error::code).collect();
        assert_eq!(codes, [Code::BadTable, Code::BadOption, Code::BadOption]);
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
