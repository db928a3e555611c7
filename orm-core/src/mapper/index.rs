//! Indexes of foreign keys. Whoever asks for the rows that refer to one, as relationships and the database's own checks
//! do, would else have it look through the whole table.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::declare::TableDecl;
use crate::sql::schema::{Index, Table};
use crate::sql::{full_name, label, parts};

/// Gives each table indexes for those of its foreign keys whose columns no key and no index begins with.
///
/// They are called `ix_` and the names of table and columns. Where a table, another index or another one of these is
/// called so too, two underscores part table and columns.
pub(super) fn foreign_keys(decls: &[&TableDecl], tables: &mut [Table]) {
    let missing: Vec<Vec<Index>> =
        decls.iter().zip(tables.iter()).map(|(decl, table)| of(decl, table)).collect();
    if missing.iter().all(Vec::is_empty) {
        return;
    }
    let mut taken: HashMap<String, usize, FxBuildHasher> = HashMap::default();
    for (table, added) in tables.iter().zip(&missing) {
        let indexes =
            table.indexes.iter().chain(added).map(|index| in_schema(table, &index.name_in(&table.name)));
        for name in indexes.chain([table.name.to_ascii_lowercase()]) {
            *taken.entry(name).or_default() += 1;
        }
    }
    let is_taken = |taken: &HashMap<String, usize, FxBuildHasher>, name: &str, times| {
        taken.get(name).is_some_and(|times_taken| *times_taken > times)
    };
    for (table, added) in tables.iter_mut().zip(missing) {
        for index in added {
            let mut name = index.name_in(&table.name);
            if is_taken(&taken, &in_schema(table, &name), 1) {
                name = format!("ix_{}__{}", label(&table.name), index.columns.join("_"));
                while is_taken(&taken, &in_schema(table, &name), 0) {
                    name.push('_');
                }
                taken.insert(in_schema(table, &name), 1);
                table.indexes.push(index.named(name));
            } else {
                table.indexes.push(index);
            }
        }
    }
}

/// A name in the schema of a table, as names that are taken are compared.
fn in_schema(table: &Table, name: &str) -> String {
    full_name(parts(&table.name).0.as_deref(), name).to_ascii_lowercase()
}

/// The indexes that a table needs for its foreign keys.
fn of(decl: &TableDecl, table: &Table) -> Vec<Index> {
    let key: Vec<String> = table.primary_key().map(|column| column.name.clone()).collect();
    let mut lists: Vec<Vec<String>> = vec![key];
    lists.extend(table.uniques.iter().map(|unique| unique.columns.clone()));
    let covering = table.indexes.iter().filter(|index| index.covers_columns());
    lists.extend(covering.map(|index| index.columns.clone()));
    let mut wanted: Vec<&[&str]> =
        decl.foreign_keys.iter().filter(|key| key.indexed).map(|key| key.columns).collect();
    // An index of several columns covers those that it begins with.
    wanted.sort_by_key(|columns| std::cmp::Reverse(columns.len()));
    let mut made = Vec::new();
    for columns in wanted {
        if !lists.iter().any(|list| begins_with(list, columns)) {
            lists.push(columns.iter().map(|&column| column.to_owned()).collect());
            made.push(Index::new(columns.iter().copied()));
        }
    }
    made
}

/// Whether a list of columns begins with those, in whatever order.
fn begins_with(list: &[String], columns: &[&str]) -> bool {
    let first = list.get(..columns.len());
    first.is_some_and(|first| columns.iter().all(|column| first.iter().any(|name| name == column)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{ColumnDecl, ForeignKeyDecl, IndexDecl, UniqueDecl};

    const fn column(name: &'static str) -> ColumnDecl {
        ColumnDecl::of::<i64>(name, name)
    }

    const fn key(columns: &'static [&'static str]) -> ForeignKeyDecl {
        ForeignKeyDecl { columns, table: "other", references: columns, ..ForeignKeyDecl::PLAIN }
    }

    const EMPTY: TableDecl = TableDecl::named("t");

    /// The names of the indexes that tables get for their foreign keys.
    fn names(decls: &[&'static TableDecl]) -> Vec<String> {
        let mut tables: Vec<Table> = decls.iter().copied().map(crate::mapper::table::of).collect();
        let declared: Vec<usize> = tables.iter().map(|table| table.indexes.len()).collect();
        foreign_keys(decls, &mut tables);
        let added = tables.iter().zip(declared).flat_map(|(table, declared)| {
            table.indexes.iter().skip(declared).map(|index| index.name_in(&table.name))
        });
        added.collect()
    }

    #[test]
    fn a_key_or_an_index_that_begins_with_the_columns_covers_them() {
        static PLAIN: TableDecl = TableDecl {
            columns: &[column("id").primary_key(true), column("a"), column("b"), column("c")],
            foreign_keys: &[key(&["a"]), key(&["b", "a"]), key(&["c"]), key(&["c"])],
            ..EMPTY
        };
        assert_eq!(names(&[&PLAIN]), ["ix_t_b_a", "ix_t_a", "ix_t_c"]);
        static BY_KEY: TableDecl = TableDecl {
            columns: &[column("a").primary_key(false), column("b").primary_key(false)],
            foreign_keys: &[key(&["a"]), key(&["b"]), key(&["b", "a"])],
            ..EMPTY
        };
        assert_eq!(names(&[&BY_KEY]), ["ix_t_b"]);
        static DECLARED: TableDecl = TableDecl {
            columns: &[column("a"), column("b"), column("c")],
            foreign_keys: &[key(&["a"]), key(&["b"]), key(&["c"])],
            uniques: &[UniqueDecl { name: None, columns: &["a", "b"] }],
            indexes: &[IndexDecl::new(Some("own"), &["b"], false)],
            ..EMPTY
        };
        assert_eq!(names(&[&DECLARED]), ["ix_t_c"]);
        static REFUSED: TableDecl = TableDecl {
            columns: &[column("a")],
            foreign_keys: &[ForeignKeyDecl { indexed: false, ..key(&["a"]) }],
            ..EMPTY
        };
        assert!(names(&[&REFUSED]).is_empty());
        static BOTH: TableDecl = TableDecl {
            columns: &[column("a"), column("b")],
            foreign_keys: &[key(&["a"]), key(&["a", "b"])],
            ..EMPTY
        };
        assert_eq!(names(&[&BOTH]), ["ix_t_a_b"]);
    }

    #[test]
    fn names_that_are_taken_are_told_apart() {
        static ORDER: TableDecl = TableDecl {
            name: "order",
            columns: &[column("item_note"), column("x")],
            foreign_keys: &[key(&["item_note"]), key(&["x"])],
            ..EMPTY
        };
        static ITEM: TableDecl = TableDecl {
            name: "order_item",
            columns: &[column("note"), column("n")],
            foreign_keys: &[key(&["note"])],
            indexes: &[IndexDecl::new(Some("IX_order_X"), &["n"], false)],
            ..EMPTY
        };
        static TABLE: TableDecl = TableDecl { name: "ix_order__x", ..EMPTY };
        assert_eq!(
            names(&[&ORDER, &ITEM, &TABLE]),
            ["ix_order__item_note", "ix_order__x_", "ix_order_item__note"]
        );
    }
}
