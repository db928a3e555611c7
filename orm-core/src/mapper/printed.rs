//! `RelationCondition`: a condition of a relationship as a value that can be read and printed.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::condition::{JoinColumn, Side};
use super::{Mapper, Relation};
use crate::declare::TableDecl;
use crate::sql::{AnsiDialect, ColumnRef, Dialect, Param, SqlType, Tree, render};
use crate::value::Value;

/// A condition that a relationship joins by: [`Relation::primaryjoin`] and [`Relation::secondaryjoin`]. It prints itself as
/// SQL, with quotes around those names that need them and values where they stand.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     #[relationship(primaryjoin = User::id.eq(Address::user_id).and(Address::city.eq("Boston")))]
/// #     in_boston: Many<Address>,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     city: String,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// let in_boston = DefaultRegistry::mapper("User")?.relationship("in_boston")?;
/// let join = in_boston.primaryjoin();
/// assert_eq!(join.to_string(), r#""user".id = address.user_id AND address.city = 'Boston'"#);
/// let foreign: Vec<String> =
///     join.columns().iter().filter(|column| column.is_foreign).map(|column| column.to_string()).collect();
/// assert_eq!(foreign, ["address.user_id"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct RelationCondition<'r> {
    relation: &'r Relation,
    tree: &'r Tree<JoinColumn>,
}

/// A column of a [`RelationCondition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name in the database.
    pub name: &'static str,
    /// Whether it belongs to the rows that the relationship leads to, or through; else it belongs to the class.
    pub is_remote: bool,
    /// Whether the relationship writes it.
    pub is_foreign: bool,
}

impl fmt::Display for ConditionColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = String::new();
        write_name(self.table, &mut name);
        name.push('.');
        write_name(self.name, &mut name);
        f.write_str(&name)
    }
}

impl Relation {
    /// The condition between the class and the target or, where there is one, the association table.
    pub fn primaryjoin(&self) -> RelationCondition<'_> {
        RelationCondition { relation: self, tree: &self.condition().near }
    }

    /// The condition between the association table and the target, of a relationship that has one.
    pub fn secondaryjoin(&self) -> Option<RelationCondition<'_>> {
        let tree = self.condition().far.as_ref()?;
        Some(RelationCondition { relation: self, tree })
    }
}

impl RelationCondition<'_> {
    /// Its columns, each once, in the order in which they stand.
    pub fn columns(&self) -> Vec<ConditionColumn> {
        let mut columns: Vec<ConditionColumn> = Vec::new();
        self.tree.walk(&mut |tree| {
            if let Tree::Late(column) = tree {
                let column = self.column(column);
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
        });
        columns
    }

    fn column(&self, column: &JoinColumn) -> ConditionColumn {
        let table = match column.side {
            Side::Local => Mapper::table(self.relation.mapper()),
            Side::Remote => self.relation.rows().table(),
            Side::Association => self.relation.secondary().unwrap_or(self.relation.rows().table()),
        };
        let TableDecl { name: table, .. } = *table;
        let is_remote = column.side != Side::Local;
        ConditionColumn { table, name: column.name, is_remote, is_foreign: column.foreign }
    }
}

impl fmt::Display for RelationCondition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = |column: &JoinColumn| {
            let ConditionColumn { table, name, .. } = self.column(column);
            Ok::<_, std::convert::Infallible>(Tree::<crate::sql::Never>::Column(ColumnRef::new(table, name)))
        };
        let Ok(tree) = self.tree.lower(&mut name);
        f.write_str(&printed(&tree))
    }
}

impl fmt::Debug for RelationCondition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelationCondition({self})")
    }
}

/// An expression as a text for people: no names are quoted that don't need it, and values stand where they belong.
fn printed(tree: &Tree) -> String {
    let dialect = Plain { places: Mutex::default() };
    let rendered = render(tree, &dialect);
    let mut sql = rendered.sql;
    let places = dialect.places.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (place, param) in places.into_iter().zip(rendered.params).rev() {
        let value = match param {
            Param::Value(value) => literal(&value),
            Param::Given(number) => format!(":{number}"),
        };
        if sql.is_char_boundary(place) {
            sql.insert_str(place, &value);
        }
    }
    sql
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Real(value) => format!("{value:?}"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
            format!("x'{}'", digits.collect::<String>())
        }
    }
}

/// Writes SQL for people, and remembers where values belong.
struct Plain {
    places: Mutex<Vec<usize>>,
}

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn type_name(&self, ty: SqlType) -> &'static str {
        AnsiDialect.type_name(ty)
    }

    fn write_name(&self, name: &str, out: &mut String) {
        write_name(name, out);
    }

    fn write_placeholder(&self, _: usize, out: &mut String) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).push(out.len());
    }
}

fn write_name(name: &str, out: &mut String) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = name.chars().next().is_some_and(|c| c == '_' || c.is_ascii_lowercase());
    if begins && name.chars().all(is_plain) && RESERVED.binary_search(&name).is_err() {
        out.push_str(name);
    } else {
        AnsiDialect.write_name(name, out);
    }
}

/// The words that no name is without quotes.
const RESERVED: [&str; 94] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "right",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "verbose",
    "when",
    "where",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::CompareOp;

    #[test]
    fn names_are_quoted_where_they_need_it() {
        assert!(RESERVED.is_sorted());
        let text = |name: &str| {
            let mut out = String::new();
            write_name(name, &mut out);
            out
        };
        let names = ["user", "address", "Address", "a b", "2d", "_x", "", "say\"so"].map(text);
        assert_eq!(
            names,
            ["\"user\"", "address", "\"Address\"", "\"a b\"", "\"2d\"", "_x", "\"\"", "\"say\"\"so\""]
        );
    }

    #[test]
    fn values_stand_where_they_belong() {
        let column = |name: &str| Tree::from(ColumnRef::new("user", name.to_owned()));
        let is = |name: &str, value: Value| column(name).equals(value.into());
        let all = [
            is("a", Value::Text("it's ?".into())),
            is("b", Value::Int(-1)),
            is("c", Value::Real(1.0)),
            is("d", Value::Bool(true)),
            is("e", Value::Blob(vec![0, 255])),
            column("f").compare(CompareOp::Eq, Value::Null.into()),
            is("g?", Value::Int(2)),
        ];
        assert_eq!(
            printed(&Tree::all(all)),
            "\"user\".a = 'it''s ?' AND \"user\".b = -1 AND \"user\".c = 1.0 AND \"user\".d = true AND \
             \"user\".e = x'00ff' AND \"user\".f IS NULL AND \"user\".\"g?\" = 2"
        );
    }
}
