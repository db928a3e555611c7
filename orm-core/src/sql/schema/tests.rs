//! Order and mistakes.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Column, Deferrable, ForeignKey, Index, Order, Schema, Table, Unique};
use crate::error::Code;
use crate::sql::{AnsiDialect, Dialect, SqlType};

fn table(name: &str, references: &[&str]) -> Table {
    let table = Table::new(name).column(Column::new("id", SqlType::Integer).generated_key());
    references.iter().fold(table, |table, other| {
        let column = format!("{other}_id");
        table.column(Column::new(&column, SqlType::Integer).nullable()).foreign_key(ForeignKey::new(
            [column.as_str()],
            other,
            ["id"],
        ))
    })
}

fn schema(tables: &[(&str, &[&str])]) -> Schema {
    let mut schema = Schema::new();
    tables.iter().for_each(|(name, references)| schema.add(table(name, references)).unwrap());
    schema
}

#[track_caller]
fn check_order(tables: &[(&str, &[&str])], order: &[&str], forward: &[(usize, usize)]) {
    let schema = schema(tables);
    let Order { tables, forward: found } = schema.order();
    assert_eq!(tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), order);
    assert_eq!(found, forward);
}

#[test]
fn tables_stand_after_what_they_reference() {
    check_order(&[], &[], &[]);
    check_order(&[("b", &[]), ("a", &[]), ("c", &[])], &["b", "a", "c"], &[]);
    check_order(&[("a", &["c", "b"]), ("b", &[]), ("c", &["b"]), ("d", &[])], &["b", "c", "a", "d"], &[]);
    check_order(&[("a", &["a"]), ("b", &["nowhere"])], &["a", "b"], &[]);
}

#[test]
fn cycles_leave_keys_to_later_tables() {
    check_order(&[("a", &["b"]), ("b", &["a"])], &["b", "a"], &[(0, 0)]);
    let tables: &[(&str, &[&str])] =
        &[("x", &["a"]), ("a", &["x", "b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[])];
    check_order(tables, &["d", "c", "b", "a", "x"], &[(1, 0), (3, 0)]);
}

#[test]
fn a_long_chain_needs_no_stack() {
    let mut schema = Schema::new();
    for i in 0..20_000 {
        schema.add(table(&format!("t{i}"), &[&format!("t{}", i + 1)])).unwrap();
    }
    let order = schema.order();
    assert_eq!(order.tables.first().map(|table| table.name.as_str()), Some("t19999"));
    assert_eq!(order.tables.last().map(|table| table.name.as_str()), Some("t0"));
    assert!(order.forward.is_empty());
}

/// For each table, those that it references.
fn graph() -> impl Strategy<Value = Vec<Vec<usize>>> {
    vec(vec(0usize..12, 0..4), 1..12)
}

proptest! {
    /// Of random graphs: each table once, and after what it references; keys are left over only in cycles.
    #[test]
    fn random_schemas_are_sorted(references in graph()) {
        let name = |i: usize| format!("t{i}");
        let mut schema = Schema::new();
        for (i, to) in references.iter().enumerate() {
            let to: Vec<String> = to.iter().map(|&i| name(i)).collect();
            schema.add(table(&name(i), &to.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
        }
        let order = schema.order();
        prop_assert_eq!(order.tables.len(), references.len());
        let place = |name: &str| order.tables.iter().position(|table| table.name == name);
        for (i, table) in order.tables.iter().enumerate() {
            for (number, key) in table.foreign_keys.iter().enumerate() {
                let later = place(&key.table).is_some_and(|target| target > i);
                prop_assert_eq!(later, order.forward.contains(&(i, number)));
            }
        }
        // Take away tables that reference nothing that is left: what remains has a cycle.
        let mut left: Vec<usize> = (0..references.len()).collect();
        loop {
            let free = |i: &usize| references[*i].iter().all(|to| to == i || !left.contains(to));
            let rest: Vec<usize> = left.iter().copied().filter(|i| !free(i)).collect();
            if rest.len() == left.len() {
                break;
            }
            left = rest;
        }
        prop_assert_eq!(left.is_empty(), order.forward.is_empty());
    }
}

/// A dialect that can do nothing beyond the least.
struct Poor;

impl Dialect for Poor {
    fn name(&self) -> &'static str {
        "poor"
    }

    fn type_name(&self, ty: SqlType) -> &'static str {
        AnsiDialect.type_name(ty)
    }

    fn generates_any_column(&self) -> bool {
        false
    }

    fn supports_deferrable(&self) -> bool {
        false
    }

    fn names_ignore_case(&self) -> bool {
        true
    }
}

fn mistakes(schema: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    match schema.check(dialect) {
        Ok(()) => Vec::new(),
        Err(error) => {
            assert_eq!(error.code(), Code::BadTable);
            error.causes().iter().map(|cause| cause.message().to_owned()).collect()
        }
    }
}

#[test]
fn every_mistake_is_found_at_once() {
    let mut schema = Schema::new();
    schema.add(Table::new("empty")).unwrap();
    schema
        .add(
            table("a_b", &["nowhere"])
                .column(Column::new("id", SqlType::Text))
                .foreign_key(ForeignKey::new(["id", "gone"], "empty", ["x"]))
                .foreign_key(ForeignKey::new([], "a_b", []))
                .unique(Unique::new(["lost"]))
                .index(Index::new([]))
                .index(Index::new(["id"])),
        )
        .unwrap();
    schema
        .add(table("a", &[]).index(Index::new(["b", "id"])).column(Column::new("b", SqlType::Text)))
        .unwrap();
    assert_eq!(
        mistakes(&schema, &AnsiDialect),
        [
            "table `empty`: has no columns",
            "table `a_b`: has two columns `id`",
            "table `a_b`: `nowhere_id` references the table `nowhere`: no such table",
            "table `a_b`: a foreign key names `a_b.gone`: no such column",
            "table `a_b`: `id, gone` references `empty` by 2 columns for 1",
            "table `a_b`: a foreign key names `empty.x`: no such column",
            "table `a_b`: a foreign key has no columns",
            "table `a_b`: a foreign key has no columns",
            "table `a_b`: a unique constraint names `a_b.lost`: no such column",
            "table `a_b`: an index has no columns",
            "table `a`: the name of its index `ix_a_b_id` is also that of the index of `a_b`",
        ]
    );
}

#[test]
fn what_the_dialect_cannot_do_is_a_mistake() {
    let mut schema = Schema::new();
    schema
        .add(
            table("user", &[]).column(Column::new("org", SqlType::Integer).key()).foreign_key(
                ForeignKey::new(["org"], "user", ["id"]).deferrable(Deferrable::InitiallyDeferred),
            ),
        )
        .unwrap();
    schema.add(table("User", &[]).column(Column::new("ID", SqlType::Text))).unwrap();
    assert_eq!(mistakes(&schema, &AnsiDialect), [""; 0]);
    assert_eq!(
        mistakes(&schema, &Poor),
        [
            "table `User`: its name is also that of the table `user`",
            "table `user`: `id` can't be generated by poor",
            "table `user`: poor has no deferrable foreign keys",
            "table `User`: has two columns `ID`",
        ]
    );
}

#[test]
fn tables_are_found_by_name_and_added_once() {
    let mut schema = schema(&[("a", &[]), ("b", &[])]);
    assert_eq!(schema.position("b"), Some(1));
    assert_eq!(schema.tables().len(), 2);
    assert!(schema.table("c").is_none());
    let error = schema.add(table("a", &[])).unwrap_err();
    assert_eq!(error.code(), Code::BadTable);
    assert_eq!(error.message(), "the table `a` is declared twice");
}
